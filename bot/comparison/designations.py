"""The numbers and names that tell similar things apart: "bridge 1", "Nim14", "the Arden bridge"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from retrieval.calendar_terms import MONTH_ABBREVIATIONS, MONTHS, WEEKDAYS
from retrieval.text_analysis import STOP_WORDS, stems

# "Nim14", "G-7", "A350b"
_JOINED = re.compile(r"\b([^\W\d_]+)-?(\d+[a-z]?)\b")
# "bridge 1", "Line No. 2", "World War II"; not "bridge 1.5", "rose 40 %" or "up 40 million"
_SEPARATE = re.compile(
    r"\b([^\W\d_]+)[^\S\n]+(?:no\.?\s*|number\s+|#)?(\d{1,4}[a-z]?|[IVX]{2,4})\b(?![.,:]?\d|\s*(?:%|per\b|percent\b|"
    r"hundred\b|thousand\b|million\b|billion\b|trillion\b))",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b([A-Z][\w’'-]*)[^\S\n]+([^\W\d_]+)")
# Words that stand before a count, not before the number of a thing.
_BEFORE_COUNTS = STOP_WORDS | frozenset(
    "almost around least less more most nearly only over page roughly than total under up year years".split()
)
_NO_HEADS = _BEFORE_COUNTS | frozenset((*MONTHS, *MONTH_ABBREVIATIONS, *WEEKDAYS))


def are_told_apart(ours: str, theirs: str, topic: Collection[str], values: Collection[float]) -> bool:
    """True if two texts are about things of the same kind with other numbers or names.

    *topic* are the stems of the question; *values* are the figures in dispute, which are no designations.

    >>> are_told_apart("Bridge 1 is 40 m long.", "Bridge 2 is 45 m long.", {"bridg"}, {40, 45})
    True
    >>> are_told_apart("The bridge is 40 m long.", "Bridge 2 is 45 m long.", {"bridg"}, {40, 45})
    False
    >>> are_told_apart("The Arden bridge is new.", "The Belmont bridge is new.", {"bridg"}, ())
    True
    """
    numbers, other_numbers = _numbers(ours, values), _numbers(theirs, values)
    if any(numbers[head].isdisjoint(other_numbers[head]) for head in numbers.keys() & other_numbers.keys()):
        return True
    names, other_names = _names(ours, topic), _names(theirs, topic)
    return any(
        not _mention(theirs, names[head]) and not _mention(ours, other_names[head])
        for head in names.keys() & other_names.keys()
    )


def _numbers(text: str, values: Collection[float]) -> Mapping[str, set[str]]:
    """The stem of each kind of thing -> the numbers of the things."""
    found: dict[str, set[str]] = defaultdict(set)
    for pattern in (_JOINED, _SEPARATE):
        for match in pattern.finditer(text):
            head, number = match[1].casefold(), match[2].casefold()
            if pattern is _SEPARATE and (head in _NO_HEADS or head.endswith(("ed", "ing"))):
                continue
            if not (number.isdigit() and float(number) in values):
                found[_stem(head)].add(number.lstrip("0"))
    return found


def _names(text: str, topic: Collection[str]) -> Mapping[str, set[str]]:
    """A stem of the topic -> the capitalized words before it."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, head in _pairs(text):
        if _stem(head) in topic and name.casefold() not in _NO_HEADS:
            found[_stem(head)].add(name.casefold())
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while match := _NAMED.search(text, at):
        yield match[1], match[2]
        at = match.start(2)  # "New Arden bridge": both pairs


def _mention(text: str, words: Collection[str]) -> bool:
    return any(word in text.casefold() for word in words)


def _stem(word: str) -> str:
    return next(iter(stems(word)), word.casefold())
