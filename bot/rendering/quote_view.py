"""Sanitized views of a quote in its context: its passage, or the whole article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rendering.sanitize import sanitize
from retrieval.article import Dropped

_CONTEXT_CHARS = 240  # on each side of a passage, extended or cut to whole words
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_WHITESPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote with its context, each part sanitized: ``before + quote + after`` is continuous text."""

    before: str
    quote: str
    after: str

    def plain(self) -> str:
        """The view as plain text, with the quote between » and «."""
        return f"{self.before}»{self.quote}«{self.after}"


def passage_view(
    text: str, start: int, end: int, passage_start: int, passage_end: int, dropped: Sequence[Dropped] = ()
) -> QuoteView:
    """Show ``text[start:end]`` in its passage ``text[passage_start:passage_end]`` with some context.

    *dropped* spans (boilerplate) are left out of the context.
    """
    head = _word_start(text, min(passage_start, start) - _CONTEXT_CHARS)
    tail = _word_end(text, max(passage_end, end) + _CONTEXT_CHARS)
    before = ("…" if head > 0 else "") + _without_dropped(text, head, start, dropped).lstrip()
    after = _without_dropped(text, end, tail, dropped).rstrip() + ("…" if text[tail:].strip() else "")
    return QuoteView(before, sanitize(text[start:end]), after)


def _without_dropped(text: str, start: int, end: int, dropped: Sequence[Dropped]) -> str:
    """``text[start:end]``, sanitized, without the dropped spans inside it."""
    kept, at = [], start
    for span in dropped:
        if start <= span.start and span.end <= end:
            kept.append(text[at : span.start])
            at = span.end
    return _BLANK_LINES.sub("\n\n", sanitize("".join([*kept, text[at:end]])))


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = _WHITESPACE.search(text, at)
    return space.end() if space else at


def _word_end(text: str, at: int) -> int:
    space = _WHITESPACE.search(text, min(at, len(text)))
    return space.start() if space else len(text)


def article_view(text: str, start: int, end: int) -> QuoteView:
    """Show ``text[start:end]`` in the whole article *text*."""
    return QuoteView(sanitize(text[:start]), sanitize(text[start:end]), sanitize(text[end:]))
