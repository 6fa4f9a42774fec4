"""Questions that are no whole sentence, filled from the one before."""

from __future__ import annotations

import pytest

from bot.question.ellipsis import filled, is_elliptic

BEFORE = "How many companies did the regulator meet?"
ANSWER = "It met Alibaba and Tencent."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which ones?", "Which companies did the regulator meet?"),
        ("Why?", "Why? (How many companies did the regulator meet; Alibaba; Tencent)"),
        ("When was that?", "When was that? (How many companies did the regulator meet; Alibaba; Tencent)"),
        ("And in 2019?", "How many companies did the regulator meet in 2019?"),
        ("What about Ant Group?", "What about Ant Group?"),
        (
            "What about the small ones",
            "What about the small ones? (How many companies did the regulator meet)",
        ),
    ],
)
def test_an_ellipsis_asks_on(question: str, expected: str) -> None:
    """Counted things are named, bare questions carry the one before, a name without a role stands alone."""
    assert is_elliptic(question)
    assert filled(question, BEFORE, ANSWER) == expected


@pytest.mark.parametrize("question", ["Who abstained?", "And why did they meet?", "Did it help?"])
def test_a_sentence_is_no_ellipsis(question: str) -> None:
    """What has a verb of its own is left to the pronouns."""
    assert not is_elliptic(question)
