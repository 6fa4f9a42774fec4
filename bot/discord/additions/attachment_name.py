"""Names of attachments: which types can be added, and a harmless file name."""

from __future__ import annotations

import re
import unicodedata

from bot.rendering.sanitize import sanitize_line
from retrieval.reading.formats.registry import COLLECTIONS, KIND_BY_SUFFIX, kind_of

_MAX_LENGTH = 60  # characters; at most four bytes each, of the 255 that file systems allow
_MAX_SUFFIX = 10
_FORBIDDEN = re.compile(r"[^\w .,()&'+-]")
# Rows of a dump, feed or archive can have ids of their own, and so take those of the operator's articles.
_KINDS = frozenset(KIND_BY_SUFFIX.values()) - (COLLECTIONS - {"EPUB"})
SUFFIXES = tuple(suffix for suffix, kind in KIND_BY_SUFFIX.items() if kind in _KINDS)


def can_be_added(name: str) -> bool:
    """True for files that contain one document.

    >>> [can_be_added(name) for name in ("a.PDF", "b.txt", "c.jsonl", "d.exe", "e")]
    [True, True, False, False, False]
    """
    return kind_of(file_name(name)) in _KINDS


def file_name(name: str) -> str:
    r"""A file name without folders, control characters and what has a meaning in paths or to programs.

    >>> file_name("../../etc/passwd.txt"), file_name(r"C:\x\.hidden.md"), file_name("~$a\u202e/..")
    ('passwd.txt', 'hidden.md', 'article')
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", sanitize_line(name)))[-1]
    stem, dot, suffix = _FORBIDDEN.sub("-", base).strip(" .-").rpartition(".")
    ending = dot + suffix if len(suffix) <= _MAX_SUFFIX else ""
    return (stem or suffix)[: _MAX_LENGTH - len(ending)].strip(" .-") + (ending if stem else "") or "article"
