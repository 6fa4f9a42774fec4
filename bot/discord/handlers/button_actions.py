"""What the buttons do: open a passage in its current article, switch to another one, record feedback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import ui

from bot.answer import Answer
from bot.discord.posts.answer_layout import openable_citations, passage_post
from bot.discord.posts.buttons import view
from bot.discord.posts.delivery import NO_MENTIONS, embeds
from bot.discord.posts.discord_requests import acknowledge
from bot.discord.posts.interaction_surface import InteractionSurface
from bot.discord.posts.post import Post, notice
from bot.localization import localized
from bot.records.record import FEEDBACK_REASONS, Feedback

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.records.answer_store import AnswerStore
    from bot.records.record import FeedbackReason
    from retrieval.article import Article

LIST_PREFIX = "L-"  # of the ids of lists that only DiscordStore has
DEFER_AFTER = 1.2  # seconds; Discord requires a response or a deferral within 3 s
NOT_SAVED = "I no longer have this answer."
THANKS = "Thank you for your feedback."
FEEDBACK_FORM = "fn:why:"  # prefix of the form's custom_id


class ButtonActions:
    """Opens passages of saved answers and lists, and records feedback."""

    def __init__(
        self, assistant: Assistant, records: AnswerStore, store: DiscordStore, dispatcher: Dispatcher
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._store = store
        self._dispatcher = dispatcher
        self.list_page: Callable[[str, int], Awaitable[Post]]  # a page of a saved list of articles

    async def open_passage(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Show a passage to the person who pressed the button."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            task = asyncio.ensure_future(self._passage(answer_id, number))
            if not (await asyncio.wait({task}, timeout=DEFER_AFTER))[0]:
                await surface.defer()
            await surface.show([await task])

    async def switch_passage(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Replace the passage shown by another one."""
        await self._replace(interaction, self._passage(answer_id, number))

    async def switch_page(self, interaction: discord.Interaction, list_id: str, page: int) -> None:
        """Replace the page of a list of articles by another one."""
        await self._replace(interaction, self.list_page(list_id, page))

    async def _replace(self, interaction: discord.Interaction, loading: Awaitable[Post]) -> None:
        """Show a post in the message of the button that was pressed."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            task = asyncio.ensure_future(loading)
            if (await asyncio.wait({task}, timeout=DEFER_AFTER))[0]:
                post, edit = await task, interaction.response.edit_message
                await acknowledge(
                    lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NO_MENTIONS)
                )
            else:
                await acknowledge(interaction.response.defer)
                await surface.show([await task])

    async def _passage(self, answer_id: str, number: int) -> Post:
        answer = await asyncio.to_thread(self.load_answer, answer_id)
        citations = openable_citations(answer) if answer else ()
        citation = next((citation for citation in citations if citation.number == number), None)
        if citation is None:
            return notice(NOT_SAVED)
        located = await self._assistant.locate(citation)
        contains_quote = located.state in {"unchanged", "moved"}
        text = _without_clutter(located.article) if contains_quote and located.article else None
        numbers = [citation.number for citation in citations]
        return passage_post(citation, located.state, text, (located.start, located.end), answer_id, numbers)

    def load_answer(self, answer_id: str) -> Answer | None:
        """A saved answer or list by the id in its buttons; blocks on the disk."""
        if answer_id.startswith(LIST_PREFIX):
            return self._store.load_list(answer_id)
        record = self._records.load(answer_id)
        return record.answer if record else None

    async def show_rest(self, interaction: discord.Interaction, key: str) -> None:
        """Show the rest of an answer to the person who pressed the button."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            posts = await asyncio.to_thread(self._store.load_posts, key)
            await surface.show(posts or [notice(NOT_SAVED)])

    async def add_feedback(self, interaction: discord.Interaction, answer_id: str, helpful: bool) -> None:
        """Record feedback; if the answer was not helpful, also open the form that asks why."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            if not helpful:
                await acknowledge(lambda: interaction.response.send_modal(_feedback_form(answer_id)))
            feedback = Feedback(answer_id, _person(interaction), helpful)
            saved = await asyncio.to_thread(self._records.add_feedback, feedback)
            if helpful:
                await surface.show([notice(THANKS if saved else NOT_SAVED)])

    async def add_reason(self, interaction: discord.Interaction) -> None:
        """Record the reason from a submitted form, also one that was opened before a restart."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            answer_id = (interaction.custom_id or "").removeprefix(FEEDBACK_FORM)
            reason, words = _form_values(interaction)
            feedback = Feedback(answer_id, _person(interaction), False, reason, words or None)
            saved = await asyncio.to_thread(self._records.add_feedback, feedback)
            await surface.show([notice(THANKS if saved else NOT_SAVED)])


def _without_clutter(article: Article) -> str:
    """The text with adverts and menus replaced by invisible characters, so that all offsets stay valid."""
    text = list(article.text)
    for drop in article.dropped:
        text[drop.start : drop.end] = "\x00" * (drop.end - drop.start)
    return "".join(text)


def _person(interaction: discord.Interaction) -> str:
    return f"discord:{interaction.user.id}"


def _feedback_form(answer_id: str) -> ui.Modal:
    """The form. ``add_reason`` handles its submission, because this object does not survive a restart."""
    modal = ui.Modal(title=localized("What was wrong?"), custom_id=FEEDBACK_FORM + answer_id, timeout=900)
    options = [
        discord.SelectOption(label=localized(reason.capitalize()), value=reason)
        for reason in FEEDBACK_REASONS
    ]
    choice: ui.Select[ui.View] = ui.Select(custom_id="reason", options=options, required=False)
    words: ui.TextInput[ui.View] = ui.TextInput(
        custom_id="words", style=discord.TextStyle.paragraph, required=False, max_length=1000
    )
    modal.add_item(ui.Label(text=localized("Reason"), component=choice))
    modal.add_item(ui.Label(text=localized("Details (optional)"), component=words))
    return modal


def _form_values(interaction: discord.Interaction) -> tuple[FeedbackReason | None, str]:
    """The reason and the details entered in the form."""
    data = cast("dict[str, Any]", interaction.data or {})
    fields = {row["component"]["custom_id"]: row["component"] for row in data.get("components", [])}
    selected = fields.get("reason", {}).get("values") or []
    reason = next((reason for reason in FEEDBACK_REASONS if reason in selected), None)
    return reason, str(fields.get("words", {}).get("value") or "")[:1000].strip()
