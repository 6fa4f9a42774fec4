"""Sentences read together with the question: which one says the answer, and whether any does."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from two_articles import BagOfWords, frequency, hits

from bot.answer import Answer
from bot.build import make_assistant
from bot.extractive.answerability import WINDOW, Answerability, AnswerOdds, SentenceWindow
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.extract import extract
from bot.extractive.sentence_ranking import JUDGED
from bot.question.question_profile import WordCounts
from bot.settings import Settings
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split

# Each with the words of the sentence that answers; the others only look as if something did.
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
def judge(tmp_path_factory: pytest.TempPathFactory) -> Answerability:
    return Answerability(cache_dir=tmp_path_factory.mktemp("judge"))


class Saying:
    """Says yes to the sentence with some words, and no to all others; remembers what it was shown."""

    def __init__(self, words: str, yes: float = 6.0, no: float = -6.0) -> None:
        self.words, self.yes, self.no = words, yes, no
        self.shown: list[Candidate] = []

    def judge(self, question: str, found: Sequence[Candidate]) -> list[AnswerOdds]:
        self.shown += found
        verdicts = [self.yes if self.words in each.text else self.no for each in found]
        return [AnswerOdds(max(verdicts), verdict) for verdict in verdicts]


def ask(question: str, judge: object, found: list[Hit] | None = None) -> Answer:
    counts = WordCounts(frequency, 2)
    given = hits(question) if found is None else found
    return extract(question, given, BagOfWords(), counts, date(2022, 6, 1), judge=judge)  # type: ignore[arg-type]


def test_it_tells_what_is_answered_from_what_only_looks_so(judge: Answerability) -> None:
    """Of five questions with a twin, written for this test, at least four are told from it; and the sentence
    that answers is found."""
    told = 0
    for (question, words), twin in zip(ANSWERED.items(), NOT_ANSWERED, strict=True):
        found = candidates(hits(question))
        verdicts = judge.judge(question, found)
        best, _ = max(zip(found, verdicts, strict=True), key=lambda pair: pair[1].says)
        assert words in best.text
        fooled = judge.judge(twin, candidates(hits(twin)))
        told += max(each.answers for each in verdicts) > max(each.answers for each in fooled)
    assert told >= 4


def test_verdicts_depend_on_nothing_but_question_and_sentences(judge: Answerability) -> None:
    """Whatever is judged beside them, and on however many threads; an empty list has none."""
    question = next(iter(ANSWERED))
    found = candidates(hits(question))
    assert judge.judge(question, []) == []
    assert judge.judge(question, found) == judge.judge(question, found)
    backwards = judge.judge(question, list(reversed(found)))
    assert len(backwards) == len(found)


def test_a_window_has_whole_sentences_around_one_within_one_passage() -> None:
    """As many as fit, before and after in turn; a sentence that is too long stands alone."""
    long = "A very long sentence about gulls " * 20 + "ends. "
    text = "One. Two. " + long + "Four stands here. " * 8
    passages = split(Article(ArticleInfo("a", "a.txt", "A"), text))
    found = candidates([Hit(passage, 1.0, 1, 1, 1.0) for passage in passages])
    assert found
    for candidate in found:
        window = SentenceWindow.around(candidate)
        assert window.holds(candidate)
        assert window.text == text[window.start : window.end]
        spans = candidate.hit.passage.sentences
        assert window.start in {start for start, _ in spans}
        assert window.end in {end for _, end in spans}
        assert window.end - window.start <= max(WINDOW, candidate.end - candidate.start)


def test_the_sentence_that_says_the_answer_comes_first() -> None:
    """Also before one that has more of the question's words; the verdict is on the first ones alone."""
    question = "How many drones had gulls attacked since January?"
    saying = Saying("Seven of nine")
    first = ask(question, saying).sentences[0]
    assert "Seven of nine" in first.text
    assert len(saying.shown) <= JUDGED
    assert "14 drones" in ask(question, Saying("14 drones")).sentences[0].text


def test_what_is_near_but_not_said_is_not_answered() -> None:
    """The reason is its own, and what is sure by its words alone is not when nothing says it."""
    question = "How many drones had gulls attacked since January?"
    answered, silent = ask(question, Saying("14 drones")), ask(question, Saying("nothing of this"))
    assert answered.status == "answered"
    assert (silent.status, silent.reason) == ("not_found", "not said")
    assert silent.confidence < answered.confidence <= ask(question, None).confidence + 0.2


def test_a_question_longer_than_any_it_was_trained_on_is_not_judged() -> None:
    """A comparison of several articles is not refused because no single sentence answers it."""
    question = (
        "While The Quay tells that the council of Larkhaven banned delivery drones on Friday, what does the "
        "Northern Ledger tell of the electric ferry boat between Larkhaven and Tern Island and its captain?"
    )
    saying = Saying("nothing of this")
    assert ask(question, saying).status == "answered"
    assert saying.shown == []


def test_nothing_found_is_nothing_judged() -> None:
    """Without hits there is no sentence to read."""
    saying = Saying("14")
    assert ask("How many drones were there?", saying, []).reason == "nothing near"
    assert saying.shown == []


def test_without_the_packaged_model_answers_are_selected_as_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Somebody who embeds with a service need not install it."""
    settings = Settings(corpus=(tmp_path,), index=tmp_path / "index", cache=tmp_path, state=tmp_path)
    assert make_assistant(settings)._judge is not None
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if "minilm" in name else found(name))
    assistant = make_assistant(settings)
    assert assistant._judge is None
    assistant.without_model()
