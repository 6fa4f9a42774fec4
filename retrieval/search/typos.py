"""Words of a question that no article has, read as the words of what was found that they nearly are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SHORTEST = 5  # letters of a word that is read otherwise: short ones are too near to one another
LONG = 9  # letters from which two slips are forgiven
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")


@dataclass(frozen=True, slots=True)
class SpellingCorrection:
    """A question as it is read, and which words of it were read as which."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def notice(self) -> str | None:
        """What the person must know about it."""
        told = (f"“{typed}” is in no article: read as “{meant}”." for typed, meant in self.changes)
        return " ".join(told) or None

    def applied(self, text: str) -> str:
        """Another text with the same changes."""
        for typed, meant in self.changes:
            text = re.sub(rf"(?<!\w){typed}(?!\w)", meant, text)
        return text


def correct_typos(
    question: str, found: Iterable[str], is_unknown: Callable[[str], bool]
) -> SpellingCorrection:
    """The question with the misspelt of its words as the texts *found* for it write them.

    *is_unknown* tells whether a word is in no article and is none that exists. Where what was found has a
    word that it nearly is, that one is meant; of several the nearest, then the most frequent.
    """
    changes: list[tuple[str, str]] = []
    written: Counter[str] | None = None
    for word in dict.fromkeys(_WORD.findall(question)):
        if is_unknown(word):
            written = written if written is not None else Counter(_words(found))
            near = [other for other in written if is_typo(word.lower(), other.lower())]
            if near:
                nearest = min(
                    near, key=lambda other: (find_typos(word.lower(), other.lower()), -written[other])
                )
                changes.append((word, nearest))
    read = SpellingCorrection(question, tuple(changes))
    return SpellingCorrection(read.applied(question), read.changes)


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in _WORD.findall(text)]


def is_typo(typed: str, meant: str) -> bool:
    """Whether *typed* is likely *meant* with a slip of the fingers, or of memory: one letter, two in a long
    word, or the same letters in another order; never the first letter.

    >>> is_typo("ghandi", "gandhi"), is_typo("arpnet", "arpanet"), is_typo("slovenia", "slovakia")
    (True, True, False)
    """
    if typed[:1] != meant[:1] or typed == meant:
        return False
    most = 2 if len(typed) >= LONG or sorted(typed) == sorted(meant) else 1
    different = (Counter(typed) - Counter(meant)).total() + (Counter(meant) - Counter(typed)).total()
    return abs(len(typed) - len(meant)) <= most and different <= 2 * most and find_typos(typed, meant) <= most


def find_typos(typed: str, meant: str) -> int:
    """Letters left out, put in, taken for another or swapped with the next: the distance of optimal string
    alignment (Damerau 1964, https://doi.org/10.1145/363958.363994).

    >>> find_typos("sentanta", "setanta"), find_typos("wrod", "word")
    (1, 1)
    """
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(meant, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                best = min(best, above[j - 2] + 1)
            row.append(best)
    return row[-1]
