"""`chat`: a conversation in the terminal, or over a pipe."""

from __future__ import annotations

import asyncio
import functools
import os
import sys

import click

from bot.terminal.commands import options


@click.command(short_help="Start a conversation (default).")
@options.no_sync
@options.shared
@click.pass_context
def chat(context: click.Context) -> None:
    """Start a conversation: follow-up questions are understood in context.

    If stdin is a pipe, each line is answered as plain text.
    """
    from bot.terminal.commands.command_errors import explain

    # Without cursor movement (an editor's shell, a bare serial line) the interactive prompt does not work.
    is_dumb = os.environ.get("TERM", "") in {"dumb", "unknown"}
    if sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb:
        from bot.terminal.chat.repl import chat as run_chat

        read = functools.partial(options.read_settings, context)
        asyncio.run(run_chat(read, options.assistant_maker(context), options.wants_sync(context), explain))
    else:
        from bot.records.record_stream import make_recorder
        from bot.terminal.chat.piped_chat import answer_lines, typed_lines
        from bot.terminal.unused_model import report_unused_model

        settings = options.read_settings(context)
        report_unused_model(settings)
        assistant, recorder = options.open_assistant(context), make_recorder(settings)
        sync, is_typed = options.wants_sync(context), sys.stdin.isatty() and sys.stdout.isatty()
        lines = typed_lines() if is_typed else sys.stdin.buffer
        asyncio.run(answer_lines(assistant, lines, sync, explain, recorder, echo=not is_typed))
