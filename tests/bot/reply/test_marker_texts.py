"""Texts made of what models write, in any order and cut anywhere, show no marker and take little time."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.reply.answer_parser import AnswerParser, Draft, read_draft

COUNT = 4

TITLES = [
    "Harbour town bans delivery drones",
    "Ferry line tests an electric boat",
    "A third title here",
    "Fourth",
]


def stream(pieces: list[str]) -> list[Draft]:
    parser = AnswerParser(COUNT, TITLES)
    drafts = [draft for piece in pieces if (draft := parser.feed(piece)) is not None]
    return [*drafts, parser.finish()]


# Texts made of what models write, in any order, and cut anywhere.
PROSE = [
    "It met 11 firms",
    "The mayor said so",
    " and left",
    "U.S. ",
    "他们离开了",
    ".",
    "!",
    "。",
    " ",
    "\n",
    "\n\n",
]
MARKS = [
    "[1]",
    "[2]",
    "[9]",
    "[1, 2]",
    "[1-3]",
    "【1】",
    "【2†L1-L3】",
    "(1)",
    "(2021)",
    "[^1]",
    "[^1]: Passage 2",
    "¹",
]
BITS = [
    "<sup>1</sup>",
    "<co: 1>",
    "</co: 1>",
    "[(1)]",
    "[[1]]",
    "[x]",
    "[text](http://x)",
    "![",
    "[",
    "]",
    "(",
    ")",
    "passage 2",
    "[1",
    "2]",
]
SHAPES = ["- ", "1. ", "|", "**", "# Title", "```", "`", "Sources:", "[1] Ferry line", "NOT_FOUND", "\u200b"]
WRAPS = ["<think>", "</think>", '{"answer": "', '", "citations": [1]}']
PARTS = st.sampled_from([*PROSE, *MARKS, *BITS, *SHAPES, *WRAPS])
TEXTS = st.lists(PARTS, max_size=25).map("".join) | st.text(max_size=60)
SHOWN_MARKER = re.compile(r"\[\s*\^?\d{1,4}\s*\]|【\s*\d+\s*】|\[\^|[\[【]\s*\^?(?:\d[^\]】]*)?$")


def test_not_found_is_not_shown_while_it_is_written() -> None:
    """No draft shows a part of the token."""
    assert all(not draft.sentences for draft in stream(list("NOT_FOUND")))


@given(TEXTS, st.lists(st.integers(0, 400)))
@example("It left [1, 2]. So [^1].\n[^1]: Passage 2", [3, 9, 10, 11, 12])
def test_how_a_text_is_cut_does_not_matter(text: str, cuts: list[int]) -> None:
    """Any pieces give the Draft of the whole."""
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert stream(pieces)[-1] == read_draft(text, COUNT, TITLES)


@given(TEXTS)
def test_no_draft_shows_a_marker_or_half_of_one(text: str) -> None:
    """At every character: no marker, no part of one, no hit that was not given, no character that hides."""
    for draft in stream(list(text)):
        for sentence in draft.sentences:
            assert all(0 <= hit < COUNT for hit in sentence.hits)
            assert len(set(sentence.hits)) == len(sentence.hits)
            assert "\u200b" not in sentence.text
            if "`" not in text and not draft.complete:
                assert not SHOWN_MARKER.search(sentence.text), (text, sentence.text)


@pytest.mark.parametrize(
    "unit", ["[", "(", "[1", "<think>", "**", "`", '{"answer":', "[1](", " ", "passage 1, ", "*a", "\n"]
)
def test_a_hostile_text_is_read_in_little_time(unit: str) -> None:
    """No pattern runs away: the test's own time limit is the judge."""
    text = (unit * 24_000)[:24_000]
    read_draft(text, COUNT, TITLES)
    read_draft(text, COUNT, TITLES, complete=False)
