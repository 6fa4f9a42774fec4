"""What the other commands show: found passages, sources, articles, what the bot knows, what it can do."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.discord.commands.claim_check import check, claims
from bot.discord.handlers.button_actions import LIST
from bot.discord.posts.answer_layout import article_line, citations_of, hit_lines, source_line, with_buttons
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.post import Post, arrange, notice
from bot.rendering.text_rendering import mode_line
from retrieval.errors import RetrievalError
from retrieval.hit import Filters

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.handlers.button_actions import ButtonActions
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.records.answer_store import AnswerStore
    from retrieval.index.index_reader import IndexStatus

log = logging.getLogger("footnote.discord")
FOUND = 8  # passages that a search shows
CANDIDATES = 5  # passages that a sentence is checked against
PAGE = 15  # articles on a page of the list
VERDICTS = {"supported": "✅", "partly": "🟡", "unsupported": "❌"}
HELP = """\
**Ask** with `/ask`, by mentioning me, by replying to me, or in direct messages. In a thread, a forum \
post and direct messages I remember what we talk about.
**Check** an answer: each `[1]` is a source, and the button `1` shows the very words in their article, \
and whether the article still says so.
**Check any message**: open its menu, then Apps, then *Check this*.

`/sources` what the last answer here rests on
`/search` passages, without an answer
`/articles` what I have read · `/about` how much, and when
`/forget` delete your part of our conversation here
`/sync` and `/settings` for those who manage the server

I answer only when I am asked, ping nobody, and say so when the articles do not know. \
👍 and 👎 below an answer reach the people who run me."""


class CommandPages:
    """Makes the posts of all commands but /ask."""

    def __init__(
        self, assistant: Assistant, records: AnswerStore, store: DiscordStore, passages: ButtonActions
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._store = store
        self._passages = passages
        self.status: IndexStatus | None = None  # as last seen by ``refresh``

    @property
    def publishers(self) -> list[str]:
        """The publishers of the index, those with most articles first."""
        return [name for name, _ in self.status.publishers] if self.status else []

    async def refresh(self) -> None:
        """Look at the index again; while there is none, what was seen before stays."""
        try:
            self.status = await asyncio.to_thread(self._assistant.library.status)
        except RetrievalError as error:
            log.warning("%s", error)

    async def search(self, words: str, filters: Filters) -> list[Post]:
        """The passages nearest to some words."""
        hits = await self._assistant.search(words, FOUND, filters)
        if not hits:
            return [notice("No passage is near these words.")]
        found = Answer(words, words, "not_found", nearest=tuple(hits))
        posts = arrange("", hit_lines(hits), title=f"Passages for “{escape_for_discord(words)}”")
        return await self._listed(posts, found)

    async def _listed(self, posts: list[Post], found: Answer) -> list[Post]:
        """Posts with buttons that open the passages of a list, which is kept for them."""
        name = LIST + secrets.token_hex(8)
        await asyncio.to_thread(self._store.keep_list, name, replace(found, id=name))
        return with_buttons(posts, name, [each.number for each in citations_of(found)])

    async def sources(self, channel: int) -> list[Post]:
        """The sources of the last answer in a channel, each with what has become of it."""
        latest = await asyncio.to_thread(self._store.latest, channel)
        answer = await asyncio.to_thread(self._passages.kept, latest) if latest else None
        if answer is None:
            return [notice("There is no answer here whose sources I could show.")]
        citations = citations_of(answer)
        states = [(await self._assistant.locate(each)).state for each in citations]
        lines = [f"{source_line(each)} · {state}" for each, state in zip(citations, states, strict=True)]
        asked = plain_for_discord(escape_for_discord(answer.question))
        posts = arrange(f"For the question “{asked}”:", lines, title="Sources")
        return with_buttons(posts, answer.id, [each.number for each in citations])

    async def articles(self, publisher: str | None, page: int) -> list[Post]:
        """A page of the articles, the newest first."""
        infos = await asyncio.to_thread(self._assistant.library.articles)
        accepted = [
            each for each in infos if Filters(publishers=(publisher,) if publisher else ()).accept(each)
        ]
        accepted.sort(key=lambda each: (each.date or "", each.title), reverse=True)
        pages = max(1, -(-len(accepted) // PAGE))
        shown = accepted[(page - 1) * PAGE : page * PAGE]
        if not shown:
            return [notice(f"There are {len(accepted):,} articles on {pages:,} pages.")]
        lines = [f"- {article_line(each)}" for each in shown]
        return arrange(
            "", lines, title="Articles", footer=f"{len(accepted):,} articles · page {page} of {pages}"
        )

    async def about(self) -> list[Post]:
        """What the bot knows and who writes its answers."""
        await self.refresh()
        status = self.status
        if status is None:
            return [
                notice("There is no index yet.", help="Those who run me can make one with `footnote sync`.")
            ]
        lines = [
            f"**{status.articles:,}** articles in {status.passages:,} passages",
            f"Published from **{status.first_date or '?'}** to **{status.last_date or '?'}**",
            f"Last read {_moment(status.synced_at)}",
            plain_for_discord(mode_line(self._assistant.model_name)),
        ]
        most = ", ".join(
            f"{plain_for_discord(escape_for_discord(name))} ({count:,})"
            for name, count in status.publishers[:8]
        )
        return arrange("\n".join(lines), [f"Publishers: {most}"] if most else [], title="What I know")

    async def forget(self, talks: Iterable[str], person: str | None) -> list[Post]:
        """Delete the answers of some talks: one person's, or everybody's when *person* is None."""
        count = await asyncio.to_thread(self._forget, list(talks), person)
        for talk in talks:
            self._assistant.forget(talk)
        return [notice(f"Forgotten: {count:,} answer{'' if count == 1 else 's'}.")]

    def _forget(self, talks: list[str], person: str | None) -> int:
        kept = [record for talk in talks for record in self._records.latest(-1, conversation=talk)]
        return self._records.forget([each.id for each in kept if person in {None, each.person}])

    async def help(self) -> list[Post]:
        """What the bot can do."""
        return arrange(HELP, [], title="How to ask me")

    async def check(self, text: str) -> list[Post]:
        """The sentences of a message, each with a verdict and the passage behind it."""
        sentences = claims(text)
        if not sentences:
            return [notice("There is no sentence in this message that I could look up.")]
        hits = [await self._assistant.search(each, CANDIDATES) for each in sentences]
        results = await asyncio.to_thread(
            lambda: [check(each, hits[index], index + 1) for index, each in enumerate(sentences)]
        )
        lines = []
        for each in results:
            marker = f" **[{each.citation.number}]**" if each.citation else ""
            lines.append(
                f"{VERDICTS[each.support]} {plain_for_discord(escape_for_discord(each.text))}{marker}"
            )
        citations = tuple(each.citation for each in results if each.citation)
        lines += [source_line(each) for each in citations]
        words = "✅ supported · 🟡 partly · ❌ not found in the articles"
        found = Answer("", "", "answered", citations=citations)  # what people write to others is not kept
        return await self._listed(
            arrange("", lines, title="Checked against the articles", footer=words), found
        )


def _moment(stamp: str) -> str:
    """An instant as ISO 8601, shown by Discord in the reader's own time."""
    from datetime import datetime

    try:
        return f"<t:{int(datetime.fromisoformat(stamp).timestamp())}:R>"
    except ValueError:
        return plain_for_discord(stamp)
