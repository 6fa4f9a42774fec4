"""The measures of an evaluation: known values by hand, and the same as the judges' script gives."""

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
    answer_values,
    area,
    changes,
    has_answer,
    measures,
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


def test_evidence_counts_where_it_is_first_found() -> None:
    """Ranks 2 and 4 of two pieces of evidence, however the white space is set."""
    values = search_values(EVIDENCE, ["May"], FOUND)
    assert values["doc@1"] == 0
    assert values["doc@5"] == values["answer@5"] == values["hits@4"] == values["all_evidence@10"] == 1
    assert values["mrr@10"] == 1 / 2
    assert values["map@10"] == (1 / 2 + 1 / 4) / 2


def test_an_answer_is_right_in_its_text_its_quotes_and_its_articles() -> None:
    """Each is told apart: right text, right first quote, right article."""
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
    balanced = next(each for each in measures(rows) if each.name == "balanced_accuracy")
    assert balanced.value == 0.75
    assert balanced.low <= 0.75 <= balanced.high


def test_words_must_match_whole() -> None:
    """ "11" is not in "2011", and case and punctuation do not matter."""
    assert has_answer("It met 11, companies", ["11 Companies"])
    assert not has_answer("In 2011", ["11"])
    assert not has_answer("Anything", ["", "?!"])


def test_the_surest_answers_come_first_in_the_curve() -> None:
    """Risk is the share of wrong ones among those given so far."""
    curve = risk_coverage([(0.2, False), (0.9, True)])
    assert curve == [(0.5, 0.0), (1.0, 0.5)]
    assert area(curve) == 0.25
    assert area([]) is None


def test_a_change_is_sure_only_beyond_chance() -> None:
    """Twenty questions all better is sure; one better and one worse is not."""
    worse = {str(n): {"hits@10": 0.0} for n in range(20)}
    better = {str(n): {"hits@10": 1.0} for n in range(20)}
    (change,) = changes(worse, better)
    assert change.sure
    assert (change.before, change.after, change.better, change.worse) == (0, 1, 20, 0)
    (mixed,) = changes({"1": {"m": 0.0}, "2": {"m": 1.0}}, {"1": {"m": 1.0}, "2": {"m": 0.0}})
    assert not mixed.sure
    (rounded,) = changes({"1": {"m": 0.3333}}, {"1": {"m": 1 / 3}})
    assert (rounded.better, rounded.worse) == (0, 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_interval_lies_around_the_mean(values: list[float]) -> None:
    """Low <= mean <= high within rounding, and the same each time."""
    (measure,) = measures([{"m": value} for value in values])
    assert measure.low - 1e-9 <= measure.value <= measure.high + 1e-9 or len(set(values)) > 1
    assert measures([{"m": value} for value in values]) == [measure]


@pytest.fixture(scope="module")
def score() -> ModuleType:
    """The judges' script, which lies beside the repository."""
    if not SCORE.is_file():
        pytest.skip("the evaluation sets lie beside the repository")
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WORDS = "ban ferry crown gull mayor boat May seven council drone".split()


def _made_up(draw: random.Random) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A question, and rows as search and ask print them, of random words."""

    def text(most: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(1, most)))

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
    evidence = [KnownEvidence(each["doc"], each["text"]) for each in question["evidence"]]
    found = [FoundEvidence(each["article"]["id"], each["text"]) for each in hits["passages"]]
    quotes = tuple(FoundEvidence(each["article"]["id"], each["quote"]) for each in answer["citations"])
    given_ = GivenAnswer(answer["status"] == "answered", answer["text"], quotes, answer["confidence"], True)
    values = search_values(evidence, question["answers"], found) if question["answerable"] else {}
    return {**values, **answer_values(evidence, question["answers"], question["answerable"], given_)}


def test_the_measures_are_those_of_the_judges(score: ModuleType, tmp_path: Path) -> None:
    """On 300 made-up questions, every measure that both know is the same."""
    draw = random.Random(4)
    runs = [_made_up(draw) for _ in range(300)]
    for name, column in (("questions", 0), ("hits", 1), ("answers", 2)):
        rows = "\n".join(json.dumps(run[column]) for run in runs)
        (tmp_path / f"{name}.jsonl").write_text(rows, encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text('{"id": "d0", "text": ""}\n', encoding="utf-8")
    theirs = score.search(tmp_path, tmp_path / "hits.jsonl") | score.ask(tmp_path, tmp_path / "answers.jsonl")
    rows_of = [_ours(*run) for run in runs]
    ours = {each.name: each.value for each in measures(rows_of)}
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
    assert area(risk_coverage(pairs)) == pytest.approx(theirs["area_under_risk_coverage"], abs=1e-4)
    assert {
        "doc@1",
        "answer@5",
        "hits@10",
        "mrr@10",
        "map@10",
        "all_evidence@10",
    } <= ours.keys() & theirs.keys()
