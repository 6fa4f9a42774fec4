"""The chat as a person meets it: a whole dialogue in a pseudo-terminal, and over a pipe."""

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
from bot.terminal.chat.repl import BANNER, LEAVING
from bot.terminal.initial_sync import sync_lines
from retrieval.sync.sync_index import SyncReport

CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|[\x08\r]")


class Terminal:
    """A program in a pseudo-terminal, and the plain text that it has written so far."""

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
        return re.sub(r" +\n", "\n", CONTROLS.sub("", self.raw))

    def see(self, words: str, timeout: float = 20) -> str:
        """Wait until *words* are written; what was written since the last call, up to them."""
        while (at := self.text.find(words, self._seen)) < 0:
            try:
                self.raw += self.child.read_nonblocking(4096, timeout)
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"{words!r} is not in {self.text[self._seen :]!r}") from error
        seen = self.text[self._seen : at + len(words)]
        self._seen = at + len(words)
        return seen

    def send(self, keys: str) -> None:
        self.child.send(keys)

    def ask(self, question: str) -> None:
        """Type a line once the prompt is there."""
        self.see(">")
        self.send(question + "\r")

    def press_until(self, keys: str, words: str) -> None:
        """Press *keys* now and then until *words* appear."""
        for _ in range(20):
            self.send(keys)
            try:
                self.see(words, timeout=1)
            except AssertionError:
                continue
            return
        raise AssertionError(f"{words!r} never appeared")

    def leave(self) -> int:
        self.send("\x04")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus or 0)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    own = {"FOOTNOTE_STATE": str(tmp_path / "state"), "PYTHONPATH": path, "PROMPT_TOOLKIT_NO_CPR": "1"}
    return {**os.environ, **own, "TERM": "xterm", "NO_COLOR": "1", "LESS": "", "COLUMNS": "", "LINES": ""}


Open = Callable[..., Terminal]


@pytest.fixture
def open_chat(tmp_path: Path, environment: dict[str, str]) -> Iterator[Open]:
    """Opens chats; with an index that stands unless told otherwise."""
    opened: list[Terminal] = []

    def open_chat(*, pause: float = 0.0, first: bool = False, columns: int = 60, **extra: str) -> Terminal:
        folder = tmp_path / "index"
        if not first:
            folder.mkdir(exist_ok=True)
            (folder / "index").touch()
        arguments = [str(folder), str(pause), "--corpus", str(tmp_path)]
        if not first:
            arguments.append("--no-sync")
        opened.append(Terminal(arguments, {**environment, **extra}, columns))
        return opened[-1]

    yield open_chat
    for terminal in opened:
        terminal.child.close(force=True)


def test_a_whole_dialogue(open_chat: Open) -> None:
    """Ask, look at a source, meet an unknown command, begin anew, leave."""
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
    terminal.see("unchanged: the article says this now as it did when it was\ncited\n")
    terminal.see("»The boat cost 3.2 million crowns, said captain Jon Aske.«\n")
    terminal.ask("/sorce 1")
    terminal.see("There is no command /sorce. Did you mean /source?\n/help lists the commands.\n")
    terminal.ask("/new")
    terminal.see("A new conversation")
    terminal.ask("/source 1")
    terminal.see("There are no sources yet: ask a question first.")
    terminal.see(">")
    assert terminal.leave() == 0


def test_a_question_without_an_answer(open_chat: Open) -> None:
    """It says so, why, and shows what is near; the near passages can be opened like sources."""
    terminal = open_chat()
    terminal.ask("Who is the king of cheese?")
    terminal.see("The articles do not answer this: no passage is near the\nquestion.\n")
    terminal.see("Nearest passages:\n[1] ")
    terminal.ask("/source 1")
    terminal.see("unchanged")


def test_the_first_start_says_what_it_does_and_offers_questions(open_chat: Open, tmp_path: Path) -> None:
    """Without an index: what is being done, what is known then, questions that are answered and stay."""
    (tmp_path / "questions.jsonl").write_text(
        '{"question": "Who is the king of cheese?"}\nnonsense\n'
        '{"question": "How much did the boat cost?"}\n{"question": "How many drones attacked gulls?"}\n',
        encoding="utf-8",
    )
    terminal = open_chat(first=True)
    terminal.see("First start: reading the articles of")
    terminal.see("Synced in 0.1 s: 3 new; 7 passages.\n")
    terminal.see("3 articles of 2 publishers, 2022-03-04 to 2022-06-01.\n")
    offered = terminal.see(">")
    assert "How much did the boat cost?\n  How many drones attacked gulls?\n" in offered
    assert "king" not in offered
    terminal.send("\t")
    terminal.see("How much did the boat cost?")
    terminal.press_until("\x03", LEAVING)
    terminal.ask("How much did the boat cost?")
    terminal.see("3.2 million")
    asked = terminal.raw.rpartition(LEAVING)[2]
    assert not re.search(r"\x1b\[\d+D\x1b\[J\x1b\[0m\x1b\[\?7h\x1b\[\?2004l", asked), (
        "the question was wiped away"
    )


