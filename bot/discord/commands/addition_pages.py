"""Builds the posts of /add, /added and /remove."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.discord.additions.addition_state import AdditionState
from bot.discord.handlers.channel_rules import MANAGERS_ONLY, managed_server
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import Post, arrange, notice, with_button
from bot.discord.posts.source_lines import short_name, time_stamp
from bot.discord.posts.split_markdown import shorten
from bot.localization import localized, localized_count
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    import discord

    from bot.discord.additions.addition_store import Addition
    from bot.discord.additions.server_articles import AddResult, ServerArticles
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.discord.handlers.sync_task import SyncTask
    from retrieval.web.add_url import Failure

log = logging.getLogger("footnote.discord")
SYNC_WAIT = 600.0  # seconds for another sync to end; a response is possible for 15 minutes
MAX_TITLES, MAX_PROBLEMS, MAX_ADDITIONS = 10, 10, 40  # listed
MAX_REASON = 300  # characters
ANSWERABLE = "{passages} You can ask about it in this server now; other servers cannot."
ADDED_LATER = "Saved. I am still reading other articles; you can ask about it here in a few minutes."
NOT_READ = "I read no text in it, so it was not added."
LEFT_OUT = "The people who run me leave out such files, so it was not added."
REMOVE_IT = "`/added` lists what this server added, `/remove` removes it."
UNKNOWN = "This server has not added such an article. Please choose one from the list."
CONFIRM = "Remove “{name}” from the articles of this server? This cannot be undone."


class AdditionPages:
    """What those who can manage a server see of the articles that it added."""

    def __init__(self, articles: ServerArticles, sync_task: SyncTask, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._articles = articles
        self._sync_task = sync_task

    async def added(self, result: AddResult) -> list[Post]:
        """Read what was saved, and say how many passages it has, what was not read, and why."""
        failures = _failure_lines(result.failed)
        if result.addition is None:
            return arrange(localized("Nothing was added."), failures, colour="orange")
        if not await self._sync():
            return arrange(localized(ADDED_LATER), failures)
        (state,) = await asyncio.to_thread(self._articles.states, [result.addition])
        if not state.passages:
            await self._articles.remove(result.addition.server, result.addition.person, result.addition.id)
            text = localized(NOT_READ) if state.problems else localized(LEFT_OUT)
            return arrange(text, [*_problem_lines(state), *failures], colour="orange")
        lines = [f"- **{short_name(title)}**" for title in state.titles[:MAX_TITLES]]
        lines += _rest(len(state.titles) - MAX_TITLES)
        passages = localized_count("{count} passage.", "{count} passages.", state.passages)
        lines.append(localized(ANSWERABLE, passages=passages))
        lines += [*_problem_lines(state), *failures]
        title = localized_count("{count} article added", "{count} articles added", len(state.titles))
        return arrange("", lines, title=title, footer=localized(REMOVE_IT).replace("`", ""), colour="green")

    async def _sync(self) -> bool:
        """Update the index; False if that is not possible now. The next sync will do it."""
        try:
            return await self._sync_task.sync(SYNC_WAIT) is not None
        except RetrievalError as error:
            log.warning("%s %s", error, error.help)
            return False

    async def list_of(self, server: int) -> list[Post]:
        """What a server added, newest first."""
        additions = await asyncio.to_thread(self._articles.of_server, server)
        if not additions:
            return [notice("This server has not added any articles.")]
        states = await asyncio.to_thread(self._articles.states, additions[:MAX_ADDITIONS])
        lines = [line for state in states for line in _addition_lines(state)]
        lines += _rest(len(additions) - MAX_ADDITIONS)
        return arrange("", lines, title=localized("Added in this server"))

    async def confirmation(self, server: int, addition_id: str) -> list[Post]:
        """Asks before an addition is removed."""
        addition = await asyncio.to_thread(self._articles.find, server, addition_id)
        if addition is None:
            return [notice(UNKNOWN)]
        count = len(addition.paths)
        files = localized_count("{count} file", "{count} files", count) if count > 1 else ""
        text = localized(CONFIRM, name=short_name(addition.name))
        post = notice(f"{text}\n{files}".strip(), colour="orange")
        return with_button([post], localized("Remove"), f"fn:remove:{addition_id}", "red")

    async def remove(self, interaction: discord.Interaction, addition_id: str) -> None:
        """Remove an addition, whose removal was confirmed by a button, and update the index."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            if (server := managed_server(interaction)) is None:
                await surface.show([notice(MANAGERS_ONLY)])
                return
            await surface.defer(in_place=True)
            await surface.show([notice("Removing…")])
            await surface.show([await self._removed(server, interaction.user.id, addition_id)])

    async def _removed(self, server: int, person: int, addition_id: str) -> Post:
        addition = await self._articles.remove(server, person, addition_id)
        if addition is None:
            return notice(UNKNOWN)
        text = localized("Removed “{name}”.", name=short_name(addition.name))
        if not await self._sync():
            text += " " + localized("It can still be cited for a few minutes.")
        return notice(text, colour="green")

    async def choices(self, server: int, typed: str) -> Sequence[tuple[str, str]]:
        """Names and ids of what a server added whose name or source contains the typed text."""
        additions = await asyncio.to_thread(self._articles.of_server, server)
        typed = typed.casefold()
        return [
            (name, addition.id)
            for addition in additions
            if typed in f"{addition.title}\n{addition.source}".casefold()
            and (name := escape_for_discord(addition.name))
        ]


def _addition_lines(state: AdditionState) -> list[str]:
    addition = state.addition
    passages = localized_count("{count} passage", "{count} passages", state.passages)
    articles = localized_count("{count} article", "{count} articles", len(state.titles))
    parts = [
        f"- **{short_name(_name(addition, state))}**",
        articles if len(state.titles) > 1 else "",
        passages,
        f"<@{addition.person}>",
        time_stamp(addition.time),
    ]
    return [" · ".join(part for part in parts if part), *_problem_lines(state)]


def _name(addition: Addition, state: AdditionState) -> str:
    return state.titles[0] if len(state.titles) == 1 else addition.source


def _problem_lines(state: AdditionState) -> list[str]:
    """What was not read."""
    lines = [localized("Not read: {reason}", reason=_plain(problem)) for problem in state.problems]
    return [*lines[:MAX_PROBLEMS], *_rest(len(lines) - MAX_PROBLEMS)]


def _failure_lines(failed: Sequence[Failure]) -> list[str]:
    lines = [
        localized("Not added: {source}: {reason}", source=_plain(entry.source), reason=_plain(entry.reason))
        for entry in failed[:MAX_PROBLEMS]
    ]
    return [*lines, *_rest(len(failed) - MAX_PROBLEMS)]


def _rest(count: int) -> list[str]:
    return [localized("… and {count} more", count=count)] if count > 0 else []


def _plain(text: str) -> str:
    return plain_for_discord(shorten(escape_for_discord(text), MAX_REASON))
