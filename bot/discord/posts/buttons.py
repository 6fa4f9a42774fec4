"""The buttons below answers. They work across restarts: their custom ids hold all state."""

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
    """Handles button presses: ``button_actions`` of the client."""

    async def open_passage(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Show a passage to the person who pressed the button."""

    async def switch_passage(self, interaction: discord.Interaction, answer_id: str, number: int) -> None:
        """Replace the passage shown by another one."""

    async def switch_page(self, interaction: discord.Interaction, list_id: str, page: int) -> None:
        """Replace the page of a list of articles by another one."""

    async def show_rest(self, interaction: discord.Interaction, key: str) -> None:
        """Show the rest of an answer that could not be sent."""

    async def add_feedback(self, interaction: discord.Interaction, answer_id: str, helpful: bool) -> None:
        """Record the person's feedback on an answer."""


class RemovalHandler(Protocol):
    """Handles confirmed removals of articles: ``addition_pages`` of the client."""

    async def remove(self, interaction: discord.Interaction, addition_id: str) -> None:
        """Remove articles that were added in the server."""


class ControlHandler(Protocol):
    """Handles presses of the buttons that control an answer: ``answer_controls`` of the client."""

    async def stop(self, interaction: discord.Interaction, question: int) -> None:
        """Stop an answer that is being written."""

    async def ask_again(self, interaction: discord.Interaction, question: int) -> None:
        """Answer a question again that was interrupted."""

    async def delete(self, interaction: discord.Interaction, answer_id: str) -> None:
        """Delete an answer."""


class AnswerButton(
    ui.DynamicItem[ui.Button[ui.View]],
    template=rf"fn:(?P<act>passage|turn|page|good|bad|rest|stop|again|delete|remove):(?P<answer>{_ID})(?::(?P<number>\d{{1,4}}))?(?::[bf])?",
):
    """Any button of the bot, rebuilt from its custom_id when it is pressed."""

    def __init__(
        self, button: ui.Button[ui.View], action: str = "", answer_id: str = "", number: int = 0
    ) -> None:
        super().__init__(button)
        self._action = action
        self._answer_id = answer_id
        self._number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        """Rebuild the button that was pressed."""
        assert isinstance(item, ui.Button)
        return cls(item, match["act"], match["answer"], int(match["number"] or 0))

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Wait for the loop throttle. Returns False if the press was seen before."""
        is_new = bool(interaction.client.is_new(interaction.id))
        await interaction.client.loop_throttle.wait_turn()
        interaction.client.use_language(interaction)
        return is_new

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Run the button's action."""
        handler: ButtonHandler = interaction.client.button_actions
        removals: RemovalHandler = interaction.client.addition_pages
        controls: ControlHandler = interaction.client.answer_controls
        actions: dict[str, Callable[[], Awaitable[None]]] = {
            "passage": lambda: handler.open_passage(interaction, self._answer_id, self._number),
            "turn": lambda: handler.switch_passage(interaction, self._answer_id, self._number),
            "page": lambda: handler.switch_page(interaction, self._answer_id, self._number),
            "good": lambda: handler.add_feedback(interaction, self._answer_id, True),
            "stop": lambda: controls.stop(interaction, int(self._answer_id)),
            "again": lambda: controls.ask_again(interaction, int(self._answer_id)),
            "delete": lambda: controls.delete(interaction, self._answer_id),
            "remove": lambda: removals.remove(interaction, self._answer_id),
            "rest": lambda: handler.show_rest(interaction, self._answer_id),
            "bad": lambda: handler.add_feedback(interaction, self._answer_id, False),
        }
        await actions[self._action]()


def view(post: Post) -> ui.View:
    """The buttons of a post as a view of discord.py, possibly empty."""
    buttons = ui.View(timeout=None)
    for button in post.buttons:
        buttons.add_item(_item(button))
    buttons.stop()  # discord.py need not store the view: AnswerButton is registered for all buttons
    return buttons


def _item(button: Button) -> ui.Button[ui.View] | AnswerButton:
    is_link = button.style == "link"
    item: ui.Button[ui.View] = ui.Button(
        label=button.label,
        style=_STYLES[button.style],
        disabled=button.disabled,
        row=button.row,
        url=button.target if is_link else None,
        custom_id=None if is_link else button.target,
    )
    return item if is_link else AnswerButton(item)
