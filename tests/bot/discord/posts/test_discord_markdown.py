"""A model's Markdown on Discord: its structure is kept, tables are aligned, and nothing in it acts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from discord_hostile import hostile_texts
from hypothesis import given
from markdown_answers import hostile_answers, markdown_answer
from rich.cells import cell_len

from bot.answer import Answer, Sentence
from bot.discord.posts.answer_body import answer_text
from bot.discord.posts.discord_markdown import MAX_TABLE_WIDTH
from bot.discord.posts.escape_markdown import PING


def shown(text: str) -> str:
    """A model's text, one sentence without markers, as it is sent to Discord."""
    return answer_text(replace(markdown_answer(), sentences=(Sentence(text, (), "supported"),)))


def check_harmless(markdown: str) -> None:
    """No pings and invites anywhere; no links, mentions, spoilers and large headings outside code."""
    assert not PING.search(markdown)
    assert not re.search(r"discord\.gg/|discord\.com/invite", markdown)
    active = re.sub(r"\\[^0-9A-Za-z\s]", "x", markdown)
    assert not re.search(r"\]\(\s*<?\w+:", active)
    outside = re.sub(r"```.*?(?:```|\Z)|`[^`\n]+`", "", active, flags=re.DOTALL)
    assert not re.search(r"<[@#/:t]|\|\||://|^#{1,3} |^-# ", outside, re.MULTILINE)


@given(hostile_texts)
def test_a_model_cannot_ping_link_or_mention(text: str) -> None:
    """Whatever it writes."""
    check_harmless(shown(text))


@given(hostile_answers)
def test_headings_and_table_heads_cannot_either(answer: Answer) -> None:
    """Leads and tails are words of the model; fences are closed."""
    markdown = answer_text(answer)
    check_harmless(markdown)
    assert markdown.count("```") % 2 == 0


def test_a_model_s_harmless_markdown_is_kept() -> None:
    """Emphasis, lists and code are unchanged."""
    text = "**Eleven** companies:\n\n- Alibaba\n- Tencent\n\n```py\nx[0](1)\n```\n\n`a || b`"
    assert shown(text) == text


def test_a_backslash_in_the_text_does_not_undo_an_escape() -> None:
    """Backslashes are escaped, too."""
    assert "\\\\<" not in shown("\\<@1>")


def test_structure_is_kept_and_the_table_is_aligned() -> None:
    """A bold line for a heading; markers, marks and daggers inside the cells and below the fence."""
    assert answer_text(markdown_answer()) == (
        "**Fees**\n\n"
        "The harbour **raised its fees** in May. [1]\n\n"
        "- It has `two | three` piers. [1]\n"
        "- Gulls pay nothing. [2] [?]\n\n"
        "```\n"
        "port         fee\n"
        "----  ----------\n"
        "Tern       4 [1]\n"
        "Ouse  9† [2] [!]\n"
        "```\n\n"
        "> Fees are fair. [2]\n\n"
        "```py\nprint(4 + 9)\n```\n\n"
        "[1]"
    )


@pytest.mark.parametrize("extra", [0, 1])
def test_a_wide_table_becomes_lines(extra: int) -> None:
    """Up to the width of a phone it is aligned, beyond it has one line for each cell."""
    place = "x" * (MAX_TABLE_WIDTH - len("  fee [1]") + extra)
    text = f"| place | *fee* |\n|---|---|\n| {place} | fee [1] |\n| Ouse | |\n"
    markdown = answer_text(markdown_answer(text))
    if extra:
        assert markdown == f"**place**: {place}\n***fee***: fee [1]\n\n**place**: Ouse"
    else:
        assert max(map(cell_len, markdown.splitlines())) == MAX_TABLE_WIDTH
        assert markdown.startswith("```\nplace ")


def test_wide_characters_are_aligned() -> None:
    """By columns of the screen, not by characters."""
    markdown = answer_text(markdown_answer("| 港 | fee |\n|---|---|\n| 東京 | 4 [1] |\n"))
    assert markdown == "```\n港    fee\n----  -----\n東京  4 [1]\n```"


def test_a_table_cannot_close_its_fence() -> None:
    """Backticks in a cell are shown."""
    sentence = Sentence("``` @everyone | 4", (), "supported", "| a | b |\n|---|---|\n| ", tail=" |")
    markdown = answer_text(replace(markdown_answer(), sentences=(sentence,)))
    assert markdown.count("```") == 2
    assert "@everyone" not in markdown
