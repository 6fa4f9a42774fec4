"""`footnote add`: intervals, folders, and the answers of the command."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.terminal.commands.add import parse_interval
from bot.terminal.commands.cli import main

STORY = "The council of Lorn voted on Monday to repair the old tram depot. " * 3


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1_800), ("1h", 3_600), ("2d", 172_800)])
def test_intervals(text: str, seconds: int) -> None:
    """Minutes, hours and days."""
    assert parse_interval(click.Context(main), click.Option(["--every"]), text) == seconds


@pytest.mark.parametrize("text", ["0m", "1", "an hour", "-1h"])
def test_other_intervals_are_rejected(text: str) -> None:
    """With the format to use."""
    with pytest.raises(click.BadParameter, match="use 30m, 1h or 1d"):
        parse_interval(click.Context(main), click.Option(["--every"]), text)


def test_a_file_is_added_and_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be added is named, and the exit code is 1."""
    monkeypatch.setenv("FOOTNOTE_STATE", str(tmp_path / "state"))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (tmp_path / "tram.txt").write_text(STORY)
    arguments = ["add", "--corpus", str(corpus), "--index", str(tmp_path / "index"), "--json"]
    result = CliRunner().invoke(main, [*arguments, str(tmp_path / "tram.txt"), "http://127.0.0.1:9/x"])
    assert result.exit_code == 1
    row = json.loads(result.stdout)
    assert row["added"] == [str(corpus / "added" / "tram.txt")]
    assert row["failed"] == ["http://127.0.0.1:9/x: 127.0.0.1 is a private address, which is not allowed."]
    assert "1 new" in result.stderr
    assert "1 of 2 could not be added." in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--every", "1h", "a.txt"]])
def test_wrong_usage(arguments: list[str]) -> None:
    """Nothing to add, or nothing to follow."""
    assert CliRunner().invoke(main, ["add", *arguments]).exit_code == 2


def test_a_corpus_of_one_file_needs_a_folder(tmp_path: Path) -> None:
    """The message names the option."""
    (tmp_path / "tram.txt").write_text(STORY)
    result = CliRunner().invoke(
        main, ["add", "--corpus", str(tmp_path / "tram.txt"), str(tmp_path / "tram.txt")]
    )
    assert result.exit_code == 1
    assert "name a folder of articles with --to" in result.stderr
