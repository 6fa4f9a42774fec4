"""The part of lxml's element interface that the readers use, as a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, Self


class Element(Protocol):
    """An element of parsed HTML or XML."""

    @property
    def tag(self) -> object:
        """The name of the element; not a str for comments and processing instructions."""

    @property
    def text(self) -> str | None:
        """The text before its first child."""

    @property
    def tail(self) -> str | None:
        """The text between its end and the next element."""

    @property
    def attrib(self) -> Mapping[str, str]:
        """The attributes of the element."""

    def __iter__(self) -> Iterator[Element]: ...

    def iter(self, *tags: str) -> Iterator[Element]:
        """This element and all its descendants in document order, only those with the given *tags*."""

    def itertext(self) -> Iterator[str]:
        """The text of this element and all its descendants."""


class MutableElement(Element, Protocol):
    """An element of a tree that a reader changes before it extracts the text."""

    tag: object
    text: str | None
    tail: str | None

    def __iter__(self) -> Iterator[Self]: ...

    def iter(self, *tags: str) -> Iterator[Self]:
        """As `Element.iter`."""

    def getparent(self) -> Self | None:
        """The element around it; None for the root."""

    def getprevious(self) -> Self | None:
        """The element before it in the same parent."""

    def remove(self, element: Self) -> None:
        """Remove a child, with its tail."""

    def makeelement(self, tag: str) -> Self:
        """A new element that is not in the tree."""

    def append(self, element: Self) -> None:
        """Add a last child; it is moved if it is in the tree."""
