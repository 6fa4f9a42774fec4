"""Repetitions of weak models, and repetitions in good answers."""

from __future__ import annotations

import pytest

from bot.reply.answer_parser import DraftSentence
from bot.reply.repetition import repetition_start

CITED = DraftSentence("The council banned drones.", (0,))
OTHER = DraftSentence("Gulls attacked 14 of them.", (1,))
DENIAL = DraftSentence("The articles do not say.")


@pytest.mark.parametrize(
    ("sentences", "start"),
    [
        ([CITED, CITED], None),
        ([CITED, CITED, CITED], 1),
        ([OTHER, CITED, CITED, CITED], 2),
        ([CITED, OTHER, CITED, OTHER, CITED], 2),
        ([CITED, DraftSentence("the council  banned *drones*", (2,)), CITED], 1),
        ([DENIAL, DENIAL, DENIAL], 1),
        ([DENIAL, CITED, DENIAL, OTHER, DENIAL], None),
        ([DraftSentence("Yes.", (0,))] * 5, None),
        ([], None),
    ],
)
def test_a_repetition_is_found_at_its_third_occurrence(
    sentences: list[DraftSentence], start: int | None
) -> None:
    """Short items, and a denial of several parts of a question, are no repetitions."""
    assert repetition_start(sentences) == start


def test_repeating_the_whole_answer_is_found() -> None:
    """A model that starts over twice."""
    answer = [CITED, OTHER, DENIAL]
    assert repetition_start(answer * 3) == 3
