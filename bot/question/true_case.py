"""Restores the capitals of names in a question typed in lower case, from the texts found for it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from retrieval.text_analysis import STOP_WORDS

MIN_OCCURRENCES = 2  # of a word in the texts, not at the start of a sentence
MIN_CAPITAL_SHARE = 0.9  # of them that have a capital
_WORD = re.compile(r"\b[^\W\d_]+")


def with_capitals(question: str, texts: Iterable[str]) -> str:
    """The question with its lower-case words written as in *texts*, if these nearly always capitalize them.

    >>> with_capitals("who heads the quay", ["He left the Quay, and the Quay is old.", "a quayside head"])
    'who heads the Quay'
    """
    text = "\n".join(texts)
    in_lower_case = text.lower()
    wanted = {
        word
        for word in set(_WORD.findall(question)) - STOP_WORDS
        if word.islower() and in_lower_case.count(word) > text.count(word)  # it has capitals somewhere
    }
    if not wanted:
        return question
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    inner = re.compile(rf"(?<=[\w,;] )(?:{'|'.join(map(re.escape, wanted))})(?![^\W\d_])", re.IGNORECASE)
    for found in inner.findall(text):
        spellings[found.lower()][found] += 1

    def restored(match: re.Match[str]) -> str:
        counts = spellings.get(match[0], Counter())
        capital = counts.total() - counts[match[0]]
        if counts.total() < MIN_OCCURRENCES or capital < MIN_CAPITAL_SHARE * counts.total():
            return match[0]
        return max((spelling for spelling in counts if spelling != match[0]), key=counts.__getitem__)

    return _WORD.sub(restored, question)
