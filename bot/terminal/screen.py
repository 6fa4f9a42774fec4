"""Draws answers, sources and passages in a terminal with rich; as plain text where there is none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.segment import Segment
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot.answer import Answer, Citation
from bot.rendering.also_in import also_in_text
from bot.rendering.quote_view import View
from bot.rendering.text_rendering import (
    STATES,
    UNDERLINED,
    answer_notes,
    answer_text,
    article_line,
    contradiction_lines,
    excerpt,
    hit_as_citation,
    not_found_text,
    plain_answer,
    plain_hits,
    sanitize_line,
    source_line,
    spelled,
    unsigned,
)
from bot.terminal.pager import open_pager
from bot.terminal.underline import BEGIN, END, Underlined

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.hit import Hit

_ABOVE = 5  # lines of the article above the quote when a pager opens it
_MARKERS = re.compile(r"\[(?:\d+|[~?])\]")


class Tail:
    """The last lines of a renderable that fit the screen, so that a growing answer scrolls in its place."""

    def __init__(self, inner: RenderableType) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        lines = console.render_lines(self.inner, options.update(height=None), pad=False)
        for line in lines[-max(1, console.height - 2) :]:
            yield from line
            yield Segment.line()


class Screen:
    """A terminal, or the file that stands for it.

    *spell_missing* writes out which words of an answer no source has; a terminal underlines them anyway.
    """

    def __init__(self, console: Console | None = None, *, spell_missing: bool = False) -> None:
        self._spell_missing = spell_missing
        self.console = console or Console(highlight=False, markup=False, emoji=False)

    @property
    def is_terminal(self) -> bool:
        """Whether a person sits before it and lines can be drawn again."""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    def say(self, text: str, style: str = "") -> None:
        """Print cleaned words of our own or of an article, wrapped only in a terminal."""
        self.console.print(Text(text, style=style), soft_wrap=not self.is_terminal)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Say that something is awaited, in a terminal alone, while the block runs."""
        if not self.is_terminal:
            yield
            return
        with self.console.status(text, spinner="dots"):
            yield

    async def show(self, answers: AsyncIterator[Answer]) -> Answer:
        """Draw a stream of growing answers as it arrives, and its last state for good; give that back."""
        answer: Answer | None = None
        try:
            with self._live() as update:
                async for answer in answers:
                    if answer.sentences:
                        update(Tail(self._body(unsigned(answer))))
        except asyncio.CancelledError:
            if answer is not None:
                self.answer(answer)
            raise
        assert answer is not None, "a stream of answers ends with a complete one"
        self.answer(answer)
        return answer

    @contextmanager
    def _live(self) -> Iterator[Callable[[RenderableType], None]]:
        """A place that can be drawn again while the block runs; nothing is drawn without a terminal."""
        if not self.is_terminal:
            yield lambda _: None
            return
        with Live(Spinner("dots", "Searching…"), console=self.console, transient=True) as live:
            yield live.update

    def answer(self, answer: Answer) -> None:
        """Draw a whole answer with its sources."""
        if not self.is_terminal:
            self.say(plain_answer(answer, self._spell_missing))
            return
        if answer.notice:
            self.say(sanitize_line(answer.notice) + "\n", "dim")
        if answer.status == "not_found":
            self.say(not_found_text(answer))
            if answer.nearest:
                self.hits(answer.nearest, "Nearest passages:")
        else:
            self.console.print(self._body(answer))
            self.console.print()
            for line in contradiction_lines(answer):
                self.console.print(cited(line), end="\n\n")
            self.sources(answer.citations)
        notes = answer_notes(answer)
        if any(sentence.missing for sentence in answer.sentences):
            notes.append(UNDERLINED)
        if notes:
            self.console.print()
        for note in notes:
            self.say(note, "dim")

    def _body(self, answer: Answer) -> RenderableType:
        """The sentences: Markdown of a model; the words of articles exactly as they are."""
        if answer.mode != "model":
            return cited(answer_text(answer))
        text = answer_text(answer, self._mark)
        return Underlined(Markdown(text, hyperlinks=False))

    def _mark(self, token: str) -> str:
        """A token that no source has, to be underlined; its brackets are no Markdown."""
        shown = spelled(token).replace("[", r"\[").replace("]", r"\]") if self._spell_missing else token
        return BEGIN + shown + END

    def hits(self, hits: Sequence[Hit], title: str = "") -> None:
        """Draw hits, numbered from 1: where each stands, and its beginning."""
        if not hits:
            self.say("Nothing is found.")
            return
        if title:
            self.say(title, "dim")
        if not self.is_terminal:
            self.say(plain_hits(hits))
            return
        for number, hit in enumerate(hits, 1):
            citation = hit_as_citation(number, hit)
            grid = numbered([(number, Text(source_line(citation), style="dim"))])
            if also := also_in_text(hit):
                grid.add_row("", Text(sanitize_line(also), style="dim"))
            grid.add_row("", excerpt(citation.quote))
            self.console.print(grid)

    def passage(self, citation: Citation, state: str, view: View, also: str = "") -> None:
        """Draw a quote, highlighted in its surroundings, what has become of it, and who *also* has it."""
        self.sources([citation])
        if citation.section:
            self.say(f"Section: {sanitize_line(citation.section)}", "dim")
        if also:
            self.say(sanitize_line(also[0].upper() + also[1:]), "dim")
        self.say(STATES[state], "green" if state in {"unchanged", "moved"} else "red")
        self.console.print()
        self.console.print(self.highlighted(view), soft_wrap=not self.is_terminal)

    def page(self, info: ArticleInfo, view: View) -> None:
        """Show a whole article in a pager, opened at its quote; without a terminal print it."""
        head = Text(f"{article_line(info)}\n{sanitize_line(info.path)}\n\n")
        if not self.is_terminal:
            self.console.print(head + self.highlighted(view), soft_wrap=True)
            return
        with self.console.capture() as above:
            self.console.print(head + Text(view.before))
        with self.console.capture() as whole:
            self.console.print(head + self.highlighted(view))
        open_pager(whole.get(), above.get().count("\n") - _ABOVE)

    def sources(self, citations: Sequence[Citation]) -> None:
        """Draw a short line for each citation."""
        rows = [(each.number, source_line(each)) for each in citations]
        if self.is_terminal:
            self.console.print(numbered([(number, Text(line, style="dim")) for number, line in rows]))
        else:
            self.lines([f"[{number}] {line}" for number, line in rows])

    def lines(self, lines: Sequence[str]) -> None:
        """Print lines of text that is clean already."""
        for line in lines:
            self.say(line)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Draw names and what they mean in two columns."""
        if not self.is_terminal:
            width = max(len(name) for name, _ in rows)
            self.lines([f"{name:{width}}  {meaning}" for name, meaning in rows])
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style="cyan")
        grid.add_column(overflow="fold")
        for name, meaning in rows:
            grid.add_row(name, meaning)
        self.console.print(grid)

    def highlighted(self, view: View) -> Text:
        """The view with its quote in reverse, or between » and « where there are no styles."""
        if not view.quote or (self.is_terminal and not self.console.no_color):
            return Text.assemble(view.before, (view.quote, "bold reverse"), view.after)
        return Text(view.plain())


def cited(text: str) -> Text:
    """Clean text with its markers coloured."""
    styled = Text(text)
    styled.highlight_regex(_MARKERS, "cyan")
    return styled


def numbered(rows: Sequence[tuple[int, Text]]) -> Table:
    """Rows with their number before them, longer ones indented to it."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for number, text in rows:
        grid.add_row(Text(f"[{number}]", style="cyan"), text)
    return grid
