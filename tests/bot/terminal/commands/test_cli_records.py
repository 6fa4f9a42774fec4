"""`history`, `verify`, `forget` and `feedback`: answers kept on the command line, and what became of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes import FakeAssistant

from bot.records.answer_store import AnswerStore, records_path
from bot.records.record import Feedback
from bot.terminal.commands.cli import main
from retrieval.article import Article


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(folder=tmp_path / "index")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def run(assistant: FakeAssistant, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=lambda settings: assistant)


def asked(assistant: FakeAssistant, question: str = "How much did the boat cost?") -> str:
    """Ask, and give the id that the answer is kept under."""
    result = run(assistant, "ask", "--no-sync", "--json", question)
    assert result.exit_code == 0, result.stderr
    return str(json.loads(result.stdout)["id"])


def reword(assistant: FakeAssistant, old: str, new: str) -> None:
    shelf = assistant.fake.shelf
    shelf.articles = [Article(each.info, each.text.replace(old, new)) for each in shelf.articles]


def test_history_lists_what_was_asked(assistant: FakeAssistant) -> None:
    """The newest first, found by words, each with its id."""
    first, second = asked(assistant), asked(assistant, "How many drones did gulls attack?")
    lines = run(assistant, "history").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [second, first]
    assert lines[1].endswith("How much did the boat cost?")
    assert run(assistant, "history", "crowns").stdout.startswith(first)
    assert run(assistant, "history", "-n", "1", "--json").stdout.count('"asked_at"') == 1


def test_an_answer_is_exported_in_each_form(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Markdown with its quotes, JSON with their hashes, a page with their marks."""
    kept = asked(assistant)
    assert "> The boat cost 3.2 million crowns" in run(assistant, "history", "--id", kept).stdout
    row = json.loads(run(assistant, "history", "--id", kept[:6], "--json").stdout)[0]
    assert len(row["citations"][0]["quote_sha256"]) == 64
    page = tmp_path / "answers.html"
    assert "1 answer in" in run(assistant, "history", "--html", str(page)).stderr
    assert run(assistant, "history", "--html", "-").stdout == page.read_text(encoding="utf-8")
    assert "3.2 million crowns, said captain Jon Aske.</mark>" in page.read_text(encoding="utf-8")


def test_verify_says_what_no_longer_holds(assistant: FakeAssistant, tmp_path: Path) -> None:
    """By id, by file, the last or all; exit code 1 as soon as one quote has changed."""
    kept = asked(assistant)
    printed = tmp_path / "answer.json"
    printed.write_text(run(assistant, "history", "--id", kept, "--json").stdout, encoding="utf-8")
    for arguments in ([], [kept], [str(printed)], ["--all"]):
        result = run(assistant, "verify", *arguments)
        assert result.exit_code == 0, arguments
        assert "unchanged: Ferry line tests an electric boat" in result.stdout
    reword(assistant, "3.2 million", "4.1 million")
    result = run(assistant, "verify", kept)
    assert result.exit_code == 1
    assert "said: The boat cost 3.2 million crowns" in result.stdout
    assert "says: The boat cost 4.1 million crowns" in result.stdout
    assert "1 of 1 answer no longer held" in result.stderr
    assert json.loads(run(assistant, "verify", "--json", str(printed)).stdout)[0]["holds"] is False
    assistant.fake.shelf.articles = []
    assert "deleted" in run(assistant, "verify", kept).stdout


def test_forget_deletes(assistant: FakeAssistant, state: Path) -> None:
    """By id or all, the questions typed in the chat too; never without being told which."""
    first, second = asked(assistant), asked(assistant, "How many drones did gulls attack?")
    assert run(assistant, "forget").exit_code == 2
    assert run(assistant, "forget", first).stdout == "Forgotten: 1 answer.\n"
    assert run(assistant, "forget", "--before", "2001-01-01").stdout == "Forgotten: 0 answers.\n"
    assert run(assistant, "history").stdout.startswith(second)
    (state / "chat_history").write_text("+secret", encoding="utf-8")
    assert run(assistant, "forget", "--all").stdout == "Forgotten: 1 answer.\n"
    assert not (state / "chat_history").exists()
    assert run(assistant, "history").stdout == ""


def test_feedback_is_listed(assistant: FakeAssistant, state: Path) -> None:
    """What was said on Discord about an answer, for reading and for programs."""
    kept = asked(assistant)
    records = AnswerStore(records_path(state))
    records.add_feedback(
        Feedback(kept, "7", helpful=False, reason="outdated", words="It is \x1b[31mless now.")
    )
    records.close()
    assert (
        run(assistant, "feedback").stdout.strip().endswith(f"{kept}  not helpful: outdated (It is less now.)")
    )
    assert json.loads(run(assistant, "feedback", "--json").stdout)[0]["answer"] == kept


def test_without_a_history_nothing_is_kept(
    assistant: FakeAssistant, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOOTNOTE_HISTORY=false leaves no file behind."""
    monkeypatch.setenv("FOOTNOTE_HISTORY", "false")
    asked(assistant)
    assert not records_path(state).exists()


def test_an_answer_is_given_even_when_it_cannot_be_kept(assistant: FakeAssistant, state: Path) -> None:
    """A state folder that cannot be made costs the history, not the answer."""
    state.write_text("in the way")
    result = run(assistant, "ask", "--no-sync", "How much did the boat cost?")
    assert result.exit_code == 0
    assert "3.2 million crowns" in result.stdout
    assert "could not be kept" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "arguments", [["verify"], ["verify", "nothing-like-it"], ["forget", "nothing-like-it"]]
)
def test_an_unknown_answer_is_one_sentence(assistant: FakeAssistant, arguments: list[str]) -> None:
    """Exit code 1, what is wrong, and how to find the right id."""
    result = run(assistant, *arguments)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 2


def test_answers_are_told_apart_by_their_ids(assistant: FakeAssistant) -> None:
    """The same question asked twice is kept twice."""
    assert asked(assistant) != asked(assistant)
