"""The chat over a pipe: one question or command a line, answers as plain text, no prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from bot import slash
from bot.errors import BotError
from bot.render import clean
from bot.screen import Screen
from bot.session import Session
from bot.startup import sync_first

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.records import Records


async def answer_lines(
    assistant: Assistant,
    lines: Iterable[bytes],
    sync: bool,
    explain: Callable[[Exception], Sequence[str]],
    records: Callable[[], Records] | None = None,
) -> None:
    """Answer each line in turn; what goes wrong with one is said on standard error, and the others go on.

    Raises BotError at the end when a line could not be answered.
    """
    if sync:
        await sync_first(assistant)
    session = Session(assistant, Screen(), records)
    failed = 0
    for raw in lines:
        line = clean(raw.decode("utf-8", "replace")).strip()
        if line:
            failed += not await _answer(session, line, explain)
        if session.over:
            break
    if failed:
        raise BotError(f"{failed} {'line' if failed == 1 else 'lines'} could not be answered.")


async def _answer(session: Session, line: str, explain: Callable[[Exception], Sequence[str]]) -> bool:
    click.echo(f"> {line}")
    try:
        await (slash.run(session, line) if slash.is_command(line) else session.ask(line))
    except Exception as error:
        for text in explain(error):
            click.echo(clean(text), err=True)
        return False
    finally:
        click.echo()
    return True
