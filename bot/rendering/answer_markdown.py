"""Writes a model's answer as Markdown in which its structure is active and its words are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import indent

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
    Row,
    StyledRun,
    Table,
    document,
)
from bot.rendering.text_rendering import SUPPORT_MARKS, not_in_source

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~]|&(?=#?\w{1,31};))")
_LINE_MARKS = re.compile(r"^([ \t]*)([-+=]|\d+(?=[.)]))", re.MULTILINE)  # a list or an underlined heading
_DELIMITERS = {"left": ":---", "center": ":---:", "right": "---:", "": "---"}
_MAX_HEADING = 6
_HEADING_SHIFT = 2  # answers stand below a heading of level 2, the question


def escape_markdown(text: str) -> str:
    """Escape every character that Markdown interprets."""
    return _MARKUP.sub(r"\\\1", text)


def answer_markdown(answer: Answer) -> str:
    """A model's answer as GitHub Markdown: tables, lists and code are kept, links and HTML are escaped."""
    return MarkdownWriter().write(document(answer))


class MarkdownWriter:
    """Writes blocks as GitHub Markdown; subclasses override what other dialects write differently."""

    def write(self, blocks: Sequence[Block]) -> str:
        """The blocks, separated by blank lines."""
        return "\n\n".join(filter(None, map(self.block, blocks)))

    def block(self, block: Block) -> str:
        """One block, without a line feed at its end."""
        match block:
            case ParagraphBlock(inline):
                return self.inline(inline)
            case HeadingBlock(level, inline):
                return self.heading(level, inline)
            case Quote(blocks):
                return "\n".join(f"> {line}".rstrip() for line in self.write(blocks).split("\n"))
            case Items():
                return "\n".join(self._items(block))
            case Code():
                return self.code(block)
            case Table():
                return self.table(block)
            case Divider():
                return self.divider()

    def heading(self, level: int, inline: Inline) -> str:
        """A heading."""
        return f"{'#' * min(level + _HEADING_SHIFT, _MAX_HEADING)} {self.inline(inline)}"

    def divider(self) -> str:
        """A thematic break."""
        return "---"

    def _items(self, block: Items) -> Iterator[str]:
        for number, blocks in enumerate(block.items, block.start or 0):
            mark = "- " if block.start is None else f"{number}. "
            text = "".join(map(self.block, blocks[:1]))
            for _, following in pairwise(blocks):
                text += ("\n" if isinstance(following, Items) else "\n\n") + self.block(following)
            yield mark + indent(text, " " * len(mark)).lstrip(" ")

    def code(self, block: Code) -> str:
        """A code block in a fence that its text cannot close."""
        longest = max((len(run) for run in re.findall(r"`+", block.text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{block.language}\n{block.text}\n{fence}"

    def table(self, table: Table) -> str:
        """A table."""
        rule = "| " + " | ".join(_DELIMITERS.get(align, "---") for align in table.aligns) + " |"
        head, *rows = (self._row(row) for row in (table.head, *table.rows))
        return "\n".join([head, rule, *rows])

    def _row(self, row: Row) -> str:
        cells = (self.inline(cell).replace("\n", " ") for cell in row)
        # Pipes outside code are already escaped.
        return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells) + " |"

    def inline(self, inline: Inline) -> str:
        """Text with emphasis, code, and the markers and marks of its sentences."""
        written, open_styles = "", list[str]()
        for place, part in enumerate(inline):
            if isinstance(part, StyledRun) and part.text.isspace():
                written += part.text
                continue
            wanted = _styles(inline, place)
            while any(style not in wanted for style in open_styles):
                written = _closed(written, open_styles.pop())
            text = self.marks(part) if isinstance(part, Sentence) else self._run(part, written)
            added = [style for style in wanted if style not in open_styles]
            if added:
                space = text[: len(text) - len(text.lstrip())]
                written, text = written + space + "".join(added), text.lstrip()
                open_styles += added
            written += text
        while open_styles:
            written = _closed(written, open_styles.pop())
        return re.sub(" +\n", "\n", written).strip("\n ")

    def _run(self, run: StyledRun, before: str) -> str:
        if run.code:
            return " " * before.endswith("`") + self.inline_code(run.text)  # joined backticks change code
        text = self.missing(run.text) if run.missing else run.text
        starts_line = not before or before.endswith("\n")
        escaped = self.escape(text, starts_line=starts_line)
        return "\\" + escaped if before.endswith("]") and escaped[:1] in ("(", ":") else escaped

    def escape(self, text: str, *, starts_line: bool) -> str:
        """*text* so that it is shown literally."""
        escaped = escape_markdown(text if starts_line else f"x{text}")
        escaped = _LINE_MARKS.sub(_escaped_line_mark, escaped)
        return escaped if starts_line else escaped[1:]

    def missing(self, text: str) -> str:
        """A span that no source contains, not escaped."""
        return not_in_source(text)

    def marks(self, sentence: Sentence) -> str:
        """The citation markers and the mark of a sentence."""
        return markers(sentence.citations) + escape_markdown(SUPPORT_MARKS[sentence.support])

    def inline_code(self, text: str) -> str:
        """Code within a line, between more backticks than it contains."""
        longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
        fence = "`" * (longest + 1)
        pad = " " if "`" in (text[:1], text[-1:]) else ""
        return f"{fence}{pad}{text}{pad}{fence}"


def _styles(inline: Inline, place: int) -> list[str]:
    """The emphasis at a place; a marker has that of the text on both sides."""
    part = inline[place]
    if isinstance(part, StyledRun):
        return ["**"] * part.bold + ["*"] * part.italic
    sides = [inline[at] for at in (place - 1, place + 1) if 0 <= at < len(inline)]
    runs = [side for side in sides if isinstance(side, StyledRun)]
    if len(runs) < 2:
        return []
    return ["**"] * all(run.bold for run in runs) + ["*"] * all(run.italic for run in runs)


def _closed(written: str, style: str) -> str:
    """The text with emphasis closed before its trailing space."""
    kept = written.rstrip()
    return kept + style + written[len(kept) :]


def _escaped_line_mark(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}\\" if match[2].isdigit() else f"{match[1]}\\{match[2]}"
