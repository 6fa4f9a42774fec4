"""Evaluation metrics: values computed by hand, and agreement with the reference script."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repository import SHARED

from bot.evaluation.metrics import (
    FoundEvidence,
    GivenAnswer,
    KnownEvidence,
    aggregate,
    answer_values,
    area_under_curve,
    changes,
    has_answer,
    risk_coverage,
    search_values,
)

SCORE = SHARED / "eval" / "score.py"

EVIDENCE = [KnownEvidence("a", "The ban starts in May."), KnownEvidence("b", "It cost 3.2 million.")]
FOUND = [
    FoundEvidence("c", "Nothing here."),
    FoundEvidence("a", "Seven voted. The ban  starts in\nMay. More."),
    FoundEvidence("b", "Another."),
    FoundEvidence("b", "It cost 3.2 million. It carries 120."),
]


def test_evidence_counts_at_its_first_rank() -> None:
    """Two pieces of evidence at ranks 2 and 4, whatever their white space."""
    values = search_values(EVIDENCE, ["May"], FOUND)
    assert values["doc@1"] == 0
    assert values["doc@5"] == values["answer@5"] == values["hits@4"] == values["all_evidence@10"] == 1
    assert values["mrr@10"] == 1 / 2
    assert values["map@10"] == (1 / 2 + 1 / 4) / 2


def test_answer_values_cover_text_quotes_and_articles() -> None:
    """Correct text, correct first quote and correct article are separate values."""
    given_ = GivenAnswer(
        True, "In May. [1]", (FoundEvidence("c", "May it be."), FoundEvidence("a", "June")), 0.8, True
    )
    values = answer_values(EVIDENCE, ["may"], True, given_)
    assert values["answer_in_text"] == values["first_quote_has_answer"] == values["cited_gold_article"] == 1
    wrong = answer_values(EVIDENCE, ["July"], True, given_)
    assert wrong["answer_in_text"] == wrong["quote_has_answer"] == 0


def test_abstaining_is_balanced_over_both_kinds_of_questions() -> None:
    """Answering 1 of 1 answerable and abstaining on 1 of 2 others is 0.75."""
    rows = [{"answered": 1.0}, {"abstained": 1.0}, {"abstained": 0.0}]
    balanced = next(metric for metric in aggregate(rows) if metric.name == "balanced_accuracy")
    assert balanced.value == 0.75
    assert balanced.low <= 0.75 <= balanced.high


def test_answers_match_whole_words() -> None:
    """ "11" does not match "2011"; case and punctuation are ignored."""
    assert has_answer("It met 11, companies", ["11 Companies"])
    assert not has_answer("In 2011", ["11"])
    assert not has_answer("Anything", ["", "?!"])


def test_the_curve_starts_with_the_most_confident_answers() -> None:
    """Risk is the share of wrong answers among those given so far."""
    curve = risk_coverage([(0.2, False), (0.9, True)])
    assert curve == [(0.5, 0.0), (1.0, 0.5)]
    assert area_under_curve(curve) == 0.25
    assert area_under_curve([]) is None


def test_a_change_is_significant_only_beyond_chance() -> None:
    """Twenty questions all better are significant; one better and one worse are not."""
    worse = {str(n): {"hits@10": 0.0} for n in range(20)}
    better = {str(n): {"hits@10": 1.0} for n in range(20)}
    (change,) = changes(worse, better)
    assert change.significant
    assert (change.before, change.after, change.better, change.worse) == (0, 1, 20, 0)
    (mixed,) = changes({"1": {"m": 0.0}, "2": {"m": 1.0}}, {"1": {"m": 1.0}, "2": {"m": 0.0}})
    assert not mixed.significant
    (rounded,) = changes({"1": {"m": 0.3333}}, {"1": {"m": 1 / 3}})
    assert (rounded.better, rounded.worse) == (0, 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_interval_contains_the_mean(values: list[float]) -> None:
    """Low <= mean <= high within rounding, and the same each time."""
    (metric,) = aggregate([{"m": value} for value in values])
    assert metric.low - 1e-9 <= metric.value <= metric.high + 1e-9 or len(set(values)) > 1
    assert aggregate([{"m": value} for value in values]) == [metric]


@pytest.fixture(scope="module")
def score() -> ModuleType:
    """The reference script, which is outside the repository."""
    if not SCORE.is_file():
        pytest.skip("the evaluation sets are outside the repository")
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WORDS = "ban ferry crown gull mayor boat May seven council drone".split()


def _random_run(draw: random.Random) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A question of random words, and its rows as printed by `search` and `ask`."""

    def text(max_words: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(1, max_words)))

    docs = [f"d{n}" for n in range(5)]
    evidence = [{"doc": draw.choice(docs), "text": text(2)} for _ in range(draw.randint(1, 3))]
    key = str(draw.random())
    question = {
        "id": key,
        "question": "?",
        "answers": [text(1) for _ in range(draw.randint(1, 2))],
        "evidence": evidence,
        "answerable": draw.random() < 0.7,
    }
    passages = [{"article": {"id": draw.choice(docs)}, "text": text(12)} for _ in range(draw.randint(0, 12))]
    quotes = [
        {"article": {"id": draw.choice(docs)}, "quote": text(3), "start": 0, "end": 1}
        for _ in range(draw.randint(0, 2))
    ]
    status = draw.choice(["answered", "not_found"])
    answer = {"id": key, "status": status, "text": text(6), "citations": quotes, "confidence": draw.random()}
    return question, {"id": key, "passages": passages}, answer


