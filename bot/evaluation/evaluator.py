"""Run a set of questions with known answers through the Assistant, and measure what it finds and says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.evaluation.metrics import (
    DEPTH,
    FoundEvidence,
    GivenAnswer,
    KnownEvidence,
    Measure,
    Values,
    answer_values,
    area,
    evidence_ranks,
    measures,
    risk_coverage,
    search_values,
)
from bot.evaluation.question_set import KnownQuestion, article_ids, read_questions
from bot.question.conversation import Turn
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from retrieval.hit import Hit

EXPLAINED = 50  # passages looked through for the evidence that the first ten lack


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    ``ranks``: for each text of the evidence the rank of the first passage that holds it, None when it was
    not found; ``article_rank``: of the first passage of its articles; ``best``: titles of what came first.
    """

    question: KnownQuestion
    values: Values
    seconds: Mapping[str, float]
    ranks: tuple[int | None, ...]
    article_rank: int | None
    best: tuple[str, ...]
    status: str | None = None
    text: str = ""
    confidence: float = 0.0
    reason: str | None = None

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong, in a few words each; empty when all is well."""
        wrong = {
            "doc@1": "another article came first",
            f"hits@{DEPTH}": f"no evidence among the first {DEPTH}",
            f"all_evidence@{DEPTH}": "evidence is missing",
            "answered": "not answered",
            "abstained": "answered, but the articles do not say it",
            "answer_in_text": "the answer is not in the text",
            "cited_gold_article": "the article of the evidence is not cited",
            "quotes_exact": "a quote is not in its article",
        }
        return tuple(words for name, words in wrong.items() if self.values.get(name) == 0.0)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run. ``curve``: (coverage, risk) points; ``seconds``: median and 95th percentile by stage."""

    name: str
    mode: str
    model: str | None
    articles: int
    passages: int
    fingerprint: str
    outcomes: tuple[Outcome, ...]
    measures: tuple[Measure, ...]
    curve: tuple[tuple[float, float], ...] = ()
    seconds: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def area(self) -> float | None:
        """The area under the risk-coverage curve; None when no answers were asked for."""
        return area(self.curve)


async def evaluate(
    assistant: Assistant,
    folder: Path,
    *,
    answers: bool = True,
    explain: bool = False,
    as_of: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Ask every question of *folder*/questions.jsonl and measure passages and answers.

    The Assistant must already know the articles (see ``question_set.corpus_of``). *answers* False measures
    the search alone; *explain* looks deeper for evidence that was missed; *as_of* is the day of questions
    that have none. Raises QuestionSetInvalid and RetrievalError.
    """
    questions = read_questions(folder)
    ids = article_ids([each for question in questions for each in question.evidence], assistant.library)
    outcomes = []
    for done, question in enumerate(questions, 1):
        named = tuple(KnownEvidence(ids[each.article], each.text) for each in question.evidence)
        known = replace(question, evidence=named, day=question.day or as_of)
        outcomes.append(await _outcome(assistant, known, answers, explain))
        if progress:
            progress(done, len(questions))
    return _report(assistant, folder, outcomes)


async def _outcome(assistant: Assistant, known: KnownQuestion, answers: bool, explain: bool) -> Outcome:
    """Search and, when asked for, answer one question."""
    turns = tuple(Turn(asked, answered, asked) for asked, answered in known.history)
    answer, seconds = await _answer(assistant, known, turns) if answers else (None, {})
    readable = answer.standalone_question if answer else assistant.readable(known.question, known.history)
    begun = time.perf_counter()
    hits = await assistant.search(readable, DEPTH, None, known.day)
    seconds = {"search": time.perf_counter() - begun, **seconds}
    values: dict[str, float] = {}
    found = [FoundEvidence(hit.passage.article.id, hit.passage.text) for hit in hits]
    if known.answerable and known.evidence:
        values |= search_values(known.evidence, known.answers, found)
    if answer is not None:
        values |= answer_values(known.evidence, known.answers, known.answerable, _given(assistant, answer))
    if explain and values.get(f"all_evidence@{DEPTH}") == 0.0:
        hits = await assistant.search(readable, EXPLAINED, None, known.day)
    return _described(known, values, seconds, hits, answer)


async def _answer(
    assistant: Assistant, known: KnownQuestion, turns: Sequence[Turn]
) -> tuple[Answer | None, dict[str, float]]:
    """The complete answer, and the seconds until it; the search within it is timed apart."""
    begun = time.perf_counter()
    last: Answer | None = None
    async for answer in assistant.ask(known.question, as_of=known.day, history=turns):
        last = answer
    return last, {"answer": time.perf_counter() - begun}


def _given(assistant: Assistant, answer: Answer) -> GivenAnswer:
    quotes = tuple(FoundEvidence(each.article.id, each.quote) for each in answer.citations)
    return GivenAnswer(
        answer.status == "answered", answer.text, quotes, answer.confidence, _exact(assistant, answer)
    )


def _exact(assistant: Assistant, answer: Answer) -> bool:
    """Whether each quote stands in its article now, at its place."""
    for each in answer.citations:
        try:
            article = assistant.library.article(each.article.id)
        except RetrievalError:
            article = None
        if article is None or not each.quote or article.text[each.start : each.end] != each.quote:
            return False
    return True


def _described(
    known: KnownQuestion,
    values: Values,
    seconds: Mapping[str, float],
    hits: Sequence[Hit],
    answer: Answer | None,
) -> Outcome:
    found = [FoundEvidence(hit.passage.article.id, hit.passage.text) for hit in hits]
    gold = {each.article for each in known.evidence}
    outcome = Outcome(
        known,
        values,
        seconds,
        tuple(evidence_ranks(["".join(each.text.split()) for each in known.evidence if each.text], found)),
        next((rank for rank, each in enumerate(found, 1) if each.article in gold), None),
        tuple(dict.fromkeys(hit.passage.article.title for hit in hits[:3])),
    )
    if answer is None:
        return outcome
    return replace(
        outcome,
        status=answer.status,
        text=answer.text,
        confidence=answer.confidence,
        reason=answer.reason,
    )


def _report(assistant: Assistant, folder: Path, outcomes: Sequence[Outcome]) -> Report:
    status = assistant.library.status()
    asked = [each for each in outcomes if each.status is not None]
    right = [(each.confidence, each.values.get("answer_in_text", 0.0) > 0) for each in asked]
    curve = risk_coverage(right) if any("answer_in_text" in each.values for each in asked) else []
    return Report(
        folder.resolve().name,
        assistant.mode,
        assistant.model_name,
        status.articles,
        status.passages,
        status.fingerprint,
        tuple(outcomes),
        tuple(measures([each.values for each in outcomes])),
        tuple(curve),
        _times(outcomes),
    )


def _times(outcomes: Sequence[Outcome]) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of the seconds of each stage; the first question, which loads, left out."""
    warm = outcomes[1:] or outcomes
    times: dict[str, tuple[float, float]] = {}
    for stage in dict.fromkeys(name for each in warm for name in each.seconds):
        taken = sorted(each.seconds[stage] for each in warm if stage in each.seconds)
        times[stage] = median(taken), taken[min(int(0.95 * len(taken)), len(taken) - 1)]
    return times
