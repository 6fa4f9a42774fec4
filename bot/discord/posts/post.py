"""Discord messages as plain data: cards (embeds) and buttons, within Discord's limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from bot.discord.posts.split_markdown import shorten, split, units
from bot.localization import localized

# Documented limits (discord.com/developers/docs, Message and Embed objects).
MAX_TITLE, MAX_DESCRIPTION, MAX_EMBEDS_TOTAL = 256, 4096, 6000
MAX_ROWS, BUTTONS_PER_ROW = 5, 5
MAX_PART = 3800  # of a long text in one card: leaves room to close a code block and for the footer
MAX_FOOTER = 1000  # below Discord's limit of 2048

Colour = Literal["blue", "green", "grey", "orange", "red"]
Style = Literal["grey", "blue", "green", "red", "link"]


@dataclass(frozen=True, slots=True)
class Card:
    """One embed. All texts are ready for Discord: escaped, and ``description`` in Markdown."""

    description: str = ""
    title: str = ""
    footer: str = ""
    colour: Colour = "blue"

    @property
    def size(self) -> int:
        """Its share of the 6,000 units that a message can hold."""
        return units(self.title) + units(self.description) + units(self.footer)


@dataclass(frozen=True, slots=True)
class Button:
    """A button: ``target`` is its custom_id, or the URL of a link."""

    label: str
    target: str
    style: Style = "grey"
    row: int = 0
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One message."""

    cards: tuple[Card, ...]
    buttons: tuple[Button, ...] = ()


def with_button(posts: Sequence[Post], label: str, target: str, style: Style = "grey") -> list[Post]:
    """The posts with one more button at the end of the last one."""
    *others, last = posts
    row = max((button.row for button in last.buttons), default=0)
    row += sum(button.row == row for button in last.buttons) >= BUTTONS_PER_ROW
    return [*others, Post(last.cards, (*last.buttons, Button(label, target, style, row)))]


def posts_to_json(posts: Sequence[Post]) -> str:
    """Serialize posts."""
    return json.dumps([asdict(post) for post in posts])


def posts_from_json(document: str) -> list[Post]:
    """Read the output of ``posts_to_json``."""
    return [
        Post(
            tuple(Card(**card) for card in row["cards"]), tuple(Button(**button) for button in row["buttons"])
        )
        for row in json.loads(document)
    ]


def notice(text: str, *, help: str = "", colour: Colour = "grey") -> Post:
    """A short message from the bot itself in its current language, with optional advice on a second line."""
    both = f"{localized(text)}\n{localized(help)}" if help else localized(text)
    return Post((Card(shorten(both, MAX_PART), colour=colour),))


def arrange(
    body: str, lines: Sequence[str], *, title: str = "", footer: str = "", colour: Colour = "blue"
) -> list[Post]:
    """Lay out a text, and lines below it (sources, passages), over as few messages as possible.

    The text is split at sentences; lines are never split. The title comes first, the footer last.
    """
    cards = [Card(part, colour=colour) for part in split(body, MAX_PART)]
    cards += [Card(part, colour=colour) for part in _joined(lines)]
    cards = cards or [Card("…", colour=colour)]
    first = cards[0]
    cards[0] = Card(first.description, shorten(title, MAX_TITLE), first.footer, colour)
    last = cards[-1]
    cards[-1] = Card(last.description, last.title, shorten(footer, MAX_FOOTER), colour)
    return _packed(cards)


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines joined into descriptions of at most MAX_PART units."""
    parts: list[str] = []
    for line in lines:
        if parts and units(parts[-1]) + units(line) + 1 <= MAX_PART:
            parts[-1] += "\n" + line
        else:
            parts.append(line if units(line) <= MAX_PART else split(line, MAX_PART)[0])
    return parts


def _packed(cards: Sequence[Card]) -> list[Post]:
    """Messages of as many cards as fit within MAX_EMBEDS_TOTAL."""
    posts: list[Post] = []
    for card in cards:
        if posts and sum(other.size for other in posts[-1].cards) + card.size <= MAX_EMBEDS_TOTAL:
            posts[-1] = Post((*posts[-1].cards, card))
        else:
            posts.append(Post((card,)))
    return posts
