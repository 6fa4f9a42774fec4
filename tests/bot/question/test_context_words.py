"""The words of a conversation that a follow-up question means, as the small model reads them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.question.context_words import PIECES, ContextWords, gist

HISTORY = [
    ("Who led the harbour council of Larkhaven?", "Odile Brandt led the council for nine years."),
    ("When did she resign?", "Brandt resigned on Friday, after a quarrel about gulls."),
]
TEXTS = st.text(max_size=60)


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> ContextWords:
    return ContextWords(cache_dir=tmp_path_factory.mktemp("meant"))


def test_the_person_is_likelier_than_the_place_for_she(meant: ContextWords) -> None:
    """Whoever resigned is meant by "she", not where she lived or when it was."""
    chances = meant.chances("Why did she?", HISTORY)
    assert chances["brandt"] > 0.5
    assert chances["brandt"] > 2 * max(chances["larkhaven"], chances["friday"], chances["years"])


def test_what_goes_beyond_means_what_was_answered(meant: ContextWords) -> None:
    """ "Anything else" is besides the quarrel; a question that says all itself means less of it."""
    beyond = meant.chances("Was there any other reason?", HISTORY)["quarrel"]
    assert beyond > 0.28
    assert beyond > 2 * meant.chances("How many people live in Larkhaven?", HISTORY)["quarrel"]


def test_a_long_conversation_is_read_from_its_end(meant: ContextWords) -> None:
    """What has no room is not read, and what was said last always is."""
    long = [("What did the ferry carry?", f"It carried crate{number} and sacks.") for number in range(99)]
    chances = meant.chances("Why did she?", [*long, *HISTORY])
    assert chances["brandt"] > 0.5
    assert "crate98" in chances
    assert "crate0" not in chances
    assert len(chances) < PIECES


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_each_word_that_was_said_has_a_chance(
    meant: ContextWords, question: str, history: list[tuple[str, str]]
) -> None:
    """Of words of the talk, in lower case, and between none and one, whatever was said."""
    said = " ".join(f"{asked} {answered}" for asked, answered in history).lower()
    for word, chance in meant.chances(question, history).items():
        assert word in said
        assert 0 <= chance <= 1


def test_of_an_answer_the_words_of_meaning_are_read() -> None:
    """As the model was shown answers."""
    assert (
        gist("Reported on 4 March 2022: It was the council that banned drones. [1]")
        == "council banned drones"
    )
