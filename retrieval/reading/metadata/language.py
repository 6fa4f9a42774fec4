"""Detects the language of a text by its script or its most common words."""

from __future__ import annotations

import re
from collections import Counter

from retrieval.language_words import COMMON_WORDS, SCRIPTS

_SAMPLE_LENGTH = 2_500  # characters
_MIN_WORDS = 20
_MIN_SHARE = 0.15  # of the text's words that are among the language's common words
_MIN_LEAD = 1.5  # times the runner-up's count: below it, the result is ambiguous

_NON_LATIN = re.compile(r"[\u0370-\uffff]")
_MIN_SCRIPT_SHARE = 0.3  # of all letters
_MIN_KANA_SHARE = 0.1  # of all letters: Japanese also uses many Chinese characters
_LANGUAGES_BY_WORD = {
    word: tuple(code for code, words in COMMON_WORDS.items() if word in words.split())
    for words in COMMON_WORDS.values()
    for word in words.split()
}


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of a text's language ("en"); None if the text is short, mixed or unsupported.

    >>> detect_language("The port of Elsmere opened its second quay on Sunday, and the ships that had been "
    ...             "at anchor for two days were the first to moor at it.")
    'en'
    """
    sample = text[:_SAMPLE_LENGTH]
    script_language = _detect_by_script(sample)
    if script_language:
        return script_language
    words = re.findall(r"[^\W\d_]+", sample.casefold())
    if len(words) < _MIN_WORDS:
        return None
    votes: Counter[str] = Counter()
    for word in words:
        for code in _LANGUAGES_BY_WORD.get(word, ()):
            votes[code] += 1
    ranked = votes.most_common(2)
    if not ranked or ranked[0][1] < _MIN_SHARE * len(words):
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= _MIN_LEAD * ranked[1][1] else None


def is_detectable(code: str) -> bool:
    """True if `detect_language` can return the code."""
    return code in COMMON_WORDS or any(code == other for other, _ in SCRIPTS)


def _detect_by_script(sample: str) -> str | None:
    if len(_NON_LATIN.findall(sample)) < _MIN_WORDS:
        return None
    letters = max(1, sum(map(str.isalpha, sample)))  # can be 0: direction marks are not letters
    for code, pattern in SCRIPTS:
        if len(pattern.findall(sample)) / letters > (_MIN_KANA_SHARE if code == "ja" else _MIN_SCRIPT_SHARE):
            return code
    return None
