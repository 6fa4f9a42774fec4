"""Decides what becomes of raised (superscript) text: footnote marks are left out, other raised text stays.

Raised digits directly after a figure would become part of it: "48" with the mark "3" is not 483.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARK = re.compile(r"\d{1,3}(?:\s?[,;–—-]\s?\d{1,3})*|[*†‡§¶#]{1,3}")
_POWER = re.compile(r"[-−–]?\d{1,3}|[-−–][a-z]")
_AFTER_BASE = re.compile(r"[×x·*]\s?10$")
# Units with a power ("6 km2"), and single letters, which are variables ("R2").
_AFTER_UNIT = re.compile(r"(?<![^\W\d_])(?:[kcdmµμn]?m|ft|in|yd|mi|sq|s|[A-Zxyznpqrχσ])$")
_FOOTNOTE_LETTER = re.compile(r"[a-z]")


def join_raised(pieces: Sequence[tuple[str, bool]]) -> str:
    """The text of consecutive pieces, each with True if it is raised.

    >>> join_raised([("It cost 48", False), ("3", True), (" million for 6 km", False), ("2", True)])
    'It cost 48 million for 6 km2'
    >>> join_raised([("in the 21", False), ("st", True), (" century, 3 × 10", False), ("8", True)])
    'in the 21st century, 3 × 10^8'
    """
    text = ""
    merged = _merge(pieces)
    for number, (words, is_raised) in enumerate(merged):
        if is_raised:
            following = merged[number + 1][0] if number + 1 < len(merged) else ""
            words = _raised(text, words, following)
        text += words
    return text


def _merge(pieces: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Adjacent pieces of the same kind joined: an editor can split "12" into two runs."""
    groups: list[tuple[list[str], bool]] = []
    for words, is_raised in pieces:
        is_raised = is_raised and not words.isspace()
        if groups and groups[-1][1] == is_raised:
            groups[-1][0].append(words)
        elif words:
            groups.append(([words], is_raised))
    return [("".join(words), is_raised) for words, is_raised in groups]


def _raised(before: str, raised: str, after: str) -> str:
    mark = raised.strip()
    if not before.strip() or (before[-1].isspace() and after[:1].isalpha()):
        return raised  # the mark at the start of the footnote itself, or an isotope
    if after[:1] in ("/", "⁄"):  # the numerator of "48 1/2"
        return f" {mark}" if before[-1].isdigit() else raised
    if _AFTER_BASE.search(before) and _POWER.fullmatch(mark):
        return f"^{mark}"
    if _POWER.fullmatch(mark) and not mark[0].isdigit():
        return f"^{mark}" if before[-1].isdigit() else raised  # "10^-6", "km-1"
    if mark in ("2", "3") and _AFTER_UNIT.search(before):
        return raised
    if _MARK.fullmatch(mark) or (_FOOTNOTE_LETTER.fullmatch(mark) and _is_mark_letter(before, mark)):
        return " " if raised[-1:].isspace() or raised[:1].isspace() else ""
    return raised


def _is_mark_letter(before: str, letter: str) -> bool:
    """True for "48" with a raised "b"; ordinals ("1e", "2o", "3a", "4h") stay."""
    return before[-1].isdigit() and letter in "bcdfgijk"
