"""The rows of an SQLite table for many values of a column, asked for in groups that one statement takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

_AT_ONCE = 500  # values in one IN (...): SQLite's oldest limit is 999


def look_up(
    connection: sqlite3.Connection, query: str, values: Sequence[str] | Sequence[int] | Sequence[bytes]
) -> Iterator[tuple[Any, ...]]:
    """The rows of *query*, which ends in "WHERE column IN", in no certain order."""
    for at in range(0, len(values), _AT_ONCE):
        batch = values[at : at + _AT_ONCE]
        yield from connection.execute(f"{query} ({', '.join('?' * len(batch))})", batch)
