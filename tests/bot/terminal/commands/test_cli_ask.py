"""`footnote ask` and `footnote search`: text, JSON, JSON Lines, filters, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes import FakeAssistant

from bot.terminal.commands.cli import main
from retrieval.errors import CorpusError, IndexFailure


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(folder=tmp_path / "index")


def run(assistant: FakeAssistant, *arguments: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, obj=lambda settings: assistant, input=input)


def test_an_answer_as_text(assistant: FakeAssistant) -> None:
    """The answer goes to stdout, the sync report to stderr."""
    result = run(assistant, "ask", "How much did the boat cost?")
    assert result.exit_code == 0
    assert result.stdout == (
        "The boat cost 3.2 million crowns, said captain Jon Aske. [1]\n\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
    )
    assert "3 new" in result.stderr


def test_an_answer_as_json(assistant: FakeAssistant) -> None:
    """One JSON object with exact quotes."""
    result = run(assistant, "ask", "--no-sync", "--json", "How much did the boat cost?")
    answer = json.loads(result.stdout)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] == "The boat cost 3.2 million crowns, said captain Jon Aske."
    assert result.stderr == ""


def test_json_is_lossless_and_safe_in_a_terminal(assistant: FakeAssistant) -> None:
    """Control characters and direction overrides are escaped and survive a round trip."""
    result = run(assistant, "ask", "--no-sync", "--json", "printer manual bells")
    assert not set(result.stdout) & set("\x1b\x07\x9b\u202e\u202c")
    assert "\x1b]0;owned\x07shows \u202edesrever" in json.loads(result.stdout)["citations"][0]["quote"]


def test_an_empty_corpus_path_is_rejected(assistant: FakeAssistant) -> None:
    """An unset shell variable must not mean the current folder."""
    result = run(assistant, "--corpus", "", "ask", "How much did the boat cost?")
    assert result.exit_code == 2
    assert "Invalid value for '--corpus': the path is empty." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        (
            ["--publisher", "ledger"],
            "Unknown publisher: 'ledger'. Did you mean 'Northern Ledger'?\n",
        ),
        (["--publisher", "NORTHERN LEDGER"], ""),
        (["--author", "Zaphod"], "Unknown author: 'Zaphod'.\n"),
        (["--path", "sports/"], "No article has the path 'sports/'. `footnote articles` lists them.\n"),
        (["--path", "*.md"], ""),
    ],
)
def test_unknown_filter_names_are_reported(
    assistant: FakeAssistant, arguments: list[str], warning: str
) -> None:
    """Filters match whole names, so a partial name finds nothing; stderr says why."""
    for command in ("ask", "search"):
        result = run(assistant, command, "--no-sync", *arguments, "How much did the boat cost?")
        assert (result.exit_code, result.stderr) == (0, warning)


def test_strict_option(assistant: FakeAssistant) -> None:
    """--strict turns strict mode on; the default is the setting."""
    assert run(assistant, "ask", "--no-sync", "How much did the boat cost?").exit_code == 0
    assert not assistant.strict
    assert run(assistant, "ask", "--no-sync", "--strict", "How much did the boat cost?").exit_code == 0
    assert assistant.strict


@pytest.mark.parametrize("arguments", [["ask", "-"], ["ask"]])
def test_a_question_from_stdin(assistant: FakeAssistant, arguments: list[str]) -> None:
    """Without a question, or with "-", it is read from stdin."""
    result = run(assistant, *arguments, input="How much did the boat cost?\n")
    assert "3.2 million" in result.stdout


ROWS = """{"id": 7, "question": "boat cost", "date": "2022/07/08"}