def test_a_first_start_that_was_broken_off_is_one_again(open_chat: Open, tmp_path: Path) -> None:
    """What a first sync leaves behind is no index: the next start says the same as the first."""
    for left in ("building", "generations"):
        (tmp_path / "index" / left).mkdir(parents=True)
    (tmp_path / "index" / "lock").touch()
    terminal = open_chat(first=True)
    terminal.see("First start: reading the articles of")
    terminal.see("3 articles of 2 publishers")


def test_raw_escapes_among_what_is_typed_do_no_harm(open_chat: Open) -> None:
    """Coloured text that comes without the marks of a paste is read as a broken mouse; nothing fails."""
    terminal = open_chat()
    terminal.ask("How much did \x1b[31mthe boat\x1b[0m cost?")
    assert "Exception" not in terminal.see("3.2 million")


def test_leaving_as_other_programs_are_left(open_chat: Open) -> None:
    """The word alone is no question."""
    terminal = open_chat()
    terminal.ask("exit")
    terminal.child.expect(pexpect.EOF)


def test_ctrl_c_stops_the_answer_and_keeps_the_session(open_chat: Open) -> None:
    """What was answered so far is shown; the next question is answered."""
    terminal = open_chat(pause=1.0)
    terminal.ask("council banned delivery drones Friday")
    terminal.see("banned delivery drones on Friday.\n[1]")
    terminal.send("\x03")
    seen = terminal.see("Stopped.")
    assert "Seven of nine" not in seen
    assert "^C" not in seen  # behind a line as wide as the terminal it would stay, with a part of the answer
    terminal.ask("/sources")
    terminal.see("harbour.txt:3")
    terminal.ask("How much did the boat cost?")
    terminal.see("3.2 million")


def test_ctrl_c_at_the_prompt(open_chat: Open) -> None:
    """It clears the line; twice on an empty one it says how to leave."""
    terminal = open_chat()
    terminal.see(">")
    terminal.send("half a question")
    terminal.see("half a question")
    terminal.send("\x03\x03\x03")
    terminal.see(LEAVING)
    terminal.ask("/quit")
    terminal.child.expect(pexpect.EOF)


def test_tab_completes_commands_and_sources(open_chat: Open) -> None:
    """A command by its first letters, then the numbers of the last answer's sources."""
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
    """Nothing is asked before Enter is pressed."""
    terminal = open_chat()
    terminal.see(">")
    terminal.send("\x1b[200~How much did\nthe boat cost?\n\x1b[201~")
    terminal.see("cost?")
    terminal.send("\r")
    terminal.see("3.2 million crowns, said captain Jon Aske. [1]")
    assert "do not answer" not in terminal.text


def test_a_resized_terminal_is_used_as_it_is(open_chat: Open) -> None:
    """After the window has become wider, lines are as long as it is."""
    terminal = open_chat(columns=40)
    terminal.ask("How much did the boat cost?")
    terminal.see("[1] Ferry line tests an electric boat ·\n")
    terminal.see(">")
    terminal.child.setwinsize(30, 100)
    terminal.send("/sources\r")
    terminal.see("[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n")


def test_what_is_saved_meanwhile_is_said_above_the_prompt(tmp_path: Path) -> None:
    """An article that appears while the chat is open is indexed, and the chat says so."""
    library = FakeLibrary([HARBOUR], tmp_path)
    library.sync()
    told: list[SyncReport] = []
    stop = threading.Event()

    def tell(report: SyncReport) -> None:
        told.append(report)
        stop.set()

    library.shelf.articles.append(FERRY)
    sync_on_change(library, stop, tell, lambda error: None, every=0.01)
    assert [(report.added, report.unchanged) for report in told] == [(1, 1)]
    assert sync_lines(told[0]) == ["Synced in 0.1 s: 1 new; 6 passages."]


def test_questions_are_remembered_by_the_next_chat(open_chat: Open) -> None:
    """The key Up brings back what was asked before."""
    first = open_chat()
    first.ask("How much did the boat cost?")
    first.see("3.2 million")
    first.see(">")
    assert first.leave() == 0
    second = open_chat()
    second.see(">")
    second.press_until("\x1b[A", "How much did the boat cost?")  # the file is read behind the prompt


def test_the_pager_opens_at_the_quote(open_chat: Open) -> None:
    """/open shows the whole article; after it the session goes on."""
    terminal = open_chat()
    terminal.ask("How much did the boat cost?")
    terminal.ask("/open 1")
    terminal.see("»The boat cost 3.2 million crowns, said captain Jon Aske.«")
    terminal.send("q")
    terminal.ask("/usage")
    terminal.see("No model is set")


def test_nothing_of_an_article_commands_the_terminal(open_chat: Open) -> None:
    """Escape sequences of titles and texts never arrive, in answers, sources, passages, lists."""
    terminal = open_chat()
    terminal.ask("printer manual bells")
    terminal.see("The printer shows desrever letters  and bells  in its\nmanual.")
    terminal.ask("/source 1")
    terminal.see("»The printer shows")
    terminal.ask("/articles")
    terminal.see("A red title")
    terminal.see(">")
    terminal.leave()
    for sequence in ("\x1b]0;", "\x9b", "\x07", "\u202e", "\x1b[31m"):
        assert sequence not in terminal.raw
