"""The extractive answer contradicts a model's figure, date or name, but only if that is in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence, Support
from bot.comparison.second_opinion import MIN_CONFIDENCE, asks_for_fact, contradicting_statement, contradicts
from bot.comparison.stated_values import unweighted_profile
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

TEXT = "Mayor Odile Brandt said that gulls had attacked 14 drones since January. Nine birds were caught."
INFO = ArticleInfo("a.txt", "a.txt", "Drones", "The Quay", published="2022-03-04")
CITATION = Citation(1, INFO, TEXT[:72], 0, 72, 1, None, 0, len(TEXT))
HITS = [Hit(Passage(INFO, TEXT, 0, len(TEXT), 1, None, ((0, 72), (73, len(TEXT)))), 1.0)]
QUESTION = "How many drones had gulls attacked?"


def extractive(question: str = QUESTION, confidence: float = 0.9) -> Answer:
    sentence = Sentence(TEXT[:72], (1,), "supported")
    return Answer(question, question, "answered", (sentence,), (CITATION,), confidence, complete=True)


def model(text: str, support: Support = "unsupported") -> Answer:
    return Answer(QUESTION, QUESTION, "answered", (Sentence(text, (), support),), mode="model")


def test_another_figure_is_contradicted_in_the_articles_own_words() -> None:
    """The contradiction contains the exact quote."""
    found = contradicting_statement(model("Gulls attacked 41 drones."), extractive(), HITS)
    assert found is not None
    assert found.text == f"The articles' own words differ: “{TEXT[:72]}”"
    assert found.quotes == (CITATION,)


@pytest.mark.parametrize(
    "text",
    [
        "Gulls attacked fourteen drones.",  # the same
        "Gulls attacked many drones.",  # no figure
        "Gulls attacked drones for 41 days.",  # a figure of something else
        "Gulls attacked 9 drones.",  # is in the passage, so it can be about something else
    ],
)
def test_compatible_or_incomparable_sentences_are_not_contradicted(text: str) -> None:
    """A false alarm would cost more than it helps."""
    assert contradicting_statement(model(text), extractive(), HITS) is None


def test_supported_sentences_and_low_confidence_do_not_contradict() -> None:
    """It takes a doubtful sentence and a confident extractive answer."""
    wrong = model("Gulls attacked 41 drones.")
    supported = model("Gulls attacked 41 drones.", "supported")
    assert contradicting_statement(supported, extractive(), HITS) is None
    assert contradicting_statement(wrong, extractive(confidence=MIN_CONFIDENCE - 0.01), HITS) is None
    assert contradicting_statement(wrong, replace(extractive(), sentences=(), citations=()), HITS) is None
    assert contradicting_statement(replace(wrong, sentences=()), extractive(), HITS) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was Jon Aske.", True),
        ("It was Mayor Brandt.", False),
        ("It was Odile Brandt's deputy Jon Aske.", False),
        ("It was the mayor.", False),
    ],
)
def test_another_name_contradicts_if_the_articles_name_somebody_else(text: str, expected: bool) -> None:
    """Part of a name matches the name; a role without a name does not contradict."""
    profile = unweighted_profile("Who said that gulls had attacked drones?")
    assert contradicts(profile, [text], TEXT[:72], TEXT) is expected


@given(st.integers(2, 500))
def test_any_figure_that_is_not_in_the_passage_contradicts(number: int) -> None:
    """Figures in the passage do not."""
    text = f"Gulls had attacked {number} drones."
    assert contradicts(unweighted_profile(QUESTION), [text], TEXT[:72], TEXT) is (number not in (9, 14))


@given(st.text(max_size=80))
def test_a_sentence_never_contradicts_itself(text: str) -> None:
    """Whatever the question and the sentence."""
    for question in (QUESTION, "When was it?", "Who was it?", "Why?"):
        assert not contradicts(unweighted_profile(question), [text], text)


def test_facts_are_figures_dates_and_names() -> None:
    """Reasons and summaries are not."""
    questions = (
        "How many?",
        "When was the ban?",
        "Who banned them?",
        "Why were they banned?",
        "Tell me more.",
    )
    assert [asks_for_fact(question) for question in questions] == [True, True, True, False, False]
