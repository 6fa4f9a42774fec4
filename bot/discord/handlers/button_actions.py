"""What the buttons do: open a passage as it stands in its article now, turn to the next, take an opinion."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import ui

from bot.answer import Answer
from bot.discord.posts.answer_layout import citations_of, passage_post
from bot.discord.posts.buttons import view
from bot.discord.posts.delivery import NONE, InteractionSurface, embeds
from bot.discord.posts.discord_requests import acknowledge
from bot.discord.posts.post import Post, notice
from bot.records.record import REASONS, Feedback

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.discord.handlers.discord_store import DiscordStore
    from bot.discord.handlers.dispatcher import Dispatcher
    from bot.records.answer_store import AnswerStore
    from bot.records.record import Reason
    from retrieval.article import Article

LIST = "L-"  # begins the ids of lists that only this adapter keeps
SOON = 1.2  # seconds: what takes longer is deferred, for Discord wants a sign within 3 s
NO_LONGER = "This answer is no longer kept, so its passages cannot be shown."
THANKS = "Thank you. It is kept with the answer."
WHY = "fn:why:"


class ButtonActions:
    """Opens passages of kept answers and lists, and keeps opinions."""

    def __init__(
        self, assistant: Assistant, records: AnswerStore, store: DiscordStore, dispatcher: Dispatcher
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._store = store
        self._dispatcher = dispatcher

    async def open_passage(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Show a passage to the one who pressed."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            making = asyncio.ensure_future(self._passage(answer_id, number))
            if not (await asyncio.wait({making}, timeout=SOON))[0]:
                await surface.defer()
            await surface.show([await making])

    async def turn_to(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Show another passage in place of the one that is shown."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            making = asyncio.ensure_future(self._passage(answer_id, number))
            if (await asyncio.wait({making}, timeout=SOON))[0]:
                post, edit = await making, interaction.response.edit_message
                await acknowledge(lambda: edit(embeds=embeds(post), view=view(post), allowed_mentions=NONE))
            else:
                await acknowledge(interaction.response.defer)
                await surface.show([await making])

    async def _passage(self, answer_id: str, number: int) -> Post:
        answer = await asyncio.to_thread(self.kept, answer_id)
        citations = citations_of(answer) if answer else ()
        citation = next((each for each in citations if each.number == number), None)
        if citation is None:
            return notice(NO_LONGER)
        found = await self._assistant.locate(citation)
        holds = found.state in {"unchanged", "moved"} and found.article is not None
        text = _without_clutter(found.article) if holds and found.article else None
        numbers = [each.number for each in citations]
        return passage_post(citation, found.state, text, (found.start, found.end), answer_id, numbers)

    def kept(self, answer_id: str) -> Answer | None:
        """An answer or a list by the id that its buttons bear; waits for the disk."""
        if answer_id.startswith(LIST):
            return self._store.list(answer_id)
        record = self._records.load(answer_id)
        return record.answer if record else None

    async def take_opinion(self, interaction: discord.Interaction, answer_id: str, helpful: bool) -> None:
        """Keep "helpful" at once; ask the others what was wrong."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            if not helpful:
                await acknowledge(lambda: interaction.response.send_modal(_why(answer_id)))
            feedback = Feedback(answer_id, _person(interaction), helpful)
            kept = await asyncio.to_thread(self._records.add_feedback, feedback)
            if helpful:
                await surface.show([notice(THANKS if kept else NO_LONGER)])

    async def take_reason(self, interaction: discord.Interaction) -> None:
        """Keep why an answer was not helpful, from the form of ``take_opinion``, also of before a restart."""
        surface = InteractionSurface(interaction, private=True)
        async with self._dispatcher.error_boundary(lambda post: surface.show([post])):
            answer_id = (interaction.custom_id or "").removeprefix(WHY)
            reason, words = _filled_in(interaction)
            feedback = Feedback(answer_id, _person(interaction), False, reason, words or None)
            kept = await asyncio.to_thread(self._records.add_feedback, feedback)
            await surface.show([notice(THANKS if kept else NO_LONGER)])


def _without_clutter(article: Article) -> str:
    """The text with what is not indexed (adverts, menus) made invisible; every offset stays what it is."""
    text = list(article.text)
    for drop in article.dropped:
        text[drop.start : drop.end] = "\x00" * (drop.end - drop.start)
    return "".join(text)


def _person(interaction: discord.Interaction) -> str:
    return f"discord:{interaction.user.id}"


def _why(answer_id: str) -> ui.Modal:
    """The form; what is sent is taken by ``take_reason``, for this object does not outlive a restart."""
    modal = ui.Modal(title="What was wrong?", custom_id=WHY + answer_id, timeout=900)
    options = [discord.SelectOption(label=reason.capitalize(), value=reason) for reason in REASONS]
    choice: ui.Select[ui.View] = ui.Select(custom_id="reason", options=options, required=False)
    words: ui.TextInput[ui.View] = ui.TextInput(
        custom_id="words", style=discord.TextStyle.paragraph, required=False, max_length=1000
    )
    modal.add_item(ui.Label(text="Reason", component=choice))
    modal.add_item(ui.Label(text="In your words (optional)", component=words))
    return modal


def _filled_in(interaction: discord.Interaction) -> tuple[Reason | None, str]:
    """What was chosen and written in the form."""
    data = cast("dict[str, Any]", interaction.data or {})
    fields = {row["component"]["custom_id"]: row["component"] for row in data.get("components", [])}
    chosen = fields.get("reason", {}).get("values") or []
    reason = next((each for each in REASONS if each in chosen), None)
    return reason, str(fields.get("words", {}).get("value") or "")[:1000].strip()
