"""Runs a set of questions with known answers through the Assistant, and measures the hits and answers."""

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
    Metric,
    Values,
    aggregate,
    answer_values,
    area_under_curve,
    evidence_ranks,
    risk_coverage,
    search_values,
    without_space,
)
from bot.evaluation.question_set import KnownQuestion, article_ids, read_questions
from bot.question.conversation import Turn
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from retrieval.hit import Hit

EXPLAIN_DEPTH = 50  # passages searched for evidence that is not in the first ten


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one question.

    ``ranks``: for each text of the evidence, the rank of the first passage that contains it, None if not
    found; ``article_rank``: of the first passage of its articles; ``best``: titles of the first hits.
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
        """What went wrong, in a few words each."""
        messages = {
            "doc@1": "another article came first",
            f"hits@{DEPTH}": f"no evidence among the first {DEPTH}",
            f"all_evidence@{DEPTH}": "evidence is missing",
            "answered": "not answered",
            "abstained": "answered, but the articles have no answer",
            "answer_in_text": "the answer is not in the text",
            "cited_gold_article": "the article of the evidence is not cited",
            "quotes_exact": "a quote is not in its article",
        }
        return tuple(message for name, message in messages.items() if self.values.get(name) == 0.0)


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
    metrics: tuple[Metric, ...]
    curve: tuple[tuple[float, float], ...] = ()
    seconds: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def area(self) -> float | None:
        """The area under the risk-coverage curve; None if only the search was measured."""
        return area_under_curve(self.curve)


async def evaluate(
    assistant: Assistant,
    folder: Path,
    *,
    answers: bool = True,
    explain: bool = False,
    as_of: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Ask every question of *folder*/questions.jsonl and measure hits and answers.

    The Assistant's index must already contain the articles (see ``question_set.corpus_path``). Without
    *answers* only the search is measured; *explain* searches deeper for missed evidence; *as_of* is the day
    of questions without one. Raises QuestionSetInvalid and RetrievalError.
    """
    questions = read_questions(folder)
    evidence = [piece for question in questions for piece in question.evidence]
    ids = article_ids(evidence, assistant.library)
    outcomes = []
    for done, question in enumerate(questions, 1):
        resolved = tuple(KnownEvidence(ids[piece.article], piece.text) for piece in question.evidence)
        known = replace(question, evidence=resolved, day=question.day or as_of)
        outcomes.append(await _evaluate_question(assistant, known, answers, explain))
        if progress:
            progress(done, len(questions))
    return _report(assistant, folder, outcomes)


async def _evaluate_question(
    assistant: Assistant, known: KnownQuestion, answers: bool, explain: bool
) -> Outcome:
    turns = tuple(Turn(question, answer, question) for question, answer in known.history)
    answer, seconds = await _timed_answer(assistant, known, turns) if answers else (None, {})
    standalone = (
        answer.standalone_question if answer else assistant.resolve_follow_up(known.question, known.history)
    )
    started = time.perf_counter()
    hits = await assistant.search(standalone, DEPTH, None, known.day)
    seconds = {"search": time.perf_counter() - started, **seconds}
    values: dict[str, float] = {}
    if known.answerable and known.evidence:
        values |= search_values(known.evidence, known.answers, _found(hits))
    if answer is not None:
        given = _given_answer(assistant, answer)
        values |= answer_values(known.evidence, known.answers, known.answerable, given)
    if explain and values.get(f"all_evidence@{DEPTH}") == 0.0:
        hits = await assistant.search(standalone, EXPLAIN_DEPTH, None, known.day)
    return _outcome(known, values, seconds, hits, answer)


async def _timed_answer(
    assistant: Assistant, known: KnownQuestion, turns: Sequence[Turn]
) -> tuple[Answer | None, dict[str, float]]:
    """The complete answer, and the seconds until it, including its own search."""
    started = time.perf_counter()
    last: Answer | None = None
    async for answer in assistant.ask(known.question, as_of=known.day, history=turns):
        last = answer
    return last, {"answer": time.perf_counter() - started}


def _found(hits: Sequence[Hit]) -> list[FoundEvidence]:
    return [FoundEvidence(hit.passage.article.id, hit.passage.text) for hit in hits]


def _given_answer(assistant: Assistant, answer: Answer) -> GivenAnswer:
    quotes = tuple(FoundEvidence(citation.article.id, citation.quote) for citation in answer.citations)
    exact = _quotes_exact(assistant, answer)
    return GivenAnswer(answer.status == "answered", answer.text, quotes, answer.confidence, exact)


def _quotes_exact(assistant: Assistant, answer: Answer) -> bool:
    """True if every quote is at its span in the current text of its article."""
    for citation in answer.citations:
        try:
            article = assistant.library.article(citation.article.id)
        except RetrievalError:
            article = None
        quote = citation.quote
        if article is None or not quote or article.text[citation.start : citation.end] != quote:
            return False
    return True


def _outcome(
    known: KnownQuestion,
    values: Values,
    seconds: Mapping[str, float],
    hits: Sequence[Hit],
    answer: Answer | None,
) -> Outcome:
    found = _found(hits)
    gold = {piece.article for piece in known.evidence}
    texts = [without_space(piece.text) for piece in known.evidence if piece.text]
    outcome = Outcome(
        known,
        values,
        seconds,
        tuple(evidence_ranks(texts, found)),
        next((rank for rank, passage in enumerate(found, 1) if passage.article in gold), None),
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
    asked = [outcome for outcome in outcomes if outcome.status is not None]
    right = [(outcome.confidence, outcome.values.get("answer_in_text", 0.0) > 0) for outcome in asked]
    curve = risk_coverage(right) if any("answer_in_text" in outcome.values for outcome in asked) else []
    return Report(
        folder.resolve().name,
        assistant.mode,
        assistant.model_name,
        status.articles,
        status.passages,
        status.fingerprint,
        tuple(outcomes),
        tuple(aggregate([outcome.values for outcome in outcomes])),
        tuple(curve),
        _seconds_by_stage(outcomes),
    )


def _seconds_by_stage(outcomes: Sequence[Outcome]) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of each stage, without the first question, which loads the models."""
    warm = outcomes[1:] or outcomes
    times: dict[str, tuple[float, float]] = {}
    for stage in dict.fromkeys(name for outcome in warm for name in outcome.seconds):
        taken = sorted(outcome.seconds[stage] for outcome in warm if stage in outcome.seconds)
        times[stage] = median(taken), taken[min(int(0.95 * len(taken)), len(taken) - 1)]
    return times
