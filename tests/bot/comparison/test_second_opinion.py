"""The articles' own words speak up against a model's figure, date or name, and only when it is in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence, Support
from bot.comparison.second_opinion import SURE, asks_for_fact, contradicting_statement, contradicts
from bot.comparison.stated_values import read_question
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

TEXT = "Mayor Odile Brandt said that gulls had attacked 14 drones since January. Nine birds were caught."
INFO = ArticleInfo("a.txt", "a.txt", "Drones", "The Quay", published="2022-03-04")
CITATION = Citation(1, INFO, TEXT[:72], 0, 72, 1, None, 0, len(TEXT))
HITS = [Hit(Passage(INFO, TEXT, 0, len(TEXT), 1, None, ((0, 72), (73, len(TEXT)))), 1.0)]
QUESTION = "How many drones had gulls attacked?"


def own(question: str = QUESTION, confidence: float = 0.9) -> Answer:
    said = Sentence(TEXT[:72], (1,), "supported")
    return Answer(question, question, "answered", (said,), (CITATION,), confidence, complete=True)


def model(text: str, support: Support = "unsupported") -> Answer:
    return Answer(QUESTION, QUESTION, "answered", (Sentence(text, (), support),), mode="model")


def test_another_figure_is_answered_in_the_articles_own_words() -> None:
    """With the exact quote."""
    found = contradicting_statement(model("Gulls attacked 41 drones."), own(), HITS)
    assert found is not None
    assert found.text == f"The articles' own words differ: “{TEXT[:72]}”"
    assert found.quotes == (CITATION,)


@pytest.mark.parametrize(
    "text",
    [
        "Gulls attacked fourteen drones.",  # the same
        "Gulls attacked many drones.",  # no figure
        "Gulls attacked drones for 41 days.",  # a figure of something else
        "Gulls attacked 9 drones.",  # stands in the passage: may be meant otherwise
    ],
)
def test_what_agrees_or_cannot_be_compared_is_left_alone(text: str) -> None:
    """A false alarm would cost more than it helps."""
    assert contradicting_statement(model(text), own(), HITS) is None


def test_a_supported_sentence_and_an_unsure_engine_are_left_alone() -> None:
    """Each needs the other: a sentence in doubt, and an answer that is not."""
    wrong = model("Gulls attacked 41 drones.")
    assert contradicting_statement(model("Gulls attacked 41 drones.", "supported"), own(), HITS) is None
    assert contradicting_statement(wrong, own(confidence=SURE - 0.01), HITS) is None
    assert contradicting_statement(wrong, replace(own(), sentences=(), citations=()), HITS) is None
    assert contradicting_statement(replace(wrong, sentences=()), own(), HITS) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("It was Jon Aske.", True),
        ("It was Mayor Brandt.", False),
        ("It was Odile Brandt's deputy Jon Aske.", False),
        ("It was the mayor.", False),
    ],
)
def test_another_name_contradicts_when_the_articles_name_somebody_else(said: str, expected: bool) -> None:
    """Part of the name is the name; a role without a name says nothing else."""
    asked = read_question("Who said that gulls had attacked drones?")
    assert contradicts(asked, [said], TEXT[:72], TEXT) is expected


@given(st.integers(2, 500))
def test_a_figure_contradicts_exactly_when_it_is_another(number: int) -> None:
    """Whatever the figure, but those that stand in the passage."""
    asked = read_question(QUESTION)
    said = f"Gulls had attacked {number} drones."
    assert contradicts(asked, [said], TEXT[:72], TEXT) is (number not in (9, 14))


@given(st.text(max_size=80))
def test_a_sentence_never_contradicts_itself(text: str) -> None:
    """Whatever is asked and said."""
    for question in (QUESTION, "When was it?", "Who was it?", "Why?"):
        assert not contradicts(read_question(question), [text], text)


def test_only_questions_for_facts_are_answered_twice() -> None:
    """Figures, dates and names; no reasons, no summaries."""
    asked = ("How many?", "When was the ban?", "Who banned them?", "Why were they banned?", "Tell me more.")
    assert [asks_for_fact(question) for question in asked] == [True, True, True, False, False]
