"""An evaluation run with the fake Assistant, its report, and the comparison of two runs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from fakes import FakeAssistant

from bot.errors import QuestionSetInvalid
from bot.evaluation.evaluation_report import (
    WIDTH,
    changes_json,
    read_values,
    render,
    render_changes,
    report_json,
    report_values,
)
from bot.evaluation.evaluator import Report, evaluate

ROWS = [
    {
        "id": "ban",
        "question": "How many members voted for the ban on delivery drones?",
        "answers": ["Seven"],
        "evidence": [{"doc": "harbour", "text": "Seven of nine members voted for the ban."}],
        "answerable": True,
        "date": "2022/03/05",
    },
    {
        "id": "cost",
        "question": "How much did the boat of captain Jon Aske cost?",
        "answers": ["4 million"],
        "evidence": [{"doc": "ferry.md", "text": "The boat cost 9 million crowns"}],
        "answerable": True,
    },
    {
        "id": "cup",
        "question": "Who won the football cup?",
        "answers": [],
        "evidence": [],
        "answerable": False,
    },
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three questions: one answered correctly, one incorrectly, one correctly not answered."""
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    (tmp_path / "questions.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


@pytest.fixture
async def report(folder: Path) -> Report:
    """The report of a run over them."""
    return await evaluate(FakeAssistant(), folder, explain=True)


def test_metrics_are_means_over_their_questions(report: Report) -> None:
    """Only the questions that a metric applies to count; evidence names articles by file stem."""
    metrics = {metric.name: metric for metric in report.metrics}
    assert (metrics["answer_in_text"].value, metrics["answer_in_text"].questions) == (0.5, 2)
    assert metrics["hits@10"].value == 0.5
    assert metrics["abstained"].value == metrics["quotes_exact"].value == metrics["doc@1"].value == 1
    assert metrics["balanced_accuracy"].value == 1
    assert report.outcomes[0].question.day == date(2022, 3, 5)
    assert report.outcomes[0].ranks == (1,)
    assert report.outcomes[1].ranks == (None,)


def test_the_table_fits_a_narrow_terminal_and_explains_failures(report: Report) -> None:
    """Metrics, times and curve fit into 60 columns; --explain adds the failed question and its ranks."""
    table = render(report)
    assert max(map(len, table.splitlines())) <= WIDTH
    assert not any(line != line.rstrip() for line in table.splitlines())
    assert "answer_in_text             0.500" in table
    assert "1 of 3 questions have a failure" in table
    assert "risk" in table
    explained = render(report, explain=True)
    assert "[cost] How much did the boat of captain Jon Aske cost?" in explained
    assert "evidence not among 50: ferry.md: The boat cost 9 million crowns" in explained
    assert "[ban]" not in explained


def test_results_can_be_stored_and_compared(report: Report, tmp_path: Path) -> None:
    """The JSON is read back; a run compared with itself shows no change."""
    stored = tmp_path / "results.json"
    stored.write_text(json.dumps(report_json(report)), encoding="utf-8")
    before = read_values(stored)
    assert before == {key: pytest.approx(values, abs=1e-4) for key, values in report_values(report).items()}
    table = render_changes(before, report_values(report))
    assert max(map(len, table.splitlines())) <= WIDTH
    assert table.startswith("3 questions in both runs")
    assert "*" not in table
    assert {row["measure"] for row in changes_json(before, before)} >= {"hits@10", "answered"}
    assert render_changes({}, before) == "The two runs have no question in common."


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": 99, "questions": []}'])
def test_invalid_results_are_rejected(text: str, tmp_path: Path) -> None:
    """A file with other content or of a newer version raises QuestionSetInvalid."""
    (tmp_path / "other.json").write_text(text, encoding="utf-8")
    with pytest.raises(QuestionSetInvalid):
        read_values(tmp_path / "other.json")


async def test_the_search_alone_can_be_measured(folder: Path) -> None:
    """Without answers there are no answer metrics and no curve; progress counts the questions."""
    seen: list[tuple[int, int]] = []
    report = await evaluate(FakeAssistant(), folder, answers=False, progress=lambda *done: seen.append(done))
    names = {metric.name for metric in report.metrics}
    assert names >= {"hits@10", "mrr@10"}
    assert "answered" not in names
    assert report.area is None
    assert seen == [(1, 3), (2, 3), (3, 3)]
