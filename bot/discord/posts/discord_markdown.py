"""Writes a model's answer in Discord's Markdown, which has no tables: they become aligned text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from bot.answer import Sentence, markers
from bot.discord.posts.escape_markdown import ZERO_WIDTH_SPACE, defuse_code, defuse_pings, plain_for_discord
from bot.rendering.answer_document import Block, Code, Inline, Row, StyledRun, Table
from bot.rendering.answer_markdown import MarkdownWriter
from bot.rendering.text_rendering import SUPPORT_MARKS

DAGGER = "†"
MAX_TABLE_WIDTH = 60  # columns of a code block on a phone held sideways; wider tables become lines
_GAP = "  "  # between columns
_DIVIDER = "─" * 12


def discord_markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Discord shows them, without pings, invites or links."""
    return defuse_pings(DiscordWriter().write(blocks))


class DiscordWriter(MarkdownWriter):
    """Discord's dialect: bold headings, daggers after missing words, tables as aligned text."""

    def heading(self, level: int, inline: Inline) -> str:
        """A bold line: Discord's headings are larger than an embed's title."""
        return self.inline(
            tuple(replace(part, bold=True) if isinstance(part, StyledRun) else part for part in inline)
        )

    def divider(self) -> str:
        """A line of box characters."""
        return _DIVIDER

    def escape(self, text: str, *, starts_line: bool) -> str:
        """*text* without Markdown, mentions and links."""
        escaped = plain_for_discord(text) if starts_line else plain_for_discord(f"x{text}")[1:]
        return "\\" + escaped if escaped.startswith("//") else escaped  # the colon is in the run before

    def missing(self, text: str) -> str:
        """The words with a dagger."""
        return text + DAGGER

    def marks(self, sentence: Sentence) -> str:
        """The citation markers and the mark, which Discord shows literally."""
        return markers(sentence.citations) + SUPPORT_MARKS[sentence.support]

    def inline_code(self, text: str) -> str:
        """Code within a line; Discord knows only single backticks around it."""
        return f"`{defuse_code(text.replace('`', 'ˋ'))}`"

    def code(self, block: Code) -> str:
        """A code block."""
        return _fenced(block.text, block.language)

    def table(self, table: Table) -> str:
        """An aligned code block, or if that is too wide for a phone, one line for each cell."""
        rows = [[self._plain_cell(cell) for cell in row] for row in (table.head, *table.rows)]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        if sum(widths) + len(_GAP) * (len(widths) - 1) > MAX_TABLE_WIDTH:
            return "\n\n".join(self._fields(table.head, row) for row in table.rows)
        rows.insert(1, ["-" * width for width in widths])
        return _fenced("\n".join(_aligned(row, widths, table.aligns) for row in rows))

    def _plain_cell(self, cell: Inline) -> str:
        parts = (
            self.marks(part)
            if isinstance(part, Sentence)
            else self.missing(part.text)
            if part.missing
            else part.text
            for part in cell
        )
        return "".join(parts).replace("\n", " ").strip()

    def _fields(self, head: Row, row: Row) -> str:
        """A table row as lines "**head**: cell"; empty cells are left out."""
        lines = []
        for name, cell in zip(head, row, strict=True):
            label, text = self.heading(1, name), self.inline(cell)
            if text:
                lines.append(f"{label}: {text}" if label else text)
        return "\n".join(lines)


def _aligned(cells: Sequence[str], widths: Sequence[int], aligns: Sequence[str]) -> str:
    padded = []
    for cell, width, align in zip(cells, widths, aligns, strict=True):
        space = " " * (width - cell_len(cell))
        padded.append(space + cell if align == "right" else cell + space)
    return _GAP.join(padded).rstrip()


def _fenced(text: str, language: str = "") -> str:
    """*text* in a code block that it cannot close."""
    text = re.sub("`{3,}", lambda fence: ZERO_WIDTH_SPACE.join(fence[0]), text)
    return f"```{language}\n{defuse_code(text)}\n```"
