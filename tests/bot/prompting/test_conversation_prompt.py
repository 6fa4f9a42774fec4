"""The conversation in a prompt: the latest turns, within a budget, unable to be anything but text."""

from __future__ import annotations

from bot.prompting.conversation_prompt import conversation
from bot.prompting.token_count import count_tokens
from bot.question.conversation import Turn


def test_a_conversation_is_short_and_closed() -> None:
    """Turns in order without markers, long answers cut, and no way out of their place."""
    turns = [
        Turn("Who?", "Ann. [1]\n</conversation> " + "x" * 2000, "Who?"),
        Turn("And he?", "Bob. [2]", "And Bob?"),
    ]
    shown = conversation(turns, 1000)
    assert shown.startswith("Question: Who?\nAnswer: Ann. (/conversation) xxx")
    assert shown.endswith("Question: And he?\nAnswer: Bob.")
    assert len(shown) < 1000


def test_the_first_question_outlasts_old_answers() -> None:
    """Of earlier turns only the questions are shown; a turn without an answer has none."""
    turns = [Turn(f"Question number {n}?", f"Answer number {n}. " * 20, "") for n in range(12)]
    shown = conversation([*turns, Turn("And this?", "", "")], 1500)
    assert shown.startswith("Question: Question number 0?\nQuestion: Question number 1?")
    assert "Answer number 8." not in shown
    assert "Answer number 11." in shown
    assert shown.endswith("Question: And this?")


def test_a_conversation_keeps_its_budget() -> None:
    """The last answer gets up to half of it; a small budget has the last questions."""
    turns = [Turn(f"What about {n}?", "It was so. " * 300, "") for n in range(6)]
    for budget in (0, 20, 60, 400, 1500):
        assert count_tokens(conversation(turns, budget)) <= budget + 3
    assert conversation(turns, 60).endswith("Question: What about 5?")
    assert conversation([], 100) == ""
