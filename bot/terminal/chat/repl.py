"""The chat in a terminal: a prompt that is there at once, answers that stream in, commands after "/"."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click
from prompt_toolkit.application import run_in_terminal

from bot.errors import SettingsInvalid
from bot.rendering.text_rendering import knowledge_line, mode_line, sanitize, sanitize_line
from bot.suggestions import suggest, suggestion_lines
from bot.terminal.chat import slash_commands
from bot.terminal.chat.background_startup import BackgroundStartup
from bot.terminal.chat.line_editor import ChatCompleter, LateHistory, make_prompt
from bot.terminal.initial_sync import SyncProgressDisplay, progress_line, sync_lines
from bot.terminal.no_echo import no_echo
from retrieval.errors import CorpusError, IndexFailure

if TYPE_CHECKING:
    from bot.answer import Citation
    from bot.assistant import Assistant
    from bot.settings import Settings
    from bot.terminal.chat.chat_session import Session
    from bot.terminal.screen import Screen
    from retrieval.sync.sync_index import SyncReport

BANNER = "Footnote: ask a question about the articles, or /help."
LEAVING = "To leave, press Ctrl-D or type /quit."

Explain = Callable[[Exception], Sequence[str]]


class FirstStart(Exception):
    """There is no index yet: the prompt gives way to what the first sync has to say."""


async def chat(
    read_settings: Callable[[], Settings],
    make: Callable[[Settings], Assistant],
    sync: bool,
    explain: Explain,
) -> None:
    """Chat until the person leaves. *explain* makes an error into lines for a person.

    Raises what makes a chat impossible: SettingsInvalid, CorpusError, or a first sync that failed.
    """
    opening = BackgroundStartup(read_settings, make, sync)
    try:
        await Chat(opening, explain).run()
    finally:
        opening.stop()


class Chat:
    """A person at the prompt, the session behind it, and what is under way meanwhile."""

    def __init__(self, opening: BackgroundStartup, explain: Explain) -> None:
        self._opening = opening
        self._explain = explain
        self._session: Session | None = None
        self._notices: list[str] = []
        self._pending: Exception | None = None
        self._suggestions: tuple[str, ...] = ()
        self._knows = ""
        self._typed = ""
        completer = ChatCompleter(self._citations, lambda: self._suggestions)
        self._prompt = make_prompt(completer, LateHistory(opening.settings), self._toolbar)
        opening.on_progress = lambda _: self._prompt.app.invalidate()
        opening.on_change = self._on_change

    async def run(self) -> None:
        """Read and answer lines until the person leaves."""
        click.echo(BANNER)
        self._prompt.app.after_render += self._begin
        interrupts = 0
        while self._session is None or not self._session.over:
            try:
                line = await self._read()
            except FirstStart:
                await self._first_start()
            except EOFError:
                break
            except KeyboardInterrupt:
                interrupts += 1
                if interrupts > 1:
                    click.echo(LEAVING)
            else:
                interrupts = 0
                if line:
                    await self._interruptible(self._handle(line))

    async def _read(self) -> str:
        """The next line; a paste of several lines is one. Raises what ``_leave_prompt`` was given."""
        self._say(self._notices)
        self._notices.clear()
        if self._pending is None:
            typed, self._typed = self._typed, ""
            self._prompt.app.erase_when_done = False  # only the prompt that gave way is wiped away
            text = await self._prompt.prompt_async(default=typed)
            return sanitize(text).replace("\n", " ").strip()
        pending, self._pending = self._pending, None
        raise pending

    async def _handle(self, line: str) -> None:
        try:
            session = await self._open_session()
            if slash_commands.is_command(line):
                await slash_commands.run(session, line)
            else:
                await self._wait_until_ready(session.screen)
                await session.ask(line)
        except Exception as error:
            self._say(self._explain(error))
        click.echo()

    async def _open_session(self) -> Session:
        if self._session is None:
            assistant = await self._opening.assistant()
            from bot.records.record_stream import make_recorder
            from bot.terminal.chat.chat_session import Session
            from bot.terminal.screen import Screen

            self._session = Session(assistant, Screen(), make_recorder(await self._opening.settings))
        return self._session

    async def _wait_until_ready(self, screen: Screen) -> None:
        if self._opening.warm.done() and self._opening.synced.done():
            await self._opening.ready()
        else:
            with screen.waiting("Loading…"):
                await self._opening.ready()

    async def _interruptible(self, work: Coroutine[None, None, None]) -> None:
        """Do *work* until it is done or Ctrl-C stops it."""
        task = asyncio.create_task(work)
        with no_echo(), _on_interrupt(task.cancel), suppress(asyncio.CancelledError):
            await task
        if task.cancelled():
            click.echo("Stopped.\n")

    # What goes on behind the prompt.

    def _begin(self, _: object) -> None:
        """Start to open once the prompt has been drawn, so that nothing comes before it."""
        self._prompt.app.after_render -= self._begin
        self._opening.start()
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Follow what is opened, and tell the person what they must know of it."""
        opening = self._opening
        try:
            await opening.assistant()
            if opening.is_first:
                self._leave_prompt(FirstStart())
                return
            await self._follow_sync()
            await asyncio.shield(opening.warm)
            self._knows = await self._describe()
            self._prompt.app.invalidate()
        except (SettingsInvalid, CorpusError) as error:
            self._leave_prompt(error)
        except Exception as error:  # a question can still be asked, and will say it again
            await self._notify(self._explain(error))

    async def _follow_sync(self) -> None:
        try:
            report = await asyncio.shield(self._opening.synced)
        except IndexFailure as failure:
            await self._notify([f"The index is used as it is: {failure}"])
            return
        if report is not None:
            await self._notify(sync_lines(report))

    def _on_change(self, report: SyncReport) -> None:
        """Articles were saved while the chat was open."""
        self._telling = asyncio.create_task(self._tell_change(report))

    async def _tell_change(self, report: SyncReport) -> None:
        self._knows = await self._describe()
        await self._notify(sync_lines(report))

    async def _first_start(self) -> None:
        """Index for the first time, say what the articles are, and offer questions that they answer."""
        opening = self._opening
        settings = await opening.settings
        session = await self._open_session()
        session.screen.say(f"First start: reading the articles of {sanitize_line(settings.corpus_text)}.")
        with SyncProgressDisplay() as progress:
            opening.on_progress = progress
            report = await asyncio.shield(opening.synced)
        opening.on_progress = None
        if report is not None:
            session.screen.lines([*sync_lines(report), ""])
        with session.screen.waiting("Loading…"):
            await asyncio.shield(opening.warm)
            self._knows = await self._describe()
            self._suggestions = await suggest(session.assistant, settings.corpus)
        name = session.assistant.model_name
        session.screen.lines([f"{self._knows}.", mode_line(name), *suggestion_lines(self._suggestions), ""])

    async def _describe(self) -> str:
        assistant = await self._opening.assistant()
        return knowledge_line(await asyncio.to_thread(assistant.library.status))

    def _leave_prompt(self, reason: Exception) -> None:
        """Let ``_read`` raise *reason*, at once when the prompt is waiting; what was typed is kept."""
        app = self._prompt.app
        if app.is_running:
            self._typed = app.current_buffer.text
            app.erase_when_done = True
            app.exit(exception=reason)
        else:
            self._pending = reason

    async def _notify(self, lines: Sequence[str]) -> None:
        """Say *lines* above the prompt, or before the next one."""
        if lines and self._prompt.app.is_running:
            await run_in_terminal(lambda: self._say(lines))
        else:
            self._notices += lines

    def _say(self, lines: Sequence[str]) -> None:
        for line in lines:
            click.echo(sanitize(line))

    def _citations(self) -> Sequence[Citation]:
        return self._session.citations if self._session else ()

    def _toolbar(self) -> str:
        opening = self._opening
        if opening.progress is not None and not opening.synced.done():
            return progress_line(opening.progress)
        return f"{self._knows} · /help" if self._knows else "Loading…"


@contextmanager
def _on_interrupt(act: Callable[[], object]) -> Iterator[None]:
    """Let Ctrl-C do *act*, in the running event loop, while the block runs."""
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(act))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
