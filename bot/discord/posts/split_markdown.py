"""Cuts long Markdown into parts that fit, at sentences; never in a code fence, a marker, a link or an escape.

Lengths are counted in UTF-16 units, of which Discord never counts more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)
# What belongs together: code, links, markers with the blank before them, escapes, joined emoji.
_WHOLE = re.compile(
    r"(?<!`)`[^`\n]+`(?!`)|\s*\[[^\]\n]{1,200}\](?:\([^)\n]*\))?|\\\[\d{1,3}\\\]|\\.|\S\ufe0f?(?:\u200d\S\ufe0f?)+"
)
_CUTS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s*\[(?:\d+|[~?])\])*(?=\s)|\n"),
    re.compile(r"\s"),
)
_CLOSE = "\n```"


def units(text: str) -> int:
    """The length of *text* in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """*text*, cut at a word to at most *limit* units with "…" at its end; not for Markdown."""
    if units(text) <= limit:
        return text
    kept = text[: _fitting(text, limit - 1)]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,;:") + "…"


def split(text: str, limit: int) -> list[str]:
    """The parts of *text*, none empty, none above *limit* units (at least 100); none for blank text."""
    parts = []
    rest = _closed(text.strip())
    while units(rest) > limit:
        head, rest = _cut(rest, limit)
        parts.append(head)
    return [part for part in [*parts, rest] if part.strip()]


def _closed(text: str) -> str:
    """*text* with its last code fence ended."""
    return text + _CLOSE if text.count("```") % 2 else text


def _cut(text: str, limit: int) -> tuple[str, str]:
    end = _fitting(text, limit)
    forbidden = list(_spans(text, end))
    for pattern in _CUTS:
        places = [found.end() for found in pattern.finditer(text, 0, min(end + 1, len(text)))]
        for place in reversed(places):
            if end // 3 <= place <= end and not _within(place, forbidden):
                rest = text[place:].lstrip("\n")
                return text[:place].rstrip(), rest if text[place - 1] == "\n" else rest.lstrip()
    return _cut_fence(text, limit) or _cut_hard(text, end, forbidden)


def _spans(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The spans before *end* that must not be cut through; in a fence nothing is a link or an escape."""
    masked = _FENCE.sub(lambda fence: "x" * len(fence[0]), text)
    for pattern, where in ((_FENCE, text), (_WHOLE, masked)):
        for found in pattern.finditer(where):
            if found.start() > end:
                break
            yield found.span()


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in spans)


def _cut_fence(text: str, limit: int) -> tuple[str, str] | None:
    """Cut a fence that is itself too long: it is closed here, and opened again in the next part."""
    end = _fitting(text, limit - len(_CLOSE))
    crossing = (found for found in _FENCE.finditer(text) if found.start() < end < found.end())
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
    return text[:place].rstrip("\n") + _CLOSE, opening[0].rstrip("\n") + "\n" + text[place:]


def _cut_hard(text: str, end: int, forbidden: list[tuple[int, int]]) -> tuple[str, str]:
    """Cut where nothing better is found, at the last place that tears nothing apart."""
    place = end
    while place > 0 and _within(place, forbidden):
        place -= 1
    if not place:
        place = next((start for start, stop in forbidden if 0 < start < end < stop), end)
    return text[:place], text[place:]


def _fitting(text: str, limit: int) -> int:
    """The length in characters of the longest beginning of *text* that fits *limit* units."""
    if text.isascii():
        return min(len(text), limit)
    used = 0
    for index, character in enumerate(text):
        used += 1 + (ord(character) > 0xFFFF)
        if used > limit:
            return index
    return len(text)
