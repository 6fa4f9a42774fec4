"""The commands of the chat, each a line that begins with "/"."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Citation
from bot.errors import BotError
from bot.rendering.also_in import also_in_articles
from bot.rendering.quote_view import article_view, passage_view
from bot.rendering.text_rendering import article_line, hit_as_citation, sanitize_line, source_line, why_lines

if TYPE_CHECKING:
    from bot.checking.excerpt_search import ExcerptMatch
    from bot.terminal.chat.chat_session import Session

ARTICLES_SHOWN = 40
STRICT = "From now on, sentences of the model that the articles do not support are left out."
NOT_STRICT = "From now on, sentences of the model that the articles do not support are shown, marked [?]."
_NUMBER = re.compile(r"\s*\[?\d{1,3}\]?\s*")
_HABITS = {"exit": "/quit", "quit": "/quit", "/exit": "/quit", "help": "/help"}  # as other programs call them


class SlashInvalid(BotError):
    """A line that begins with "/" is no command, or lacks what the command needs."""

    help = "/help lists the commands."


@dataclass(frozen=True, slots=True)
class Slash:
    """A command of the chat. ``argument`` is how the help writes it; in brackets it may be left out."""

    name: str
    argument: str
    help: str
    run: Callable[[Session, str], Awaitable[None]]


def is_command(line: str) -> bool:
    """Whether a line is for ``run``: it begins with "/", is the number of a source, or "exit" or the like."""
    return line.startswith("/") or line.strip().casefold() in _HABITS or _NUMBER.fullmatch(line) is not None


async def run(session: Session, line: str) -> None:
    """Run the command of *line*, such as "/source 2" (or "2"). Raises SlashInvalid."""
    line = _HABITS.get(line.strip().casefold(), line.strip())
    name, _, argument = (f"/source {line}" if _NUMBER.fullmatch(line) else line).partition(" ")
    slash = COMMANDS.get(name.casefold())
    if slash is None:
        near = difflib.get_close_matches(name.casefold(), COMMANDS, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SlashInvalid(f"There is no command {sanitize_line(name)}.{hint}")
    argument = argument.strip()
    if not argument and slash.argument and not slash.argument.startswith("["):
        raise SlashInvalid(f"{slash.name} needs one thing more: {slash.name} {slash.argument}")
    await slash.run(session, argument)


async def _source(session: Session, argument: str) -> None:
    citation = _cited(session, argument)
    located = await session.assistant.locate(citation)
    if located.article is None or located.state == "changed":
        view = passage_view(citation.quote, 0, len(citation.quote), 0, len(citation.quote))
    else:
        shift = located.start - citation.start
        around = citation.passage_start + shift, citation.passage_end + shift
        view = passage_view(
            located.article.text, located.start, located.end, *around, located.article.dropped
        )
    read = (*session.answers[-1].read, *session.answers[-1].nearest) if session.answers else ()
    session.screen.passage(citation, located.state, view, also_in_articles(citation, read))


async def _open(session: Session, argument: str) -> None:
    citation = _cited(session, argument)
    located = await session.assistant.locate(citation)
    if located.article is None:
        raise SlashInvalid("The article is no longer in the corpus.", help="")
    text = located.article.text
    start, end = (0, 0) if located.state == "changed" else (located.start, located.end)
    session.screen.page(located.article.info, article_view(text, start, end))


async def _sources(session: Session, _: str) -> None:
    if not session.citations:
        raise SlashInvalid("There are no sources yet: ask a question first.", help="")
    session.screen.sources(session.citations)


async def _explain(session: Session, _: str) -> None:
    from bot.records.explain import explain_answer, explanation_lines

    if not session.answers:
        raise SlashInvalid("There is no answer yet: ask a question first.", help="")
    status = await asyncio.to_thread(session.assistant.library.status)
    session.screen.lines(explanation_lines(explain_answer(session.answers[-1], status)))


async def _why(session: Session, _: str) -> None:
    if not session.answers:
        raise SlashInvalid("There is no answer yet: ask a question first.", help="")
    lines = why_lines(session.answers[-1])
    session.screen.lines(lines or ["Every sentence of the last answer is supported by what it cites."])


async def _strict(session: Session, _: str) -> None:
    strict = session.assistant.strict = not session.assistant.strict
    session.screen.say(STRICT if strict else NOT_STRICT)


async def _articles(session: Session, argument: str) -> None:
    wanted = argument.casefold().split()
    infos = await asyncio.to_thread(session.assistant.library.articles)
    lines = [article_line(info) for info in infos]
    lines = [line for line in lines if all(word in line.casefold() for word in wanted)]
    session.screen.lines(lines[:ARTICLES_SHOWN])
    rest = len(lines) - ARTICLES_SHOWN
    if rest > 0:
        session.screen.say(f"and {rest:,} more; /articles WORD shows those with that word.", "dim")
    elif not lines:
        session.screen.say("No article has that in its title, publisher or date.")


async def _search(session: Session, argument: str) -> None:
    hits = await session.assistant.search(argument, 10)
    session.cite([hit_as_citation(number, hit) for number, hit in enumerate(hits, 1)])
    session.screen.hits(hits)


async def _quote(session: Session, argument: str) -> None:
    from bot.checking.excerpt_search import find_excerpt

    finds = await asyncio.to_thread(find_excerpt, session.assistant.library, argument)
    session.cite([_as_citation(number, find) for number, find in enumerate(finds, 1)])
    if not finds:
        session.screen.say("This is not in the corpus.")
    for number, find in enumerate(finds, 1):
        same = "the same words" if find.exact else f"{find.similarity:.0%} of the words"
        session.screen.lines([f"[{number}] {source_line(session.citations[number - 1])} · {same}"])


def _as_citation(number: int, find: ExcerptMatch) -> Citation:
    span = find.start, find.end
    return Citation(number, find.article, find.quote, *span, find.line, None, *span)


async def _sync(session: Session, _: str) -> None:
    from bot.terminal.initial_sync import SyncProgressDisplay, failure_lines, report_line, sync_until_stopped

    with SyncProgressDisplay() as progress:
        report = await sync_until_stopped(session.assistant.library, progress)
    session.screen.say(report_line(report) or "Nothing has changed.")
    session.screen.lines(failure_lines(report))


async def _new(session: Session, _: str) -> None:
    session.renew()
    session.screen.say("A new conversation: the next question stands alone.", "dim")


async def _save(session: Session, argument: str) -> None:
    from bot.terminal.chat.transcript import as_markdown

    if not session.answers:
        raise SlashInvalid("There is nothing to save yet.", help="")
    path = Path(argument)
    try:
        await asyncio.to_thread(_write_new, path, as_markdown(session.answers))
    except FileExistsError:
        raise SlashInvalid(
            f"{path} exists already and is left as it is.", help="Name another file."
        ) from None
    except OSError as error:
        raise SlashInvalid(f"{path} cannot be written: {error.strerror}.", help="") from None
    session.screen.say(f"Saved in {sanitize_line(str(path))}.")


def _write_new(path: Path, text: str) -> None:
    with path.expanduser().open("x", encoding="utf-8") as file:
        file.write(text)


async def _usage(session: Session, _: str) -> None:
    usage = session.assistant.usage()
    if session.assistant.model_name is None:
        session.screen.say("No model is set: answers are sentences of the articles and use no tokens.")
    else:
        name = session.assistant.model_name
        cost = session.assistant.cost()
        priced = "" if cost is None else f", {cost:,.4f} by your prices"
        session.screen.say(
            f"{name}: {usage.input_tokens:,} tokens read, {usage.output_tokens:,} written{priced}."
        )


async def _help(session: Session, _: str) -> None:
    rows = [(f"{slash.name} {slash.argument}".strip(), slash.help) for slash in COMMANDS.values()]
    session.screen.table([*rows, ("Ctrl-C", "stop the answer"), ("Ctrl-D", "leave")])


async def _quit(session: Session, _: str) -> None:
    session.over = True


def _cited(session: Session, argument: str) -> Citation:
    if not session.citations:
        raise SlashInvalid("There are no sources yet: ask a question first.", help="")
    number = argument.strip("[] ")
    citation = session.citation(int(number)) if number.isdecimal() else None
    if citation is None:
        known = ", ".join(str(each.number) for each in session.citations)
        raise SlashInvalid(f"There is no source {sanitize_line(argument)}; there are {known}.", help="")
    return citation


COMMANDS = {
    slash.name: slash
    for slash in (
        Slash("/source", "N", "show the passage behind [N], checked in its article now (or just N)", _source),
        Slash("/open", "N", "read the whole article at that place", _open),
        Slash("/sources", "", "list the sources of the last answer", _sources),
        Slash("/explain", "", "say what the last answer rests on: read, cited, dissenting", _explain),
        Slash("/why", "", "say what is wrong with the sentences marked [~] and [?]", _why),
        Slash("/strict", "", "leave out what the articles do not support, or show it again", _strict),
        Slash("/articles", "[WORD]", "list the articles, all or those with a word", _articles),
        Slash("/search", "QUESTION", "find passages without an answer", _search),
        Slash("/quote", "TEXT", "find where a pasted text comes from", _quote),
        Slash("/sync", "", "look for new, changed and deleted articles", _sync),
        Slash("/new", "", "begin a new conversation", _new),
        Slash("/save", "FILE.md", "write the conversation with its citations to a file", _save),
        Slash("/usage", "", "tokens used by the model", _usage),
        Slash("/help", "", "list these commands", _help),
        Slash("/quit", "", "leave", _quit),
    )
}
