"""Displays answers, sources and passages: with rich in a terminal, as plain text elsewhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.live import Live
from rich.segment import Segment
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot.answer import Answer, Citation
from bot.rendering.also_in import also_in_line
from bot.rendering.quote_view import QuoteView
from bot.rendering.sanitize import sanitize_line
from bot.rendering.text_rendering import (
    QUOTE_STATE_TEXTS,
    UNDERLINE_NOTE,
    answer_text,
    article_line,
    contradiction_lines,
    excerpt,
    hit_as_citation,
    legend_lines,
    not_found_text,
    plain_answer,
    plain_hits,
    source_line,
)
from bot.terminal.answer_view import MARKER_STYLE, answer_view
from bot.terminal.pager import open_pager

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.hit import Hit

_LINES_ABOVE_QUOTE = 5  # when the pager opens an article
_FRAMES = 12  # per second: the first word of an answer waits for less than 100 ms
_MARKERS = re.compile(r"\[\d+\]")


class Tail:
    """The last lines of a renderable that fit the screen, so that a streaming answer scrolls in place."""

    def __init__(self, inner: RenderableType) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        lines = console.render_lines(self.inner, options.update(height=None), pad=False)
        for line in lines[-max(1, console.height - 2) :]:
            yield from line
            yield Segment.line()


class Screen:
    """Output to a terminal, or to a pipe or file.

    *mark_missing* writes out which tokens no source contains; a terminal underlines them in any case.
    """

    def __init__(self, console: Console | None = None, *, mark_missing: bool = False) -> None:
        self._mark_missing = mark_missing
        self.console = console or Console(highlight=False, markup=False, emoji=False)

    @property
    def is_terminal(self) -> bool:
        """True for an interactive terminal that supports cursor movement."""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    def say(self, text: str, style: str = "") -> None:
        """Print sanitized text, wrapped only in a terminal."""
        self.console.print(Text(text, style=style), soft_wrap=not self.is_terminal)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show a spinner with *text* while the block runs (terminal only)."""
        if not self.is_terminal:
            yield
            return
        with self.console.status(text, spinner="dots"):
            yield

    async def show(self, answers: AsyncIterator[Answer]) -> Answer:
        """Display a stream of answers as it grows, then the final answer, which is returned.

        While a model's answer is checked, "checking…" is in the place of its sources.
        If cancelled, the part received so far stays on the screen.
        """
        answer: Answer | None = None
        checking = Spinner("dots", Text("checking…", style="dim"))
        try:
            with self._live() as update:
                async for answer in answers:
                    if answer.sentences and not answer.complete:
                        body = self._body(answer)
                        update(Tail(Group(body, "", checking) if answer.checking else body))
                    elif answer.progress:
                        update(Spinner("dots", sanitize_line(answer.progress)))
        except asyncio.CancelledError:
            if answer is not None:
                self.answer(answer)
            raise
        assert answer is not None, "a stream of answers ends with a complete one"
        self.answer(answer)
        return answer

    @contextmanager
    def _live(self) -> Iterator[Callable[[RenderableType], None]]:
        """Yield a function that redraws a live area while the block runs (terminal only)."""
        if not self.is_terminal:
            yield lambda _: None
            return
        first = Spinner("dots", "Searching…")
        with Live(first, console=self.console, transient=True, refresh_per_second=_FRAMES) as live:
            yield live.update

    def answer(self, answer: Answer) -> None:
        """Display a complete answer with its sources."""
        if not self.is_terminal:
            self.say(plain_answer(answer, self._mark_missing))
            return
        if answer.notice:
            self.say(sanitize_line(answer.notice) + "\n", "dim")
        if answer.status == "not_found":
            self.say(not_found_text(answer))
            if answer.nearest:
                self.hits(answer.nearest, "Nearest in the articles:")
        else:
            self.console.print(self._body(answer))
            self.console.print()
            for line in contradiction_lines(answer):
                self.console.print(cited(line), end="\n\n")
            self.sources(answer.citations)
        notes = legend_lines(answer)
        if any(sentence.missing for sentence in answer.sentences):
            notes.append(UNDERLINE_NOTE)
        if notes:
            self.console.print()
        for note in notes:
            self.say(note, "dim")

    def _body(self, answer: Answer) -> RenderableType:
        """The sentences: with their structure if a model wrote them, verbatim if they are quotes."""
        if answer.mode == "model":
            return answer_view(answer, mark_missing=self._mark_missing)
        return cited(answer_text(answer))

    def hits(self, hits: Sequence[Hit], title: str = "") -> None:
        """Display hits, numbered from 1, with source and excerpt."""
        if not hits:
            self.say("No passages found.")
            return
        if not self.is_terminal:
            self.say(plain_hits(hits, title))
            return
        if title:
            self.say(title, "dim")
        for number, hit in enumerate(hits, 1):
            citation = hit_as_citation(number, hit)
            grid = numbered([(number, Text(source_line(citation), style="dim"))])
            if also := also_in_line(hit):
                grid.add_row("", Text(sanitize_line(also), style="dim"))
            grid.add_row("", excerpt(citation.quote))
            self.console.print(grid)

    def passage(self, citation: Citation, state: str, view: QuoteView, also: str = "") -> None:
        """Display a quote highlighted in its context, with its state and the articles that *also* have it."""
        self.sources([citation])
        if citation.section:
            self.say(f"Section: {sanitize_line(citation.section)}", "dim")
        if also:
            self.say(sanitize_line(also[0].upper() + also[1:]), "dim")
        self.say(QUOTE_STATE_TEXTS[state], "green" if state in {"unchanged", "moved"} else "red")
        self.console.print()
        self.console.print(self.highlighted(view), soft_wrap=not self.is_terminal)

    def page(self, info: ArticleInfo, view: QuoteView) -> None:
        """Show a whole article in a pager, opened at the quote; print it if there is no terminal."""
        header = Text(f"{article_line(info)}\n{sanitize_line(info.path)}\n\n")
        if not self.is_terminal:
            self.console.print(header + self.highlighted(view), soft_wrap=True)
            return
        with self.console.capture() as before_quote:
            self.console.print(header + Text(view.before))
        with self.console.capture() as whole:
            self.console.print(header + self.highlighted(view))
        open_pager(whole.get(), before_quote.get().count("\n") - _LINES_ABOVE_QUOTE)

    def sources(self, citations: Sequence[Citation]) -> None:
        """List citations, one line each."""
        rows = [(citation.number, source_line(citation)) for citation in citations]
        if self.is_terminal:
            self.console.print(numbered([(number, Text(line, style="dim")) for number, line in rows]))
        else:
            self.lines([f"[{number}] {line}" for number, line in rows])

    def lines(self, lines: Sequence[str]) -> None:
        """Print sanitized lines."""
        for line in lines:
            self.say(line)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Print names and their descriptions in two columns."""
        if not self.is_terminal:
            width = max(len(name) for name, _ in rows)
            self.lines([f"{name:{width}}  {description}" for name, description in rows])
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style="cyan")
        grid.add_column(overflow="fold")
        for name, description in rows:
            grid.add_row(name, description)
        self.console.print(grid)

    def highlighted(self, view: QuoteView) -> Text:
        """The view with its quote in reverse video, or between » and « if styles are unavailable."""
        if not view.quote or (self.is_terminal and not self.console.no_color):
            return Text.assemble(view.before, (view.quote, "bold reverse"), view.after)
        return Text(view.plain())


def cited(text: str) -> Text:
    """Sanitized text with its citation markers highlighted."""
    styled = Text(text)
    styled.highlight_regex(_MARKERS, MARKER_STYLE)
    return styled


def numbered(rows: Sequence[tuple[int, Text]]) -> Table:
    """Rows preceded by their number in brackets, with wrapped lines indented."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for number, text in rows:
        grid.add_row(Text(f"[{number}]", style="cyan"), text)
    return grid
