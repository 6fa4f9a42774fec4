"""Obsidian's notes are read as their reader sees them; code and ordinary Markdown stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.note_markup import plain_notes


@pytest.mark.parametrize(
    ("note", "plain"),
    [
        ("[[Lorn]] and [[People/Ida Brask]]", "Lorn and Ida Brask"),
        (
            "[[Lorn#Trams]], [[Lorn#^a1]], [[#Costs]], [[Lorn#Trams|the trams]]",
            "Lorn > Trams, Lorn, Costs, the trams",
        ),
        ("![[map.png|300]]![[Lorn#Trams]]", "Lorn > Trams"),
        ("It cost ==[[Crowns|12 crowns]] a day==. ^cost", "It cost 12 crowns a day."),
        ("> [!warning]- Audit\n> [!note]", "> Audit\n> Note"),
        ("a %%b%% c\n%% d\ne %%\nf", "a  c\n\n\nf"),
        ("```dataview\nTABLE a\n```\nb", "\n\n\nb"),
        ("```\n[[a]] ==b==\n```\n`[[c]]` [[d]]", "```\n[[a]] ==b==\n```\n`[[c]]` d"),
    ],
)
def test_additions_become_text(note: str, plain: str) -> None:
    """Links, embeds, highlights, callouts, comments, queries; not in code."""
    assert plain_notes(note) == plain


@pytest.mark.parametrize(
    "text",
    [
        "100%% sure and 50%% not",
        "a == b == c",
        "[[1]](https://x.example)",
        "x^2 and 3 ^ 4",
        "> [1] quote",
        "=====",
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    """Percentages, comparisons, footnotes that are links."""
    assert plain_notes(text) == text


@given(st.text(alphabet="a[]|#!=%^`~>\n ", max_size=60))
def test_lines_keep_their_numbers(text: str) -> None:
    """Whatever is left out."""
    assert plain_notes(text).count("\n") == text.count("\n")
