"""The buttons below answers: they open passages and take opinions, also of answers from before a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

import discord
from discord import ui

if TYPE_CHECKING:
    from bot.discord.posts.post import Button, Post

_ID = "[A-Za-z0-9_-]{1,40}"
_STYLES = {
    "grey": discord.ButtonStyle.secondary,
    "blue": discord.ButtonStyle.primary,
    "green": discord.ButtonStyle.success,
    "red": discord.ButtonStyle.danger,
    "link": discord.ButtonStyle.link,
}


class ButtonHandler(Protocol):
    """What pressing a button does; the client has it."""

    async def open_passage(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Show a passage to the one who pressed."""

    async def turn_to(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Show another passage in place of the one that is shown."""

    async def take_opinion(self, interaction: discord.Interaction, answer_id: str, helpful: bool) -> None:
        """Keep what the one who pressed thinks of an answer."""


class AnswerButton(
    ui.DynamicItem[ui.Button[ui.View]],
    template=rf"fn:(?P<act>passage|turn|good|bad):(?P<answer>{_ID})(?::(?P<number>\d{{1,4}}))?(?::[bf])?",
):
    """Any button of ours, made anew from its custom_id when it is pressed: nothing is kept in memory."""

    def __init__(
        self, button: ui.Button[ui.View], act: str = "", answer_id: str = "", number: int = 0
    ) -> None:
        super().__init__(button)
        self._act = act
        self._answer_id = answer_id
        self._number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        """The button as it was pressed."""
        assert isinstance(item, ui.Button)
        return cls(item, match["act"], match["answer"], int(match["number"] or 0))

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Whether this press is new; after a lost connection Discord may repeat it."""
        new = bool(interaction.client.is_new(interaction.id))
        await interaction.client.loop_throttle.wait_turn()
        return new

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for."""
        presses: ButtonHandler = interaction.client.presses
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "passage": lambda: presses.open_passage(interaction, self._answer_id, self._number),
            "turn": lambda: presses.turn_to(interaction, self._answer_id, self._number),
            "good": lambda: presses.take_opinion(interaction, self._answer_id, True),
            "bad": lambda: presses.take_opinion(interaction, self._answer_id, False),
        }
        await acts[self._act]()


def view(post: Post) -> ui.View:
    """The buttons of a post as discord.py's view; empty when it has none."""
    shown = ui.View(timeout=None)
    for button in post.buttons:
        shown.add_item(_item(button))
    shown.stop()  # discord.py need not keep it: Pressed is registered for all buttons, for good
    return shown


def _item(button: Button) -> ui.Button[ui.View] | AnswerButton:
    made: ui.Button[ui.View] = ui.Button(
        label=button.label,
        style=_STYLES[button.style],
        disabled=button.disabled,
        row=button.row,
        url=button.target if button.style == "link" else None,
        custom_id=None if button.style == "link" else button.target,
    )
    return made if button.style == "link" else AnswerButton(made)
