"""`history`, `verify`, `forget` and `feedback`: stored answers on the command line."""

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


def ask(assistant: FakeAssistant, question: str = "How much did the boat cost?") -> str:
    """Ask a question; returns the id of the stored answer."""
    result = run(assistant, "ask", "--no-sync", "--json", question)
    assert result.exit_code == 0, result.stderr
    return str(json.loads(result.stdout)["id"])


def reword(assistant: FakeAssistant, old: str, new: str) -> None:
    shelf = assistant.fake.shelf
    shelf.articles = [Article(article.info, article.text.replace(old, new)) for article in shelf.articles]


def test_history_lists_answers(assistant: FakeAssistant) -> None:
    """Newest first, with ids, filtered by words."""
    first, second = ask(assistant), ask(assistant, "How many drones did gulls attack?")
    lines = run(assistant, "history").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [second, first]
    assert lines[1].endswith("How much did the boat cost?")
    assert run(assistant, "history", "crowns").stdout.startswith(first)
    assert run(assistant, "history", "-n", "1", "--json").stdout.count('"asked_at"') == 1


def test_an_answer_is_exported_in_each_form(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Markdown with quotes, JSON with hashes, HTML with highlighted quotes."""
    answer_id = ask(assistant)
    assert "> The boat cost 3.2 million crowns" in run(assistant, "history", "--id", answer_id).stdout
    row = json.loads(run(assistant, "history", "--id", answer_id[:6], "--json").stdout)[0]
    assert len(row["citations"][0]["quote_sha256"]) == 64
    page = tmp_path / "answers.html"
    assert "Wrote 1 answer to" in run(assistant, "history", "--html", str(page)).stderr
    assert run(assistant, "history", "--html", "-").stdout == page.read_text(encoding="utf-8")
    assert "3.2 million crowns, said captain Jon Aske.</mark>" in page.read_text(encoding="utf-8")


def test_verify_reports_changed_quotes(assistant: FakeAssistant, tmp_path: Path) -> None:
    """By id, by file, the last answer or all; exit code 1 if any quote has changed."""
    answer_id = ask(assistant)
    printed = tmp_path / "answer.json"
    printed.write_text(run(assistant, "history", "--id", answer_id, "--json").stdout, encoding="utf-8")
    for arguments in ([], [answer_id], [str(printed)], ["--all"]):
        result = run(assistant, "verify", *arguments)
        assert result.exit_code == 0, arguments
        assert "unchanged: Ferry line tests an electric boat" in result.stdout
    reword(assistant, "3.2 million", "4.1 million")
    result = run(assistant, "verify", answer_id)
    assert result.exit_code == 1
    assert "was: The boat cost 3.2 million crowns" in result.stdout
    assert "now: The boat cost 4.1 million crowns" in result.stdout
    assert "1 of 1 answer failed verification" in result.stderr
    assert json.loads(run(assistant, "verify", "--json", str(printed)).stdout)[0]["holds"] is False
    assistant.fake.shelf.articles = []
    assert "deleted" in run(assistant, "verify", answer_id).stdout


def test_forget_deletes(assistant: FakeAssistant, state: Path) -> None:
    """By id, by date or all, including the chat history; a selection is required."""
    first, second = ask(assistant), ask(assistant, "How many drones did gulls attack?")
    assert run(assistant, "forget").exit_code == 2
    assert run(assistant, "forget", first).stdout == "Deleted 1 answer.\n"
    assert run(assistant, "forget", "--before", "2001-01-01").stdout == "Deleted 0 answers.\n"
    assert run(assistant, "history").stdout.startswith(second)
    (state / "chat_history").write_text("+secret", encoding="utf-8")
    assert run(assistant, "forget", "--all").stdout == "Deleted 1 answer.\n"
    assert not (state / "chat_history").exists()
    assert run(assistant, "history").stdout == ""


def test_feedback_is_listed(assistant: FakeAssistant, state: Path) -> None:
    """Feedback from Discord, as text and as JSON."""
    answer_id = ask(assistant)
    records = AnswerStore(records_path(state))
    records.add_feedback(
        Feedback(answer_id, "7", helpful=False, reason="outdated", words="It is \x1b[31mless now.")
    )
    records.close()
    assert (
        run(assistant, "feedback")
        .stdout.strip()
        .endswith(f"{answer_id}  not helpful: outdated (It is less now.)")
    )
    assert json.loads(run(assistant, "feedback", "--json").stdout)[0]["answer"] == answer_id


def test_nothing_is_stored_if_the_history_is_disabled(
    assistant: FakeAssistant, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOOTNOTE_HISTORY=false creates no file."""
    monkeypatch.setenv("FOOTNOTE_HISTORY", "false")
    ask(assistant)
    assert not records_path(state).exists()


def test_an_answer_that_cannot_be_stored_is_still_shown(assistant: FakeAssistant, state: Path) -> None:
    """An unusable state folder loses the history, not the answer."""
    state.write_text("in the way")
    result = run(assistant, "ask", "--no-sync", "How much did the boat cost?")
    assert result.exit_code == 0
    assert "3.2 million crowns" in result.stdout
    assert "could not be saved" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "arguments", [["verify"], ["verify", "nothing-like-it"], ["forget", "nothing-like-it"]]
)
def test_an_unknown_answer_is_an_error(assistant: FakeAssistant, arguments: list[str]) -> None:
    """Exit code 1, one sentence, and how to find the id."""
    result = run(assistant, *arguments)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 2


def test_every_answer_has_its_own_id(assistant: FakeAssistant) -> None:
    """The same question asked twice is stored twice."""
    assert ask(assistant) != ask(assistant)
