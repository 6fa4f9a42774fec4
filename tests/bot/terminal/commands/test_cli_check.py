"""`footnote check`: a text, a file or stdin, with a scripted model and without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chain_world import chain
from click.testing import CliRunner, Result
from fakes import FakeAssistant
from openai_stand_in import OpenAIStandIn, checker

from bot.terminal.commands.cli import main

TEXT = "The boat cost 3.2 million dollars. The orchestra plays Brahms tonight. I love it!"
LABELS = {
    "The boat cost 3.2 million crowns.": ("SUPPORTED", "The boat cost 3.2 million crowns"),
    "The boat cost 9 million crowns.": ("CONTRADICTED", "The boat cost 3.2 million crowns"),
}


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(folder=tmp_path / "index")


def run(assistant: FakeAssistant, *arguments: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], obj=lambda settings: assistant, input=input)


def test_without_a_model(assistant: FakeAssistant) -> None:
    """The closest quotes with the words that differ; nothing is confirmed or contradicted."""
    result = run(assistant, "--no-sync", TEXT)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "closest: The boat cost 3.2 million dollars. [1] (differs: 3.2 million dollars)\n"
        "no similar quote: The orchestra plays Brahms tonight.\n"
        "no claim: I love it!\n\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske.\n\n"
        "No model checked these sentences, so none is confirmed: compare each with its closest quote. "
        '"differs" lists the words that the quote lacks.\n'
    )


def test_with_a_model(assistant: FakeAssistant, server: OpenAIStandIn) -> None:
    """Verdicts with quotes; a contradicted sentence is an error with exit code 1."""
    server.reset()
    server.check_all(checker(LABELS))
    assistant.chain = chain(server)
    result = run(assistant, "--no-sync", " ".join([*LABELS, "The boat is red, they say."]))
    assert result.stdout == (
        "supported: The boat cost 3.2 million crowns. [1]\n"
        "contradicted: The boat cost 9 million crowns. [1]\n"
        "not in the articles: The boat is red, they say.\n\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske.\n"
    )
    assert (result.exit_code, result.stderr) == (1, "1 sentence is contradicted by the articles.\n")
    result = run(assistant, "--no-sync", "The boat cost 3.2 million crowns.")
    assert (result.exit_code, result.stderr) == (0, "")


def test_if_the_model_fails(assistant: FakeAssistant, server: OpenAIStandIn) -> None:
    """The notice comes first, and the exit code is 0."""
    server.reset()
    server.check_all(status=500, error={"message": "It failed."})
    assistant.chain = chain(server, retries=0)
    result = run(assistant, "--no-sync", "The boat cost 9 million crowns.")
    notice, blank, line = result.stdout.splitlines()[:3]
    assert notice.endswith("1 sentence was compared with the closest quote only.")
    assert not blank
    assert line.startswith("closest: The boat cost 9 million crowns. [1] (differs: 9 million")
    assert result.exit_code == 0


@pytest.mark.parametrize("name", ["draft.txt", "notes/draft", "../draft.md"])
def test_a_missing_file_is_not_checked_as_text(assistant: FakeAssistant, name: str) -> None:
    """A mistyped name is an error; a sentence without spaces is none."""
    result = run(assistant, "--no-sync", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"There is no file {name}.")
    for text in ("Larkhaven.", "Pay 3.2", "The boat/ferry costs 3.2 million crowns."):
        assert run(assistant, "--no-sync", text).exit_code == 0


def test_json(assistant: FakeAssistant, server: OpenAIStandIn) -> None:
    """The rows with exact quotes; also when a sentence is contradicted."""
    shown = json.loads(run(assistant, "--no-sync", "--json", TEXT).stdout)
    assert (shown["by_model"], shown["skipped"], shown["notice"]) == (False, 0, None)
    first, second, third = shown["sentences"]
    assert first["differences"] == ["3.2 million dollars"]
    assert first["citation"]["quote"] == "The boat cost 3.2 million crowns, said captain Jon Aske."
    assert second == {"text": "The orchestra plays Brahms tonight.", "verdict": "unchecked"}
    assert third == {"text": "I love it!", "verdict": "no claim"}
    server.reset()
    server.check_all(checker(LABELS))
    assistant.chain = chain(server)
    result = run(assistant, "--no-sync", "--json", " ".join(LABELS))
    verdicts = [row["verdict"] for row in json.loads(result.stdout)["sentences"]]
    assert (verdicts, result.exit_code) == (["supported", "contradicted"], 1)


@pytest.mark.parametrize("arguments", [["-"], []])
def test_a_text_from_stdin(assistant: FakeAssistant, arguments: list[str]) -> None:
    """ "-" or no argument; the sync report goes to stderr."""
    result = run(assistant, *arguments, input=TEXT)
    assert result.stdout.startswith("closest: The boat cost 3.2 million dollars.")
    assert "3 new" in result.stderr


def test_a_text_from_a_file(assistant: FakeAssistant, tmp_path: Path) -> None:
    """Text files as they are, other formats like articles; unknown formats are reported."""
    draft = tmp_path / "draft.txt"
    draft.write_text(f"\ufeff{TEXT}", encoding="utf-8")
    assert run(assistant, "--no-sync", str(draft)).stdout == run(assistant, "--no-sync", TEXT).stdout
    page = tmp_path / "draft.html"
    page.write_text(f"<html><title>Draft</title><body><article><p>{TEXT}</p></article></body></html>")
    assert "closest: The boat cost 3.2 million dollars." in run(assistant, "--no-sync", str(page)).stdout
    (tmp_path / "draft.bin").write_bytes(b"\x00\x01")
    result = run(assistant, "--no-sync", str(tmp_path / "draft.bin"))
    assert result.exit_code == 1
    assert result.stderr == (
        "draft.bin has an unsupported file format.\n"
        "Pass a text file, or a format that `footnote read` can parse.\n"
    )


@pytest.mark.parametrize("text", ["", " \n", "…"])
def test_a_text_without_words_is_an_error(assistant: FakeAssistant, text: str) -> None:
    """It says what to pass."""
    result = run(assistant, "--no-sync", "-", input=text)
    assert result.exit_code == 1
    assert result.stderr == "There is no text to check.\nPass a text, a file, or - for stdin.\n"


def test_a_text_of_questions_has_nothing_to_check(assistant: FakeAssistant) -> None:
    """Questions are no claims."""
    result = run(assistant, "--no-sync", "Really?")
    assert (result.exit_code, result.stdout) == (0, "This text has no sentence that can be checked.\n")


def test_a_long_text_says_what_was_not_checked(assistant: FakeAssistant) -> None:
    """The number of sentences beyond the limit; a text is not mistaken for a path."""
    text = " ".join(f"The boat number {n} carries passengers." for n in range(104))
    result = run(assistant, "--no-sync", text)
    assert result.stdout.endswith("\n4 more sentences were not checked: the limit is 100.\n")


def test_hostile_text_cannot_control_the_terminal(assistant: FakeAssistant) -> None:
    """Escape sequences in the text and in quotes are removed."""
    result = run(assistant, "--no-sync", "The printer \x1b[31mshows letters and bells\x1b[0m in its manual.")
    assert result.stdout.startswith("closest: The printer shows letters and bells in its manual. [1]")
    assert not set(result.stdout) & set("\x1b\x07\x9b\u202e")


def test_completion_and_help(assistant: FakeAssistant) -> None:
    """The shell completes file names, and --help says when the exit code is 1."""
    complete = {"_FOOTNOTE_COMPLETE": "bash_complete", "COMP_WORDS": "footnote check dra", "COMP_CWORD": "2"}
    shown = CliRunner().invoke(main, [], prog_name="footnote", env=complete)
    assert shown.stdout == "file,dra\n"
    assert "Exits with code 1 if a sentence is contradicted." in run(assistant, "--help").stdout
