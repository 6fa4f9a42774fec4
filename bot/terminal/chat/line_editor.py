"""The line editor of the chat: completion, history, key bindings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.styles import Style

from bot.errors import BotError, RecordsFailure
from bot.records.retention import CHAT_HISTORY, delete_expired
from bot.rendering.text_rendering import excerpt, source_line
from bot.terminal.chat.slash_commands import COMMANDS

if TYPE_CHECKING:
    from bot.answer import Citation
    from bot.settings import Settings


class ChatCompleter(Completer):
    """Completes commands, source numbers and file names, and suggested questions on an empty line."""

    def __init__(
        self, citations: Callable[[], Sequence[Citation]], suggestions: Callable[[], Sequence[str]]
    ) -> None:
        self._citations = citations
        self._suggestions = suggestions
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions at the cursor."""
        text = document.text_before_cursor
        name, space, argument = text.partition(" ")
        if not text:
            return [Completion(question) for question in self._suggestions()]
        if not text.startswith("/"):
            return []
        if not space:
            matches = (command for command in COMMANDS.values() if command.name.startswith(name.casefold()))
            return [
                Completion(command.name, -len(name), f"{command.name} {command.argument}", command.help)
                for command in matches
            ]
        if name in {"/source", "/open"}:
            return [
                _number_completion(citation, argument)
                for citation in self._citations()
                if str(citation.number).startswith(argument)
            ]
        if name == "/save":
            return self._paths.get_completions(Document(argument), complete_event)
        return []


def _number_completion(citation: Citation, typed: str) -> Completion:
    meta = excerpt(source_line(citation), 60)
    return Completion(str(citation.number), -len(typed), f"[{citation.number}]", meta)


class DeferredHistory(FileHistory):
    """A history file whose path is known only once the settings are read, after the prompt appeared."""

    def __init__(self, settings: asyncio.Future[Settings]) -> None:
        super().__init__("")
        self._settings = settings
        self._unsaved: list[str] = []  # lines typed before the path was known

    async def load(self) -> AsyncGenerator[str, None]:
        """The lines of the file, newest first; none if it cannot be read."""
        try:
            settings = await asyncio.shield(self._settings)
        except BotError:  # ends the chat, which reports it
            return
        self.filename = str(settings.state / CHAT_HISTORY)
        try:
            await asyncio.to_thread(delete_expired, settings)
            settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_private(Path(self.filename))
            while self._unsaved:
                super().store_string(self._unsaved.pop(0))
            async for line in super().load():
                yield line
        except (OSError, RecordsFailure):
            return

    def store_string(self, string: str) -> None:
        """Append a line to the file; ignored if the state folder is not writable."""
        if not self.filename:
            self._unsaved.append(string)
            return
        try:
            super().store_string(string)
        except OSError:
            return


def _make_private(path: Path) -> None:
    """Create a file that only its owner can read, or restrict an existing one."""
    path.touch(mode=0o600)
    path.chmod(0o600)


def make_prompt(completer: Completer, history: FileHistory, toolbar: Callable[[], str]) -> PromptSession[str]:
    """A prompt for one line; pasting several lines does not submit them."""
    return PromptSession(
        "> ",
        completer=completer,
        complete_while_typing=True,
        auto_suggest=AutoSuggestFromHistory(),
        history=history,
        key_bindings=_key_bindings(),
        bottom_toolbar=toolbar,
        style=Style.from_dict({"bottom-toolbar": "noreverse #888888"}),
        reserve_space_for_menu=4,
    )


def _key_bindings() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        """Clear the line; raise KeyboardInterrupt if it is empty."""
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt())

    @keys.add(Keys.Vt100MouseEvent)
    def _(event: KeyPressEvent) -> None:
        """Ignore mouse events: pasted raw colour codes look like them and would fail to parse."""

    return keys
