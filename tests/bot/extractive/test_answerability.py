"""Answerability: which sentence contains the answer, and whether any does."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from two_articles import BagOfWords, frequency, hits

from bot.answer import Answer
from bot.build import make_assistant
from bot.extractive import refusal
from bot.extractive.answerability import MAX_WINDOW_CHARS, Answerability, AnswerOdds, SentenceWindow
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.extract import extract
from bot.extractive.sentence_ranking import MAX_JUDGED
from bot.question.question_profile import WordCounts
from bot.settings import Settings
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split

# Questions with words of the sentence that answers; the others only seem to be answered.
ANSWERED = {
    "How many drones had gulls attacked since January?": "14 drones",
    "Who banned delivery drones on Friday?": "council of Larkhaven",
    "When does the ban on delivery drones start?": "in May",
    "Who said that the boat cost 3.2 million crowns?": "Jon Aske",
    "How many passengers does the electric boat carry?": "120",
}
NOT_ANSWERED = (
    "How many gulls had drones attacked since January?",
    "Who allowed delivery drones on Friday?",
    "When does the ban on delivery drones end?",
    "Who said that the harbour cost 3.2 million crowns?",
    "How many passengers does the steam train carry?",
)


@pytest.fixture(scope="module")
def answerability(tmp_path_factory: pytest.TempPathFactory) -> Answerability:
    return Answerability(cache_dir=tmp_path_factory.mktemp("cache"))


class FakeAnswerability:
    """Scores the sentence with some words high and all others low; records the candidates."""

    def __init__(self, words: str, yes: float = 6.0, no: float = -6.0) -> None:
        self.words, self.yes, self.no = words, yes, no
        self.scored: list[Candidate] = []

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[AnswerOdds]:
        self.scored += candidates
        odds = [self.yes if self.words in candidate.text else self.no for candidate in candidates]
        return [AnswerOdds(max(odds), sentence_odds) for sentence_odds in odds]


def ask(question: str, answerability: object, found: list[Hit] | None = None) -> Answer:
    counts = WordCounts(frequency, 2)
    given = hits(question) if found is None else found
    return extract(question, given, BagOfWords(), counts, date(2022, 6, 1), answerability=answerability)  # type: ignore[arg-type]


def test_answered_questions_score_higher_than_similar_unanswered_ones(answerability: Answerability) -> None:
    """At least four of five questions score higher than their counterparts, written for this test; and the
    sentence with the answer scores highest."""
    distinguished = 0
    for (question, words), counterpart in zip(ANSWERED.items(), NOT_ANSWERED, strict=True):
        found = candidates(hits(question))
        scores = answerability.score(question, found)
        best, _ = max(zip(found, scores, strict=True), key=lambda pair: pair[1].sentence)
        assert words in best.text
        unanswered = answerability.score(counterpart, candidates(hits(counterpart)))
        distinguished += max(odds.window for odds in scores) > max(odds.window for odds in unanswered)
    assert distinguished >= 4


def test_scores_are_deterministic(answerability: Answerability) -> None:
    """They do not depend on earlier calls or on threads; an empty list has none."""
    question = next(iter(ANSWERED))
    found = candidates(hits(question))
    assert answerability.score(question, []) == []
    assert answerability.score(question, found) == answerability.score(question, found)
    backwards = answerability.score(question, list(reversed(found)))
    assert len(backwards) == len(found)


def test_a_window_has_whole_sentences_of_one_passage() -> None:
    """As many as fit, before and after in turn; a sentence that is too long is alone."""
    long = "A very long sentence about gulls " * 20 + "ends. "
    text = "One. Two. " + long + "Four stands here. " * 8
    passages = split(Article(ArticleInfo("a", "a.txt", "A"), text))
    found = candidates([Hit(passage, 1.0, 1, 1, 1.0) for passage in passages])
    assert found
    for candidate in found:
        window = SentenceWindow.around(candidate)
        assert window.contains(candidate)
        assert window.text == text[window.start : window.end]
        spans = candidate.hit.passage.sentences
        assert window.start in {start for start, _ in spans}
        assert window.end in {end for _, end in spans}
        assert window.end - window.start <= max(MAX_WINDOW_CHARS, candidate.end - candidate.start)


def test_the_sentence_with_the_answer_comes_first() -> None:
    """Even before one with more of the question's words; only the best sentences are scored."""
    question = "How many drones had gulls attacked since January?"
    fake = FakeAnswerability("Seven of nine")
    first = ask(question, fake).sentences[0]
    assert "Seven of nine" in first.text
    assert len(fake.scored) <= MAX_JUDGED
    assert "14 drones" in ask(question, FakeAnswerability("14 drones")).sentences[0].text


