"""Finds where a model started to repeat itself, as small models do until their length limit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bot.reply.answer_parser import DraftSentence

_MIN_CHARACTERS = 12  # letters and digits: "Not stated." is repeated in good answers too
_OCCURRENCES = 3


def repetition_start(sentences: Sequence[DraftSentence]) -> int | None:
    """The index of the second occurrence of a sentence that occurs a third time; None if none does.

    A sentence without a citation ("The articles do not say.") is only counted if the sentences before its
    third occurrence are repeated too, because it can be true of several parts of a question.
    """
    places: dict[str, list[int]] = {}
    last_new = -1
    for index, sentence in enumerate(sentences):
        key = _key(sentence.text)
        if key not in places:
            last_new = index
        seen = places.setdefault(key, [])
        seen.append(index)
        counts = bool(sentence.hits) or last_new < seen[max(0, len(seen) - 2)]
        if len(seen) >= _OCCURRENCES and len(key) >= _MIN_CHARACTERS and counts:
            return seen[1]
    return None


@lru_cache(maxsize=1024)  # each Draft of a stream repeats the sentences of the one before
def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
