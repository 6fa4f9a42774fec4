"""The tree of a model's answer: its structure, and every marker and mark in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from markdown_answers import hostile_answers, markdown_answer

from bot.answer import Sentence
from bot.rendering.answer_document import (
    Block,
    Code,
    HeadingBlock,
    Inline,
    Items,
    ParagraphBlock,
    Quote,
    StyledRun,
    Table,
    document,
    row_sentence,
)


def inlines(blocks: Iterable[Block]) -> Iterator[Inline]:
    for block in blocks:
        match block:
            case ParagraphBlock(inline) | HeadingBlock(_, inline):
                yield inline
            case Items(items):
                for item in items:
                    yield from inlines(item)
            case Quote(inner):
                yield from inlines(inner)
            case Table():
                for row in (block.head, *block.rows):
                    yield from row


def words(inline: Inline) -> str:
    return "".join(part.text for part in inline if isinstance(part, StyledRun))


def test_the_structure_of_an_answer() -> None:
    """Headings, lists, tables, quotes and code are blocks; the sentences end where their markers go."""
    answer = markdown_answer()
    heading, paragraph, items, table, quote, code, below = document(answer)
    assert heading == HeadingBlock(2, (StyledRun("Fees"),))
    assert isinstance(paragraph, ParagraphBlock)
    assert paragraph.inline == (
        StyledRun("The harbour "),
        StyledRun("raised its fees", bold=True),
        StyledRun(" in May."),
        answer.sentences[0],
    )
    assert isinstance(items, Items)
    assert (len(items.items), items.start) == (2, None)
    assert isinstance(table, Table)
    assert [words(cell) for cell in table.head] == ["port", "fee"]
    assert [[words(cell) for cell in row] for row in table.rows] == [["Tern", "4"], ["Ouse", "9"]]
    assert table.aligns == ("left", "right")
    assert table.rows[1][1] == (StyledRun("9", missing=True), answer.sentences[4])
    assert row_sentence(table.rows[1]) == answer.sentences[4]
    assert quote == Quote((ParagraphBlock((StyledRun("Fees are fair."), answer.sentences[5])),))
    assert code == Code("print(4 + 9)", "py")
    assert below == ParagraphBlock((answer.sentences[6],))


@given(hostile_answers)
def test_every_sentence_has_its_marks_once_and_in_order(answer: object) -> None:
    """Whatever Markdown surrounds them, none is lost, hidden, repeated or moved before another."""
    assert isinstance(answer, type(markdown_answer()))
    found = [part for inline in inlines(document(answer)) for part in inline if isinstance(part, Sentence)]
    assert found == list(answer.sentences)


@pytest.mark.parametrize(
    "row", ["| Tern | 4 | 5 | 6 [1] |", "| Tern || 4 [1] |"], ids=["too many cells", "an empty cell"]
)
def test_a_row_with_too_many_cells_keeps_its_markers(row: str) -> None:
    """Parsers drop the cells; the answer is shown as text instead."""
    answer = markdown_answer(f"| port | fee |\n|---|---|\n{row}\n")
    (paragraph,) = document(answer)
    assert isinstance(paragraph, ParagraphBlock)
    assert "| port | fee |\n|---|---|\n| Tern |" in words(paragraph.inline)
    assert answer.sentences[0] in paragraph.inline


def test_a_pipe_within_code_does_not_end_a_cell() -> None:
    """Models write `a | b` in tables without a backslash."""
    (table,) = document(markdown_answer("| port | fee |\n|---|---|\n| `a | b` | 4 [1] |\n"))
    assert isinstance(table, Table)
    assert table.rows[0][0] == (StyledRun("a | b", code=True),)


def test_emphasis_can_span_sentences() -> None:
    """The marker between them does not end it."""
    answer = markdown_answer("It **rose. [1] It fell** then. [2]")
    (paragraph,) = document(answer)
    assert isinstance(paragraph, ParagraphBlock)
    assert paragraph.inline == (
        StyledRun("It "),
        StyledRun("rose.", bold=True),
        answer.sentences[0],
        StyledRun(" It fell", bold=True),
        StyledRun(" then."),
        answer.sentences[1],
    )


def test_an_open_fence_does_not_hide_markers() -> None:
    """Those of the sentences in it follow the code."""
    answer = markdown_answer()
    first, second = (
        Sentence("It rose.", (1,), "supported", "~~~\n"),
        Sentence("It fell.", (2,), "supported", " "),
    )
    code, marks = document(replace(answer, sentences=(first, second)))
    assert code == Code("It rose. It fell.")
    assert marks == ParagraphBlock((first, second))


def test_links_entities_and_html_are_text() -> None:
    """Nothing is decoded after sanitizing."""
    text = "See [here](https://evil.example) &#27;[2J <b>now</b>"
    answer = replace(markdown_answer(), sentences=(Sentence(text, (), "supported"),))
    (paragraph,) = document(answer)
    assert isinstance(paragraph, ParagraphBlock)
    assert words(paragraph.inline) == text
