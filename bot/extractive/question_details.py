"""Compares the details of a question with an article: its names, years and numbers, and what it negates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from bot.facts.name_mentions import KnownNames, names
from bot.facts.negations import polar_words
from retrieval.calendar_terms import MONTHS, any_of

_YEAR_OR_NUMBER = re.compile(
    rf"\b((?:1[5-9]|20)\d\d)\b|\b(?!{any_of(month.title() for month in MONTHS)})\w*[A-Z]\w* (\d{{1,2}})\b"
)


def has_details(question: str, texts: Iterable[str]) -> bool:
    """True if the texts have all names (not abbreviations), years and numbers after a name of the question.

    >>> has_details("Who starred in Season 11?", ["Season 9 starred Ada Quill."])
    False
    """
    known = KnownNames(texts)
    own = (name for name in names(question) if not question[name.start : name.end].isupper())
    found = [year or number for year, number in _YEAR_OR_NUMBER.findall(question)]
    found += [name.key for name in own if not name.key.isdigit()]
    return all(map(known.holds, found))


def affirms_negated(question: str, text: str) -> bool:
    """True if the text states without negation what the question negates.

    >>> affirms_negated("Which quays were not flooded?", "Two quays were flooded.")
    True
    """
    states: dict[str, set[bool | None]] = defaultdict(set)
    for word in polar_words(text):
        states[word.stem].add(word.is_negated)
    return any(word.is_negated and states[word.stem] == {False} for word in polar_words(question))
