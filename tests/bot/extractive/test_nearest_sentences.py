"""What is shown when nothing answers: whole sentences near the question."""

from __future__ import annotations

from two_articles import DRONES, hits

from bot.extractive.nearest_sentences import nearest_sentences


def test_a_hit_is_narrowed_to_whole_sentences() -> None:
    """It begins with the sentence that has most of the question's words, and is still an exact span."""
    first = next(nearest_sentences("Who voted about drones on Friday?", hits("drones"))).passage
    assert first.text.startswith("The council of Larkhaven banned delivery drones")
    second = next(nearest_sentences("Have gulls attacked a drone?", hits("drones"))).passage
    assert second.text.startswith("Mayor Odile Brandt said that gulls had attacked")
    assert DRONES.text[second.start : second.end] == second.text
    assert second.sentences[0][0] == second.start
