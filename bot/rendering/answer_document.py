"""A model's answer as a tree of blocks, which every output shows in its own form.

The Markdown is parsed once for all outputs. Private characters keep the places of citation markers and
marks through the parser, so that no table, code block or emphasis can hide one. Links, images, HTML and
entities are text here: nothing in the tree can load, link or decode to what was not sanitized.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.checking.marked_spans import pieces
from bot.rendering.sanitize import sanitize

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_MISSING, _PRESENT = "\ufdd0", "\ufdd1"  # around a span that no source contains
_FIRST_END = 0xF0000  # the end of sentence n is the private character _FIRST_END + n
_PRIVATE = re.compile("[\ufdd0-\ufdef\U000f0000-\U0010ffff]")
_SPECIAL = re.compile("([\ufdd0\ufdd1\U000f0000-\U000ffffd])")
_GAP_AND_END = re.compile("[ \n][\U000f0000-\U000ffffd]")
_CODE_SPAN = re.compile(r"`[^`\n]+`")
_CLOSING_FENCE = re.compile(r"(?:\A|\n)(?P<prefix>[ \t>]*)(?:`{3,}|~{3,})[ \t]*\Z")
# Parser rules that are off. Indented text and underlined lines are prose: models indent at will.
_NOT_PARSED = (
    *("code", "lheading", "html_block", "reference"),
    *("link", "image", "autolink", "html_inline", "entity"),
)


@dataclass(frozen=True, slots=True)
class StyledRun:
    """A stretch of text in one style; line breaks are line feeds. ``missing``: no source contains it."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    missing: bool = False


