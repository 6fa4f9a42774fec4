"""Compiles the phrase tables: one line of words, options and slots becomes a regular expression."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SYNTAX = re.compile(
    r"\s+|<(?P<group>[\w-]+)>|\{(?P<slot>\w+)\}|(?P<sign>\]\*|[\[\]()|])|(?P<word>[^\s\[\]()|<{]+)"
)
_SIGNS = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "]*": ")*+", "|": "|"}
_GAP = r"(?:\b|(?<=\W))[\s,:]*"


def compile_phrase(phrase: str, groups: Mapping[str, str]) -> re.Pattern[str]:
    """The pattern of a phrase, to be matched at the start of a question; it ignores case.

    ``[a b]`` is optional, ``[a|b]*`` repeated without backtracking, ``(a|b)`` a choice, ``<name>`` a phrase
    of *groups*, ``{name}`` a slot of one or more words, ``$`` the end of the question. A word can be a
    regular expression without spaces and brackets.

    >>> compile_phrase("(tell|show) [me] about {topic} $", {}).match("Tell me about ferries?")["topic"]
    'ferries'
    """
    return re.compile(r"\W*" + _expanded(phrase, groups), re.IGNORECASE)


def _expanded(phrase: str, groups: Mapping[str, str]) -> str:
    parts = []
    for token in _SYNTAX.finditer(phrase):
        if group := token["group"]:
            parts.append(f"(?:{_expanded(groups[group], groups)})")
        elif slot := token["slot"]:
            parts.append(rf"(?P<{slot}>[^\s?!.,].*?)(?!\w){_GAP}")
        elif sign := token["sign"]:
            parts.append(_SIGNS[sign])
        elif token["word"] == "$":
            parts.append(r"\W*$")
        elif word := token["word"]:
            parts.append(rf"\b{word}{_GAP}")
    return "".join(parts)
