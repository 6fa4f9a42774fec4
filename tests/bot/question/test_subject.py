"""The thing that a question is about."""

from __future__ import annotations

import pytest

from bot.question.conversation_mentions import mentions
from bot.question.subject import is_many, subject


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many companies did the Chinese regulator meet?", "the Chinese regulator"),
        ("How much is Ant Group worth?", "Ant Group"),
        ("How long do high-risk programs have?", "high-risk programs"),
        ("How old must users of social networks be?", "users"),
        ("How many patients were affected?", None),
    ],
)
def test_what_a_question_asks_about(question: str, expected: str | None) -> None:
    """The phrase after the auxiliary, without the question's verb; a participle is none."""
    found = [subject(each, question) for each in mentions([(question, "")])]
    assert [phrase for phrase in found if phrase] == ([expected] if expected else [])


def test_number() -> None:
    """Plurals by their ending, and the few without one."""
    assert is_many("the users")
    assert is_many("the police")
    assert not is_many("Congress")
