"""What a person sees before the first question: progress, outcome of the sync, questions to begin with."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fakes import FERRY, HARBOUR, FakeAssistant, FakeLibrary

from bot.suggestions import made_questions, suggest, suggestion_lines, written_questions
from bot.terminal.initial_sync import (
    INTERVAL,
    PATIENCE,
    SyncProgressDisplay,
    duration,
    failure_lines,
    report_line,
)
from retrieval.article import Article, ArticleInfo
from retrieval.index.file_state import ReadFailure
from retrieval.sync.sync_index import SyncReport
from retrieval.sync.sync_progress import Progress


def report(**given: object) -> SyncReport:
    counts: dict[str, object] = {
        "generation": 1, "added": 0, "changed": 0, "moved": 0, "deleted": 0, "unchanged": 0, "passages": 9,
        "embedded": 0, "failed": (), "unknown": (), "seconds": 1.24, "dry_run": False,
    }  # fmt: skip
    return SyncReport(**(counts | given))  # type: ignore[arg-type]


def test_progress_is_silent_at_first_and_then_speaks_now_and_then() -> None:
    """A quick sync says nothing; a long one says a line for each stage and every few seconds."""
    now = 0.0
    stream = io.StringIO()
    progress = SyncProgressDisplay(stream, clock=lambda: now)
    progress(Progress("reading", 1, 1000, None))
    assert stream.getvalue() == ""
    for step in range(30):
        now = PATIENCE + step
        progress(Progress("reading" if step < 10 else "embedding", step, 1000, 200.0))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Reading articles: 0 of 1,000, 3 min left"
    assert "Indexing passages: 10 of 1,000, 3 min left" in lines
    assert len(lines) <= 30 / INTERVAL + 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.2, "1 s"), (45.0, "45 s"), (200.0, "3 min"), (9000.0, "2 h")]
)
def test_durations_are_rough(seconds: float | None, words: str) -> None:
    """One number and one unit."""
    assert duration(seconds) == words


def test_a_report_says_what_changed() -> None:
    """Nothing when there was nothing to do; counts and reasons otherwise."""
    assert report_line(report()) == ""
    assert report_line(report(added=2, deleted=1)) == "Synced in 1.2 s: 2 new, 1 deleted; 9 passages."
    dry = report(added=2, dry_run=True, rebuilt="the index was damaged")
    assert report_line(dry) == "A sync would find 2 new; 9 passages (all anew: the index was damaged)."


def test_files_that_failed_are_named_up_to_a_few() -> None:
    """Each with its reason, cleaned; the rest as a count."""
    failed = tuple(ReadFailure(f"{n}.txt\x1b[31m", "It is empty.") for n in range(5))
    assert failure_lines(report(failed=failed), limit=2) == [
        "Not read: 0.txt: It is empty.",
        "Not read: 1.txt: It is empty.",
        "and 3 more; `footnote status` lists them.",
    ]


def article(id: str, text: str) -> Article:
    return Article(ArticleInfo(id=id, path=id, title=id, published="2022-01-01"), text)


async def test_questions_are_offered_only_when_they_are_answered(tmp_path: Path) -> None:
    """Those that come with a folder are tried first."""
    lines = [
        '{"question": "Who is the king of cheese?"}',
        "[",
        '{"question": "How much did the boat cost?"}',
        "7",
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert written_questions([tmp_path, tmp_path / "missing"]) == [
        "Who is the king of cheese?",
        "How much did the boat cost?",
    ]
    assert await suggest(FakeAssistant(), [tmp_path]) == ("How much did the boat cost?",)


async def test_without_written_questions_they_are_made_from_the_articles() -> None:
    """A sentence that says who did what becomes a question, offered when its own article answers it."""
    shelf = [
        HARBOUR,
        FERRY,
        article("vague.txt", "It banned all drones from the harbour in the spring of that year.\n"),
        article(
            "fine.txt", "Last week it rained. Regulator Vera Holm fined Drolma Systems over late reports.\n"
        ),
    ]
    made = dict(made_questions(FakeLibrary(shelf, Path("none"))))
    assert made == {
        "What did the council of Larkhaven ban?": "harbour.txt",
        "Whom did Regulator Vera Holm fine?": "fine.txt",
        "What did Mayor Odile Brandt say?": "harbour.txt",
    }
    assert list(made)[-1] == "What did Mayor Odile Brandt say?"
    offered = await suggest(FakeAssistant(shelf), [])
    assert offered
    assert set(offered) <= set(made)


def test_no_questions_no_words() -> None:
    """Without suggestions nothing is said about them."""
    assert suggestion_lines([]) == []
