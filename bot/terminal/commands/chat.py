"""`chat`: the conversation in a terminal, or over a pipe."""

from __future__ import annotations

import asyncio
import functools
import os
import sys

import click

from bot.terminal.commands import options


@click.command(short_help="Ask in a conversation (the default).")
@options.no_sync
@options.shared
@click.pass_context
def chat(context: click.Context) -> None:
    """Ask questions one after the other, each understood from those before it.

    Questions on a pipe are answered line by line, as plain text.
    """
    from bot.terminal.commands.command_errors import explain

    # Where the cursor cannot be moved (an editor's shell, a bare serial line) a drawn prompt would not work.
    is_dumb = os.environ.get("TERM", "") in {"dumb", "unknown"}
    if sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb:
        from bot.terminal.chat.repl import chat as converse

        read = functools.partial(options.read_settings, context)
        asyncio.run(converse(read, options.assistant_maker(context), options.wants_sync(context), explain))
    else:
        from bot.records.record_stream import make_recorder
        from bot.terminal.chat.piped_chat import answer_lines

        assistant, keep = options.open_assistant(context), make_recorder(options.read_settings(context))
        sync = options.wants_sync(context)
        asyncio.run(answer_lines(assistant, sys.stdin.buffer, sync, explain, keep))
