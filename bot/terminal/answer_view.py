"""Draws a model's answer in a terminal: tables, lists, quotes and code, with its markers and marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal, cast

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.containers import Lines
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.syntax import Syntax
from rich.table import Table as RichTable
from rich.text import Text

from bot.answer import Answer, Sentence, markers
from bot.rendering.answer_document import (
    Block,
    Code,
    Divider,
    HeadingBlock,
    Inline,
    Items,
    ParagraphBlock,
    Quote,
    StyledRun,
    Table,
    document,
)
from bot.rendering.text_rendering import SUPPORT_MARKS, not_in_source

MARKER_STYLE = "cyan"
_MARK_STYLES = {"unsupported": "bold yellow", "contradicted": "bold red"}
_CODE_INDENT = 2
_QUOTE_BAR = "▌ "


def answer_view(answer: Answer, *, mark_missing: bool = False) -> RenderableType:
    """A model's answer. Words that no source contains are dim and underlined.

    *mark_missing* writes out that they are missing, as well.
    """
    return _AnswerView(mark_missing).draw(document(answer))


class _AnswerView:
    def __init__(self, mark_missing: bool) -> None:
        self._mark_missing = mark_missing

    def draw(self, blocks: Sequence[Block]) -> RenderableType:
        """The blocks with a blank line between them, except before a list and before markers of code."""
        drawn = [self._block(block) for block in blocks[:1]]
        for before, block in pairwise(blocks):
            is_close = isinstance(before, ParagraphBlock) and isinstance(block, Items)
            drawn += [self._block(block)] if is_close or _has_only_marks(block) else ["", self._block(block)]
        return Group(*drawn)

    def _block(self, block: Block) -> RenderableType:
        match block:
            case ParagraphBlock(inline):
                return self._text(inline)
            case HeadingBlock(_, inline):
                return self._text(inline, "bold")
            case Quote(blocks):
                return _Quoted(self.draw(blocks))
            case Items():
                return self._items(block)
            case Code(text, language):
                code = Syntax(
                    text, language or "text", theme="ansi_dark", background_color="default", word_wrap=True
                )
                return Padding(code, (0, 0, 0, _CODE_INDENT))
            case Table():
                return self._table(block)
            case Divider():
                return Rule(style="dim")

    def _items(self, items: Items) -> RenderableType:
        grid = RichTable.grid(padding=(0, 1))
        grid.add_column(no_wrap=True, justify="right")
        grid.add_column(overflow="fold")
        for number, blocks in enumerate(items.items, items.start or 0):
            grid.add_row(" •" if items.start is None else f" {number}.", self.draw(blocks))
        return grid

    def _table(self, table: Table) -> RenderableType:
        drawn = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
        for name, align in zip(table.head, table.aligns, strict=True):
            justify = cast('Literal["left", "center", "right"]', align or "left")
            drawn.add_column(self._text(name), justify=justify, overflow="fold")
        for row in table.rows:
            drawn.add_row(*map(self._text, row))
        return drawn

    def _text(self, inline: Inline, style: str = "") -> Text:
        text = _Trimmed(style=style)
        for part in inline:
            if isinstance(part, Sentence):
                numbers, mark = markers(part.citations), SUPPORT_MARKS[part.support]
                text.append(numbers if text else numbers.lstrip(), MARKER_STYLE)
                text.append(mark if text else mark.lstrip(), _MARK_STYLES.get(part.support, ""))
            else:
                shown = not_in_source(part.text) if part.missing and self._mark_missing else part.text
                text.append(shown, _style(part))
        return text


def _has_only_marks(block: Block) -> bool:
    return isinstance(block, ParagraphBlock) and not any(isinstance(part, StyledRun) for part in block.inline)


def _style(run: StyledRun) -> str:
    styles = {
        "bold": run.bold,
        "italic": run.italic,
        "bold magenta": run.code,
        "dim underline": run.missing,
    }
    return " ".join(name for name, applies in styles.items() if applies)


class _Trimmed(Text):
    """Text that is not underlined at the ends of its lines."""

    def wrap(self, *options: Any, **named: Any) -> Lines:
        lines = super().wrap(*options, **named)
        for line in lines:
            line.rstrip()
        return lines


class _Quoted:
    """A renderable with a bar on its left."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        width = max(1, options.max_width - len(_QUOTE_BAR))
        for line in console.render_lines(self._inner, options.update(width=width), pad=False):
            yield Segment(_QUOTE_BAR, console.get_style("dim"))
            yield from line
            yield Segment.line()