{"id": "a", "question": "drones attacked", "history": [["Who?", "The mayor."]]}
not json
{"id": "b"}
{"id": "c", "question": "boat cost", "date": "someday"}
{"id": "d", "question": "boat cost", "history": ["?"]}
[1]
{"question": "passengers carries"}
"""


def test_rows_of_questions(assistant: FakeAssistant) -> None:
    """Answers are in the order of the rows, with the same ids; an invalid row does not stop the others."""
    result = run(assistant, "ask", "--no-sync", "--jsonl", input=ROWS)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [7, "a", 9]
    *errors, last = result.stderr.splitlines()
    failures = [json.loads(line) for line in errors]
    assert [(failure["line"], failure["id"]) for failure in failures] == [
        (4, None),
        (5, "b"),
        (6, "c"),
        (7, "d"),
        (8, None),
    ]
    assert last == "5 rows failed."
    assert result.exit_code == 1


def test_rows_that_are_not_utf_8_are_invalid(assistant: FakeAssistant) -> None:
    """They do not stop the others."""
    rows = b'{"id": 1, "question": "caf\xe9"}\n{"id": 2, "question": "boat cost"}\n'
    result = run(assistant, "ask", "--no-sync", "--jsonl", input=rows)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [2]
    assert result.exit_code == 1


def test_search_as_rows(assistant: FakeAssistant) -> None:
    """Each row gets its passages, up to the limit, with article, span and ranks."""
    result = run(assistant, "search", "--no-sync", "--jsonl", "-k", "2", input=ROWS.splitlines()[0])
    row = json.loads(result.stdout)
    assert (row["id"], row["question"], len(row["passages"])) == (7, "boat cost", 2)
    assert set(row["passages"][0]) >= {"article", "text", "start", "end", "line", "section", "score", "ranks"}


def test_search_as_text(assistant: FakeAssistant) -> None:
    """Numbered passages with source and excerpt."""
    result = run(assistant, "search", "--no-sync", "-k", "1", "boat cost")
    assert result.stdout == (
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske.\n"
    )


def test_filters(assistant: FakeAssistant) -> None:
    """Dates can be written with dashes or slashes; publishers are case-insensitive."""
    arguments = ["--json", "-k", "9", "--since", "2022/05/01", "--until", "2022-05-31"]
    result = run(assistant, "search", "--no-sync", *arguments, "boat")
    articles = {passage["article"]["id"] for passage in json.loads(result.stdout)["passages"]}
    assert articles == {"ferry.md"}
    result = run(assistant, "search", "--no-sync", "--json", "--publisher", "the quay", "boat")
    articles = {passage["article"]["id"] for passage in json.loads(result.stdout)["passages"]}
    assert articles == {"harbour.txt"}
    result = run(assistant, "search", "--no-sync", "--json", "-k", "9", "--path", "*.MD", "boat")
    articles = {passage["article"]["id"] for passage in json.loads(result.stdout)["passages"]}
    assert articles == {"ferry.md"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "--since", "yesterday", "boat"],
        ["ask", "--since", "2022-02-30", "boat"],
        ["ask", "--since", "2022-05-02", "--until", "2022-05-01", "boat"],
        ["ask", "--jsonl", "boat"],
        ["search", "-k", "0", "boat"],
        ["frobnicate"],
    ],
)
def test_wrong_usage(assistant: FakeAssistant, arguments: list[str]) -> None:
    """Usage errors go to stderr, with exit code 2."""
    result = run(assistant, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr


def test_an_empty_question_is_an_error(assistant: FakeAssistant) -> None:
    """A sentence, what to do, exit code 1."""
    result = run(assistant, "ask", "--no-sync", "  ")
    assert result.exit_code == 1
    assert result.stderr.startswith("This is not a question.\nAsk in one sentence")


def test_a_failed_sync_falls_back_to_the_existing_index(assistant: FakeAssistant) -> None:
    """A read-only index is used as it is, with a warning."""
    assistant.fake.sync_error = IndexFailure("The folder cannot be written.")
    result = run(assistant, "ask", "How much did the boat cost?")
    assert "3.2 million" in result.stdout
    assert result.stderr == "Warning: using the existing index. The folder cannot be written.\n"


def test_a_missing_corpus_is_an_error(assistant: FakeAssistant) -> None:
    """Without the articles no quote can be checked: one sentence and what to do."""
    assistant.fake.sync_error = CorpusError("There is no folder x\x1b[31m.")
    result = run(assistant, "ask", "How much did the boat cost?")
    assert result.exit_code == 1
    assert result.stderr == f"There is no folder x.\n{CorpusError.help}\n"


def test_unexpected_errors_show_a_traceback_only_with_verbose(assistant: FakeAssistant) -> None:
    """--verbose is accepted before and after the command."""
    assistant.fake.sync_error = IndexFailure("x")
    assistant.fake.articles = None  # type: ignore[method-assign, assignment]
    quiet = run(assistant, "ask", "boat")
    assert quiet.exit_code == 1
    assert "Traceback" not in quiet.output
    assert "--verbose" in quiet.stderr
    for arguments in (["--verbose", "ask", "boat"], ["ask", "boat", "--verbose"]):
        assert "Traceback" in run(assistant, *arguments).stderr


def test_global_options_are_accepted_before_and_after_the_command(tmp_path: Path) -> None:
    """--corpus can be repeated in both places; --index can be in either."""
    used_settings = []

    def make(settings: object) -> FakeAssistant:
        used_settings.append(settings)
        return FakeAssistant(folder=tmp_path / "index")

    arguments = ["--corpus", "one", "search", "--corpus", "two", "--index", "here", "--no-sync", "boat"]
    CliRunner().invoke(main, arguments, obj=make)
    assert [str(path) for path in used_settings[0].corpus] == ["one", "two"]  # type: ignore[attr-defined]
    assert str(used_settings[0].index_dir) == "here"  # type: ignore[attr-defined]


def test_a_question_says_why_the_chosen_model_is_not_used(
    assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer quotes the articles, and stderr has what to set."""
    monkeypatch.setenv("FOOTNOTE_CHAT_MODEL", "mistral:large")
    result = run(assistant, "ask", "--no-sync", "How much did the boat cost?")
    assert result.exit_code == 0
    assert "FOOTNOTE_CHAT_MODEL is mistral:large, but no key is set" in result.stderr
    assert "as in mistralai:large" in result.stderr
