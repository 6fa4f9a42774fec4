"""How much newness counts for a question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.search.find_hits import NEWS
from retrieval.search.recency import recency


@pytest.mark.parametrize(
    "question",
    [
        "Who resigned this week?",
        "What is the latest on the strike?",
        "Which minister announced a ban on deepfakes?",
        "Who is the current chair of the board?",
        "Which company will soon be split?",
    ],
)
def test_news_is_about_events(question: str) -> None:
    """Relative dates, verbs of news and what is under way ask for new articles."""
    assert recency(question) >= NEWS


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "What does inertia mean?",
        "Who invented the telegraph?",
        "How does a transistor work?",
        "What are the sirens in the Odyssey?",
    ],
)
def test_what_never_changes_is_not(question: str) -> None:
    """Definitions, inventions and history do not ask for new articles."""
    assert recency(question) < NEWS


@settings(deadline=None)
@given(st.text(max_size=200))
def test_every_question_has_a_score(question: str) -> None:
    """The score lies between 0 and 1, whatever is asked."""
    assert 0.0 <= recency(question) <= 1.0
