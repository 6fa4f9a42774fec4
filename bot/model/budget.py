"""What the language model may cost in a day: counted for all processes of a user, with a clear stop."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from bot.answer import Usage
from bot.errors import ModelFailed, SettingsInvalid

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in the currency of the person who wrote the table."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """What *usage* costs."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / _MILLION


def read_prices(path: Path) -> dict[str, Price]:
    """Read a table of prices: TOML with a line ``"MODEL" = { input = 0.25, output = 2.0 }`` for each model.

    Raises SettingsInvalid for a file that cannot be read or holds anything else.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return {name: _price(row) for name, row in rows.items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsInvalid(
            f"The table of prices {path} cannot be read.",
            'It is TOML; each line reads: "MODEL" = { input = 0.25, output = 2.0 }, for a million tokens.',
        ) from error


def _price(row: object) -> Price:
    if not isinstance(row, Mapping):
        raise TypeError
    price = Price(float(row["input"]), float(row["output"]))
    if not (price.input >= 0 and price.output >= 0):
        raise ValueError
    return price


class Budget:
    """Counts what a model spends in a day (UTC), in a file that processes share, and stops at a bound.

    *tokens* and *cost* are the bounds, None for no bound; without any, no file is read or written.
    """

    def __init__(
        self,
        path: Path,
        *,
        tokens: int | None = None,
        cost: float | None = None,
        price: Price | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if cost is not None and price is None:
            raise SettingsInvalid(
                "FOOTNOTE_DAILY_COST is set, but the price of the model is not known.",
                "Write it into a table and name that in FOOTNOTE_PRICES.",
            )
        self._path = path
        self._tokens = tokens
        self._cost = cost
        self._price = price
        self._now = now

    @property
    def bounded(self) -> bool:
        """Whether there is a bound at all."""
        return self._tokens is not None or self._cost is not None

    def check(self) -> None:
        """Raise ModelFailed when today's bound is reached."""
        if not self.bounded:
            return
        spent = self.spent()
        if self._tokens is not None and spent.input_tokens + spent.output_tokens >= self._tokens:
            raise ModelFailed(
                f"Today's {self._tokens:,} tokens for the language model are used up.",
                "They start anew at midnight UTC; FOOTNOTE_DAILY_TOKENS sets how many there are.",
            )
        if self._cost is not None and self._price is not None and self._price.of(spent) >= self._cost:
            raise ModelFailed(
                f"Today's budget of {self._cost:g} for the language model is used up.",
                "It starts anew at midnight UTC; FOOTNOTE_DAILY_COST sets it.",
            )

    def spent(self) -> Usage:
        """What was spent today."""
        with self._file() as file:
            return self._read(file)

    def spend(self, usage: Usage) -> None:
        """Add *usage* to what was spent today."""
        if not self.bounded or usage == Usage():
            return
        with self._file() as file:
            total = self._read(file) + usage
            row = {
                "day": self._today(),
                "input_tokens": total.input_tokens,
                "output_tokens": total.output_tokens,
            }
            file.seek(0)
            file.truncate()
            file.write(json.dumps(row))

    def _today(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()

    def _read(self, file: IO[str]) -> Usage:
        file.seek(0)
        try:
            row = json.loads(file.read())
            if row["day"] == self._today():
                return Usage(int(row["input_tokens"]), int(row["output_tokens"]))
        except (ValueError, TypeError, KeyError):
            pass  # a new file, or one that something else damaged: today's count starts anew
        return Usage()

    @contextmanager
    def _file(self) -> Iterator[IO[str]]:
        import portalocker

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with portalocker.Lock(self._path, "a+", timeout=5, encoding="utf-8") as file:
                yield file
        except (OSError, portalocker.LockException) as error:
            raise ModelFailed(
                f"What the language model spent today cannot be kept in {self._path}.",
                "Make the folder writable, or set FOOTNOTE_STATE.",
            ) from error
