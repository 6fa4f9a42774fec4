"""The words of a sentence that its sources lack, joined to whole tokens, and where they may be marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.answer import Answer, Sentence, UnsupportedSpan

_BETWEEN = re.compile(r"[\s,]{0,2}(?:(?:of|the|de|van|von|and|&)\s){0,2}")  # "Bank of England" is one name
# A mark set in there would be shown as code, or would break a link or a tag.
_CLOSED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\]\([^)\n]*\)|<[^<>\n]*>|\b\w+://\S+", re.DOTALL)
MOST_LISTED = 5  # tokens that a note repeats
LONGEST_LISTED = 60  # characters of each


def merge_spans(text: str, found: Iterable[tuple[int, int, str]]) -> tuple[UnsupportedSpan, ...]:
    """The facts of `hard_facts` as tokens in order: what overlaps is one, and so are the words of a name.

    >>> merge_spans("It paid Orla Finch $40.", [(8, 12, "name"), (13, 18, "name"), (19, 22, "number")])
    (UnsupportedSpan(start=8, end=18), UnsupportedSpan(start=19, end=22))
    """
    tokens: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(found):
        if tokens:
            first, last, before = tokens[-1]
            names = kind == before == "name" and _BETWEEN.fullmatch(text[last:start])
            if start < last or names:
                tokens[-1] = (first, max(last, end), kind if end > last else before)
                continue
        tokens.append((start, end, kind))
    return tuple(UnsupportedSpan(start, end) for start, end, _ in tokens if start < end)


def pieces(sentence: Sentence) -> Iterator[tuple[str, bool]]:
    """The sentence's text cut into stretches, each with whether it is missing and may be marked.

    Joined they are the text. Nothing within code, a link or a tag is told to be missing.
    """
    closed = [found.span() for found in _CLOSED.finditer(sentence.text)] if sentence.missing else []
    at = 0
    for each in sentence.missing:
        if not at <= each.start < each.end <= len(sentence.text) or _crosses(each, closed):
            continue
        yield sentence.text[at : each.start], False
        yield sentence.text[each.start : each.end], True
        at = each.end
    yield sentence.text[at:], False


def _crosses(missing: UnsupportedSpan, closed: Sequence[tuple[int, int]]) -> bool:
    return any(start < missing.end and missing.start < end for start, end in closed)


def tokens(sentence: Sentence) -> list[str]:
    """The missing tokens as they are written, each once."""
    found = (" ".join(sentence.text[each.start : each.end].split()) for each in sentence.missing)
    return list(dict.fromkeys(found))


def listed(answer: Answer) -> str:
    """The missing tokens of an answer in one line, the first of them: "$40 billion, Orla Finch"; or ""."""
    every = list(dict.fromkeys(token for sentence in answer.sentences for token in tokens(sentence)))
    shown = [token if len(token) <= LONGEST_LISTED else token[:LONGEST_LISTED] + "…" for token in every]
    return ", ".join(shown[:MOST_LISTED]) + (", …" if len(shown) > MOST_LISTED else "")
