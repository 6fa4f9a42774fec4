"""`sync`, `status`, `articles`, `article`, `read`, `eval`: what they print and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from fakes import HOSTILE, SHELF, FakeAssistant

from bot.terminal.commands.cli import main
from retrieval.article import Article, Dropped

if TYPE_CHECKING:
    pass

SCRAPED = (
    "Town gets a bridge\nAdvertisement\nBy Ada Brook\n\nThe town of Ost has a new bridge since Monday.\n"
)


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(folder=tmp_path / "index")


def run(assistant: FakeAssistant, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=lambda settings: assistant)


def test_sync_says_what_it_did(assistant: FakeAssistant) -> None:
    """Counts of what changed; nothing changed the second time."""
    assert run(assistant, "sync").stdout == "Synced in 0.1 s: 3 new; 7 passages.\n"
    assert run(assistant, "sync").stdout == "Nothing has changed: 3 articles, 7 passages.\n"


def test_sync_as_json(assistant: FakeAssistant) -> None:
    """The whole report, counts and seconds."""
    report = json.loads(run(assistant, "sync", "--json").stdout)
    assert (report["added"], report["unchanged"], report["failed"], report["seconds"]) == (3, 0, [], 0.1)


def test_status(assistant: FakeAssistant) -> None:
    """What the index holds, for a person and for a program."""
    text = run(assistant, "status", "--corpus", "texts").stdout
    assert "Corpus      texts\n" in text
    assert "Articles    3, in 7 passages\n" in text
    assert "Dates       2022-03-04 to 2022-06-01\n" in text
    status = json.loads(run(assistant, "status", "--json").stdout)
    assert status["publishers"] == {"The Quay": 1, "Northern Ledger": 1}


def test_articles_are_listed_by_words(assistant: FakeAssistant) -> None:
    """All words must be in what is known of an article; titles are harmless."""
    result = run(assistant, "articles", "--no-sync")
    assert "hostile.txt\tA red title · 2022-06-01\n" in result.stdout
    result = run(assistant, "articles", "--no-sync", "quay", "DRONES", "--json")
    assert [row["id"] for row in json.loads(result.stdout)] == ["harbour.txt"]


def test_the_text_of_an_article_is_printed_exactly(assistant: FakeAssistant) -> None:
    """Byte for byte, controls included, so that offsets of citations count in it."""
    result = run(assistant, "article", "hostile.txt", "--text")
    assert result.stdout_bytes.decode() == HOSTILE.text


def test_an_article_is_shown_harmless(assistant: FakeAssistant) -> None:
    """For a person the same text comes without what commands a terminal."""
    result = run(assistant, "article", "hostile.txt")
    assert result.stdout.startswith(
        "A red title\nPublished  2022-06-01\nFile       hostile.txt\n\nThe printer shows"
    )
    assert "\x1b" not in result.stdout


def test_why_a_line_is_not_indexed() -> None:
    """Each dropped line with its number and the reason."""
    text = SCRAPED
    start = text.index("Advertisement")
    dropped = (Dropped(2, start, start + len("Advertisement"), "advertisement"),)
    assistant = FakeAssistant([Article(SHELF[0].info, text, dropped=dropped)])
    result = run(assistant, "article", "harbour.txt", "--why")
    assert result.stdout == "line    2  advertisement: Advertisement\n"


def test_an_unknown_article_is_an_error(assistant: FakeAssistant) -> None:
    """One sentence, and where the ids are listed."""
    result = run(assistant, "article", "nothing")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1] == "`footnote articles` lists them with their ids."


def test_files_are_read_without_an_index(assistant: FakeAssistant, tmp_path: Path) -> None:
    """A row for each article: what is known, what would be indexed, what not and why."""
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
        "path", "title", "publisher", "author", "published", "updated", "url", "language", "body", "dropped"
    }  # fmt: skip


def test_files_that_cannot_be_read_are_named_and_the_others_read(
    assistant: FakeAssistant, tmp_path: Path
) -> None:
    """A missing, an empty and an unknown file cost themselves; exit code 1 at the end."""
    (tmp_path / "a.txt").write_text(SCRAPED, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "program.xyz").write_text("x", encoding="utf-8")
    names = [str(tmp_path / name) for name in ("missing.txt", "empty.txt", "program.xyz", "a.txt")]
    result = run(assistant, "read", "--jsonl", *names)
    assert len(result.stdout.splitlines()) == 1
    assert len(result.stderr.splitlines()) == 4
    assert result.stderr.splitlines()[-1] == "3 files could not be read."
    assert result.exit_code == 1


# doctor


# eval


def test_a_set_is_made_and_measured(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Questions are added to a folder; the folder is measured, and compared with an earlier run."""
    folder = str(tmp_path / "set")
    words = "The boat cost 3.2 million crowns"
    added = run(assistant, "eval", "add", folder, "How much did the boat cost?", "--answer", "3.2 million",
                "--evidence", "ferry.md", words)  # fmt: skip
    assert added.stdout == f"Added q01 to {tmp_path / 'set' / 'questions.jsonl'}.\n"
    assert run(assistant, "eval", "add", folder, "Who is the king?", "--unanswerable").exit_code == 0
    first = run(assistant, "eval", folder, "--json")
    assert json.loads(first.stdout)["measures"]["answer_in_text"]["mean"] == 1.0
    (tmp_path / "first.json").write_text(first.stdout, encoding="utf-8")
    second = run(assistant, "eval", folder, "--explain", "--against", str(tmp_path / "first.json"))
    assert second.stdout.startswith("set: 2 questions (1 with an answer),\n")
    assert second.exit_code == 0


def test_a_wrong_set_is_refused(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Evidence must stand in its article; a folder without questions cannot be measured."""
    wrong = run(assistant, "eval", "add", str(tmp_path), "Who?", "--evidence", "ferry.md", "no such words")
    assert wrong.exit_code == 1
    assert "These words are not in ferry.md" in wrong.stderr
    assert run(assistant, "eval", str(tmp_path)).exit_code == 1
    assert run(assistant, "eval", "add", str(tmp_path)).exit_code == 2


def test_every_command_has_help() -> None:
    """--help of each command says what it does, and nothing is loaded for it."""
    for name, command in main.commands.items():
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0, name
        assert command.get_short_help_str(), name
