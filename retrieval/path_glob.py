"""Path patterns in the style of gitignore: "politics", "2024/*.md", "**/drafts"."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"/\*\*/|^\*\*/|/\*\*$|\*+|\?|\[!?[^\]/]+\]|.", re.DOTALL)
_RANGE = re.compile(r"(\w)\\-(\w)")  # within a character class, escaped


def matches_path(path: str, patterns: tuple[str, ...]) -> bool:
    """True if a pattern matches the path or a folder above it, ignoring case.

    >>> [matches_path("News/2024/boat.md", (glob,)) for glob in ("news", "2024/", "*.MD", "news/**/b?at.md")]
    [True, True, True, True]
    >>> [matches_path("News/2024/boat.md", (glob,)) for glob in ("2024/boat.md", "new", "/2024", "news/*.md")]
    [False, False, False, False]
    """
    return any(_compiled(pattern).fullmatch(path.casefold()) for pattern in patterns)


def path_regex(pattern: str) -> str:
    """The regular expression that a whole path in lower case matches, in the syntax of Python and of Rust.

    A pattern with a slash starts at the corpus folder, one without matches any file or folder.

    >>> path_regex("2024/*.md"), path_regex("drafts/")
    ('2024/[^/]*\\\\.md(?:/.*)?', '(?:.*/)?drafts(?:/.*)?')
    """
    pattern = pattern.strip().replace("\\", "/").casefold()
    anchored = "/" in pattern.rstrip("/")
    body = "".join(map(_translated, _TOKEN.findall(pattern.strip("/"))))
    return ("" if anchored else "(?:.*/)?") + body + "(?:/.*)?"


def _translated(part: str) -> str:
    special = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}
    if part in special:
        return special[part]
    if part.startswith("*"):
        return "[^/]*"
    if len(part) > 2 and part.startswith("["):
        is_negated = part.startswith("[!") and len(part) > 3
        characters = re.sub(r"([\\\[\]^&~|-])", r"\\\1", part[1 + is_negated : -1])
        return f"[{'^' * is_negated}{re.sub(_RANGE, _range, characters)}]"
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", part)


def _range(match: re.Match[str]) -> str:
    first, last = match.groups()
    return f"{first}-{last}" if first <= last else match[0]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(path_regex(pattern), re.DOTALL)
