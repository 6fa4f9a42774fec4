"""`footnote ask` and `footnote search`: text, JSON, rows of JSON, filters, and how they refuse."""

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
    """The answer goes to standard output, what the sync did to standard error."""
    result = run(assistant, "ask", "How much did the boat cost?")
    assert result.exit_code == 0
    assert result.stdout == (
        "The boat cost 3.2 million crowns, said captain Jon Aske. [1]\n\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
    )
    assert "3 new" in result.stderr


def test_an_answer_as_json(assistant: FakeAssistant) -> None:
    """One JSON value with exact quotes."""
    result = run(assistant, "ask", "--no-sync", "--json", "How much did the boat cost?")
    answer = json.loads(result.stdout)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] == "The boat cost 3.2 million crowns, said captain Jon Aske."
    assert result.stderr == ""


def test_json_is_harmless_in_a_terminal_and_loses_nothing(assistant: FakeAssistant) -> None:
    """Controls and direction overrides are escaped; read as JSON, they are what the article holds."""
    result = run(assistant, "ask", "--no-sync", "--json", "printer manual bells")
    assert not set(result.stdout) & set("\x1b\x07\x9b\u202e\u202c")
    assert "\x1b]0;owned\x07shows \u202edesrever" in json.loads(result.stdout)["citations"][0]["quote"]


def test_a_corpus_that_names_nothing_is_refused(assistant: FakeAssistant) -> None:
    """A shell's unset variable is not the folder one happens to be in."""
    result = run(assistant, "--corpus", "", "ask", "How much did the boat cost?")
    assert result.exit_code == 2
    assert "Invalid value for '--corpus': it names nothing." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--publisher", "ledger"],
            "No article has the publisher 'ledger'. Did you mean 'Northern Ledger'?\n",
        ),
        (["--publisher", "NORTHERN LEDGER"], ""),
        (["--author", "Zaphod"], "No article has the author 'Zaphod'.\n"),
    ],
)
def test_names_that_no_article_has_are_said(
    assistant: FakeAssistant, arguments: list[str], said: str
) -> None:
    """Names match whole, so a part of one finds nothing; standard error says why."""
    for command in ("ask", "search"):
        result = run(assistant, command, "--no-sync", *arguments, "How much did the boat cost?")
        assert (result.exit_code, result.stderr) == (0, said)


def test_strict_holds_for_the_answer(assistant: FakeAssistant) -> None:
    """--strict switches it on; without it the setting holds."""
    assert run(assistant, "ask", "--no-sync", "How much did the boat cost?").exit_code == 0
    assert not assistant.strict
    assert run(assistant, "ask", "--no-sync", "--strict", "How much did the boat cost?").exit_code == 0
    assert assistant.strict


@pytest.mark.parametrize("arguments", [["ask", "-"], ["ask"]])
def test_a_question_on_standard_input(assistant: FakeAssistant, arguments: list[str]) -> None:
    """Without a question, or with "-", it is read from standard input."""
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
    """Answers come in the order of the rows, with the same ids; a broken row is named, the others go on."""
    result = run(assistant, "ask", "--no-sync", "--jsonl", input=ROWS)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [7, "a", 9]
    *errors, last = result.stderr.splitlines()
    failures = [json.loads(line) for line in errors]
    assert [(each["line"], each["id"]) for each in failures] == [
        (4, None),
        (5, "b"),
        (6, "c"),
        (7, "d"),
        (8, None),
    ]
    assert last == "5 rows could not be answered."
    assert result.exit_code == 1


def test_rows_that_are_not_utf_8_are_broken_rows(assistant: FakeAssistant) -> None:
    """Bytes that are no text do not stop the others."""
    rows = b'{"id": 1, "question": "caf\xe9"}\n{"id": 2, "question": "boat cost"}\n'
    result = run(assistant, "ask", "--no-sync", "--jsonl", input=rows)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [2]
    assert result.exit_code == 1


