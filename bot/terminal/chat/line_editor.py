"""The line editor of the chat: what Tab offers, what was typed before, what Ctrl-C does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.styles import Style

from bot.errors import BotError
from bot.rendering.text_rendering import excerpt, source_line
from bot.terminal.chat.slash_commands import COMMANDS

if TYPE_CHECKING:
    from bot.answer import Citation
    from bot.settings import Settings


class ChatCompleter(Completer):
    """Names of commands, numbers of sources, files to save to; on an empty line the suggested questions."""

    def __init__(
        self, citations: Callable[[], Sequence[Citation]], suggestions: Callable[[], Sequence[str]]
    ) -> None:
        self._citations = citations
        self._suggestions = suggestions
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What may stand at the cursor."""
        text = document.text_before_cursor
        name, space, argument = text.partition(" ")
        if not text:
            return [Completion(question) for question in self._suggestions()]
        if not text.startswith("/"):
            return []
        if not space:
            found = (slash for slash in COMMANDS.values() if slash.name.startswith(name.casefold()))
            return [
                Completion(slash.name, -len(name), f"{slash.name} {slash.argument}", slash.help)
                for slash in found
            ]
        if name in {"/source", "/open"}:
            return [
                _number(each, argument) for each in self._citations() if str(each.number).startswith(argument)
            ]
        if name == "/save":
            return self._paths.get_completions(Document(argument), complete_event)
        return []


def _number(citation: Citation, typed: str) -> Completion:
    meta = excerpt(source_line(citation), 60)
    return Completion(str(citation.number), -len(typed), f"[{citation.number}]", meta)


class LateHistory(FileHistory):
    """A history file whose place is known only when the settings are read, after the prompt is there."""

    def __init__(self, settings: asyncio.Future[Settings]) -> None:
        super().__init__("")
        self._settings = settings
        self._early: list[str] = []  # what was typed before the place was known

    async def load(self) -> AsyncGenerator[str, None]:
        """The lines of the file, the newest first; none when it cannot be read."""
        try:
            settings = await asyncio.shield(self._settings)
        except BotError:  # the chat ends with it, and says it
            return
        self.filename = str(settings.state / "chat_history")
        try:
            settings.state.mkdir(parents=True, exist_ok=True)
            while self._early:
                super().store_string(self._early.pop(0))
            async for line in super().load():
                yield line
        except OSError:
            return

    def store_string(self, string: str) -> None:
        """Append a line to the file; a state folder that cannot be written loses the history alone."""
        if not self.filename:
            self._early.append(string)
            return
        try:
            super().store_string(string)
        except OSError:
            return


def make_prompt(completer: Completer, history: FileHistory, toolbar: Callable[[], str]) -> PromptSession[str]:
    """A prompt for one line; a paste of several lines stays one question until Enter is pressed."""
    return PromptSession(
        "> ",
        completer=completer,
        complete_while_typing=True,
        auto_suggest=AutoSuggestFromHistory(),
        history=history,
        key_bindings=_keys(),
        bottom_toolbar=toolbar,
        style=Style.from_dict({"bottom-toolbar": "noreverse #888888"}),
        reserve_space_for_menu=4,
    )


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        """Clear the line; on an empty one tell the chat."""
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt())

    @keys.add(Keys.Vt100MouseEvent)
    def _(event: KeyPressEvent) -> None:
        """Colours pasted raw look like a mouse: none is used here, and reading one would fail."""

    return keys
