"""Probabilities of the words that a follow-up question refers to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.question.context_words import MAX_WORD_PIECES, ContextWords, gist

HISTORY = [
    ("Who led the harbour council of Larkhaven?", "Odile Brandt led the council for nine years."),
    ("When did she resign?", "Brandt resigned on Friday, after a quarrel about gulls."),
]
TEXTS = st.text(max_size=60)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ContextWords:
    return ContextWords(cache_dir=tmp_path_factory.mktemp("cache"))


def test_she_refers_to_a_person(model: ContextWords) -> None:
    """ "She" is the person who resigned, not a place or a date."""
    probabilities = model.probabilities("Why did she?", HISTORY)
    assert probabilities["brandt"] > 0.5
    assert probabilities["brandt"] > 2 * max(
        probabilities["larkhaven"], probabilities["friday"], probabilities["years"]
    )


def test_other_refers_to_the_answer(model: ContextWords) -> None:
    """ "Any other reason" refers to the quarrel; a complete question refers to it less."""
    other_reason = model.probabilities("Was there any other reason?", HISTORY)["quarrel"]
    assert other_reason > 0.28
    assert other_reason > 2 * model.probabilities("How many people live in Larkhaven?", HISTORY)["quarrel"]


def test_a_long_conversation_is_truncated_at_its_start(model: ContextWords) -> None:
    """The latest turns are always included; the oldest are dropped."""
    long = [("What did the ferry carry?", f"It carried crate{number} and sacks.") for number in range(99)]
    probabilities = model.probabilities("Why did she?", [*long, *HISTORY])
    assert probabilities["brandt"] > 0.5
    assert "crate98" in probabilities
    assert "crate0" not in probabilities
    assert len(probabilities) < MAX_WORD_PIECES


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_probabilities_are_of_words_of_the_conversation(
    model: ContextWords, question: str, history: list[tuple[str, str]]
) -> None:
    """Words in lower case with values between 0 and 1, for any conversation."""
    said = " ".join(f"{asked} {answered}" for asked, answered in history).lower()
    for word, probability in model.probabilities(question, history).items():
        assert word in said
        assert 0 <= probability <= 1


def test_gist_keeps_content_words() -> None:
    """Markers, report dates and function words are removed, as in training."""
    assert (
        gist("Reported on 4 March 2022: It was the council that banned drones. [1]")
        == "council banned drones"
    )