def test_search_as_rows(assistant: FakeAssistant) -> None:
    """Each row gets its passages, as many as asked for, with article, span and ranks."""
    result = run(assistant, "search", "--no-sync", "--jsonl", "-k", "2", input=ROWS.splitlines()[0])
    row = json.loads(result.stdout)
    assert (row["id"], row["question"], len(row["passages"])) == (7, "boat cost", 2)
    assert set(row["passages"][0]) >= {"article", "text", "start", "end", "line", "section", "score", "ranks"}


def test_search_as_text(assistant: FakeAssistant) -> None:
    """Passages are numbered, each with its source and its beginning."""
    result = run(assistant, "search", "--no-sync", "-k", "1", "boat cost")
    assert result.stdout == (
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske.\n"
    )


def test_filters(assistant: FakeAssistant) -> None:
    """Days may be written with dashes or slashes; publishers are named without case."""
    arguments = ["--json", "-k", "9", "--since", "2022/05/01", "--until", "2022-05-31"]
    result = run(assistant, "search", "--no-sync", *arguments, "boat")
    articles = {passage["article"]["id"] for passage in json.loads(result.stdout)["passages"]}
    assert articles == {"ferry.md"}
    result = run(assistant, "search", "--no-sync", "--json", "--publisher", "the quay", "boat")
    articles = {passage["article"]["id"] for passage in json.loads(result.stdout)["passages"]}
    assert articles == {"harbour.txt"}


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
    """Wrong usage is said on standard error with exit code 2."""
    result = run(assistant, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr


def test_an_empty_question_is_refused_in_a_sentence(assistant: FakeAssistant) -> None:
    """No question, no answer: a sentence, what to do, exit code 1."""
    result = run(assistant, "ask", "--no-sync", "  ")
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no question in that.\nAsk in one sentence")


def test_a_sync_that_fails_leaves_the_index_that_stands(assistant: FakeAssistant) -> None:
    """A read-only index answers as it is, and a warning says so."""
    assistant.fake.trouble = IndexFailure("The folder cannot be written.")
    result = run(assistant, "ask", "How much did the boat cost?")
    assert "3.2 million" in result.stdout
    assert result.stderr == "The index is used as it is: The folder cannot be written.\n"


def test_a_corpus_that_is_missing_is_an_error(assistant: FakeAssistant) -> None:
    """Without its articles no quote can be checked: one sentence and what to do."""
    assistant.fake.trouble = CorpusError("There is no folder x\x1b[31m.")
    result = run(assistant, "ask", "How much did the boat cost?")
    assert result.exit_code == 1
    assert result.stderr == f"There is no folder x.\n{CorpusError.help}\n"


def test_an_error_without_words_shows_no_traceback(assistant: FakeAssistant) -> None:
    """Only --verbose shows where it happened; it may stand before the command or after it."""
    assistant.fake.trouble = IndexFailure("x")
    assistant.fake.articles = None  # type: ignore[method-assign, assignment]
    quiet = run(assistant, "ask", "boat")
    assert quiet.exit_code == 1
    assert "Traceback" not in quiet.output
    assert "--verbose" in quiet.stderr
    for arguments in (["--verbose", "ask", "boat"], ["ask", "boat", "--verbose"]):
        assert "Traceback" in run(assistant, *arguments).stderr


def test_global_options_may_stand_before_or_after_the_command(tmp_path: Path) -> None:
    """--corpus may be repeated, in both places; --index is taken from either."""
    seen = []

    def make(settings: object) -> FakeAssistant:
        seen.append(settings)
        return FakeAssistant(folder=tmp_path / "index")

    arguments = ["--corpus", "one", "search", "--corpus", "two", "--index", "here", "--no-sync", "boat"]
    CliRunner().invoke(main, arguments, obj=make)
    assert [str(path) for path in seen[0].corpus] == ["one", "two"]  # type: ignore[attr-defined]
    assert str(seen[0].index_dir) == "here"  # type: ignore[attr-defined]
