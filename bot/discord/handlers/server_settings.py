"""How the bot behaves in a server and in single channels of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from retrieval.hit import Filters

Replies = Literal["thread", "in place"]


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What is different in one channel or category; None: as in the server."""

    replies: Replies | None = None
    language: str | None = None
    folder: str | None = None
    publishers: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of a server. No channels means all of them, no roles means everybody.

    ``language`` is that of the bot's own messages, "" for that of the person or server. Answers come from the
    articles in ``folder`` (a path pattern), of ``publishers`` and with one of ``tags``; empty: from all.
    """

    channels: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    replies: Replies = "thread"
    language: str = ""
    folder: str = ""
    publishers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    exceptions: dict[int, ChannelSettings] = field(default_factory=dict)  # by the id of a channel or category

    def at(self, channels: Iterable[int]) -> ServerSettings:
        """The settings in a channel, given the ids of the channel, its parent and its category."""
        found = self
        for channel in reversed(tuple(channels)):
            exception = self.exceptions.get(channel, ChannelSettings())
            found = replace(found, **{name: value for name, value in _items(exception) if value is not None})
        return found

    def with_exception(self, channel: int, **changes: Any) -> ServerSettings:
        """The settings with other values in one channel; None removes a value."""
        changed = replace(self.exceptions.get(channel, ChannelSettings()), **changes)
        exceptions = {other: kept for other, kept in self.exceptions.items() if other != channel}
        if changed != ChannelSettings():
            exceptions[channel] = changed
        return replace(self, exceptions=exceptions)

    @property
    def scope(self) -> Filters | None:
        """Which articles are used; None for all."""
        paths = (self.folder,) if self.folder else ()
        return Filters(publishers=self.publishers, paths=paths, tags=self.tags) or None


def settings_to_json(settings: ServerSettings) -> str:
    """The settings as one line of JSON."""
    return json.dumps(asdict(settings))


def settings_from_json(document: str) -> ServerSettings:
    """The settings in a line of JSON, also of an older version, which lacks some fields."""
    row = json.loads(document)
    exceptions = row.pop("exceptions", {})
    by_channel = {int(key): ChannelSettings(**_tuples(values)) for key, values in exceptions.items()}
    return ServerSettings(**_tuples(row), exceptions=by_channel)


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _items(exception: ChannelSettings) -> Iterable[tuple[str, Any]]:
    return ((entry.name, getattr(exception, entry.name)) for entry in fields(exception))
