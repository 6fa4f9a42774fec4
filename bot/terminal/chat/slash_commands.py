"""The slash commands of the chat. To add one, append it to `COMMANDS`."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.rendering.sanitize import sanitize_line
from bot.rendering.text_rendering import article_line, legend_lines, why_lines
from bot.terminal.chat.passage_commands import (
    SlashCommandInvalid,
    check,
    open_article,
    quote,
    search,
    source,
    sources,
)

if TYPE_CHECKING:
    from bot.terminal.chat.chat_session import Session

MAX_ARTICLES_LISTED = 40
_SOURCE_NUMBER = re.compile(r"\s*\[?\d{1,3}\]?\s*")
# Habits from other programs.
_ALIASES = {"exit": "/quit", "quit": "/quit", "/exit": "/quit", "help": "/help"}


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command of the chat. ``argument`` is its placeholder in the help, in brackets if optional."""

    name: str
    argument: str
    help: str
    run: Callable[[Session, str], Awaitable[None]]


def is_command(line: str) -> bool:
    """True for lines handled by ``run``: slash commands, source numbers, and words such as "exit"."""
    return (
        line.startswith("/")
        or line.strip().casefold() in _ALIASES
        or _SOURCE_NUMBER.fullmatch(line) is not None
    )


async def run(session: Session, line: str) -> None:
    """Run a command such as "/source 2" (or just "2"). Raises SlashCommandInvalid."""
    line = _ALIASES.get(line.strip().casefold(), line.strip())
    name, _, argument = (f"/source {line}" if _SOURCE_NUMBER.fullmatch(line) else line).partition(" ")
    command = COMMANDS.get(name.casefold())
    if command is None:
        similar = difflib.get_close_matches(name.casefold(), COMMANDS, 1)
        hint = f" Did you mean {similar[0]}?" if similar else ""
        raise SlashCommandInvalid(
            f"Unknown command: {sanitize_line(name)}.{hint}", "Type /help for a list of commands."
        )
    argument = argument.strip()
    if not argument and command.argument and not command.argument.startswith("["):
        raise SlashCommandInvalid(f"Missing argument. Usage: {command.name} {command.argument}")
    await command.run(session, argument)


async def _explain(session: Session, _: str) -> None:
    from bot.records.explain import explain_answer, explanation_lines

    if not session.answers:
        raise SlashCommandInvalid("There is no answer yet. Ask a question first.")
    status = await asyncio.to_thread(session.assistant.library.status)
    session.screen.lines(explanation_lines(explain_answer(session.answers[-1], status)))


async def _why(session: Session, _: str) -> None:
    if not session.answers:
        raise SlashCommandInvalid("There is no answer yet. Ask a question first.")
    answer = session.answers[-1]
    lines = why_lines(answer) or ["No sentence of the last answer is marked.", *legend_lines(answer)]
    session.screen.lines(lines)


async def _strict(session: Session, _: str) -> None:
    session.assistant.strict = not session.assistant.strict
    if session.assistant.strict:
        session.screen.say("Strict mode on: unsupported sentences of the model are left out.")
    else:
        session.screen.say("Strict mode off: unsupported sentences of the model are marked [?] or [!].")


async def _articles(session: Session, argument: str) -> None:
    from bot.catalogue_answers.requested_articles import listed_articles

    infos = await asyncio.to_thread(listed_articles, session.assistant.library, argument, date.today())
    shown = infos if argument else infos[:MAX_ARTICLES_LISTED]
    session.screen.lines([article_line(info) for info in shown])
    if rest := len(infos) - len(shown):
        session.screen.say(f"… and {rest:,} more. Use /articles WORD to filter.", "dim")
    elif not infos:
        session.screen.say("No articles match.")


async def _sync(session: Session, _: str) -> None:
    from bot.terminal.initial_sync import SyncProgressDisplay, report_line, review_lines, sync_until_stopped
    from bot.terminal.left_out import left_out_lines

    with SyncProgressDisplay() as progress:
        report = await sync_until_stopped(session.assistant.library, progress)
    session.screen.say(report_line(report) or "Already up to date.")
    session.screen.lines([*left_out_lines(report.left_out), *review_lines(report)])


async def _new(session: Session, _: str) -> None:
    session.start_new_conversation()
    session.screen.say("Started a new conversation.", "dim")


async def _save(session: Session, argument: str) -> None:
    from bot.terminal.chat.transcript import as_markdown

    if not session.answers:
        raise SlashCommandInvalid("There is nothing to save yet. Ask a question first.")
    path = Path(argument)
    try:
        await asyncio.to_thread(_write_new, path, as_markdown(session.answers))
    except FileExistsError:
        raise SlashCommandInvalid(
            f"{path} already exists and was not overwritten.", help="Choose another file name."
        ) from None
    except OSError as error:
        raise SlashCommandInvalid(f"Cannot write {path}: {error.strerror}.") from None
    session.screen.say(f"Saved to {sanitize_line(str(path))}.")


def _write_new(path: Path, text: str) -> None:
    with path.expanduser().open("x", encoding="utf-8") as file:
        file.write(text)


async def _usage(session: Session, _: str) -> None:
    model = session.assistant.model_name
    if model is None:
        session.screen.say("No model is configured: answers quote the articles and use no tokens.")
        return
    usage = session.assistant.usage()
    cost = "" if usage.cost is None else f"; cost {usage.cost:,.4f}"
    session.screen.say(
        f"{model}: {usage.input_tokens:,} input tokens, {usage.output_tokens:,} output tokens{cost}."
    )


async def _help(session: Session, _: str) -> None:
    rows = [(f"{command.name} {command.argument}".strip(), command.help) for command in COMMANDS.values()]
    session.screen.table([*rows, ("Ctrl-C", "stop the current answer"), ("Ctrl-D", "exit")])


async def _quit(session: Session, _: str) -> None:
    session.is_over = True


COMMANDS = {
    command.name: command
    for command in (
        SlashCommand("/source", "N", "show the passage of source N as it is now (or just type N)", source),
        SlashCommand("/open", "N", "open the article of source N at the quote", open_article),
        SlashCommand("/sources", "", "list the sources of the last answer", sources),
        SlashCommand("/explain", "", "show the passages read, cited and contradicting", _explain),
        SlashCommand("/why", "", "explain why sentences are marked [?] or [!]", _why),
        SlashCommand("/strict", "", "toggle strict mode: leave out unsupported sentences", _strict),
        SlashCommand(
            "/articles", "[WORDS]", "list articles with WORDS, or “mentioning …”, “by …”", _articles
        ),
        SlashCommand("/search", "QUESTION", "find passages without generating an answer", search),
        SlashCommand("/quote", "TEXT", "find the source of a quotation", quote),
        SlashCommand("/check", "[TEXT]", "check TEXT, or the last answer, sentence by sentence", check),
        SlashCommand("/sync", "", "update the index from the article files", _sync),
        SlashCommand("/new", "", "start a new conversation", _new),
        SlashCommand("/save", "FILE.md", "save the conversation with its citations", _save),
        SlashCommand("/usage", "", "show token usage and cost", _usage),
        SlashCommand("/help", "", "show this help", _help),
        SlashCommand("/quit", "", "exit", _quit),
    )
}