def _ours(question: dict[str, Any], hits: dict[str, Any], answer: dict[str, Any]) -> dict[str, float]:
    evidence = [KnownEvidence(piece["doc"], piece["text"]) for piece in question["evidence"]]
    found = [FoundEvidence(hit["article"]["id"], hit["text"]) for hit in hits["passages"]]
    quotes = tuple(FoundEvidence(quote["article"]["id"], quote["quote"]) for quote in answer["citations"])
    given_ = GivenAnswer(answer["status"] == "answered", answer["text"], quotes, answer["confidence"], True)
    values = search_values(evidence, question["answers"], found) if question["answerable"] else {}
    return {**values, **answer_values(evidence, question["answers"], question["answerable"], given_)}


def test_the_metrics_agree_with_the_reference_script(score: ModuleType, tmp_path: Path) -> None:
    """On 300 random questions, every metric that both compute is the same."""
    draw = random.Random(4)
    runs = [_random_run(draw) for _ in range(300)]
    for name, column in (("questions", 0), ("hits", 1), ("answers", 2)):
        rows = "\n".join(json.dumps(run[column]) for run in runs)
        (tmp_path / f"{name}.jsonl").write_text(rows, encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text('{"id": "d0", "text": ""}\n', encoding="utf-8")
    theirs = score.search(tmp_path, tmp_path / "hits.jsonl") | score.ask(tmp_path, tmp_path / "answers.jsonl")
    rows_of = [_ours(*run) for run in runs]
    ours = {metric.name: metric.value for metric in aggregate(rows_of)}
    for name, value in ours.items():
        other = {
            "abstained": "abstained_on_unanswerable",
            "answered": "answered_answerable",
            "balanced_accuracy": "abstention_balanced_accuracy",
        }.get(name, name)
        if other in theirs:
            assert value == pytest.approx(theirs[other], abs=1e-4), name
    pairs = [
        (run[2]["confidence"], row.get("answer_in_text", 0.0) > 0)
        for run, row in zip(runs, rows_of, strict=True)
    ]
    assert area_under_curve(risk_coverage(pairs)) == pytest.approx(
        theirs["area_under_risk_coverage"], abs=1e-4
    )
    assert {
        "doc@1",
        "answer@5",
        "hits@10",
        "mrr@10",
        "map@10",
        "all_evidence@10",
    } <= ours.keys() & theirs.keys()
