"""The names of a text: capitalised words that are not merely the first of their sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_](?:[\w&.’'-]*[^\W_])?")
_NOT_NAMES = frozenset(
    """i i'm i've i'd i'll a an the and or but nor so yet of in on at to for from by with as if when while
    he she it they we you his her its their our your my this that these those there here who what which
    where why how not no yes is are was were be been has have had do does did will would can could may
    might must shall should after before during since until under over about into than then also however
    although because both each all some many most more other such only just even still according mr mrs ms
    miss dr sir dame lord lady prof professor president minister chairman chairwoman chief executive director
    ceo monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december jan feb mar apr jun jul aug sep sept oct nov dec am pm gmt
    utc est one two three four five six seven eight nine ten""".split()
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
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…]\s+|\n\s*|[\"“”‘(\[*•–—-]\s?)$")


@dataclass(frozen=True, slots=True)
class Name:
    """One word of a name at ``text[start:end]``; ``key`` is what is compared."""

    start: int
    end: int
    key: str


def names(text: str) -> list[Name]:
    """The words of names in order; the first word of a sentence only when more tells it for a name.

    >>> [name.key for name in names("Officials said Ant Group's IPO was stopped by the PBOC.")]
    ['ant', 'group', 'ipo', 'pboc']
    """
    tokens = list(_TOKEN.finditer(text))
    if _headline([token[0] for token in tokens]):
        return []
    return [
        Name(token.start(), token.start() + len(_bare(token[0])), key(token[0]))
        for index, token in enumerate(tokens)
        if _is_name(text, tokens, index)
    ]


def key(word: str) -> str:
    """A word without case, accents, possessive and full stops: "Erdoğan's" is "erdogan"."""
    folded = unicodedata.normalize("NFKD", _bare(word).casefold())
    return "".join(c for c in folded if not unicodedata.combining(c)).replace(".", "").replace("’", "'")


def _bare(word: str) -> str:
    return re.sub(r"(?:['’]s|['’])$", "", word)


def _headline(words: list[str]) -> bool:
    """Text with nearly all words capitalised tells nothing about names."""
    letters = [word for word in words if word[0].isalpha() and len(word) > 3]
    return len(letters) > 5 and sum(word[0].isupper() for word in letters) > 0.85 * len(letters)


def _is_name(text: str, tokens: list[re.Match[str]], index: int) -> bool:
    word = _bare(tokens[index][0])
    if not _capital(word) or key(word) in _NOT_NAMES or text.startswith("$", tokens[index].end()):
        return False  # the last is "US$37bn"
    if sum(letter.isupper() for letter in word) > 1 or any(letter.isdigit() for letter in word):
        return True  # IPO, McDonald, G7
    if not _SENTENCE_START.search(text[: tokens[index].start()]):
        return True
    # The first word of a sentence: a name when a name follows at once, as in "Tim Cook said".
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return (
        following is not None
        and text[tokens[index].end() : following.start()] == " "
        and _capital(following[0])
        and key(following[0]) not in _NOT_NAMES
    )


def _capital(word: str) -> bool:
    return word[0].isupper() or (len(word) > 2 and word[0].isalpha() and word[1].isupper())


class KnownNames:
    """The words of the evidence, against which names are held."""

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
        """Whether the word, another form of it, or what it abbreviates, is in the evidence."""
        if name in self._keys or _stem(name) in self._stems or self._alias(name):
            return True
        parts = [part for part in re.split(r"[-'&]", name) if len(part) > 1]
        return len(parts) > 1 and all(self.holds(part) for part in parts)

    def _alias(self, name: str) -> bool:
        """Also of a part: "United" and "States" stand there when "US" does."""
        return any(
            any(name in other.split() for other in group)
            and any(f" {other} " in self._joined for other in group)
            for group in _ALIASES
        )


def _stem(word: str) -> str:
    """What is left of country, people and creed alike: "Russia", "Russians", "Belgium", "Western"."""
    if len(word) < 5 or word.isdigit():
        return word
    word = re.sub(r"(?<=\w{4})(?:isms?|ists?|ern)$", "", word)
    return re.sub(r"(?:ians?|ans?|ese|ish|ium|ia|i|a|s|es)$", "", word)


def _initials(text: str) -> set[str]:
    """Abbreviations that the capitalised runs of the text give: "People's Bank of China": pbc, pboc."""
    found: set[str] = set()
    for run in re.findall(r"[A-Z][\w’'-]*(?:\s(?:(?:of|the|for|and|on)\s(?:the\s)?)?[A-Z][\w’'-]*)+", text):
        words = run.split()
        found.add("".join(word[0] for word in words if word[0].isupper()).lower())
        found.add("".join(word[0] for word in words).lower())
    return found
