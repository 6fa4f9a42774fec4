"""What is shown before the first question: sync progress, sync report, suggested questions."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FERRY, HARBOUR, FakeAssistant, FakeLibrary

from bot.suggestions import generated_questions, provided_questions, suggest, suggestion_lines
from bot.terminal.initial_sync import (
    QUIET_SECONDS,
    SECONDS_BETWEEN_LINES,
    SyncProgressDisplay,
    duration,
    report_line,
    sync_lines,
)
from retrieval.article import Article, ArticleInfo
from retrieval.index.file_state import ReadFailure
from retrieval.sync.sync_index import SyncReport
from retrieval.sync.sync_progress import Progress
from retrieval.sync.sync_report import LeftOut


def make_report(**fields: object) -> SyncReport:
    defaults: dict[str, object] = {
        "generation": 1, "added": 0, "changed": 0, "moved": 0, "deleted": 0, "unchanged": 0, "passages": 9,
        "embedded": 0, "failed": (), "unknown": (), "seconds": 1.24, "dry_run": False,
    }  # fmt: skip
    return SyncReport(**(defaults | fields))  # type: ignore[arg-type]


def test_progress_is_printed_periodically_after_a_delay() -> None:
    """A quick sync prints nothing; a long one prints a line per stage and every few seconds."""
    now = 0.0
    stream = io.StringIO()
    progress = SyncProgressDisplay(stream, clock=lambda: now)
    progress(Progress("reading", 1, 1000, None))
    assert stream.getvalue() == ""
    for step in range(30):
        now = QUIET_SECONDS + step
        progress(Progress("reading" if step < 10 else "embedding", step, 1000, 200.0))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Reading articles: 0 of 1,000, 3 min left"
    assert "Indexing passages: 10 of 1,000, 3 min left" in lines
    assert len(lines) <= 30 / SECONDS_BETWEEN_LINES + 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.2, "1 s"), (45.0, "45 s"), (200.0, "3 min"), (9000.0, "2 h")]
)
def test_durations_are_rough(seconds: float | None, words: str) -> None:
    """One number and one unit."""
    assert duration(seconds) == words


def test_the_report_lists_changes() -> None:
    """Empty if nothing changed; otherwise counts, and the reason of a rebuild."""
    assert report_line(make_report()) == ""
    assert report_line(make_report(added=2, deleted=1)) == "Synced in 1.2 s: 2 new, 1 deleted; 9 passages."
    dry_run = make_report(added=2, dry_run=True, rebuilt="the index was damaged")
    assert report_line(dry_run) == "Dry run: 2 new; 9 passages (full rebuild: the index was damaged)."


def test_only_news_is_printed_before_a_question() -> None:
    """What an earlier sync reported is not repeated with every question."""
    failed = (ReadFailure("a.txt", "It is empty."),)
    report = make_report(failed=failed, unknown=("b.doc",))
    assert sync_lines(report) == []
    assert sync_lines(replace(report, unreported=LeftOut(unknown=("b.doc",)))) == [
        "Not read: 1 file of unsupported types (1 .doc)."
    ]


def article(id: str, text: str) -> Article:
    return Article(ArticleInfo(id=id, path=id, title=id, published="2022-01-01"), text)


async def test_only_answered_questions_are_suggested(tmp_path: Path) -> None:
    """Questions that come with the corpus are tried first."""
    lines = [
        '{"question": "Who is the king of cheese?"}',
        "[",
        '{"question": "How much did the boat cost?"}',
        "7",
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert provided_questions([tmp_path, tmp_path / "missing"]) == [
        "Who is the king of cheese?",
        "How much did the boat cost?",
    ]
    assert await suggest(FakeAssistant(), [tmp_path]) == ("How much did the boat cost?",)


async def test_questions_are_generated_from_articles_if_none_are_provided() -> None:
    """A sentence saying who did what becomes a question, suggested if the same article answers it."""
    shelf = [
        HARBOUR,
        FERRY,
        article("vague.txt", "It banned all drones from the harbour in the spring of that year.\n"),
        article(
            "fine.txt", "Last week it rained. Regulator Vera Holm fined Drolma Systems over late reports.\n"
        ),
    ]
    made = dict(generated_questions(FakeLibrary(shelf, Path("none"))))
    assert made == {
        "What did the council of Larkhaven ban?": "harbour.txt",
        "Whom did Regulator Vera Holm fine?": "fine.txt",
        "What did Mayor Odile Brandt say?": "harbour.txt",
    }
    assert list(made)[-1] == "What did Mayor Odile Brandt say?"
    suggested = await suggest(FakeAssistant(shelf), [])
    assert suggested
    assert set(suggested) <= set(made)


def test_no_suggestions_print_nothing() -> None:
    """Not even a heading."""
    assert suggestion_lines([]) == []
