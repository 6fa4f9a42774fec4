"""The daily budget of the language model, in tokens or money, shared by all processes of a user."""

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
    """The price of a million tokens, in the currency of the price table."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """The cost of *usage*."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / _MILLION


def read_prices(path: Path) -> dict[str, Price]:
    """Read a price table: TOML with a line ``"MODEL" = { input = 0.25, output = 2.0 }`` for each model.

    Raises SettingsInvalid if the file cannot be read or contains anything else.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return {name: _price(row) for name, row in rows.items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsInvalid(
            f"The price table {path} cannot be read.",
            'Use TOML lines such as "MODEL" = { input = 0.25, output = 2.0 }, per million tokens.',
        ) from error


def _price(row: object) -> Price:
    if not isinstance(row, Mapping):
        raise TypeError
    price = Price(float(row["input"]), float(row["output"]))
    if not (price.input >= 0 and price.output >= 0):
        raise ValueError
    return price


class Budget:
    """Counts the tokens of a day (UTC) in a file that processes share, and stops requests at a limit.

    *tokens* and *cost* are the limits, None for no limit; without any, no file is read or written.
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
                "FOOTNOTE_DAILY_COST is set, but the price of the model is unknown.",
                "Add the model to a price table, and set FOOTNOTE_PRICES to its path.",
            )
        self._path = path
        self._tokens = tokens
        self._cost = cost
        self._price = price
        self._now = now

    @property
    def is_limited(self) -> bool:
        """True if there is any limit."""
        return self._tokens is not None or self._cost is not None

    def check(self) -> None:
        """Raise ModelFailed if today's limit is reached."""
        if not self.is_limited:
            return
        with self._file() as file:
            spent, cost = self._read(file)
        if self._tokens is not None and spent.tokens >= self._tokens:
            raise ModelFailed(
                f"Today's {self._tokens:,} tokens for the language model are used up.",
                "The count restarts at midnight UTC; to change the limit, set FOOTNOTE_DAILY_TOKENS.",
            )
        if self._cost is not None and cost >= self._cost:
            raise ModelFailed(
                f"Today's budget of {self._cost:g} for the language model is used up.",
                "The count restarts at midnight UTC; to change the limit, set FOOTNOTE_DAILY_COST.",
            )

    def spent(self) -> Usage:
        """The tokens spent today."""
        with self._file() as file:
            return self._read(file)[0]

    def spend(self, usage: Usage) -> None:
        """Add *usage* to the tokens spent today."""
        if not self.is_limited or usage == Usage():
            return
        with self._file() as file:
            spent, cost = self._read(file)
            total = spent + usage
            row = {
                "day": self._today(),
                "input_tokens": total.input_tokens,
                "output_tokens": total.output_tokens,
                "cost": cost + self._cost_of(usage),
            }
            file.seek(0)
            file.truncate()
            file.write(json.dumps(row))

    def _today(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()

    def _cost_of(self, usage: Usage) -> float:
        return self._price.of(usage) if self._price else 0.0

    def _read(self, file: IO[str]) -> tuple[Usage, float]:
        """Today's tokens and their cost; models with other prices add to the same file."""
        file.seek(0)
        try:
            row = json.loads(file.read())
            if row["day"] == self._today():
                spent = Usage(int(row["input_tokens"]), int(row["output_tokens"]))
                return spent, float(row.get("cost", self._cost_of(spent)))
        except (ValueError, TypeError, KeyError):
            pass  # a new or damaged file: today's count starts at zero
        return Usage(), 0.0

    @contextmanager
    def _file(self) -> Iterator[IO[str]]:
        import portalocker

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with portalocker.Lock(self._path, "a+", timeout=5, encoding="utf-8") as file:
                yield file
        except (OSError, portalocker.LockException) as error:
            raise ModelFailed(
                "The token count of the language model cannot be saved.",
                f"Make {self._path} writable, or set FOOTNOTE_STATE to another folder.",
            ) from error
