"""Matches phrases, one line of words, options and slots each, with the words of a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from bot.question.question_phrases import GROUPS
from retrieval.question_words import ARTICLES

_WORD = re.compile(r"([^\W_]+(?:[.'’&-][^\W_]+)*)(,?)")
_SYNTAX = re.compile(
    r"<(?P<group>[\w-]+)>|\{(?P<slot>\w+)\}|(?P<sign>\]\*|[\[\]()|])|(?P<word>[^\s\[\]()|<{]+)"
)
_SIGNS = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "]*": ")*+", "|": "|"}
PUNCTUATION = " ,.:;!?–—-"


class Words:
    """The words of a text as phrases see them: in lower case, each followed by a space in ``line``.

    They are without the *ignored* words, and with *synonyms* replaced.
    """

    def __init__(
        self, text: str, ignored: Collection[str] = ARTICLES, synonyms: Mapping[str, str] | None = None
    ) -> None:
        found = [(word, word[1].lower().replace("’", "'")) for word in _WORD.finditer(text)]
        kept = [(word, (synonyms or {}).get(key, key)) for word, key in found if key not in ignored]
        self.text = text
        self.line = "".join(f"{key}{word[2]} " for word, key in kept)
        self._ends = [word.end(1) for word, _ in kept]

    def after(self, place: int) -> str:
        """The text after the word that ends at *place* in the line."""
        count = self.line.count(" ", 0, place)
        return self.text[self._ends[count - 1] :] if count else self.text

    def between(self, start: int, end: int) -> str:
        """The text of the words between two places in the line."""
        return self.after(start).removesuffix(self.after(end)).lstrip(PUNCTUATION)


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase found at the start of a text."""

    words: Words
    match: re.Match[str]

    def slot(self, name: str) -> str:
        """The text of a slot; "" if the phrase does not have it."""
        return next((self.words.between(*span) for span in self._spans(name)), "")

    def slot_to_end(self, name: str) -> str | None:
        """The text from a slot on; None if the phrase does not have it."""
        texts = (self.words.after(start).lstrip(PUNCTUATION) for start, _ in self._spans(name))
        return next(texts, None)

    def _spans(self, name: str) -> Iterator[tuple[int, int]]:
        groups = (group for group in self.match.re.groupindex if group.rstrip("0123456789") == name)
        return (self.match.span(group) for group in groups if self.match[group])

    @property
    def rest(self) -> str:
        """The text after the phrase."""
        return self.words.after(self.match.end())


_Key = TypeVar("_Key")


class PhraseTable(Generic[_Key]):
    """Phrases by what they mean; the first that matches counts.

    ``[a b]`` is optional, ``[a|b]*`` repeated without backtracking, ``(a|b)`` a choice, ``<name>`` one of
    *groups*, ``{name}`` a slot of one or more words, ``...`` any words, and ``$`` the end of the text. A
    word can be a regular expression without spaces and brackets.

    >>> table = PhraseTable({"topic": ["(tell|show) [me] about {topic} $"]})
    >>> [(key, match.slot("topic")) for key, match in table.matches(Words("Tell me about the ferries?"))]
    [('topic', 'the ferries')]
    """

    def __init__(self, phrases: Mapping[_Key, Sequence[str]], groups: Mapping[str, str] = GROUPS) -> None:
        self._groups = groups
        self._compiled: dict[str, re.Pattern[str]] = {}  # each when it is first matched
        self._phrases = [(key, phrase) for key, lines in phrases.items() for phrase in lines]

    def matches(self, words: Words) -> Iterator[tuple[_Key, PhraseMatch]]:
        """Every phrase that the text begins with, in the order of the table."""
        for key, phrase in self._phrases:
            if phrase not in self._compiled:
                self._compiled[phrase] = _compiled(phrase, self._groups)
            if match := self._compiled[phrase].match(words.line):
                yield key, PhraseMatch(words, match)

    def match(self, key: _Key, words: Words) -> PhraseMatch | None:
        """The first phrase for *key* that the text begins with."""
        return next((match for found, match in self.matches(words) if found == key), None)

    def find(self, words: Words) -> _Key | None:
        """What the text means; None if no phrase matches."""
        return next((key for key, _ in self.matches(words)), None)


def _compiled(phrase: str, groups: Mapping[str, str]) -> re.Pattern[str]:
    numbers = count()  # a slot can occur in several branches
    pattern = _pattern(phrase, groups)
    return re.compile(re.sub(r"(?<=\(\?P<)\w+", lambda slot: f"{slot[0]}{next(numbers)}", pattern))


def _pattern(phrase: str, groups: Mapping[str, str]) -> str:
    parts = []
    for token in _SYNTAX.finditer(phrase):
        if token["group"]:
            parts.append(f"(?:{_pattern(groups[token['group']], groups)})")
        elif token["slot"]:
            parts.append(rf"(?P<{token['slot']}>(?:\S+ )+?)")
        elif token["sign"]:
            parts.append(_SIGNS[token["sign"]])
        else:
            word = token["word"]
            parts.append({"$": "$", "...": r"(?:\S+ )*?"}.get(word, f"{word},?+ ".replace(",,?+", ",")))
    return "".join(parts)
