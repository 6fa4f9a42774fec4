"""The interactive chat in a pseudo-terminal."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest
from fakes import FERRY, HARBOUR, FakeLibrary
from repository import ROOT

from bot.background_sync import sync_on_change
from bot.terminal.chat.repl import BANNER, EXIT_HINT
from bot.terminal.initial_sync import sync_lines
from retrieval.sync.sync_index import SyncReport

CONTROL_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|[\x08\r]")


class Terminal:
    """The chat in a pseudo-terminal: sends keys and waits for output."""

    def __init__(self, arguments: list[str], environment: dict[str, str], columns: int = 60) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            [str(ROOT / "tests" / "support" / "chat_with_fake.py"), *arguments],
            env=environment,
            dimensions=(30, columns),
            encoding="utf-8",
            timeout=20,
        )
        self._seen = 0
        self.raw = ""

    @property
    def text(self) -> str:
        """The output so far without control sequences."""
        return re.sub(r" +\n", "\n", CONTROL_SEQUENCES.sub("", self.raw))

    def see(self, words: str, timeout: float = 20) -> str:
        """Wait for *words*; returns the output from the end of the previous call to the end of *words*."""
        while (at := self.text.find(words, self._seen)) < 0:
            try:
                self.raw += self.child.read_nonblocking(4096, timeout)
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"{words!r} not found in {self.text[self._seen :]!r}") from error
        seen = self.text[self._seen : at + len(words)]
        self._seen = at + len(words)
        return seen

    def send(self, keys: str) -> None:
        self.child.send(keys)

    def ask(self, question: str) -> None:
        """Wait for the prompt and enter a line."""
        self.see(">")
        self.send(question + "\r")

    def press_until(self, keys: str, words: str) -> None:
        """Send *keys* once a second until *words* appear."""
        for _ in range(20):
            self.send(keys)
            try:
                self.see(words, timeout=1)
            except AssertionError:
                continue
            return
        raise AssertionError(f"{words!r} never appeared")

    def exit(self) -> int:
        """Press Ctrl-D; returns the exit code."""
        self.send("\x04")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus or 0)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    overrides = {"FOOTNOTE_STATE": str(tmp_path / "state"), "PYTHONPATH": path, "PROMPT_TOOLKIT_NO_CPR": "1"}
    return {
        **os.environ,
        **overrides,
        "TERM": "xterm",
        "NO_COLOR": "1",
        "LESS": "",
        "COLUMNS": "",
        "LINES": "",
    }


Open = Callable[..., Terminal]


@pytest.fixture
def open_chat(tmp_path: Path, environment: dict[str, str]) -> Iterator[Open]:
    """Opens chats, with an existing index unless *first* is set, and closes them after the test."""
    opened: list[Terminal] = []

    def open_chat(*, pause: float = 0.0, first: bool = False, columns: int = 60, **extra: str) -> Terminal:
        folder = tmp_path / "index"
        if not first:
            folder.mkdir(exist_ok=True)
            (folder / "index").touch()
        arguments = [str(folder), str(pause), "--corpus", str(tmp_path), "--index", str(folder)]
        if not first:
            arguments.append("--no-sync")
        opened.append(Terminal(arguments, {**environment, **extra}, columns))
        return opened[-1]

    yield open_chat
    for terminal in opened:
        terminal.child.close(force=True)


def test_a_whole_dialogue(open_chat: Open) -> None:
    """Ask, show a source, mistype a command, start a new conversation, exit."""
    terminal = open_chat()
    terminal.see(BANNER)
    terminal.ask("How much did the boat cost?")
    terminal.see(
        "The boat cost 3.2 million crowns, said captain Jon Aske. [1]\n"
        "\n"
        "[1] Ferry line tests an electric boat · Northern Ledger ·\n"
        "    2022-05-11 · ferry.md:5\n"
    )
    terminal.ask("/source 1")
    terminal.see("unchanged: the quote is still in the article\n")
    terminal.see("»The boat cost 3.2 million crowns, said captain Jon Aske.«\n")
    terminal.ask("/sorce 1")
    terminal.see("Unknown command: /sorce. Did you mean /source?\nType /help for a list of commands.\n")
    terminal.ask("/new")
    terminal.see("Started a new conversation.")
    terminal.ask("/source 1")
    terminal.see("There are no sources yet. Ask a question first.")
    terminal.see(">")
    assert terminal.exit() == 0


def test_a_question_without_an_answer(open_chat: Open) -> None:
    """The reason and the closest passages are shown, which can be opened like sources."""
    terminal = open_chat()
    terminal.ask("Who is the king of cheese?")
    terminal.see("The articles do not answer this: no passage is near the\nquestion.\n")
    terminal.see("Nearest in the articles:\n[1] ")
    terminal.ask("/source 1")
    terminal.see("unchanged")


def test_the_first_start_shows_progress_and_suggests_questions(open_chat: Open, tmp_path: Path) -> None:
    """Builds the index, shows a summary, and suggests only questions that the articles answer."""
    (tmp_path / "questions.jsonl").write_text(
        '{"question": "Who is the king of cheese?"}\nnonsense\n'
        '{"question": "How much did the boat cost?"}\n{"question": "How many drones attacked gulls?"}\n',
        encoding="utf-8",
    )
    terminal = open_chat(first=True)
    terminal.see("First start: indexing the articles in")
    terminal.see("Synced in 0.1 s: 3 new; 7 passages.\n")
    terminal.see("3 articles from 2 publishers, 2022-03-04 to 2022-06-01.\n")
    suggestions = terminal.see(">")
    assert "How much did the boat cost?\n  How many drones attacked gulls?\n" in suggestions
    assert "king" not in suggestions
    terminal.send("\t")
    terminal.see("How much did the boat cost?")
    terminal.press_until("\x03", EXIT_HINT)
    terminal.ask("How much did the boat cost?")
    terminal.see("3.2 million")
    output = terminal.raw.rpartition(EXIT_HINT)[2]
    assert not re.search(r"\x1b\[\d+D\x1b\[J\x1b\[0m\x1b\[\?7h\x1b\[\?2004l", output), (
        "the question was erased"
    )


def test_questions_are_answered_while_the_first_index_is_built(open_chat: Open, tmp_path: Path) -> None:
    """The prompt appears with the first articles; typed text survives the report at the end."""
    gate = tmp_path / "gate"
    terminal = open_chat(first=True, columns=100, CHAT_SYNC_GATE=str(gate))
    terminal.see("First start: indexing the articles in")
    terminal.see("1 of 3 articles so far from 2 publishers")
    terminal.see("Indexing continues while you ask; answers say how many articles they cover.\n")
    terminal.ask("How much did the boat cost?")
    terminal.see("3.2 million")
    terminal.see(">")
    terminal.send("How many drones")
    terminal.see("How many drones")
    gate.touch()
    terminal.see("Synced in 0.1 s: 3 new; 7 passages.\n")
    terminal.send(" attacked gulls?\r")
    terminal.see("14 drones")
    assert terminal.exit() == 0


def test_an_interrupted_first_start_is_repeated(open_chat: Open, tmp_path: Path) -> None:
    """The files of an interrupted first sync do not count as an index."""
    for name in ("building", "generations"):
        (tmp_path / "index" / name).mkdir(parents=True)
    (tmp_path / "index" / "lock").touch()
    terminal = open_chat(first=True)
    terminal.see("First start: indexing the articles in")


def test_typed_escape_sequences_are_harmless(open_chat: Open) -> None:
    """Colour codes pasted without bracketed paste look like mouse events, which must not fail."""
    terminal = open_chat()
    terminal.ask("How much did \x1b[31mthe boat\x1b[0m cost?")
    assert "Exception" not in terminal.see("3.2 million")


def test_typing_exit_exits(open_chat: Open) -> None:
    """The word alone is not a question."""
    terminal = open_chat()
    terminal.ask("exit")
    terminal.child.expect(pexpect.EOF)


def test_ctrl_c_stops_the_answer_and_keeps_the_session(open_chat: Open) -> None:
    """The partial answer stays on the screen and the next question is answered."""
    terminal = open_chat(pause=1.0)
    terminal.ask("council banned delivery drones Friday")
    terminal.see("banned delivery drones on Friday.\n[1]")
    terminal.send("\x03")
    seen = terminal.see("Stopped.")
    assert "Seven of nine" not in seen
    assert "^C" not in seen  # after a full-width line it would not be erased
    terminal.ask("/sources")
    terminal.see("harbour.txt:3")
    terminal.ask("How much did the boat cost?")
    terminal.see("3.2 million")


def test_ctrl_c_at_the_prompt(open_chat: Open) -> None:
    """It clears the line; twice on an empty line it shows how to exit."""
    terminal = open_chat()
    terminal.see(">")
    terminal.send("half a question")
    terminal.see("half a question")
    terminal.send("\x03\x03\x03")
    terminal.see(EXIT_HINT)
    terminal.ask("/quit")
    terminal.child.expect(pexpect.EOF)


def test_a_terminal_without_cursor_movement_gets_a_prompt(open_chat: Open) -> None:
    """Answers are plain text; Ctrl-D exits."""
    terminal = open_chat(TERM="dumb")
    terminal.ask("How much did the boat cost?")
    terminal.see("3.2 million")
    terminal.see("\n> ")
    assert terminal.exit() == 0
    assert "\x1b" not in terminal.raw


def test_tab_completes_commands_and_sources(open_chat: Open) -> None:
    """Commands by prefix, then the source numbers of the last answer."""
    terminal = open_chat()
    terminal.ask("council banned delivery drones Friday")
    terminal.see("harbour.txt:3")
    terminal.see(">")
    terminal.send("/sav")
    terminal.see("/save FILE.md")
    terminal.send("\x03/source ")
    terminal.see("[2]")
    terminal.send("2\r")
    terminal.see("»Seven of nine members voted for the ban.«")


def test_a_paste_of_several_lines_is_one_question(open_chat: Open) -> None:
    """Nothing is submitted before Enter is pressed."""
    terminal = open_chat()
    terminal.see(">")
    terminal.send("\x1b[200~How much did\nthe boat cost?\n\x1b[201~")
    terminal.see("cost?")
    terminal.send("\r")
    terminal.see("3.2 million crowns, said captain Jon Aske. [1]")
    assert "do not answer" not in terminal.text


def test_output_adapts_to_a_resized_terminal(open_chat: Open) -> None:
    """After the window is widened, lines are wrapped at the new width."""
    terminal = open_chat(columns=40)
    terminal.ask("How much did the boat cost?")
    terminal.see("[1] Ferry line tests an electric boat ·\n")
    terminal.see(">")
    terminal.child.setwinsize(30, 100)
    terminal.send("/sources\r")
    terminal.see("[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n")


def test_articles_added_during_the_chat_are_indexed(tmp_path: Path) -> None:
    """The chat prints the report of the sync."""
    library = FakeLibrary([HARBOUR], tmp_path)
    library.sync()
    reports: list[SyncReport] = []
    stop = threading.Event()

    def on_sync(report: SyncReport) -> None:
        reports.append(report)
        stop.set()

    library.shelf.articles.append(FERRY)
    sync_on_change(library, stop, on_sync, lambda error: None, retry_delay=0.01)
    assert [(report.added, report.unchanged) for report in reports] == [(1, 1)]
    assert sync_lines(reports[0]) == ["Synced in 0.1 s: 1 new; 6 passages."]


def test_history_persists_across_chats(open_chat: Open) -> None:
    """The Up key recalls earlier questions."""
    first = open_chat()
    first.ask("How much did the boat cost?")
    first.see("3.2 million")
    first.see(">")
    assert first.exit() == 0
    second = open_chat()
    second.see(">")
    second.press_until("\x1b[A", "How much did the boat cost?")  # the file is read in the background


def test_the_pager_opens_at_the_quote(open_chat: Open) -> None:
    """/open shows the whole article; the session continues after it."""
    terminal = open_chat()
    terminal.ask("How much did the boat cost?")
    terminal.ask("/open 1")
    terminal.see("»The boat cost 3.2 million crowns, said captain Jon Aske.«")
    terminal.send("q")
    terminal.ask("/usage")
    terminal.see("No model is configured")


def test_article_text_cannot_control_the_terminal(open_chat: Open) -> None:
    """Escape sequences in titles and texts are removed from answers, sources, passages and lists."""
    terminal = open_chat()
    terminal.ask("printer manual bells")
    terminal.see("The printer shows desrever letters  and bells  in its\nmanual.")
    terminal.ask("/source 1")
    terminal.see("»The printer shows")
    terminal.ask("/articles")
    terminal.see("A red title")
    terminal.see(">")
    terminal.exit()
    for sequence in ("\x1b]0;", "\x9b", "\x07", "\u202e", "\x1b[31m"):
        assert sequence not in terminal.raw
