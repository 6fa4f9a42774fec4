"""The many ways in which models write citations, taken out of a text: [1], [1][2], [1-3], 【1】, (1), [^1], …

Each is taken with the white space before it, so that the text reads on as if it had never stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_WORD = r"(?:passages?|sources?|refs?|citations?|articles?|documents?|docs?)"
_NUMBER = rf"(?:{_WORD}\W{{0,2}}\s*)?[\^#P]?\d{{1,4}}\^?(?:†[^\]】\n]*)?"
_JOIN = r"\s*(?:[,;&–—-]|\band\b|\bto\b|\s)\s*"
_NUMBERS = rf"{_NUMBER}(?:{_JOIN}{_NUMBER})*"
_OPEN, _CLOSE = r"[\[［【〔]", r"[\]］】〕]"
_BRACKET = (
    rf"(?:{_OPEN}{{1,2}}\s*(?:see\s+)?(?:\d{{1,3}}:\d{{1,3}}†[^\]】\n]*|{_NUMBERS})\s*{_CLOSE}{{1,2}}(?:\([^()\s]*\))?"
    r"|\[\^[^\]\n]{0,30}\]"
    rf"|<(?:sup|cite|ref)\b[^>\n]*>\s*[\[(]?\s*{_NUMBERS}\s*[\])]?\s*</(?:sup|cite|ref)>"
    rf"|\\cite\{{\s*{_NUMBERS}\s*\}}"
    rf"|\$\^\{{?\[?{_NUMBERS}\]?\}}?\$)"
)
_ROUND = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"
_RUN = (
    rf"[ \t]*(?P<brace>\(\s*(?:see|sources?:?|cf\.?)?\s*(?={_BRACKET}))?"
    rf"(?P<run>{_BRACKET}(?:[ \t]*[,;&]?[ \t]*(?:and[ \t]+)?{_BRACKET})*)(?(brace)\s*\))"
)
# A marker that a model forgot to close ("[1. Then"), or broke off at the end of a line ("[1," or "[").
_HALF = (
    r"[ \t]*[\[［【〔]{1,2}\s*\^?#?(?:(?P<half>\d{1,3})(?=[.!?…]?\s+[A-Z]|[.!?…]+\s*$)|(?:\d[\d,; –-]*)?$)"
)
_SCAN = re.compile(
    r"(?P<code>```.*?(?:```|\Z)|`[^`\n]+`)"
    rf"|{_RUN}"
    rf"|{_HALF}"
    r"|(?P<lone>[\[［【〔]{1,2})(?=\s*\^?#?\d(?![^\[\]\n]{0,200}[\]］】〕]))"
    r"|(?<=[\w.!?])[ \t]+(?P<unopened>\d{1,3})\](?!\()"
    r"|(?P<image>!)?\[(?P<link>[^\]\n]{0,300})\]\((?:[^()\n]|\([^()\n]*\))*\)"
    r"|\[(?P<ref>[^\[\]\n]{1,300})\]\[(?!\s*\^?\d)[^\[\]\n]{0,100}\]"
    r"|(?P<tag><!--.*?(?:-->|\Z)|</?[a-z][a-z0-9-]{0,20}(?:[ \t][^<>\n]{0,500})?/?>)"
    rf"|[ \t]*\((?P<named>(?:see\s+)?{_WORD}\W{{0,2}}\s*{_NUMBERS})\)"
    rf"|\b(?:the\s+)?(?P<spoken>[Pp]assages?|[Ss]ources?)\s+(?P<count>\d{{1,3}}(?:(?:\s*,\s*|\s+and\s+|\s*-\s*)\d{{1,3}})*)\b"
    rf"|(?<=\S)[ \t]*(?P<round>\(\s*{_ROUND}\s*\))(?=\s*(?:[.!?…;。]|\Z)|[ \t]*\n)"
    rf"|(?<=[.!?。])[ \t]+(?P<after>\(\s*{_ROUND}\s*\))(?=\s)"
    r"|(?<=[.,;:!?”\"’)])(?P<raised>[¹²³⁴-⁹⁰]{1,2}(?:[⁻,˒ ]?[¹²³⁴-⁹⁰]{1,2})*)(?!\w)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LEANING = re.compile(
    r"\b(according to|as per|per|from|in|by|see)(?:\s+(?:the\s+)?(?:passages?|sources?|articles?))?\s*\Z",
    re.I,
)
_SPEAKING = re.compile(
    r"\s+(?:also\s+)?(?:reports?|says?|states?|notes?|mentions?|describes?|adds?|claims?|writes?|quotes?)\b"
)
_CLOSING = re.compile(r"[\s.,;:!?…)\]”\"'’。，]|\Z")


@dataclass(slots=True)
class Clean:
    """A text without markers; ``places`` are (offset in ``text``, 0-based hits), in order."""

    text: str = ""
    places: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)


def without_markers(text: str, count: int, labels: Mapping[str, int] | None) -> Clean:
    """Take out all markers; those of passages 1 to *count* become places, the others are dropped.

    *labels* are the passages that footnotes point at ("[^a]: passage 3"); a footnote's number without
    one is a passage's number. None: the footnotes are not known yet, so their marks cite nothing.
    Links lose their address, pictures and HTML tags go, code stays as it is.
    """
    clean = Clean()
    at = 0
    for match in _SCAN.finditer(text):
        _copy(clean, text[at : match.start()])
        at = match.end()
        if match["code"] is not None and not re.fullmatch(rf"`\s*{_BRACKET}\s*`", match["code"]):
            clean.text += match[0]
        elif match["lone"] is not None or match["tag"] is not None:
            continue
        elif (words := match["link"] or match["ref"]) is not None:
            clean.text += "" if match["image"] else words
        elif match["spoken"] is not None:
            _take_spoken(clean, match, count)
        elif (
            doubtful := match["round"] or match["after"] or match["raised"] or match["unopened"]
        ) is not None:
            _take_doubtful(clean, match[0], doubtful, count)
        else:
            _take(clean, text, match, list(_cited(match, count, labels)))
    _copy(clean, text[at:])
    return clean


def numbers(written: str, count: int) -> Iterator[int]:
    """The 0-based hits that "1, 3-5" or "passage 2" name; numbers beyond *count* name none.

    >>> list(numbers("1, 3-5", count=4))
    [0, 2, 3]
    """
    if re.search(r"\d:\d", written):
        return
    previous, in_range = 0, False
    for token in re.findall(r"\d{1,4}|[-–—]|\bto\b", re.sub(r"†[^,;\]】\n]*", "", written)):
        if not token.isdigit():
            in_range = True
            continue
        number = int(token)
        first = previous + 1 if in_range and 0 < previous < number else number
        yield from (n - 1 for n in range(first, min(number, count) + 1) if n >= 1)
        previous, in_range = number, False


def _cited(match: re.Match[str], count: int, labels: Mapping[str, int] | None) -> Iterator[int]:
    written = match["run"] or match["named"] or match["half"] or match["code"] or ""
    if match["named"] or match["half"]:
        yield from numbers(written, count)
        return
    for bracket in re.finditer(_BRACKET, written, re.IGNORECASE):
        footnote = re.fullmatch(r"\[\^([\w-]{1,20})\]", bracket[0])
        if footnote is None:
            yield from numbers(re.sub(r"\]\([^()\s]*\)\Z", "]", bracket[0]), count)
        elif labels is not None:
            label = footnote[1]
            number = labels.get(label, int(label) if label.isdecimal() and len(label) < 5 else 0)
            if 1 <= number <= count:
                yield number - 1


def _copy(clean: Clean, text: str) -> None:
    clean.text += text


def _take(clean: Clean, text: str, match: re.Match[str], hits: list[int]) -> None:
    """Leave a marker out, and mend the words that leaned on it ("according to [1]")."""
    follows = text[match.end() : match.end() + 12]
    if _LEANING.search(clean.text[-40:]) and _CLOSING.match(follows):
        clean.text = _LEANING.sub(r"\1 the article", clean.text)
    elif re.search(r"(?:\A|\n|[.!?]\s*)\Z", clean.text[-3:]) and _SPEAKING.match(text, match.end()):
        clean.text += (" " if clean.text and not clean.text[-1].isspace() else "") + "The article"
    _place(clean, hits)
    if clean.text and not clean.text[-1].isspace() and not _CLOSING.match(follows):
        clean.text += " "


def _take_spoken(clean: Clean, match: re.Match[str], count: int) -> None:
    hits = list(numbers(match["count"], count))
    if not hits:
        clean.text += match[0]
        return
    words = "the articles" if len(hits) > 1 else "the article"
    clean.text += words.capitalize() if match[0][0].isupper() else words
    _place(clean, hits)


def _take_doubtful(clean: Clean, whole: str, inner: str, count: int) -> None:
    """Round brackets, raised digits and such are citations only when every number is a passage's."""
    written = inner.translate(_RAISED)
    named = [int(number) for number in re.findall(r"\d+", written)]
    if all(1 <= number <= count for number in named):
        _place(clean, list(numbers(written, count)))
    else:
        clean.text += whole


def _place(clean: Clean, hits: list[int]) -> None:
    if hits:
        clean.places.append((len(clean.text), tuple(dict.fromkeys(hits))))
