"""Which reader reads which kind of file."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.document import Document
from retrieval.encoding import decode
from retrieval.errors import ReadError
from retrieval.markdown import read_markdown
from retrieval.text import read_text
from retrieval.web import read_web_page

_SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "web page",
    ".htm": "web page",
    ".xhtml": "web page",
    ".jsonl": "dump",
    ".ndjson": "dump",
}
DUMPS = frozenset({"dump"})


def kind_of(path: str) -> str | None:
    """The kind of a file by its name, None when it is not known here."""
    name = path.rpartition("/")[2].lower()
    stem, dot, suffix = name.rpartition(".")
    return _SUFFIXES.get(dot + suffix) if stem else None


def read_document(kind: str, data: bytes) -> Document:
    """The document of a file that holds one. Raises ReadError with one clear sentence."""
    document = _READERS[kind](data)
    if not any(map(str.isalnum, document.text)):
        raise ReadError("There are no words in this file.")
    return document


def _text(data: bytes) -> Document:
    return read_text(decode(data))


def _markdown(data: bytes) -> Document:
    return read_markdown(decode(data))


_READERS: dict[str, Callable[[bytes], Document]] = {
    "text": _text,
    "markdown": _markdown,
    "web page": read_web_page,
}
