"""Removes the citation markers of a text, in the many forms that models use: [1], [1-3], 【1】, (1), [^1], …

A marker is removed with the white space before it, so that the text reads as if it had never had one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_SOURCE_WORD = r"(?:passages?|sources?|refs?|citations?|articles?|documents?|docs?|ids?|nos?\.?|numbers?)"
_NUMBER = rf"(?:{_SOURCE_WORD}\W{{0,2}}\s*)?[\^#P]?\d{{1,4}}\^?(?:†[^\]】\n]*)?"
_JOIN = r"\s*(?:[,;&–—-]|\band\b|\bto\b|\s)\s*"
_NUMBERS = rf"{_NUMBER}(?:{_JOIN}{_NUMBER})*"
_OPEN, _CLOSE = r"\\?[\[［【〔]", r"\\?[\]］】〕]"
_BRACKET = (
    rf"(?:{_OPEN}{{1,2}}\s*(?:see\s+)?(?:\d{{1,3}}:\d{{1,3}}†[^\]】\n]*|{_NUMBERS}|\(\s*{_NUMBERS}\s*\))"
    rf"\s*{_CLOSE}{{1,2}}(?:\([^()\s]*\))?"
    r"|\[\^[^\]\n]{0,30}\]"
    rf"|<(?:sup|cite|ref)\b[^>\n]*>\s*[\[(]?\s*{_NUMBERS}\s*[\])]?\s*</(?:sup|cite|ref)>"
    rf"|</co:\s*{_NUMBERS}>|<co:\s*{_NUMBERS}>(?![^<>]*</co\b)"  # of "<co: 1>words</co: 1>", the last
    rf"|\\cite\{{\s*{_NUMBERS}\s*\}}"
    rf"|\$\^\{{?\[?{_NUMBERS}\]?\}}?\$)"
)
_ROUND = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"
_RUN = (
    r"[ \t]*(?P<strong>\*{1,3}|_{1,3})?"
    rf"(?P<brace>\(\s*(?:see|sources?:?|cf\.?)?\s*(?={_BRACKET}))?"
    rf"(?P<run>{_BRACKET}(?:[ \t]*[,;&]?[ \t]*(?:and[ \t]+)?{_BRACKET})*)"
    r"(?(brace)\s*\))(?(strong)(?P=strong))"
)
# A marker without its closing bracket ("[1. Then"), or cut at the end of a line ("[1," or "[").
_UNCLOSED = (
    r"[ \t]*[\[［【〔]{1,2}\s*\^?#?(?:(?P<half>\d{1,3})(?=[.!?…]?\s+[A-Z]|[.!?…]+\s*$)|(?:\d[\d,; –-]*)?$)"
)
_SCAN = re.compile(
    r"(?P<code>```.*?(?:```|\Z)|`[^`\n]+`)"
    rf"|{_RUN}"
    rf"|{_UNCLOSED}"
    r"|(?P<lone>[\[［【〔]{1,2})(?=\s*\^?#?\d(?![^\[\]\n]{0,200}[\]］】〕]))"
    r"|(?<=[\w.!?])[ \t]+(?P<unopened>\d{1,3})\](?!\()"
    r"|(?P<image>!)?\[(?P<link>[^\]\n]{0,300})\]\((?:[^()\n]|\([^()\n]*\))*\)"
    r"|\[(?P<ref>[^\[\]\n]{1,300})\]\[(?!\s*\^?\d)[^\[\]\n]{0,100}\]"
    r"|(?P<tag></?co\b[^<>\n]{0,40}>|<!--.*?(?:-->|\Z)"
    r"|</?[a-z][a-z0-9-]{0,20}(?:[ \t][^<>\n]{0,500})?/?>)"
    rf"|[ \t]*\((?P<named>(?:see\s+)?{_SOURCE_WORD}\W{{0,2}}\s*{_NUMBERS})\)"
    rf"|\b(?:the\s+)?(?P<spoken>[Pp]assages?|[Ss]ources?)\s+(?P<count>\d{{1,3}}(?:(?:\s*,\s*|\s+and\s+|\s*-\s*)\d{{1,3}})*)\b"
    rf"|(?<=\S)[ \t]*(?P<round>\(\s*{_ROUND}\s*\))(?=\s*(?:[.!?…;。]|\Z)|[ \t]*\n)"
    rf"|(?<=[.!?。])[ \t]+(?P<after>\(\s*{_ROUND}\s*\))(?=\s)"
    r"|(?<=[.,;:!?”\"’)])(?P<raised>[¹²³⁴-⁹⁰]{1,2}(?:[⁻,˒ ]?[¹²³⁴-⁹⁰]{1,2})*)(?!\w)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NEEDS_NOUN = re.compile(
    r"\b(according to|as per|laut|selon|según)(?:\s+(?:the\s+)?(?:passages?|sources?|articles?))?\s*\Z",
    re.IGNORECASE,
)
_REPORTING_VERB = re.compile(
    r"\s+(?:also\s+)?(?:reports?|says?|states?|notes?|mentions?|describes?|adds?|claims?|writes?|quotes?)\b"
)
_CLOSING_PUNCTUATION = re.compile(r"[\s.,;:!?…)\]”\"'’。，]|\Z")


@dataclass(slots=True)
class CleanText:
    """A text without markers; ``citations`` are (offset in ``text``, 0-based hits), in order."""

    text: str = ""
    citations: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)


def without_markers(
    text: str, count: int, labels: Mapping[str, int] | None, names: Sequence[str] = ()
) -> CleanText:
    """Remove all markers; those of passages 1 to *count* become citations, the others are dropped.

    *names* replace markers that a sentence uses as a noun ("according to [1]", "passage 2 says"). *labels*
    are the passages that footnotes refer to ("[^a]: passage 3"); the number of a footnote without a label
    is a passage number. None: the footnotes are not known yet, so their markers cite nothing.
    Links keep only their text, images and HTML tags are removed, code is left as it is.
    """
    clean = CleanText()
    done = 0
    for match in _SCAN.finditer(text):
        clean.text += text[done : match.start()]
        done = match.end()
        if match["code"] is not None and not re.fullmatch(rf"`\s*{_BRACKET}\s*`", match["code"]):
            clean.text += match[0]
        elif match["lone"] is not None or match["tag"] is not None:
            continue
        elif (words := match["link"] or match["ref"]) is not None:
            clean.text += "" if match["image"] else words
        elif match["spoken"] is not None:
            _replace_spoken(clean, match, count, names)
        elif (
            ambiguous := match["round"] or match["after"] or match["raised"] or match["unopened"]
        ) is not None:
            _remove_ambiguous(clean, match[0], ambiguous, count)
        else:
            _remove_marker(clean, text, match, list(_hits_of_match(match, count, labels)), names)
    clean.text += text[done:]
    return clean


def cited_hits(written: str, count: int) -> Iterator[int]:
    """The 0-based hits of a text such as "1, 3-5" or "passage 2", without numbers above *count*.

    >>> list(cited_hits("1, 3-5", count=4))
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
        yield from (passage - 1 for passage in range(first, min(number, count) + 1) if passage >= 1)
        previous, in_range = number, False


