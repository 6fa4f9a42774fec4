"""Long Markdown is split at sentences without losing anything."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.posts.split_markdown import shorten, split, units

# ruff: noqa: E501
PIECES = [
    "The ferry carries 120 passengers. ", "It costs 3.2 million crowns [1][2]. ", "Why? ", "[12]", "[!]", "\n\n",
    "\n", "- a point\n", "word ", "longword" * 9, "😀", "👩‍👩‍👧", "`code here`", "```py\nx = 1\ny = 2\n```", "```",
    "[reuters.com](https://reuters.com/a) ", r"\*", "\\", "§" * 40,
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def without_spaces_and_fences(text: str) -> str:
    return re.sub(r"\s|```(?:py)?", "", text)


@given(texts, st.integers(100, 400))
def test_every_part_fits_and_nothing_is_lost(text: str, limit: int) -> None:
    """The parts joined are the text, apart from white space and repeated fences."""
    parts = split(text, limit)
    assert all(part.strip() and units(part) <= limit for part in parts)
    joined = "".join(parts)
    assert without_spaces_and_fences(joined) == without_spaces_and_fences(text)


@given(texts, st.integers(100, 400))
def test_no_part_ends_inside_a_fence_a_marker_or_an_escape(text: str, limit: int) -> None:
    """Each part is valid Markdown by itself."""
    for part in split(text, limit):
        assert part.count("```") % 2 == 0
        assert not re.search(r"\[\d*$", part)
    assert all(
        not part.startswith("[12]") or text.startswith("[12]") for part in split("Long. " * 90 + "[12]", 200)
    )


def test_parts_end_with_complete_sentences_and_markers() -> None:
    """A marker stays with its sentence."""
    text = "The council banned the drones on Friday. [1][2] " * 40
    parts = split(text, 500)
    assert len(parts) > 3
    assert all(part.endswith("[1][2]") and part.startswith("The") for part in parts)


def test_a_long_code_block_is_split_into_code_blocks() -> None:
    """In the same language, split at line breaks."""
    code = "```py\n" + "".join(f"line_{number} = {number}\n" for number in range(80)) + "```"
    parts = split("Look:\n" + code, 300)
    assert all(part.count("```") == 2 for part in parts[1:])
    assert all(part.startswith("```py\nline_") for part in parts[1:])


def test_lengths_are_in_utf_16_units() -> None:
    """A character beyond the Basic Multilingual Plane counts twice."""
    assert units("😀a") == 3
    assert [units(part) for part in split("😀" * 1000, 300)] == [300] * 6 + [200]


@given(st.text(max_size=300), st.integers(10, 100))
def test_shortened_text_fits(text: str, limit: int) -> None:
    """And ends with an ellipsis."""
    shortened = shorten(text, limit)
    assert units(shortened) <= limit
    assert shortened == text or shortened.endswith("…")
