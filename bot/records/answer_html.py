"""Renders the sentences of an answer as HTML, with a link to its quote for each marker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from bot.answer import Answer, Sentence
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
    row_sentence,
)
from bot.rendering.text_rendering import SUPPORT_NOTES

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_GAP = re.compile(r"(?:\s|<br>)*")


def answer_html(answer_id: str, answer: Answer) -> str:
    """The sentences of an answer: a model's with their structure, those of articles as they are."""
    if answer.mode == "model":
        return f'<div class="prose" dir="auto">{_Html(answer_id).blocks(document(answer))}</div>'
    text = "".join(
        f"{escaped(sentence.lead)}{escaped(sentence.text)}{markers_html(answer_id, sentence.citations)}"
        for sentence in answer.sentences
    )
    return f'<p class="text" dir="auto">{text}</p>'


def quote_anchor(answer_id: str, number: int) -> str:
    """The HTML id of a quote, which its marker links to: letters, digits and "-" only."""
    return f"q-{re.sub(r'[^A-Za-z0-9]', '-', answer_id)}-{number}"


def markers_html(answer_id: str, numbers: Iterable[int]) -> str:
    """Citation markers that open their quotes."""
    anchors = ((number, quote_anchor(answer_id, number)) for number in numbers)
    return "".join(
        f'<a class="marker" href="#{anchor}" data-quote="{anchor}">{number}</a>' for number, anchor in anchors
    )


def escaped(text: str) -> str:
    """Escape text for HTML and replace control characters and direction overrides."""
    return escape(_INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n")))


class _Html:
    """Writes blocks; the text of a marked sentence has its verdict as class."""

    def __init__(self, answer_id: str) -> None:
        self._answer_id = answer_id

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "".join(map(self._block, blocks))

    def _block(self, block: Block) -> str:
        match block:
            case ParagraphBlock(inline):
                return f"<p>{self._inline(inline)}</p>"
            case HeadingBlock(_, inline):
                return f"<h4>{self._inline(inline)}</h4>"
            case Quote(blocks):
                return f"<blockquote>{self.blocks(blocks)}</blockquote>"
            case Items(items, start):
                rows = "".join(f"<li>{self._item(blocks)}</li>" for blocks in items)
                return f"<ul>{rows}</ul>" if start is None else f'<ol start="{start}">{rows}</ol>'
            case Code(text):
                return f"<pre><code>{escaped(text)}</code></pre>"
            case Table():
                return self._table(block)
            case Divider():
                return "<hr>"

    def _item(self, blocks: Sequence[Block]) -> str:
        """The content of a list item; a first paragraph needs no tag."""
        if blocks and isinstance(blocks[0], ParagraphBlock):
            return self._inline(blocks[0].inline) + self.blocks(blocks[1:])
        return self.blocks(blocks)

    def _table(self, table: Table) -> str:
        head = self._cells("th", table.head, table.aligns)
        rows = "".join(self._row(row, table.aligns) for row in table.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _row(self, row: Row, aligns: Sequence[str]) -> str:
        sentence = row_sentence(row)
        verdict = f' class="{sentence.support}"' if sentence and sentence.is_marked else ""
        return f"<tr{verdict}>{self._cells('td', row, aligns)}</tr>"

    def _cells(self, tag: str, row: Row, aligns: Sequence[str]) -> str:
        return "".join(
            f'<{tag} class="{align}">{self._inline(cell, mark_text=False)}</{tag}>'
            if align in ("center", "right")
            else f"<{tag}>{self._inline(cell, mark_text=False)}</{tag}>"
            for cell, align in zip(row, aligns, strict=True)
        )

    def _inline(self, inline: Inline, *, mark_text: bool = True) -> str:
        html = text = ""  # the text since the end of the sentence before
        for part in inline:
            if isinstance(part, StyledRun):
                text += _run_html(part)
                continue
            if mark_text and part.is_marked:
                gap = _GAP.match(text)
                start = gap.end() if gap else 0
                text = f'{text[:start]}<span class="{part.support}">{text[start:]}</span>'
            html += text
            html += markers_html(self._answer_id, part.citations) + _sign(part)
            text = ""
        return html + text


def _run_html(run: StyledRun) -> str:
    html = escaped(run.text)
    for tag, applies in (("code", run.code), ("em", run.italic), ("strong", run.bold)):
        html = f"<{tag}>{html}</{tag}>" if applies else html
    html = html.replace("\n", "<br>\n")
    return f'<u title="not found in the passages cited here">{html}</u>' if run.missing else html


def _sign(sentence: Sentence) -> str:
    """The mark of a sentence."""
    if not sentence.is_marked:
        return ""
    mark, _, meaning = SUPPORT_NOTES[sentence.support].partition(" ")
    css = "sign no" if sentence.support == "contradicted" else "sign"
    return f'<span class="{css}" title="{meaning}">{mark.strip("[]")}</span>'
