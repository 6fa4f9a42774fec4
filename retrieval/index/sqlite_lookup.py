"""Looks up the rows of an SQLite table for many values of a column, in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

_MAX_VALUES = 500  # in one IN (...): SQLite's limit was 999


def look_up(
    connection: sqlite3.Connection, query: str, values: Sequence[str] | Sequence[int] | Sequence[bytes]
) -> Iterator[tuple[Any, ...]]:
    """The rows of *query*, which must end with "WHERE column IN", in no particular order."""
    for at in range(0, len(values), _MAX_VALUES):
        batch = values[at : at + _MAX_VALUES]
        yield from connection.execute(f"{query} ({', '.join('?' * len(batch))})", batch)
