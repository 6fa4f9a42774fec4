"""Splits long Markdown at sentences, never inside a code fence, marker, link or escape.

Lengths are in UTF-16 code units: an upper bound of how Discord counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)
# Not to be split: code, links, markers with the space before them, escapes, joined emoji.
_ATOMIC = re.compile(
    r"(?<!`)`[^`\n]+`(?!`)|\s*\[[^\]\n]{1,200}\](?:\([^)\n]*\))?|\\\[\d{1,3}\\\]|\\.|\S\ufe0f?(?:\u200d\S\ufe0f?)+"
)
_BREAKS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s*\[(?:\d+|[!?])\])*(?=\s)|\n"),
    re.compile(r"\s"),
)
_CLOSING_FENCE = "\n```"


def units(text: str) -> int:
    """The length of *text* in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """*text* truncated at a word to at most *limit* units including a final "…"; not for Markdown."""
    if units(text) <= limit:
        return text
    kept = text[: _fitting_length(text, limit - 1)]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,;:") + "…"


def split(text: str, limit: int) -> list[str]:
    """*text* in non-empty parts of at most *limit* units (*limit* >= 100); no parts for blank text."""
    parts = []
    rest = _with_closed_fence(text.strip())
    while units(rest) > limit:
        head, rest = _split_once(rest, limit)
        parts.append(head)
    return [part for part in [*parts, rest] if part.strip()]


def _with_closed_fence(text: str) -> str:
    """*text* with its last code fence closed."""
    return text + _CLOSING_FENCE if text.count("```") % 2 else text


def _split_once(text: str, limit: int) -> tuple[str, str]:
    end = _fitting_length(text, limit)
    forbidden = list(_atomic_spans(text, end))
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(text, 0, min(end + 1, len(text)))]
        for place in reversed(places):
            if end // 3 <= place <= end and not _is_within(place, forbidden):
                rest = text[place:].lstrip("\n")
                return text[:place].rstrip(), rest if text[place - 1] == "\n" else rest.lstrip()
    return _split_fence(text, limit) or _split_anywhere(text, end, forbidden)


def _atomic_spans(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The spans starting before *end* that must not be split. Links and escapes in fences do not count."""
    masked = _FENCE.sub(lambda fence: "x" * len(fence[0]), text)
    for pattern, where in ((_FENCE, text), (_ATOMIC, masked)):
        for match in pattern.finditer(where):
            if match.start() > end:
                break
            yield match.span()


def _is_within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in spans)


def _split_fence(text: str, limit: int) -> tuple[str, str] | None:
    """Split a fence that is too long itself: close it here and reopen it in the next part."""
    end = _fitting_length(text, limit - len(_CLOSING_FENCE))
    crossing = (match for match in _FENCE.finditer(text) if match.start() < end < match.end())
    fence = next(crossing, None)
    if fence is None:
        return None
    if fence.start() > end // 3:
        return text[: fence.start()].rstrip(), text[fence.start() :]
    opening = re.match(r"```[\w+#.-]{0,20}\n|```", text[fence.start() :])
    assert opening is not None
    first = fence.start() + opening.end()
    end = min(end, fence.end() - len("```"))
    line = text.rfind("\n", first + (end - first) // 3, end) + 1
    place = line or end
    return text[:place].rstrip("\n") + _CLOSING_FENCE, opening[0].rstrip("\n") + "\n" + text[place:]


def _split_anywhere(text: str, end: int, forbidden: list[tuple[int, int]]) -> tuple[str, str]:
    """Split at the last place outside the forbidden spans, for lack of a better one."""
    place = end
    while place > 0 and _is_within(place, forbidden):
        place -= 1
    if not place:
        place = next((start for start, stop in forbidden if 0 < start < end < stop), end)
    return text[:place], text[place:]


def _fitting_length(text: str, limit: int) -> int:
    """The length in characters of the longest prefix of *text* of at most *limit* units."""
    if text.isascii():
        return min(len(text), limit)
    used = 0
    for index, character in enumerate(text):
        used += 1 + (ord(character) > 0xFFFF)
        if used > limit:
            return index
    return len(text)
