"""Expands abbreviations of a question that no article contains by the names in the retrieved texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

MIN_EXPANSIONS = 2  # times that the texts contain the name
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")
_BETWEEN = r"\s+(?:(?:of|the|and|for)\s+)*"


def expansions(
    question: str, found: Iterable[str], is_absent: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """The abbreviations of a question that are in no article, each with the most frequent name in the texts
    *found* whose words have its initials.

    >>> texts = ["The Larkhaven Harbour Board met.", "Larkhaven Harbour Board: no tolls."]
    >>> list(expansions("Who heads the LHB?", texts, lambda word: word == "LHB"))
    [('LHB', 'Larkhaven Harbour Board')]
    """
    for short in dict.fromkeys(_ABBREVIATION.findall(question)):
        if is_absent(short):
            words = _BETWEEN.join(rf"{letter}[^\W\d_]+" for letter in short)
            names = Counter(name for text in found for name in re.findall(rf"\b{words}", text))
            for name, count in names.most_common(1):
                if count >= MIN_EXPANSIONS:
                    yield short, name
