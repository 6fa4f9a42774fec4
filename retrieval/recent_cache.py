"""A cache of what was used last, for values that are computed or read in batches."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")


class RecentCache(Generic[Value]):
    """The *maximum* values used last, by key; others are made with *make*. Thread-safe.

    >>> lengths = RecentCache(lambda words: {word: len(word) for word in words}, 100)
    >>> lengths.get(["ferry", "quay", "ferry"])
    {'ferry': 5, 'quay': 4}
    """

    def __init__(self, make: Callable[[Sequence[str]], Mapping[str, Value]], maximum: int) -> None:
        self._make, self._maximum = make, maximum
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Value] = OrderedDict()

    def put(self, values: Mapping[str, Value]) -> None:
        """Keep values that were made elsewhere."""
        with self._lock:
            self._kept.update(values)
            while len(self._kept) > self._maximum:
                self._kept.popitem(last=False)

    def get(self, keys: Sequence[str]) -> dict[str, Value]:
        """The values by key, in the order of *keys*, without those for which nothing is made."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        if new := [key for key in dict.fromkeys(keys) if key not in found]:
            made = self._make(new)
            found.update(made)
            self.put(made)
        return {key: found[key] for key in keys if key in found}
