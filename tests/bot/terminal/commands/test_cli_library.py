"""`sync`, `status`, `articles`, `article`, `read`, `eval`: output and errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes import HOSTILE, SHELF, FakeAssistant

from bot.terminal.commands.cli import main
from retrieval.article import Article, Dropped

SCRAPED = (
    "Town gets a bridge\nAdvertisement\nBy Ada Brook\n\nThe town of Ost has a new bridge since Monday.\n"
)


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(folder=tmp_path / "index")


def run(assistant: FakeAssistant, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=lambda settings: assistant)


def test_sync_reports_changes(assistant: FakeAssistant) -> None:
    """Counts of changes; the second sync finds none."""
    assert run(assistant, "sync").stdout == "Synced in 0.1 s: 3 new; 7 passages.\n"
    assert run(assistant, "sync").stdout == "Already up to date: 3 articles, 7 passages.\n"


def test_sync_as_json(assistant: FakeAssistant) -> None:
    """The whole report, counts and seconds."""
    report = json.loads(run(assistant, "sync", "--json").stdout)
    assert (report["added"], report["unchanged"], report["failed"], report["seconds"]) == (3, 0, [], 0.1)


def test_status(assistant: FakeAssistant) -> None:
    """The contents of the index as text and as JSON."""
    text = run(assistant, "status", "--corpus", "texts").stdout
    assert "Corpus      texts\n" in text
    assert "Articles    3 (7 passages)\n" in text
    assert "Dates       2022-03-04 to 2022-06-01\n" in text
    status = json.loads(run(assistant, "status", "--json").stdout)
    assert status["publishers"] == {"The Quay": 1, "Northern Ledger": 1}


def test_articles_are_filtered_by_words(assistant: FakeAssistant) -> None:
    """All words must match the metadata; titles are sanitized."""
    result = run(assistant, "articles", "--no-sync")
    assert "hostile.txt\tA red title · 2022-06-01\n" in result.stdout
    result = run(assistant, "articles", "--no-sync", "quay", "DRONES", "--json")
    assert [row["id"] for row in json.loads(result.stdout)] == ["harbour.txt"]


def test_the_text_of_an_article_is_printed_exactly(assistant: FakeAssistant) -> None:
    """Byte for byte, including control characters, so that citation offsets are valid."""
    result = run(assistant, "article", "hostile.txt", "--text")
    assert result.stdout_bytes.decode() == HOSTILE.text


def test_a_displayed_article_is_sanitized(assistant: FakeAssistant) -> None:
    """Without --text, escape sequences are removed."""
    result = run(assistant, "article", "hostile.txt")
    assert result.stdout.startswith(
        "A red title\nPublished  2022-06-01\nFile       hostile.txt\n\nThe printer shows"
    )
    assert "\x1b" not in result.stdout


def test_why_lists_lines_that_are_not_indexed() -> None:
    """Each dropped line with its number and the reason."""
    text = SCRAPED
    start = text.index("Advertisement")
    dropped = (Dropped(2, start, start + len("Advertisement"), "advertisement"),)
    assistant = FakeAssistant([Article(SHELF[0].info, text, dropped=dropped)])
    result = run(assistant, "article", "harbour.txt", "--why")
    assert result.stdout == "line    2  advertisement: Advertisement\n"


def test_an_unknown_article_is_an_error(assistant: FakeAssistant) -> None:
    """One sentence, and how to list the ids."""
    result = run(assistant, "article", "nothing")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1] == "Run `footnote articles` to list articles with their ids."


def test_files_are_read_without_an_index(assistant: FakeAssistant, tmp_path: Path) -> None:
    """A row per article: metadata, indexed text, and dropped lines with reasons."""
    file = tmp_path / "bridge.txt"
    file.write_text(SCRAPED, encoding="utf-8")
    row = json.loads(run(assistant, "read", str(file), "--jsonl").stdout)
    assert row["path"] == str(file)
    assert row["title"] == "Town gets a bridge"
    assert row["author"] == "Ada Brook"
    assert row["body"].endswith("The town of Ost has a new bridge since Monday.")
    assert "Advertisement" not in row["body"]
    assert {"line": 2, "text": "Advertisement", "reason": "advertisement"} in row["dropped"]
    assert set(row) == {
        "path", "title", "publisher", "author", "published", "updated", "url", "language", "body", "dropped",
        "omitted", "tags",
    }  # fmt: skip


def test_unreadable_files_do_not_stop_the_others(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Missing, empty and unsupported files are reported; exit code 1 at the end."""
    (tmp_path / "a.txt").write_text(SCRAPED, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "program.xyz").write_text("x", encoding="utf-8")
    names = [str(tmp_path / name) for name in ("missing.txt", "empty.txt", "program.xyz", "a.txt")]
    result = run(assistant, "read", "--jsonl", *names)
    assert len(result.stdout.splitlines()) == 1
    assert len(result.stderr.splitlines()) == 4
    assert result.stderr.splitlines()[-1] == "3 files could not be read."
    assert result.exit_code == 1


def test_a_question_set_is_created_and_evaluated(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Questions are added to a folder, which is evaluated and compared with an earlier run."""
    folder = str(tmp_path / "set")
    evidence = "The boat cost 3.2 million crowns"
    added = run(assistant, "eval", "add", folder, "How much did the boat cost?", "--answer", "3.2 million",
                "--evidence", "ferry.md", evidence)  # fmt: skip
    assert added.stdout == f"Added q01 to {tmp_path / 'set' / 'questions.jsonl'}.\n"
    assert run(assistant, "eval", "add", folder, "Who is the king?", "--unanswerable").exit_code == 0
    first = run(assistant, "eval", folder, "--json")
    assert json.loads(first.stdout)["measures"]["answer_in_text"]["mean"] == 1.0
    (tmp_path / "first.json").write_text(first.stdout, encoding="utf-8")
    second = run(assistant, "eval", folder, "--explain", "--against", str(tmp_path / "first.json"))
    assert second.stdout.startswith("set: 2 questions (1 with an answer),\n")
    assert second.exit_code == 0


def test_invalid_question_sets_are_rejected(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Evidence must be in its article; a folder without questions cannot be evaluated."""
    wrong = run(assistant, "eval", "add", str(tmp_path), "Who?", "--evidence", "ferry.md", "no such words")
    assert wrong.exit_code == 1
    assert "not in ferry.md" in wrong.stderr
    assert run(assistant, "eval", str(tmp_path)).exit_code == 1
    assert run(assistant, "eval", "add", str(tmp_path)).exit_code == 2


def test_every_command_has_help() -> None:
    """Every command has a help page and a one-line summary."""
    for name, command in main.commands.items():
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0, name
        assert command.get_short_help_str(), name


def test_read_reports_files_that_are_not_read(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Once, at the end; with --verbose by name."""
    (tmp_path / "a.txt").write_text(SCRAPED)
    (tmp_path / "b.doc").write_text("x")
    result = run(assistant, "read", "--jsonl", str(tmp_path))
    assert json.loads(result.stdout)["omitted"] == []
    assert result.stderr == "Not read: 1 file of unsupported types (1 .doc).\n"
    assert f"Not read: {tmp_path / 'b.doc'}\n" in run(assistant, "read", "--verbose", str(tmp_path)).stderr