def test_near_sentences_that_do_not_answer_are_rejected() -> None:
    """The reason is its own, and a low answerability outweighs a high confidence by words."""
    question = "How many drones had gulls attacked since January?"
    answered = ask(question, FakeAnswerability("14 drones"))
    rejected = ask(question, FakeAnswerability("nothing of this"))
    assert answered.status == "answered"
    assert (rejected.status, rejected.reason) == ("not_found", "not said")
    assert rejected.confidence < answered.confidence <= ask(question, None).confidence + 0.2


@pytest.mark.parametrize(
    ("question", "is_doubted"),
    [
        ("How many drones had gulls of Larkhaven attacked?", False),
        ("How many drones had gulls of Ferrant Bay attacked?", True),
        ("How many drones had gulls of FB attacked?", False),  # can be spelled out in the article
        ("How many drones had gulls of Larkhaven attacked in 1987?", True),
        ("How many drones of Series 7 had gulls attacked?", True),
    ],
)
def test_a_detail_that_the_article_lacks_is_doubted(
    monkeypatch: pytest.MonkeyPatch, question: str, is_doubted: bool
) -> None:
    """A name, a year, or a number after a name."""
    doubted = ask(question, FakeAnswerability("14 drones")).confidence
    monkeypatch.setattr(refusal, "ABSENT_DETAIL_SHIFT", 0.0)
    assert (doubted < ask(question, FakeAnswerability("14 drones")).confidence) == is_doubted


@pytest.mark.parametrize(
    ("question", "is_doubted"),
    [
        ("Who has not banned delivery drones?", True),
        ("Who banned delivery drones?", False),
        ("Why did the council not ban drones?", False),  # the reason can be told without the negation
    ],
)
def test_a_sentence_that_affirms_what_the_question_negates_is_doubted(
    monkeypatch: pytest.MonkeyPatch, question: str, is_doubted: bool
) -> None:
    """The same sentence answers the question without the negation."""
    doubted = ask(question, FakeAnswerability("banned")).confidence
    monkeypatch.setattr(refusal, "AFFIRMED_SHIFT", 0.0)
    assert (doubted < ask(question, FakeAnswerability("banned")).confidence) == is_doubted


def test_questions_longer_than_the_training_data_are_not_scored() -> None:
    """A comparison of several articles is not rejected because no single sentence answers it."""
    question = (
        "While The Quay tells that the council of Larkhaven banned delivery drones on Friday, what does the "
        "Northern Ledger tell of the electric ferry boat between Larkhaven and Tern Island and its captain?"
    )
    fake = FakeAnswerability("nothing of this")
    assert ask(question, fake).status == "answered"
    assert fake.scored == []


def test_without_hits_nothing_is_scored() -> None:
    """There are no candidates."""
    fake = FakeAnswerability("14")
    assert ask("How many drones were there?", fake, []).reason == "nothing near"
    assert fake.scored == []


def test_the_packaged_model_is_optional(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With an embeddings service it need not be installed; answerability is then skipped."""
    settings = Settings(corpus=(tmp_path,), index=tmp_path / "index", cache=tmp_path, state=tmp_path)
    assert make_assistant(settings)._answerability is not None
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if "minilm" in name else found(name))
    assistant = make_assistant(settings)
    assert assistant._answerability is None
    assistant.without_model()
