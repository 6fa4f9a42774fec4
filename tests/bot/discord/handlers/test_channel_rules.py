"""A channel is known by its own id, by that of the channel of a thread, and by that of its category."""

from __future__ import annotations

from dataclasses import dataclass

import discord
import pytest

from bot.discord.handlers.channel_rules import channel_ids, is_allowed
from bot.discord.handlers.discord_store import ServerSettings


@dataclass
class Place:
    """A channel as discord.py tells it, as far as this is asked."""

    id: int
    category_id: int | None = None
    parent_id: int | None = None


class Orphan(Place):
    """A thread whose channel discord.py does not know: its category raises."""

    @property
    def category_id(self) -> int | None:
        raise discord.ClientException("Parent channel not found")

    @category_id.setter
    def category_id(self, value: int | None) -> None: ...


@pytest.mark.parametrize(
    ("place", "ids"), [(Place(1), (1,)), (Place(1, 7), (1, 7)), (Place(2, 7, 1), (2, 1, 7))]
)
def test_a_named_category_allows_its_channels_and_their_threads(place: Place, ids: tuple[int, ...]) -> None:
    """As moderators expect of a category, which Discord offers among the channels."""
    person = discord.Object(5)
    assert channel_ids(place) == ids
    assert is_allowed(ServerSettings(channels=(7,)), place, person) == (7 in ids)  # type: ignore[arg-type]


def test_a_thread_of_an_unknown_channel_has_no_category() -> None:
    """It is known by itself and by its channel."""
    assert channel_ids(Orphan(2, None, 1)) == (2, 1)
