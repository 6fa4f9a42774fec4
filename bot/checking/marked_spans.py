"""The words of a sentence that its sources lack, merged into whole tokens, and where they can be marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.answer import Answer, Sentence, UnsupportedSpan

_BETWEEN = re.compile(r"[\s,]{0,2}(?:(?:of|the|de|van|von|and|&)\s){0,2}")  # "Bank of England" is one name
# A mark would be shown as code here, or would break a fence, link or tag.
_UNMARKABLE = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`|\]\([^)\n]*\)|<[^<>\n]*>|\b\w+://\S+", re.DOTALL
)
MAX_LISTED = 5  # tokens repeated in a note
MAX_LISTED_LENGTH = 60  # characters of each


def merge_spans(text: str, facts: Iterable[tuple[int, int, str]]) -> tuple[UnsupportedSpan, ...]:
    """The facts of `unsupported_facts` as tokens, in order: overlapping facts and words of a name are merged.

    >>> merge_spans("It paid Orla Finch $40.", [(8, 12, "name"), (13, 18, "name"), (19, 22, "number")])
    (UnsupportedSpan(start=8, end=18), UnsupportedSpan(start=19, end=22))
    """
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(facts):
        if merged:
            first, last, previous = merged[-1]
            is_name = kind == previous == "name" and _BETWEEN.fullmatch(text[last:start])
            if start < last or is_name:
                merged[-1] = (first, max(last, end), kind if end > last else previous)
                continue
        merged.append((start, end, kind))
    return tuple(UnsupportedSpan(start, end) for start, end, _ in merged if start < end)


def pieces(sentence: Sentence) -> Iterator[tuple[str, bool]]:
    """The sentence's text in pieces, each with True if it is missing and can be marked.

    Joined they are the text. Nothing within code, a link or a tag is reported as missing.
    """
    closed = [match.span() for match in _UNMARKABLE.finditer(sentence.text)] if sentence.missing else []
    at = 0
    for span in sentence.missing:
        if not at <= span.start < span.end <= len(sentence.text) or _overlaps(span, closed):
            continue
        yield sentence.text[at : span.start], False
        yield sentence.text[span.start : span.end], True
        at = span.end
    yield sentence.text[at:], False


def _overlaps(missing: UnsupportedSpan, closed: Sequence[tuple[int, int]]) -> bool:
    return any(start < missing.end and missing.start < end for start, end in closed)


def tokens(sentence: Sentence) -> list[str]:
    """The missing tokens as they are written, without duplicates."""
    found = (" ".join(sentence.text[span.start : span.end].split()) for span in sentence.missing)
    return list(dict.fromkeys(found))


def listed(answer: Answer) -> str:
    """The first missing tokens of an answer on one line: "$40 billion, Orla Finch"; "" if there are none."""
    missing = list(dict.fromkeys(token for sentence in answer.sentences for token in tokens(sentence)))
    shown = [
        token if len(token) <= MAX_LISTED_LENGTH else token[:MAX_LISTED_LENGTH] + "…" for token in missing
    ]
    return ", ".join(shown[:MAX_LISTED]) + (", …" if len(shown) > MAX_LISTED else "")
