"""A model's answer as Markdown: valid GitHub structure, and nothing else in it is active."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from markdown_answers import hostile_answers, markdown_answer
from markdown_it import MarkdownIt

from bot.answer import Answer, Sentence
from bot.records.record import Record
from bot.records.record_export import markdown
from bot.rendering.answer_markdown import answer_markdown
from bot.terminal.chat.transcript import as_markdown

STRUCTURE = {
    *("paragraph", "heading", "bullet_list", "ordered_list", "list_item", "blockquote", "table", "thead"),
    *("tbody", "tr", "th", "td", "strong", "em", "hr", "fence", "inline", "text", "softbreak", "code_inline"),
}


def test_structure_is_kept_and_marks_are_in_their_cells() -> None:
    """Headings, lists, tables, quotes and code; a mark is below a fence, never on it."""
    assert answer_markdown(markdown_answer()) == (
        "#### Fees\n\n"
        "The harbour **raised its fees** in May. [1]\n\n"
        "- It has `two | three` piers. [1]\n"
        "- Gulls pay nothing. [2] \\[?\\]\n\n"
        "| port | fee |\n"
        "| :--- | ---: |\n"
        "| Tern | 4 [1] |\n"
        "| Ouse | \\[not in source: 9\\] [2] \\[!\\] |\n\n"
        "> Fees are fair. [2]\n\n"
        "```py\nprint(4 + 9)\n```\n\n"
        "[1]"
    )


def test_the_export_and_the_saved_conversation_have_the_same_answer() -> None:
    """Both are GitHub Markdown."""
    answer = markdown_answer()
    record = Record("abc", "2024-09-01T10:20:30.000+00:00", date(2024, 9, 1), "", "", answer)
    for text in (markdown([record]), as_markdown([answer])):
        assert answer_markdown(answer) in text
        assert "\\[!\\] the passages say otherwise" in text


def kinds(text: str) -> set[str]:
    """The kinds of tokens that a parser with all of CommonMark, HTML and tables finds."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    every = [*tokens, *(child for token in tokens for child in token.children or ())]
    return {token.type.removesuffix("_open").removesuffix("_close") for token in every}


@given(hostile_answers)
def test_no_link_image_or_html_is_active(answer: Answer) -> None:
    """In sentences, leads and tails; headings and table heads are words of the model, too."""
    assert kinds(answer_markdown(answer)) <= STRUCTURE


def test_text_that_looks_like_structure_is_escaped() -> None:
    """At the start of a line and in a marker's place."""
    texts = (r"\- no item", r"1986\. A year", "a\n===", r"\# no heading", "(https://evil.example)")
    sentences = tuple(Sentence(text, (1,), "supported", "\n\n") for text in texts[:-1])
    answer = replace(markdown_answer(), sentences=(*sentences, Sentence(texts[-1], (), "supported")))
    assert kinds(answer_markdown(answer)) == {"paragraph", "inline", "text", "softbreak"}


def test_a_heading_or_table_head_is_escaped_like_text() -> None:
    """HTML, links and pipes in them are shown literally."""
    text = "# <img src=x> [a](https://evil.example)\n\n| <b>x | `y` |\n|---|---|\n| 1 | 2 [1] |\n"
    sentence = Sentence("1 | 2", (1,), "supported", text.partition("1 | 2")[0], tail=" |")
    shown = answer_markdown(replace(markdown_answer(), sentences=(sentence,)))
    assert shown == (
        "### \\<img src=x\\> \\[a\\](https://evil.example)\n\n"
        "| \\<b\\>x | `y` |\n| --- | --- |\n| 1 | 2 [1] |"
    )
