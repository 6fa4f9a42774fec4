"""Builds the posts of all commands except /ask: search, sources, articles, about, forget, help, check."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.catalogue_answers.requested_articles import listed_articles
from bot.claim_check import check_text
from bot.discord.commands.checked_posts import checked_posts
from bot.discord.handlers.button_actions import LIST_PREFIX
from bot.discord.posts.answer_layout import openable_citations, with_buttons
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.localization import localized
from bot.discord.posts.post import Post, arrange, notice
from bot.discord.posts.source_lines import (
    article_line,
    by_article,
    day_stamp,
    hit_lines,
    source_line,
    time_stamp,
)
from bot.rendering.text_rendering import mode_line
from retrieval.errors import RetrievalError
from retrieval.hit import Filters

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.handlers.button_actions import ButtonActions
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.records.answer_store import AnswerStore
    from retrieval.index.generation_state import IndexStatus

log = logging.getLogger("footnote.discord")
SEARCH_RESULTS = 8  # passages
PAGE_SIZE = 15  # articles
MAX_PUBLISHERS = 8  # listed by /about


class CommandPages:
    """Builds the posts of all commands except /ask."""

    def __init__(
        self, assistant: Assistant, records: AnswerStore, store: DiscordStore, button_actions: ButtonActions
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._store = store
        self._button_actions = button_actions
        self.status: IndexStatus | None = None  # as of the latest ``refresh``

    @property
    def publishers(self) -> list[str]:
        """The publishers in the index, those with most articles first."""
        return [name for name, _ in self.status.publishers] if self.status else []

    async def refresh(self) -> None:
        """Update the status of the index; an error leaves it unchanged."""
        try:
            self.status = await asyncio.to_thread(self._assistant.library.status)
        except RetrievalError as error:
            log.warning("%s", error)

    async def search(self, words: str, filters: Filters) -> list[Post]:
        """The passages closest to some words."""
        hits = await self._assistant.search(words, SEARCH_RESULTS, filters)
        if not hits:
            return [notice("I found no passages.")]
        listed = Answer(words, words, "not_found", nearest=tuple(hits))
        posts = arrange("", hit_lines(hits), title=f"Passages for “{escape_for_discord(words)}”")
        return await self._with_passage_buttons(posts, listed)

    async def _with_passage_buttons(self, posts: list[Post], listed: Answer) -> list[Post]:
        """Save a list of passages and add buttons that open them."""
        list_id = LIST_PREFIX + secrets.token_hex(8)
        await asyncio.to_thread(self._store.save_list, list_id, replace(listed, id=list_id))
        return with_buttons(posts, list_id, [citation.number for citation in openable_citations(listed)])

    async def sources(self, channel: int) -> list[Post]:
        """The sources of the latest answer in a channel, with their current states."""
        latest = await asyncio.to_thread(self._store.latest_answer, channel)
        answer = await asyncio.to_thread(self._button_actions.load_answer, latest) if latest else None
        if answer is None:
            return [notice("There is no answer here to show sources for.")]
        citations = openable_citations(answer)
        lines = [f"{source_line(group)} · {await self._states(group)}" for group in by_article(citations)]
        question = plain_for_discord(escape_for_discord(answer.question))
        posts = arrange(f"For the question “{question}”:", lines, title="Sources")
        return with_buttons(posts, answer.id, [citation.number for citation in citations])

    async def _states(self, citations: Sequence[Citation]) -> str:
        """The states of the quotes of one article: "unchanged", or "[1] moved, [3] unchanged"."""
        states = [localized((await self._assistant.locate(citation)).state) for citation in citations]
        if len(set(states)) == 1:
            return states[0]
        return ", ".join(f"[{c.number}] {state}" for c, state in zip(citations, states, strict=True))

    async def articles(self, words: str, publisher: str | None, page: int) -> list[Post]:
        """A page of the list of articles that *words* describe, newest first."""
        filters = Filters(publishers=(publisher,) if publisher else ())
        infos = await asyncio.to_thread(listed_articles, self._assistant.library, words, date.today())
        infos = [info for info in infos if filters.accept(info)]
        infos.sort(key=lambda info: (info.date or "", info.title), reverse=True)
        if words and not infos:
            return [notice("No articles match these words.")]
        pages = max(1, -(-len(infos) // PAGE_SIZE))
        lines = [f"- {article_line(info)}" for info in infos[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
        if not lines:
            return [notice(f"There are no articles on page {page:,}. The last page is {pages:,}.")]
        footer = f"{_count(len(infos), 'article')} · page {page:,} of {pages:,}"
        return arrange("", lines, title="Articles", footer=footer)

    async def about(self) -> list[Post]:
        """The size of the index and who writes the answers. Raises RetrievalError."""
        status = self.status = await asyncio.to_thread(self._assistant.library.status)
        lines = [
            f"**{status.articles:,}** articles with {status.passages:,} passages",
            f"Published from {day_stamp(status.first_date or '?')} to {day_stamp(status.last_date or '?')}",
            f"Last updated {time_stamp(status.synced_at)}",
            plain_for_discord(mode_line(self._assistant.model_name)),
        ]
        publishers = ", ".join(
            f"{plain_for_discord(escape_for_discord(name))} ({count:,})"
            for name, count in status.publishers[:MAX_PUBLISHERS]
        )
        below = [f"Publishers: {publishers}"] if publishers else []
        return arrange("\n".join(lines), below, title="What I know")

    async def forget(self, conversations: Sequence[str], person: str | None) -> list[Post]:
        """Delete the answers of some conversations: a person's, or everybody's if *person* is None."""
        count = await asyncio.to_thread(self._delete_records, conversations, person)
        for conversation in conversations:
            self._assistant.forget(conversation)
        return [notice(f"Deleted {_count(count, 'answer')}.")]

    def _delete_records(self, conversations: Sequence[str], person: str | None) -> int:
        records = [
            record
            for conversation in conversations
            for record in self._records.latest(-1, conversation=conversation)
        ]
        return self._records.forget([record.id for record in records if person in {None, record.person}])

    async def check(self, text: str) -> list[Post]:
        """The sentences of a message, each with a verdict or its closest quote."""
        checked = await check_text(self._assistant, text)
        if all(claim.verdict == "no claim" for claim in checked.claims):
            return [notice("This message has no sentence that I can check.")]
        # The message itself is not saved: it was not written to the bot.
        listed = Answer("", "", "answered", citations=checked.citations)
        return await self._with_passage_buttons(checked_posts(checked), listed)


def _count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> _count(1, "page"), _count(1200, "page")
    ('1 page', '1,200 pages')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
