"""Writes the turns of a conversation as text of a prompt, within a token budget."""

from __future__ import annotations

from collections.abc import Sequence

from bot.prompting.escaping import escape_line
from bot.prompting.token_count import count_tokens
from bot.question.conversation import Turn

ANSWERED_TURNS = 4  # of earlier ones only the questions are shown
MAX_TURN = 800  # characters of a question, and of an answer before the last one
_CHARACTERS_PER_TOKEN = 4


def conversation(turns: Sequence[Turn], budget: int) -> str:
    """The latest turns within *budget* tokens, oldest first, without markers; "" if there are none.

    The last answer gets up to half of the budget. Of turns before, only the questions.
    """
    lines: list[str] = []
    left = budget
    for age, turn in enumerate(reversed(turns)):
        question = f"Question: {escape_line(turn.question, MAX_TURN)}"
        limit = MAX_TURN if age else max(MAX_TURN, budget // 2 * _CHARACTERS_PER_TOKEN)
        answer = escape_line(turn.answer, limit)
        shown = [question, f"Answer: {answer}"] if answer and age < ANSWERED_TURNS else [question]
        if count_tokens("\n".join(shown)) > left:
            shown = [question]
        cost = count_tokens("\n".join(shown))
        if cost > left:
            break
        lines = [*shown, *lines]
        left -= cost
    return "\n".join(lines)
