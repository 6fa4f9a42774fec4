"""The part of a parsed page's elements (lxml's) that readers use, as a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol


class Element(Protocol):
    """An element: ``tag`` is a str, but for comments and instructions; ``tail`` is the text after it."""

    @property
    def tag(self) -> object:
        """The name of the element."""

    @property
    def text(self) -> str | None:
        """The text before its first child."""

    @property
    def tail(self) -> str | None:
        """The text between its end and the next element."""

    @property
    def attrib(self) -> Mapping[str, str]:
        """Its attributes."""

    def __iter__(self) -> Iterator[Element]: ...

    def iter(self, *tags: str) -> Iterator[Element]:
        """All elements below, itself included, in the order of the page."""

    def itertext(self) -> Iterator[str]:
        """All text below."""
