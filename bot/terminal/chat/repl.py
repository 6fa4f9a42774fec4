"""The interactive chat: an immediate prompt, streamed answers, slash commands, background notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from prompt_toolkit.application import run_in_terminal

from bot.errors import SettingsInvalid
from bot.rendering.sanitize import sanitize, sanitize_line
from bot.rendering.text_rendering import index_summary, mode_line
from bot.suggestions import suggest, suggestion_lines
from bot.terminal.chat import slash_commands
from bot.terminal.chat.background_startup import BackgroundStartup
from bot.terminal.chat.interrupt import on_interrupt
from bot.terminal.chat.line_editor import ChatCompleter, DeferredHistory, make_prompt
from bot.terminal.initial_sync import SyncProgressDisplay, progress_line, sync_lines
from bot.terminal.local_models import local_model_lines
from bot.terminal.no_echo import no_echo
from retrieval.errors import CorpusError, IndexFailure

if TYPE_CHECKING:
    from bot.answer import Citation
    from bot.assistant import Assistant
    from bot.settings import Settings
    from bot.terminal.chat.chat_session import Session
    from bot.terminal.screen import Screen
    from retrieval.sync.sync_index import SyncReport

BANNER = "Footnote. Ask a question about the articles, or type /help."
STILL_INDEXING = "Indexing continues while you ask; answers say how many articles they cover."
EXIT_HINT = "To exit, press Ctrl-D or type /quit."

Explain = Callable[[Exception], Sequence[str]]


class FirstStart(Exception):
    """Raised in the prompt if there is no index yet: the first sync takes over the screen."""


async def chat(
    read_settings: Callable[[], Settings],
    make_assistant: Callable[[Settings], Assistant],
    sync: bool,
    explain: Explain,
) -> None:
    """Chat until the user exits. *explain* turns an error into lines to print.

    Raises SettingsInvalid, CorpusError, or the error of a failed first sync.
    """
    startup = BackgroundStartup(read_settings, make_assistant, sync)
    try:
        await Chat(startup, explain).run()
    finally:
        startup.stop()


class Chat:
    """The prompt, its session, and the background startup."""

    def __init__(self, startup: BackgroundStartup, explain: Explain) -> None:
        self._startup = startup
        self._explain = explain
        self._session: Session | None = None
        self._notices: list[str] = []
        self._prompt_error: Exception | None = None
        self._suggestions: tuple[str, ...] = ()
        self._summary = ""  # of the index, for the toolbar
        self._draft = ""  # typed text to restore after the prompt was interrupted
        completer = ChatCompleter(self._citations, lambda: self._suggestions)
        self._prompt = make_prompt(completer, DeferredHistory(startup.settings), self._toolbar)
        startup.on_progress = self._refresh = lambda _: self._prompt.app.invalidate()
        startup.on_change = self._on_change

    async def run(self) -> None:
        """Read and answer lines until the user exits."""
        click.echo(BANNER)
        self._prompt.app.after_render += self._start
        interrupts = 0
        while self._session is None or not self._session.is_over:
            try:
                line = await self._read()
            except FirstStart:
                await self._first_start()
            except EOFError:
                break
            except KeyboardInterrupt:
                interrupts += 1
                if interrupts > 1:
                    click.echo(EXIT_HINT)
            else:
                interrupts = 0
                if line:
                    await self._interruptible(self._handle(line))

    async def _read(self) -> str:
        """The next line; pasted lines are joined. Raises the exception given to ``_interrupt_prompt``."""
        self._print(self._notices)
        self._notices.clear()
        if self._prompt_error is None:
            draft, self._draft = self._draft, ""
            self._prompt.app.erase_when_done = False  # only an interrupted prompt is erased
            text = await self._prompt.prompt_async(default=draft)
            return sanitize(text).replace("\n", " ").strip()
        error, self._prompt_error = self._prompt_error, None
        raise error

    async def _handle(self, line: str) -> None:
        try:
            session = await self._open_session()
            if slash_commands.is_command(line):
                await slash_commands.run(session, line)
            else:
                await self._wait_until_ready(session.screen)
                await session.ask(line)
        except Exception as error:
            self._print(self._explain(error))
        click.echo()

    async def _open_session(self) -> Session:
        if self._session is None:
            assistant = await self._startup.assistant()
            from bot.records.record_stream import make_recorder
            from bot.terminal.chat.chat_session import Session
            from bot.terminal.screen import Screen

            self._session = Session(assistant, Screen(), make_recorder(await self._startup.settings))
        return self._session

    async def _wait_until_ready(self, screen: Screen) -> None:
        if self._startup.warm.done() and self._startup.synced.done():
            await self._startup.ready()
        else:
            with screen.waiting("Loading…"):
                await self._startup.ready()

    async def _interruptible(self, work: Coroutine[None, None, None]) -> None:
        """Run *work* until it is done or Ctrl-C stops it."""
        task = asyncio.create_task(work)
        with no_echo(), on_interrupt(task.cancel), suppress(asyncio.CancelledError):
            await task
        if task.cancelled():
            click.echo("Stopped.\n")

    def _start(self, _: object) -> None:
        """Start the background work once the prompt is drawn, so as not to delay it."""
        self._prompt.app.after_render -= self._start
        self._startup.start()
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Begin a first start, or follow the sync."""
        with suppress(Exception):  # raised again below
            await asyncio.shield(self._startup.settings)
        if self._startup.is_first:
            self._interrupt_prompt(FirstStart())
        else:
            await self._watch_sync()

    async def _watch_sync(self) -> None:
        """Follow the sync and report what the user needs to know."""
        try:
            await self._startup.assistant()
            await self._follow_sync()
            await asyncio.shield(self._startup.warm)
            self._summary = await self._read_summary()
            self._prompt.app.invalidate()
        except (SettingsInvalid, CorpusError) as error:
            self._interrupt_prompt(error)
        except Exception as error:  # not fatal here: the next question raises it again
            await self._notify(self._explain(error))

    async def _follow_sync(self) -> None:
        try:
            report = await asyncio.shield(self._startup.synced)
        except IndexFailure as failure:
            await self._notify([f"Warning: using the existing index. {failure}"])
            return
        if report is not None:
            await self._notify(sync_lines(report))

    def _on_change(self, report: SyncReport) -> None:
        """The articles changed while the chat was open."""
        self._change_task = asyncio.create_task(self._report_change(report))

    async def _report_change(self, report: SyncReport) -> None:
        self._summary = await self._read_summary()
        await self._notify(sync_lines(report))

    async def _first_start(self) -> None:
        """Say so at once, before the imports of a session; then show the index's summary and questions."""
        startup = self._startup
        settings = await startup.settings
        click.echo(f"First start: indexing the articles in {sanitize_line(settings.corpus_text)}.")
        session = await self._open_session()
        local_models = asyncio.create_task(asyncio.to_thread(local_model_lines, settings))
        with SyncProgressDisplay() as progress:
            startup.on_progress = progress
            await asyncio.shield(startup.searchable)
        startup.on_progress = self._refresh
        is_complete = startup.synced.done()
        if is_complete and (report := startup.synced.result()) is not None:
            session.screen.lines([*sync_lines(report), ""])
        with session.screen.waiting("Loading…"):
            await asyncio.shield(startup.warm)
            self._summary = await self._read_summary()
            self._suggestions = await suggest(session.assistant, settings.corpus)
        mode = [mode_line(session.assistant.model_name), *await local_models]
        if not is_complete:
            mode.insert(0, STILL_INDEXING)
            self._watcher = asyncio.create_task(self._watch_sync())
        session.screen.lines([f"{self._summary}.", *mode, *suggestion_lines(self._suggestions), ""])

    async def _read_summary(self) -> str:
        return index_summary(await asyncio.to_thread((await self._startup.assistant()).library.status))

    def _interrupt_prompt(self, error: Exception) -> None:
        """Make ``_read`` raise *error*, immediately if the prompt is open; typed text is restored later."""
        app = self._prompt.app
        if app.is_running:
            self._draft = app.current_buffer.text
            app.erase_when_done = True
            app.exit(exception=error)
        else:
            self._prompt_error = error

    async def _notify(self, lines: Sequence[str]) -> None:
        """Print *lines* above the prompt, or before the next one."""
        if lines and self._prompt.app.is_running:
            await run_in_terminal(lambda: self._print(lines))
        else:
            self._notices += lines

    def _print(self, lines: Sequence[str]) -> None:
        for line in lines:
            click.echo(sanitize(line))

    def _citations(self) -> Sequence[Citation]:
        return self._session.citations if self._session else ()

    def _toolbar(self) -> str:
        startup = self._startup
        if startup.progress is not None and not startup.synced.done():
            return progress_line(startup.progress)
        return f"{self._summary} · /help" if self._summary else "Loading…"