Inline = tuple[
    StyledRun | Sentence, ...
]  # a Sentence is the place of its citation markers and mark, at its end
Row = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ParagraphBlock:
    """Running text."""

    inline: Inline


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    """A heading; ``level`` is 1 to 6."""

    level: int
    inline: Inline


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``start`` is the number of the first item, None for bullets."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A code block, without its fences."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; all rows are as long as the head. ``aligns``: "left", "center", "right" or "", by column."""

    head: Row
    rows: tuple[Row, ...]
    aligns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    """A thematic break."""


Block = ParagraphBlock | HeadingBlock | Items | Quote | Code | Table | Divider


def document(answer: Answer) -> tuple[Block, ...]:
    """The blocks of a model's answer, sanitized, with every sentence's markers and mark in its place.

    Markdown that would lose a marker (a table row with too many cells) makes the whole answer plain text.
    """
    from markdown_it.tree import SyntaxTreeNode

    source = "".join(_source(index, sentence) for index, sentence in enumerate(answer.sentences))
    reader = _Reader(answer.sentences)
    blocks = tuple(reader.blocks(SyntaxTreeNode(_parser().parse(source)).children))
    if len(reader.ended) == len(answer.sentences):
        return blocks
    return _literal(answer)


def row_sentence(row: Row) -> Sentence | None:
    """The sentence that a table row is."""
    return next((part for cell in row for part in cell if isinstance(part, Sentence)), None)


def _source(index: int, sentence: Sentence) -> str:
    """The Markdown of a sentence, with private characters in place of its markers and around missing spans.

    The end is after a space, as a marker is: emphasis closes before it. After code it has its own line.
    """
    end = chr(_FIRST_END + index)
    text = "".join(
        f"{_MISSING}{_clean(piece)}{_PRESENT}" if missing else _clean(piece)
        for piece, missing in pieces(sentence)
    )
    if sentence.lead.rstrip(" ").endswith("|"):  # a table row, in which pipes end cells even within code
        text = _CODE_SPAN.sub(lambda code: re.sub(r"(?<!\\)\|", r"\\|", code[0]), text)
    fence = _CLOSING_FENCE.search(text)
    gap = f"\n{fence['prefix']}" if fence else " "
    return _clean(sentence.lead) + text + gap + end + _clean(sentence.tail)


def _clean(text: str) -> str:
    return _PRIVATE.sub("", sanitize(text))


def _literal(answer: Answer) -> tuple[Block, ...]:
    """The answer as paragraphs of plain text, with all Markdown visible."""
    inline: list[StyledRun | Sentence] = []
    for sentence in answer.sentences:
        inline.append(StyledRun(_clean(sentence.lead)))
        inline += [StyledRun(_clean(piece), missing=missing) for piece, missing in pieces(sentence)]
        inline += [StyledRun("\n" if _CLOSING_FENCE.search(sentence.text) else ""), sentence]
        inline.append(StyledRun(_clean(sentence.tail)))
    return (ParagraphBlock(tuple(part for part in inline if isinstance(part, Sentence) or part.text)),)


class _Reader:
    """Turns the syntax tree into blocks; ``ended`` are the indices of the sentences whose end was found."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self._missing = False
        self.ended: set[int] = set()

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> Iterator[Block]:
        for node in nodes:
            if node.type in ("paragraph", "heading"):
                inline = self._inline(node)
                if inline:
                    is_heading = node.type == "heading"
                    yield HeadingBlock(int(node.tag[1:]), inline) if is_heading else ParagraphBlock(inline)
            elif node.type in ("bullet_list", "ordered_list"):
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
                yield Items(tuple(tuple(self.blocks(item.children)) for item in node.children), start)
            elif node.type == "blockquote":
                yield Quote(tuple(self.blocks(node.children)))
            elif node.type == "fence":
                yield from self._code(node)
            elif node.type == "table":
                yield self._table(node)
            elif node.type == "hr":
                yield Divider()

    def _code(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """A code block, and below it the ends of sentences that an open fence has swallowed."""
        language = re.match(r"[\w+#.-]{0,20}", node.info.strip())
        text = _SPECIAL.sub("", _GAP_AND_END.sub("", node.content))
        yield Code(text.rstrip("\n"), language[0] if language else "")
        ends = [part for part in self._runs(node.content, StyledRun("")) if isinstance(part, Sentence)]
        if ends:
            yield ParagraphBlock(tuple(ends))

    def _table(self, node: SyntaxTreeNode) -> Table:
        rows = [row for part in node.children for row in part.children]
        styles = [str(cell.attrs.get("style", "")) for cell in rows[0].children]
        cells = [tuple(self._inline(cell) for cell in row.children) for row in rows]
        aligns = tuple(style.removeprefix("text-align:") for style in styles)
        return Table(cells[0], tuple(cells[1:]), aligns)

    def _inline(self, block: SyntaxTreeNode) -> Inline:
        """The inline content of a block."""
        found: list[StyledRun | Sentence] = []
        for part in (part for node in block.children for part in self._parts(node, StyledRun(""))):
            if isinstance(part, Sentence) and found and isinstance(found[-1], StyledRun):
                found[-1] = _restyled(found[-1], found[-1].text.rstrip(" \n"))  # the gap before the end
                if not found[-1].text:
                    found.pop()
            found.append(part)
        return tuple(found)

    def _parts(self, node: SyntaxTreeNode, style: StyledRun) -> Iterator[StyledRun | Sentence]:
        if node.type in ("softbreak", "hardbreak"):
            yield _restyled(style, "\n")
        elif node.type == "text":
            yield from self._runs(node.content, style)
        elif node.type == "code_inline":
            yield from self._runs(node.content, StyledRun("", style.bold, style.italic, code=True))
        else:
            bold, italic = style.bold or node.type == "strong", style.italic or node.type == "em"
            for child in node.children:
                yield from self._parts(child, StyledRun("", bold, italic))

    def _runs(self, text: str, style: StyledRun) -> Iterator[StyledRun | Sentence]:
        """Text cut at the private characters, which become missing runs and the ends of sentences."""
        for part in _SPECIAL.split(text):
            if part in (_MISSING, _PRESENT):
                self._missing = part == _MISSING
            elif _SPECIAL.fullmatch(part):
                index = ord(part) - _FIRST_END
                self._missing = False
                self.ended.add(index)
                yield self._sentences[index]
            elif part:
                yield StyledRun(part, style.bold, style.italic, style.code, self._missing)


def _restyled(run: StyledRun, text: str) -> StyledRun:
    return StyledRun(text, run.bold, run.italic, run.code, run.missing)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(_NOT_PARSED)
