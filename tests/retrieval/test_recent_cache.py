"""The cache makes each value once, until others displace it."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.recent_cache import RecentCache


class Maker:
    """Makes capitals of the letters "a" to "e"; records what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def make(self, keys: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(keys))
        return {key: key.upper() for key in keys if key in "abcde"}


def test_a_value_is_made_once() -> None:
    """In the order asked for; unknown keys are left out, and asked for again."""
    maker = Maker()
    cache = RecentCache(maker.make, 10)
    assert list(cache.get(["b", "a", "b", "x"]).items()) == [("b", "B"), ("a", "A")]
    assert list(cache.get(["c", "x", "b"]).items()) == [("c", "C"), ("b", "B")]
    assert cache.get(["a", "c"]) == {"a": "A", "c": "C"}
    assert maker.asked == [["b", "a", "x"], ["c", "x"]]


def test_the_values_used_last_are_kept() -> None:
    """A value that was used again outlives those made after it; a batch can exceed the maximum."""
    maker = Maker()
    cache = RecentCache(maker.make, 3)
    cache.get(["a", "b", "c"])
    cache.get(["a"])
    cache.get(["d", "e"])
    assert cache.get(["a"]) == {"a": "A"}
    assert cache.get(["a", "b", "c", "d", "e"]) == {letter: letter.upper() for letter in "abcde"}
    assert maker.asked == [["a", "b", "c"], ["d", "e"], ["b", "c"]]
