"""Builds the posts of all commands except /ask: search, sources, articles, about, check."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.catalogue_answers.requested_articles import listed_articles
from bot.claim_check import check_text
from bot.discord.additions.addition_state import articles_by_server
from bot.discord.commands.article_options import KnownNames, known_names
from bot.discord.commands.checked_posts import checked_posts
from bot.discord.handlers.button_actions import LIST_PREFIX, NOT_SAVED
from bot.discord.posts.answer_layout import openable_citations, with_buttons
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.post import Button, Post, arrange, notice
from bot.discord.posts.source_lines import (
    article_line,
    by_article,
    day_stamp,
    hit_lines,
    short_name,
    source_line,
    time_stamp,
)
from bot.localization import localized, localized_count
from bot.suggestions import suggest
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.passage import Passage

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.handlers.button_actions import ButtonActions
    from bot.discord.handlers.discord_store import DiscordStore
    from retrieval.article import ArticleInfo
    from retrieval.index.generation_state import IndexStatus

log = logging.getLogger("footnote.discord")
SEARCH_RESULTS = 8  # passages
PAGE_SIZE = 10  # articles
MAX_LISTED = 1_000  # articles on the pages of one list
MAX_PUBLISHERS = 8  # listed by /about
SUGGESTIONS = 3  # questions


class CommandPages:
    """Builds the posts of all commands except /ask."""

    def __init__(self, assistant: Assistant, store: DiscordStore, button_actions: ButtonActions) -> None:
        self._assistant = assistant
        self._store = store
        self._button_actions = button_actions
        self.status: IndexStatus | None = None  # as of the latest ``refresh``
        self._articles: Mapping[int, Sequence[ArticleInfo]] = {}  # by the server that added them
        self._names: dict[int | None, KnownNames] = {}
        self._suggested: dict[Filters | None, tuple[str, ...]] = {}
        self._suggested_for = ""  # time of the sync

    def known_names(self, server: int | None) -> KnownNames:
        """The publishers and tags that a server can ask about."""
        if server not in self._names:
            infos = [info for key in {0, server or 0} for info in self._articles.get(key, ())]
            self._names[server] = known_names(infos)
        return self._names[server]

    async def refresh(self) -> None:
        """Update the status of the index; an error leaves it unchanged."""
        library = self._assistant.library
        try:
            self.status = await asyncio.to_thread(library.status)
            self._articles = articles_by_server(await asyncio.to_thread(library.articles))
            self._names.clear()
        except RetrievalError as error:
            log.warning("%s", error)

    async def search(self, words: str, filters: Filters) -> list[Post]:
        """The passages closest to some words."""
        hits = await self._assistant.search(words, SEARCH_RESULTS, filters)
        if not hits:
            return [notice("I found no passages.")]
        listed = Answer(words, words, "not_found", nearest=tuple(hits))
        title = localized("Passages for “{words}”", words=escape_for_discord(words))
        posts = arrange("", hit_lines(hits), title=title)
        return await self._with_passage_buttons(posts, listed)

    async def _with_passage_buttons(self, posts: list[Post], listed: Answer) -> list[Post]:
        """Save a list of passages and add buttons that open them."""
        list_id = LIST_PREFIX + secrets.token_hex(8)
        nameless = replace(listed, id=list_id, question="", standalone_question="")
        await asyncio.to_thread(self._store.save_list, list_id, nameless)
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
        text = localized("For the question “{question}”:", question=question)
        posts = arrange(text, lines, title=localized("Sources"))
        return with_buttons(posts, answer.id, [citation.number for citation in citations])

    async def _states(self, citations: Sequence[Citation]) -> str:
        """The states of the quotes of one article: "unchanged", or "[1] moved, [3] unchanged"."""
        states = [localized((await self._assistant.locate(citation)).state) for citation in citations]
        if len(set(states)) == 1:
            return states[0]
        return ", ".join(f"[{c.number}] {state}" for c, state in zip(citations, states, strict=True))

    async def infos(self, scope: Filters | None) -> list[ArticleInfo]:
        """The articles within the limits of a server."""
        infos = await asyncio.to_thread(self._assistant.library.articles)
        return [info for info in infos if scope is None or scope.accept(info)]

    async def articles(self, words: str, filters: Filters, page: int) -> list[Post]:
        """A page of the list of articles that *words* describe, newest first, with buttons to the others."""
        infos = await asyncio.to_thread(listed_articles, self._assistant.library, words, date.today())
        infos = [info for info in infos if filters.accept(info)]
        if not infos:
            return [notice("No articles match these words." if words else "There are no articles here.")]
        infos.sort(key=lambda info: (info.date or "", info.title), reverse=True)
        pages = -(-len(infos) // PAGE_SIZE)
        if page > pages:
            text = "There is no page {page}. The last page is {pages}."
            return [notice(localized(text, page=page, pages=pages))]
        list_id = LIST_PREFIX + secrets.token_hex(8) if pages > 1 else ""
        if list_id:
            listed = tuple(Hit(Passage(info, "", 0, 0, 0, None, ()), 0.0) for info in infos[:MAX_LISTED])
            answer = Answer("", "", "not_found", nearest=listed, id=list_id)
            await asyncio.to_thread(self._store.save_list, list_id, answer)
        return [_article_page(infos, list_id, page)]

    async def list_page(self, list_id: str, page: int) -> Post:
        """A page of a list that was shown before."""
        answer = await asyncio.to_thread(self._store.load_list, list_id)
        if answer is None:
            return notice(NOT_SAVED)
        return _article_page([hit.passage.article for hit in answer.nearest], list_id, page)

    async def about(self, scope: Filters | None) -> list[Post]:
        """The articles within a scope, who writes the answers, and questions. Raises RetrievalError."""
        status = self.status = await asyncio.to_thread(self._assistant.library.status)
        infos = await self.infos(scope)
        dates = sorted(info.date for info in infos if info.date)
        lines = [localized_count("**{count}** article", "**{count}** articles", len(infos))]
        if dates:
            first, last = day_stamp(dates[0]), day_stamp(dates[-1])
            lines.append(localized("Published from {first} to {last}", first=first, last=last))
        if status.pending:
            done = status.articles
            text = "Indexing: {done} of {total} articles so far."
            lines.append(localized(text, done=done, total=done + status.pending))
        lines.append(localized("Last updated {time}", time=time_stamp(status.synced_at)))
        if self._assistant.model_name:
            model = plain_for_discord(escape_for_discord(self._assistant.model_name))
            lines.append(localized("Answers are written by {model}, based on these articles.", model=model))
        else:
            lines.append(localized("Answers quote these articles word for word."))
        names = Counter(info.publisher for info in infos if info.publisher).most_common(MAX_PUBLISHERS)
        shown = ", ".join(f"{short_name(name)} ({count:,})" for name, count in names)
        below = [localized("Publishers: {names}", names=shown)] if names else []
        questions = await self._suggestions(status.synced_at, scope)
        if questions:
            below += ["", localized("You could ask:"), *(f"- {short_name(text)}" for text in questions)]
        return arrange("\n".join(lines), below, title=localized("What I know"))

    async def _suggestions(self, synced_at: str, scope: Filters | None) -> tuple[str, ...]:
        """Questions that the articles answer, found once for each state of the index."""
        if self._suggested_for != synced_at:
            self._suggested_for = synced_at
            self._suggested.clear()
        if scope not in self._suggested:
            corpus = self._assistant.library.corpus.roots
            self._suggested[scope] = await suggest(self._assistant, corpus, SUGGESTIONS, scope)
        return self._suggested[scope]

    async def check(self, text: str, scope: Filters | None, link: str) -> list[Post]:
        """The sentences of a message, each with a verdict or its closest quote; *link* leads to it."""
        checked = await check_text(self._assistant, text, scope)
        if all(claim.verdict == "no claim" for claim in checked.claims):
            return [notice("This message has no sentence that I can check.")]
        # The message itself is not saved: it was not written to the bot.
        listed = Answer("", "", "answered", citations=checked.citations)
        return await self._with_passage_buttons(checked_posts(checked, link), listed)


def _article_page(infos: Sequence[ArticleInfo], list_id: str, page: int) -> Post:
    """One page of a list of articles, in one message."""
    pages = -(-len(infos) // PAGE_SIZE)
    shown = infos[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    count = localized_count("{count} article", "{count} articles", len(infos))
    footer = f"{count} · {localized('page {page} of {pages}', page=page, pages=pages)}"
    posts: list[Post] = []
    for linked in (True, False):  # without links, every page fits
        lines = [f"- {article_line(info, linked=linked)}" for info in shown]
        posts = posts if len(posts) == 1 else arrange("", lines, title=localized("Articles"), footer=footer)
    buttons = (
        Button(localized("◀ Previous"), f"fn:page:{list_id}:{max(page - 1, 1)}:b", disabled=page == 1),
        Button(localized("Next ▶"), f"fn:page:{list_id}:{min(page + 1, pages)}:f", disabled=page == pages),
    )
    return Post(posts[0].cards, buttons if list_id else ())
