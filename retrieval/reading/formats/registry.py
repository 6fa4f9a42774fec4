"""Which reader reads which kind of file; libraries that few need are loaded by the readers themselves."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from io import BytesIO

from retrieval.errors import ReadError
from retrieval.reading.document.document import Document
from retrieval.reading.document.encoding import decode
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.markdown import read_markdown
from retrieval.reading.formats.plain_text import read_text

LARGEST = 64 * 2**20  # bytes of a file that is read whole, unpacked

_KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "web page",
    ".htm": "web page",
    ".xhtml": "web page",
    ".mhtml": "web archive",
    ".mht": "web archive",
    ".pdf": "PDF",
    ".docx": "Word",
    ".epub": "book",
    ".eml": "letter",
    ".jsonl": "dump",
    ".ndjson": "dump",
    ".json": "JSON",
    ".csv": "table",
    ".tsv": "table",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
}
# Kinds of one document -> where their reader is.
_ONE = {
    "web page": ("retrieval.reading.formats.html", "read_web_page"),
    "web archive": ("retrieval.reading.formats.eml", "read_archive"),
    "PDF": ("retrieval.reading.formats.pdf", "read_pdf"),
    "Word": ("retrieval.reading.formats.docx", "read_word"),
    "book": ("retrieval.reading.formats.epub", "read_book"),
    "letter": ("retrieval.reading.formats.eml", "read_letter"),
}
# Kinds of many documents.
_MANY = {
    "JSON": ("retrieval.reading.formats.json_csv", "read_json"),
    "table": ("retrieval.reading.formats.json_csv", "read_table"),
    "feed": ("retrieval.reading.formats.feeds", "read_feed"),
    "dump": ("retrieval.reading.formats.json_lines", "read_packed"),
}
DUMP = "dump"  # read row by row from the file itself, unless it is packed
COLLECTIONS = frozenset({"JSON", "table", "feed"})


def kind_of(path: str) -> str | None:
    """The kind of a file by its name without ".gz", None when it is not known here."""
    name = path.rpartition("/")[2].lower().removesuffix(".gz")
    stem, dot, suffix = name.rpartition(".")
    return _KINDS.get(dot + suffix) if stem else None


def read_document(kind: str, data: bytes) -> Document:
    """The document of a file that holds one. Raises ReadError with one clear sentence."""
    if kind in ("text", "markdown"):
        text = decode(data)
        _need_words(text)
        return read_text(text) if kind == "text" else read_markdown(text)
    module, name = _ONE[kind]
    reader: Callable[[bytes], Document] = getattr(import_module(module), name)
    document = reader(data)
    _need_words(document.text)
    return document


def _need_words(text: str) -> None:
    if not any(map(str.isalnum, text)):
        raise ReadError("There are no words in this file.")


def read_collection(kind: str, data: bytes) -> Iterator[tuple[Row, Document] | BadRow]:
    """The rows and documents of a file that holds many. Raises ReadError with one clear sentence."""
    module, name = _MANY[kind]
    reader: Callable[[bytes], Iterator[tuple[Row, Document] | BadRow]] = getattr(import_module(module), name)
    return reader(data)


def unpacked(data: bytes) -> bytes:
    """The content of a .gz file. Raises ReadError when it is broken, or larger than LARGEST."""
    try:
        with gzip.open(BytesIO(data)) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError("This .gz file is broken or cut short.") from error
    if len(content) > LARGEST:
        raise ReadError(f"The file is too large unpacked: more than {LARGEST // 2**20} MB.")
    return content
