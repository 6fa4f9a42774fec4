"""Recency scores of questions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.search.find_hits import MIN_NEWS_RECENCY
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
def test_questions_about_news_score_high(question: str) -> None:
    """Relative dates, news verbs and ongoing events ask for recent articles."""
    assert recency(question) >= MIN_NEWS_RECENCY


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
def test_timeless_questions_score_low(question: str) -> None:
    """Definitions, inventions and history do not ask for recent articles."""
    assert recency(question) < MIN_NEWS_RECENCY


@settings(deadline=None)
@given(st.text(max_size=200))
def test_every_score_is_between_0_and_1(question: str) -> None:
    """Any text has a score in range."""
    assert 0.0 <= recency(question) <= 1.0
