"""A message as it will stand on Discord, before discord.py: cards (embeds) and buttons, within all limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.discord.posts.split_markdown import shorten, split, units

# Documented limits (discord.com/developers/docs, Message and Embed objects).
TITLE, DESCRIPTION, FOOTER, TOGETHER, LABEL, CUSTOM_ID = 256, 4096, 2048, 6000, 80, 100
ROWS, IN_ROW = 5, 5
PART = 3800  # of a long text in one card: leaves room to close a code block and for the footer
NOTES = 1000  # of a footer: what must be said is shorter

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
        """What it counts of the 6,000 that a message may hold."""
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


def notice(text: str, *, help: str = "", colour: Colour = "grey") -> Post:
    """A short message of our own words."""
    both = f"{text}\n{help}" if help else text
    return Post((Card(shorten(both, PART), colour=colour),))


def arrange(
    body: str, below: Sequence[str], *, title: str = "", footer: str = "", colour: Colour = "blue"
) -> list[Post]:
    """Lay a text and the lines below it (sources, passages) out over as few messages as hold them.

    The text is cut at sentences, the lines never. The title stands at the top, the footer at the end.
    """
    cards = [Card(part, colour=colour) for part in split(body, PART)]
    cards += [Card(part, colour=colour) for part in _joined(below)]
    cards = cards or [Card("…", colour=colour)]
    first, last = cards[0], cards[-1]
    cards[0] = Card(first.description, shorten(title, TITLE), first.footer, colour)
    last = cards[-1]
    cards[-1] = Card(last.description, last.title, shorten(footer, NOTES), colour)
    return _packed(cards)


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines joined to descriptions that fit."""
    parts: list[str] = []
    for line in lines:
        if parts and units(parts[-1]) + units(line) + 1 <= PART:
            parts[-1] += "\n" + line
        else:
            parts.append(line if units(line) <= PART else split(line, PART)[0])
    return parts


def _packed(cards: Sequence[Card]) -> list[Post]:
    posts: list[Post] = []
    for card in cards:
        if posts and sum(each.size for each in posts[-1].cards) + card.size <= TOGETHER:
            posts[-1] = Post((*posts[-1].cards, card))
        else:
            posts.append(Post((card,)))
    return posts
