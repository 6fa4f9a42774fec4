"""Maps file suffixes to kinds and kinds to readers, which are imported on demand."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from typing import Any, BinaryIO

from retrieval.article import Article
from retrieval.errors import ReadError
from retrieval.reading.document.document import Document, to_article
from retrieval.reading.document.encoding import decode
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.markdown import read_markdown
from retrieval.reading.formats.plain_text import read_text

MAX_CACHED_ROWS, MAX_CACHED_ROW_BYTES = 100, 65_536
MAX_FILE_BYTES = 64 * 2**20  # of a file that is read into memory, after decompression

KIND_BY_SUFFIX = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "HTML",
    ".htm": "HTML",
    ".xhtml": "HTML",
    ".mhtml": "MHTML",
    ".mht": "MHTML",
    ".pdf": "PDF",
    ".docx": "Word",
    ".odt": "OpenDocument",
    ".rtf": "RTF",
    ".pptx": "PowerPoint",
    ".epub": "EPUB",
    ".eml": "email",
    ".mbox": "mbox",
    ".zip": "ZIP",
    ".jsonl": "dump",
    ".ndjson": "dump",
    ".json": "JSON",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
}
# Kind -> module and function, for files that contain one document.
_DOCUMENT_READERS = {
    "HTML": ("retrieval.reading.formats.html", "read_html_bytes"),
    "MHTML": ("retrieval.reading.formats.eml", "read_mhtml"),
    "PDF": ("retrieval.reading.formats.pdf", "read_pdf"),
    "Word": ("retrieval.reading.formats.docx", "read_docx"),
    "OpenDocument": ("retrieval.reading.formats.odt", "read_odt"),
    "RTF": ("retrieval.reading.formats.rtf", "read_rtf"),
    "PowerPoint": ("retrieval.reading.formats.pptx", "read_pptx"),
    "email": ("retrieval.reading.formats.eml", "read_email"),
}
# The same for files that can contain several documents.
_COLLECTION_READERS = {
    "CSV": ("retrieval.reading.formats.json_csv", "read_csv"),
    "EPUB": ("retrieval.reading.formats.epub", "read_epub"),
    "feed": ("retrieval.reading.formats.feeds", "read_feed"),
}
# The same for files of any size, which are read from the open file.
_STREAM_READERS = {
    "JSON": ("retrieval.reading.formats.json_csv", "read_json"),
    "dump": ("retrieval.reading.formats.json_lines", "read_json_lines"),
    "mbox": ("retrieval.reading.formats.mbox", "read_mbox"),
    "ZIP": ("retrieval.reading.formats.zip_archive", "read_zip"),
}
# Kind -> module and function that read a single row from its bytes.
_ROW_READERS = {
    "JSON": ("retrieval.reading.formats.json_csv", "read_json_value"),
    "dump": ("retrieval.reading.formats.json_lines", "read_json_row"),
    "mbox": ("retrieval.reading.formats.mbox", "read_mbox_message"),
}
DUMP = "dump"  # JSON Lines
STREAMS = frozenset(_STREAM_READERS)
COLLECTIONS = frozenset(_COLLECTION_READERS) | STREAMS
WITH_ROW_ACCESS = frozenset(_ROW_READERS)

Results = Iterator[tuple[Row, Document] | BadRow]


def kind_of(path: str) -> str | None:
    """The kind of a file by its suffix, ignoring ".gz"; None if it is not supported."""
    name = path.rpartition("/")[2].lower().removesuffix(".gz")
    stem, dot, suffix = name.rpartition(".")
    return KIND_BY_SUFFIX.get(dot + suffix) if stem else None


def read_document(kind: str, data: bytes) -> Document:
    """The document of a file that contains one. Raises ReadError."""
    if kind in ("text", "markdown"):
        text = decode(data)
        _require_words(text)
        return read_text(text) if kind == "text" else read_markdown(text)
    reader: Callable[[bytes], Document] = _load(*_DOCUMENT_READERS[kind])
    document = reader(data)
    _require_words(document.text)
    return document


def _require_words(text: str) -> None:
    if not any(map(str.isalnum, text)):
        raise ReadError("The file contains no words.")


def read_collection(kind: str, data: bytes) -> Results:
    """The rows and documents of a file that can contain several. Raises ReadError."""
    if kind in STREAMS:
        return read_stream(kind, BytesIO(data))
    reader: Callable[[bytes], Results] = _load(*_COLLECTION_READERS[kind])
    return reader(data)


def read_stream(kind: str, file: BinaryIO) -> Results:
    """The same for an open file; the file must stay open until all rows are read."""
    reader: Callable[[BinaryIO], Results] = _load(*_STREAM_READERS[kind])
    return reader(file)


def read_row(kind: str, data: bytes, row: Row, id: str, path: str) -> Article | None:
    """The article of a row found earlier, from its bytes; None if they are another row now. Short ones are
    cached: the quotes of an answer, and of those after it, are often from the same articles."""
    read = _row_article if len(data) <= MAX_CACHED_ROW_BYTES else _row_article.__wrapped__
    return read(kind, data, row, id, path)


@lru_cache(maxsize=MAX_CACHED_ROWS)
def _row_article(kind: str, data: bytes, row: Row, id: str, path: str) -> Article | None:
    reader: Callable[[bytes, Row], Document | None] = _load(*_ROW_READERS[kind])
    document = reader(data, row)
    return None if document is None else to_article(document, id, path)


def _load(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


def decompress(data: bytes) -> bytes:
    """The content of a .gz file. Raises ReadError if it is damaged or larger than MAX_FILE_BYTES."""
    try:
        with gzip.open(BytesIO(data)) as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError("The .gz file is damaged or truncated.") from error
    if len(content) > MAX_FILE_BYTES:
        raise ReadError(f"The decompressed file is too large: more than {MAX_FILE_BYTES // 2**20} MB.")
    return content
