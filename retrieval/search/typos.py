"""Corrects typos: unknown words of a question are replaced by similar words of the retrieved texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MIN_WORD_LENGTH = 5  # letters: shorter words are too similar to each other
TWO_TYPOS_LENGTH = 9  # letters from which a word can have two typos
_WORD = re.compile(rf"[^\W\d_]{{{MIN_WORD_LENGTH},}}")


@dataclass(frozen=True, slots=True)
class SpellingCorrection:
    """A corrected question, and its replaced words as (typed, meant)."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()

    def apply_to(self, text: str) -> str:
        """Another text with the same corrections."""
        for typed, meant in self.changes:
            text = re.sub(rf"(?<!\w){typed}(?!\w)", meant, text)
        return text


def correct_typos(
    question: str, found: Iterable[str], is_unknown: Callable[[str], bool]
) -> SpellingCorrection:
    """The question with its typos corrected from the texts *found* for it.

    *is_unknown* is True for a word that is in no article and unknown to the tokenizer. It is replaced by the
    most similar word of the texts, if one is similar enough; among equals by the most frequent.
    """
    changes: list[tuple[str, str]] = []
    vocabulary: Counter[str] | None = None
    for word in dict.fromkeys(_WORD.findall(question)):
        if is_unknown(word):
            if vocabulary is None:
                vocabulary = Counter(match for text in found for match in _WORD.findall(text))
            ranked = (
                (edit_distance(word.lower(), other.lower()), -count, other)
                for other, count in vocabulary.items()
                if is_typo(word.lower(), other.lower())
            )
            nearest = min(ranked, key=lambda candidate: candidate[:2], default=None)
            if nearest:
                changes.append((word, nearest[2]))
    correction = SpellingCorrection(question, tuple(changes))
    return SpellingCorrection(correction.apply_to(question), correction.changes)


def is_typo(typed: str, meant: str) -> bool:
    """True if *typed* is likely a typo of *meant*: one letter differs, two in a long word, or the letters are
    in a different order; the first letter must be the same.

    >>> is_typo("ghandi", "gandhi"), is_typo("arpnet", "arpanet"), is_typo("slovenia", "slovakia")
    (True, True, False)
    """
    if typed[:1] != meant[:1] or typed == meant:
        return False
    allowed = 2 if len(typed) >= TWO_TYPOS_LENGTH or sorted(typed) == sorted(meant) else 1
    if abs(len(typed) - len(meant)) > allowed:
        return False
    different = (Counter(typed) - Counter(meant)).total() + (Counter(meant) - Counter(typed)).total()
    return different <= 2 * allowed and edit_distance(typed, meant) <= allowed


def edit_distance(typed: str, meant: str) -> int:
    """Letters omitted, inserted, substituted or swapped with the next: the optimal string alignment distance
    (Damerau 1964, https://doi.org/10.1145/363958.363994).

    >>> edit_distance("sentanta", "setanta"), edit_distance("wrod", "word")
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
