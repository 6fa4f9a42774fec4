"""The rules for messages and channels."""

from __future__ import annotations

from dataclasses import dataclass

import discord
import pytest

from bot.discord.handlers.channel_rules import channel_ids, is_allowed, question_text
from bot.discord.handlers.server_settings import ServerSettings


@dataclass
class FakeChannel:
    """The attributes of a channel of discord.py that the rules read."""

    id: int
    category_id: int | None = None
    parent_id: int | None = None


class Orphan(FakeChannel):
    """A thread whose parent channel discord.py does not know: its category raises."""

    @property
    def category_id(self) -> int | None:
        raise discord.ClientException("Parent channel not found")

    @category_id.setter
    def category_id(self, value: int | None) -> None: ...


@pytest.mark.parametrize(
    ("channel", "ids"),
    [(FakeChannel(1), (1,)), (FakeChannel(1, 7), (1, 7)), (FakeChannel(2, 7, 1), (2, 1, 7))],
)
def test_an_allowed_category_includes_its_channels_and_their_threads(
    channel: FakeChannel, ids: tuple[int, ...]
) -> None:
    """Discord offers categories among the channels to choose from."""
    person = discord.Object(5)
    assert channel_ids(channel) == ids
    assert is_allowed(ServerSettings(channels=(7,)), channel, person) == (7 in ids)  # type: ignore[arg-type]


def test_a_thread_of_an_unknown_channel_has_no_category() -> None:
    """Its own id and that of the channel remain."""
    assert channel_ids(Orphan(2, None, 1)) == (2, 1)


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("<@5> who?", "who?"),
        ("hey <@!5>\n who  is <@7> in <#8>?", "hey who is Ann in news?"),
        ("<@5> </ask:3> <t:123:R> <a:gull:9>", "/ask gull"),
        ("<@5>", ""),
    ],
)
def test_the_question_is_extracted_from_a_message(content: str, question: str) -> None:
    """The bot's mention is removed, others become names, white space is collapsed."""
    assert question_text(content, 5, {7: "Ann", 8: "news"}) == question
