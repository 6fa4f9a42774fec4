"""Finds the names of a text: capitalized words, except first words of sentences and common words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.calendar_terms import MONTH_ABBREVIATIONS, MONTHS, NUMBERS, WEEKDAYS
from retrieval.text_analysis import STOP_WORDS

CAPITALIZED = r"[A-Z][\w’'-]+"  # a word of a name, with another letter
_TOKEN = re.compile(r"[^\W_](?:[\w&.’'-]*[^\W_])?")
_STOP_WORDS_IN_NAMES = frozenset(
    "any being doing having hers him itself me much off once out own per s same t theirs them through too "
    "up upon very whom whose".split()
)
_NOT_NAMES = (STOP_WORDS - _STOP_WORDS_IN_NAMES).union(
    "i'm i've i'd i'll yet yes must during since however although because both each most more even still "
    "according mr mrs ms miss dr sir dame lord lady prof professor president minister chairman chairwoman "
    "chief executive director ceo am pm gmt utc est".split(),
    (word for word, number in NUMBERS.items() if number <= 10),
    MONTHS + MONTH_ABBREVIATIONS + WEEKDAYS,
)
_ALIASES = tuple(
    frozenset(group.split("|"))
    for group in (
        "us|usa|america|american|americans|united states",
        "uk|britain|british|briton|britons|united kingdom",
        "eu|european union",
        "un|united nations",
        "dutch|netherlands|holland",
        "french|france",
        "german|germans|germany",
        "spanish|spain|spaniard|spaniards",
        "swiss|switzerland",
        "greek|greece|greeks",
        "polish|poland|poles",
        "welsh|wales",
        "irish|ireland",
        "danish|denmark|danes",
        "swedish|sweden|swedes",
        "turkish|turkey|turks",
        "thai|thailand",
        "finnish|finland|finns",
        "scottish|scotland|scots",
        "emirati|uae|emirates|united arab emirates",
        "saudi|saudis|saudi arabia",
        "chinese|china",
        "english|england",
    )
)
_SENTENCE_START = re.compile(r"(?:^\s*|[.!?:;…|]\s+|\n\s*|[\"“”‘(\[*•–—-]\s?)$")


@dataclass(frozen=True, slots=True)
class Name:
    """One word of a name at ``text[start:end]``; ``key`` is what is compared."""

    start: int
    end: int
    key: str


def names(text: str) -> list[Name]:
    """The words of names in order; first words of sentences only with several capitals or a digit.

    >>> [name.key for name in names("Officials said Ant Group's IPO was stopped by the PBOC.")]
    ['ant', 'group', 'ipo', 'pboc']
    """
    tokens = list(_TOKEN.finditer(text))
    if _is_headline([token[0] for token in tokens]):
        return []
    return [
        Name(token.start(), token.start() + len(_without_possessive(token[0])), key(token[0]))
        for index, token in enumerate(tokens)
        if _is_name(text, tokens, index)
    ]


def key(word: str) -> str:
    """A word without case, accents, possessive and full stops: "Erdoğan's" is "erdogan"."""
    folded = unicodedata.normalize("NFKD", _without_possessive(word).casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return letters.replace(".", "").replace("’", "'")


def _without_possessive(word: str) -> str:
    return re.sub(r"(?:['’]s|['’])$", "", word)


def _is_headline(words: list[str]) -> bool:
    """True if nearly all words are capitalized, so that capitals do not identify names."""
    letters = [word for word in words if word[0].isalpha() and len(word) > 3]
    return len(letters) > 5 and sum(word[0].isupper() for word in letters) > 0.85 * len(letters)


def _is_name(text: str, tokens: list[re.Match[str]], index: int) -> bool:
    word = _without_possessive(tokens[index][0])
    if not _is_capitalized(word) or key(word) in _NOT_NAMES:
        return False
    if text.startswith("$", tokens[index].end()):
        return False  # "US$37bn"
    if sum(letter.isupper() for letter in word) > 1 or any(letter.isdigit() for letter in word):
        return True  # IPO, McDonald, G7
    return not _SENTENCE_START.search(text[: tokens[index].start()])


def _is_capitalized(word: str) -> bool:
    return word[0].isupper() or (len(word) > 2 and word[0].isalpha() and word[1].isupper())


class KnownNames:
    """The words of the evidence, with which names are compared."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys: set[str] = set()
        self._joined = ""
        for text in texts:
            words = [key(match[0]) for match in _TOKEN.finditer(text) if match[0] != "us"]  # the pronoun
            self._keys.update(words)
            self._keys.update(part for word in words for part in re.split(r"[-'&]", word) if part)
            self._keys.update(_initials(text))
            self._joined += " " + " ".join(words) + " "
        self._stems = {_stem(word) for word in self._keys}

    def holds(self, name: str) -> bool:
        """True if the evidence has the word, another form of it, or the words it abbreviates."""
        if name in self._keys or _stem(name) in self._stems or self._has_alias(name):
            return True
        parts = [part for part in re.split(r"[-'&]", name) if len(part) > 1]
        return len(parts) > 1 and all(self.holds(part) for part in parts)

    def _has_alias(self, name: str) -> bool:
        """True if the evidence has an alias of the name, or of a name it is part of: "US" for "States"."""
        return any(
            any(name in other.split() for other in group)
            and any(f" {other} " in self._joined for other in group)
            for group in _ALIASES
        )


def _stem(word: str) -> str:
    """The common stem of a country, its people and a creed: "Russia", "Russians", "Belgium", "Western".

    >>> _stem("cuban") == _stem("cuba")
    True
    """
    if len(word) < 5 or word.isdigit():
        return re.sub(r"(?<=^\w{3})[ai]$", "", word)
    word = re.sub(r"(?<=\w{4})(?:isms?|ists?|ern)$", "", word)
    return re.sub(r"(?:ians?|ans?|ese|ish|ium|ia|i|a|s|es)$", "", word)


def _initials(text: str) -> set[str]:
    """Abbreviations of the capitalized names in a text: pbc and pboc for "People's Bank of China"."""
    found: set[str] = set()
    for run in re.findall(r"[A-Z][\w’'-]*(?:\s(?:(?:of|the|for|and|on)\s(?:the\s)?)?[A-Z][\w’'-]*)+", text):
        words = run.split()
        found.add("".join(word[0] for word in words if word[0].isupper()).lower())
        found.add("".join(word[0] for word in words).lower())
    return found
