"""A quote in its surroundings, as a person reads it, harmless whatever its article holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rendering.text_rendering import sanitize
from retrieval.article import Dropped

_AROUND = 240  # characters of surroundings on each side of a passage, made whole words
_GAPS = re.compile(r"\n(?:[ \t]*\n){2,}")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class View:
    """A quote in its surroundings, each part cleaned: ``before + quote + after`` is read in one go."""

    before: str
    quote: str
    after: str

    def plain(self) -> str:
        """The view with the quote between » and «."""
        return f"{self.before}»{self.quote}«{self.after}"


def passage_view(
    text: str, start: int, end: int, first: int, last: int, dropped: Sequence[Dropped] = ()
) -> View:
    """Show ``text[start:end]`` within its passage ``text[first:last]`` and some words around that.

    *dropped* are the stretches of clutter, left out of the surroundings.
    """
    head = _word_start(text, min(first, start) - _AROUND)
    tail = _word_end(text, max(last, end) + _AROUND)
    before = ("…" if head > 0 else "") + _without(text, head, start, dropped).lstrip()
    after = _without(text, end, tail, dropped).rstrip() + ("…" if text[tail:].strip() else "")
    return View(before, sanitize(text[start:end]), after)


def _without(text: str, start: int, end: int, dropped: Sequence[Dropped]) -> str:
    """``text[start:end]``, cleaned, without the dropped stretches that lie in it."""
    kept, at = [], start
    for each in dropped:
        if start <= each.start and each.end <= end:
            kept.append(text[at : each.start])
            at = each.end
    return _GAPS.sub("\n\n", sanitize("".join([*kept, text[at:end]])))


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = _SPACE.search(text, at)
    return space.end() if space else at


def _word_end(text: str, at: int) -> int:
    space = _SPACE.search(text, min(at, len(text)))
    return space.start() if space else len(text)


def article_view(text: str, start: int, end: int) -> View:
    """Show ``text[start:end]`` in the whole article."""
    return View(sanitize(text[:start]), sanitize(text[start:end]), sanitize(text[end:]))
