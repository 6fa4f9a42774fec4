"""Recognition of boilerplate lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.page.boilerplate import boilerplate_reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("- ADVERTISEMENT -", "advertisement"),
        ("Story continues below advertisement", "advertisement"),
        ("Share this article on Facebook", "share link"),
        ("Sign up for our newsletter", "newsletter"),
        ("Also read: A long headline about ships", "related link"),
        ("| Image:self", "image credit"),
        ("(Getty Images)", "image credit"),
        ("© 2021 The Harbour Courier. All rights reserved.", "copyright"),
        ("37 comments", "comments"),
        ("Skip to main content", "navigation"),
        ("* * *", "decoration"),
    ],
)
def test_boilerplate_is_recognized_by_its_words(line: str, reason: str) -> None:
    """Each kind of boilerplate has its own reason; decoration is ignored."""
    assert boilerplate_reason(line) == reason


@pytest.mark.parametrize(
    "line",
    [
        "Advertising pays for news, she said.",
        "Share prices fell by 3 percent on Monday.",
        "Read the small print, the minister advised.",
        "Copyright law protects the authors of books.",
        "Comments by the minister were not welcome.",
        "Facebook and Twitter declined to comment on the report.",
        "Subscribe to that view and you must accept the rest.",
        "More than 30 people were hurt.",
        "The article was written in 1910 and is still read.",
        "Photographs of the wall were sent to the engineers.",
    ],
)
def test_sentences_are_kept(line: str) -> None:
    """A sentence that only starts like boilerplate is kept."""
    assert boilerplate_reason(line) is None


@given(st.text(max_size=400))
def test_any_line_is_handled(line: str) -> None:
    """No line raises an error, and no long line is boilerplate."""
    assert boilerplate_reason(" ".join(line.split())) is None or len(line) <= 400
