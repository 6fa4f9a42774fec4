"""A model's rewritten question replaces the question as asked only if it still asks the same."""

from __future__ import annotations

import pytest

from bot.question.rewritten_question import can_replace


@pytest.mark.parametrize(
    ("rewritten", "asked"),
    [
        ("When is the first hearing of Orchardia's appeal?", "And when is the first hearing?"),
        ("Who is the mayor of Larkhaven?", "Who is he?"),
        ("How many votes did the ban get", "How many votes?"),
        ("How many companies met the regulator?", "how many compnies?"),
        ("Tell me more about the ferry line.", "tell me more"),
        ("The ban of delivery drones in Valmere", "and in Valmere"),
        ("Wie viel kostete das Boot der Fährlinie?", "Wie viel kostete es?"),
        ("渡轮公司的电动船值多少钱？", "它值多少钱？"),
    ],
)
def test_a_faithful_rewriting_replaces_the_question(rewritten: str, asked: str) -> None:
    """Names, places and corrected typos can be added, in any language and with any punctuation."""
    assert can_replace(rewritten, asked)


@pytest.mark.parametrize(
    ("rewritten", "asked"),
    [
        ("The council banned them, and it cost 2026-11-28.", "Who banned them, and how much did it cost?"),
        ("The mayor is Odile Brandt.", "Who is he?"),
        ("Odile Brandt", "Who is he?"),
        ("The ferry line tests a boat.", "tell me more"),
        ("Is the ferry larger than the boat?", "And when is the first hearing?"),
        ("What is the answer to the question?", "How many votes?"),
        ("电动船的主人是谁？", "第一次听证会在什么时候举行？"),
        ("How many votes? " * 60, "How many votes?"),
        ("", "How many votes?"),
    ],
)
def test_an_answer_or_another_question_is_discarded(rewritten: str, asked: str) -> None:
    """What weak models write instead: an answer, another question, endless text, nothing."""
    assert not can_replace(rewritten, asked)
