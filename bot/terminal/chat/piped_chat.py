"""The chat over a pipe or in a terminal without cursor movement: one question or command per line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.sanitize import sanitize
from bot.terminal.chat import slash_commands
from bot.terminal.chat.chat_session import Session
from bot.terminal.initial_sync import prepare_index
from bot.terminal.screen import Screen

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records.answer_store import AnswerStore


def typed_lines() -> Iterator[bytes]:
    """The lines that are typed, each after a prompt."""
    while True:
        click.echo("> ", nl=False)
        line = sys.stdin.buffer.readline()
        if not line:
            click.echo()
            return
        yield line


async def answer_lines(
    assistant: Assistant,
    lines: Iterable[bytes],
    sync: bool,
    explain: Callable[[Exception], Sequence[str]],
    records: Callable[[], AnswerStore] | None = None,
    echo: bool = True,
) -> None:
    """Answer the lines one by one; with *echo*, each is printed before its answer.

    Errors are printed to stderr and do not stop the remaining lines. BotError follows if any failed.
    """
    await prepare_index(assistant, sync)
    session = Session(assistant, Screen(), records)
    failed = 0
    for raw in lines:
        line = sanitize(raw.decode("utf-8", "replace")).strip()
        if line:
            if echo:
                click.echo(f"> {line}")
            failed += not await _answer(session, line, explain)
        if session.is_over:
            break
    if failed:
        raise BotError(f"{failed} {'line' if failed == 1 else 'lines'} failed.")


async def _answer(session: Session, line: str, explain: Callable[[Exception], Sequence[str]]) -> bool:
    try:
        await (slash_commands.run(session, line) if slash_commands.is_command(line) else session.ask(line))
    except Exception as error:
        for text in explain(error):
            click.echo(sanitize(text), err=True)
        return False
    finally:
        click.echo()
    return True