def _hits_of_match(match: re.Match[str], count: int, labels: Mapping[str, int] | None) -> Iterator[int]:
    written = match["run"] or match["named"] or match["half"] or match["code"] or ""
    if match["named"] or match["half"]:
        yield from cited_hits(written, count)
        return
    for bracket in re.finditer(_BRACKET, written, re.IGNORECASE):
        footnote = re.fullmatch(r"\[\^([\w-]{1,20})\]", bracket[0])
        if footnote is None:
            yield from cited_hits(re.sub(r"\]\([^()\s]*\)\Z", "]", bracket[0]), count)
        elif labels is not None:
            label = footnote[1]
            number = labels.get(label, int(label) if label.isdecimal() and len(label) < 5 else 0)
            if 1 <= number <= count:
                yield number - 1


def _remove_marker(
    clean: CleanText, text: str, match: re.Match[str], hits: list[int], names: Sequence[str]
) -> None:
    """Skip a marker; one that is the noun of its sentence is replaced by the publishers' names."""
    follows = text[match.end() : match.end() + 12]
    if hits and _NEEDS_NOUN.search(clean.text[-40:]) and _CLOSING_PUNCTUATION.match(follows):
        clean.text = _NEEDS_NOUN.sub(lambda words: f"{words[1]} {_noun(hits, names)}", clean.text)
    elif (
        hits
        and re.search(r"(?:\A|\n|[.!?]\s*)\Z", clean.text[-3:])
        and _REPORTING_VERB.match(text, match.end())
    ):
        gap = " " if clean.text and not clean.text[-1].isspace() else ""
        clean.text += gap + _capitalized(_noun(hits, names))
    _add_citation(clean, hits)
    if clean.text and not clean.text[-1].isspace() and not _CLOSING_PUNCTUATION.match(follows):
        clean.text += " "


def _replace_spoken(clean: CleanText, match: re.Match[str], count: int, names: Sequence[str]) -> None:
    """Replace "passage 2" by the publisher's name."""
    hits = list(cited_hits(match["count"], count))
    if hits:
        noun = _noun(hits, names)
        clean.text += _capitalized(noun) if match["spoken"][0].isupper() or match[0][0].isupper() else noun
    else:
        clean.text += match[0]
    _add_citation(clean, hits)


def _capitalized(words: str) -> str:
    return words[:1].upper() + words[1:]


def _noun(hits: Sequence[int], names: Sequence[str]) -> str:
    """The publishers (else titles) of the cited passages, as a noun in place of their markers."""
    found = list(dict.fromkeys(names[hit] for hit in hits if hit < len(names)))
    if not found:
        return "the article" if len(hits) == 1 else "the articles"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _remove_ambiguous(clean: CleanText, whole: str, inner: str, count: int) -> None:
    """Round brackets, superscripts and the like are citations only if every number is a passage number."""
    written = inner.translate(_SUPERSCRIPTS)
    if all(1 <= int(number) <= count for number in re.findall(r"\d+", written)):
        _add_citation(clean, list(cited_hits(written, count)))
    else:
        clean.text += whole


def _add_citation(clean: CleanText, hits: list[int]) -> None:
    if hits:
        clean.citations.append((len(clean.text), tuple(dict.fromkeys(hits))))
