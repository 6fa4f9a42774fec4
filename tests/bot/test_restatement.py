"""Requests for the last answer in another form are told from questions that need a search."""

from __future__ import annotations

import pytest

from bot.restatement import is_restatement


@pytest.mark.parametrize(
    "question",
    [
        "shorter, please",
        "Shorter!",
        "can you make it shorter?",
        "Translate that into German",
        "in French please",
        "And as a table?",
        "as bullet points",
        "in one sentence",
        "Summarize that in two sentences, please.",
        "Rephrase it in simpler words",
        "say that again",
        "Please explain that in plain English",
        "put this into a numbered list",
        "ok, now a bit longer",
        "What was my first question?",
        "what did I ask you before?",
    ],
)
def test_another_form_is_recognized(question: str) -> None:
    """With and without courtesy, and as people type."""
    assert is_restatement(question)


@pytest.mark.parametrize(
    "question",
    [
        "And in 2019?",
        "Summarize the trial of Orchardia",
        "Explain the ban",
        "Why?",
        "And in Germany?",
        "Give me a list of all fines",
        "What was the first question of the court?",
        "Who translated that book?",
        "Show me",
        "Did it become shorter in 2022?",
        "Tell me more about it",
        "What did she say?",
    ],
)
def test_new_questions_are_searched(question: str) -> None:
    """They name a topic, or ask for something that was not said."""
    assert not is_restatement(question)
