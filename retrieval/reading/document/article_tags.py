"""Reads an article's tags: from front matter and fields of rows, and from the text of notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from retrieval.tags import folded_tag

MAX_TAGS = 100  # of an article
_MAX_LENGTH = 100  # characters of a tag
_NAMES = ("name", "title", "label", "value", "tag")  # fields of a tag that is an object
_SEPARATORS = re.compile(r"[,;|\n]|>\s*<")
_OUTSIDE = " \t\r\n\"'[]<>"  # of a tag in "['ferry', 'harbour']" or "<ferry><harbour>"
# Code, in which "#" has other meanings, or a tag.
_INLINE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t]*(?P=fence)|\Z)|`[^`\n]+`"
    r"|(?<!\S)#(?P<tag>[\w/-]{1,100})(?![\w/#-])",
    re.MULTILINE | re.DOTALL,
)


def field_tags(value: object, *, plural: bool = False) -> tuple[str, ...]:
    """The tags in a field: a list of strings or objects, or a string with separators.

    With *plural*, spaces separate too if nothing else does, as in Jekyll and Obsidian.

    >>> field_tags("harbour, Ferry Line"), field_tags("#news/tech #ferry"), field_tags(["a", {"name": "b"}])
    (('harbour', 'Ferry Line'), ('news/tech', 'ferry'), ('a', 'b'))
    >>> field_tags("harbour ferry", plural=True), field_tags("Ferry Line"), field_tags("<c><d>")
    (('harbour', 'ferry'), ('Ferry Line',), ('c', 'd'))
    """
    return tidy_tags(_parts(value, plural))


def inline_tags(text: str) -> tuple[str, ...]:
    """The tags in the text of a note, as Obsidian finds them: not in code, and not only digits.

    >>> inline_tags("# Title\\nThe #harbour, C#, `#code`, #2024 and #news/tech.")
    ('harbour', 'news/tech')
    """
    found = (match["tag"] for match in _INLINE.finditer(text))
    return tidy_tags(tag for tag in found if tag and not re.fullmatch(r"[\d/-]+", tag))


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags without "#", each once ignoring case; at most MAX_TAGS."""
    found: dict[str, str] = {}
    for tag in tags:
        words = re.sub(r"\s*/[\s/]*", "/", " ".join(tag.split()).lstrip("# ")).strip(" /")
        if words and len(words) <= _MAX_LENGTH and any(map(str.isalnum, words)):
            found.setdefault(folded_tag(words), words)
        if len(found) == MAX_TAGS:
            break
    return tuple(found.values())


def _parts(value: object, plural: bool) -> Iterator[str]:
    if isinstance(value, str):
        parts = [part.strip(_OUTSIDE) for part in _SEPARATORS.split(value)]
        spaced = len(parts) == 1 and (plural or parts[0].startswith("#"))
        yield from parts[0].split() if spaced else parts
    elif isinstance(value, Mapping):
        names = (value.get(name) for name in _NAMES)
        yield from [name for name in names if isinstance(name, str)][:1]
    elif isinstance(value, list):
        for part in value[: 10 * MAX_TAGS]:
            if isinstance(part, str | Mapping):
                yield from _parts(part, plural=False) if isinstance(part, Mapping) else [part.strip(_OUTSIDE)]
