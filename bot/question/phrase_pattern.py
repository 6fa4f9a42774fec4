"""Compiles the phrase tables: one line of words, options and slots becomes a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

_SYNTAX = re.compile(
    r"\s+|<(?P<group>[\w-]+)>|\{(?P<slot>\w+)\}|(?P<sign>\]\*|[\[\]()|])|(?P<word>[^\s\[\]()|<{]+)"
)
_SIGNS = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "]*": ")*+", "|": "|"}
_LITERAL = re.compile(r"[\w'-]+(?![?*])")  # the start of a word that has no choice
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


class Phrase:
    """A phrase whose pattern is compiled when a text can match it: most phrases of a table match few texts.

    >>> Phrase("(tell|show) [me] about {topic} $", {}).match("Tell me about ferries?")["topic"]
    'ferries'
    """

    def __init__(self, phrase: str, groups: Mapping[str, str]) -> None:
        self._phrase = phrase
        self._groups = groups

    def match(self, text: str) -> re.Match[str] | None:
        """The match at the start of a text; see `compile_phrase`."""
        lower = text.lower()
        if not all(any(part in lower for part in parts) for parts in self._needed):
            return None
        return self._pattern.match(text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return compile_phrase(self._phrase, self._groups)

    @cached_property
    def _needed(self) -> list[frozenset[str]]:
        return _needed(_SYNTAX.finditer(self._phrase), self._groups)


def _needed(tokens: Iterator[re.Match[str]], groups: Mapping[str, str]) -> list[frozenset[str]]:
    """Sets of strings: a text that matches the tokens, up to the end of a bracket, has one of each set."""
    branches: list[list[frozenset[str]]] = [[]]
    for token in tokens:
        if group := token["group"]:
            branches[-1] += _needed(_SYNTAX.finditer(groups[group]), groups)
        elif token["sign"] == "(":
            branches[-1] += _needed(tokens, groups)
        elif token["sign"] == "[":
            _needed(tokens, groups)
        elif token["sign"] == "|":
            branches.append([])
        elif token["sign"]:
            break
        elif token["word"] and (literal := _LITERAL.match(token["word"])):
            branches[-1].append(frozenset({literal[0].lower()}))
    if len(branches) == 1:
        return branches[0]
    return [frozenset().union(*(branch[0] for branch in branches))] if all(branches) else []


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
