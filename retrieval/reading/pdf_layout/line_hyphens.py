"""Decides whether a hyphen at the end of a line belongs to the word or was added to break it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

_BROKEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]$")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
# Languages that write compounds as one word: real hyphens are followed by a capital letter.
_SOLID_COMPOUNDS = frozenset("de nl sv da no nb nn fi hu et".split())
# "two- and three-year plans": the hyphen stands for the rest of the word.
_CONJUNCTIONS = frozenset("and or to und oder bis et ou y o e och eller og of en i lub и или".split())
_LISTED_LANGUAGES = frozenset("en de es fr it nl pt ru".split())


class HyphenJoiner:
    """Joins lines; a hyphen at a line's end is kept unless the joined word is known.

    A word is known if it occurs elsewhere in the document or in the word list of its language. If there is no
    list for the language, a word is joined unless its second part occurs on its own.
    """

    def __init__(self, lines: Iterable[str], language: str | None) -> None:
        self._language = language
        self._words: Counter[str] = Counter()
        for line in lines:
            words = _WORD.findall(line.casefold())
            if _BROKEN.search(line):
                words = words[:-1]
            self._words.update(words)
            self._words.update(part for word in words if "-" in word for part in word.split("-"))

    def join(self, before: str, line: str) -> str:
        """Two consecutive lines of a paragraph as one."""
        broken = _BROKEN.search(before)
        second = _WORD.match(line)
        if broken is None or second is None:
            return f"{before} {line}" if not _ends_in_dash_after_digit(before) else before + line
        if second[0].casefold() in _CONJUNCTIONS:
            return f"{before} {line}"
        if before.endswith("\u00ad") or self._is_broken_word(before, broken[1], second[0]):
            return before[:-1] + line
        return before + line

    def _is_broken_word(self, before: str, first: str, second: str) -> bool:
        if not second[0].islower():
            return False
        tail = second.casefold()
        first = first.casefold()
        whole = _WORD.findall(before[:-1].casefold())[-1]  # "state-of-the" before "art"
        joined, hyphenated = self._words[first + tail], self._words[f"{whole}-{tail}"]
        if joined or hyphenated:
            return joined > hyphenated
        if whole != first:  # a compound with several hyphens
            return False
        if self._language in _SOLID_COMPOUNDS:
            return True
        words = self._listed_words()
        if words is not None:
            return any(spelling in words for spelling in _spellings(first + tail.partition("-")[0]))
        return not self._words[tail]

    def _listed_words(self) -> Collection[str] | None:
        language = self._language or "en"
        return word_list(language) if language in _LISTED_LANGUAGES else None


def _ends_in_dash_after_digit(before: str) -> bool:
    """ "2019-" before "2021"."""
    return bool(re.search(r"\d[-\u2010]$", before))


def _spellings(word: str) -> Iterable[str]:
    """The word, and its American spelling: the English list has no others."""
    yield word
    american = word.replace("our", "or").replace("isation", "ization")
    yield american
    yield re.sub(r"is(e[drs]?|ing)$", r"iz\1", american)
    yield re.sub(r"ys(e[drs]?|ing)$", r"yz\1", american)
    yield re.sub(r"re(s?)$", r"er\1", word)
    yield re.sub(r"ll(ed|ing|ers?)$", r"l\1", word)


@lru_cache(maxsize=3)
def word_list(language: str) -> Collection[str]:
    """The words of a language; empty if the package with the lists is missing."""
    try:
        from spellchecker import SpellChecker  # not at import: loading a list takes 0.2 s
    except ImportError:
        return frozenset()
    dictionary: Callable[..., SpellChecker] = SpellChecker
    return frozenset(dictionary(language=language).word_frequency.words())
