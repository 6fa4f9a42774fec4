"""What the word pieces of a question find in a sentence, each piece as the local model reads it in context.

A question word in its context lies near what would answer it: the "who" of a question near names of
people, "which river" near rivers. The likeness of pieces by their cosines is that of ColBERT (Khattab and
Zaharia 2020, https://arxiv.org/abs/2004.12832), here with an encoder that was not trained for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.text_analysis import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrieval.models.embeddings import TokenVectors

_WORD = re.compile(r"[^\W_]+")
_QUESTION_WORD = re.compile(r"who|whom|whose|what|when|where|why|how|which", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:what|which)\s+((?:[\w'’-]+\s+){1,3}?)(?=(?:is|are|was|were|did|do|does|has|have|had|can|could|will"
    r"|would|that|of|in|to|for|who|which)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TokenSimilarity:
    """Cosines, all 0 where the question has no such piece or the sentence nothing new.

    ``weakest``: mean over the third of the question's words of meaning that find least in the sentence.
    ``asked``: the nearest that a piece which is not in the question comes to its question word ("who").
    ``thing``: the same for the noun after "what" or "which".
    """

    weakest: float = 0.0
    asked: float = 0.0
    thing: float = 0.0


@dataclass(frozen=True)
class QuestionTokens:
    """A question with its word pieces."""

    text: str
    tokens: TokenVectors

    @cached_property
    def meaning(self) -> list[int]:
        """Rows of the pieces of words of meaning."""
        return self._rows(lambda word, _: word.lower() not in STOP_WORDS)

    @cached_property
    def question_words(self) -> list[int]:
        """Rows of who, what, when, …."""
        return self._rows(lambda word, _: bool(_QUESTION_WORD.fullmatch(word)))

    @cached_property
    def thing(self) -> list[int]:
        """Rows of what is asked for by name: "river" and "long" in "which long river is …"."""
        match = _THING.search(self.text)
        return self._rows(lambda _, at: match.start(1) <= at < match.end(1)) if match else []

    @cached_property
    def ids(self) -> frozenset[int]:
        """The places of its pieces in the vocabulary."""
        return frozenset(self.tokens.ids)

    def _rows(self, wanted: Callable[[str, int], bool]) -> list[int]:
        pieces = [(row, self.text[a:b], int(a)) for row, (a, b) in enumerate(self.tokens.spans)]
        return [row for row, piece, at in pieces if _WORD.search(piece) and wanted(piece, at)]


def token_similarity(asked: QuestionTokens, sentence: str, tokens: TokenVectors) -> TokenSimilarity:
    """Compare a question with a sentence that was read by the same model."""
    import numpy as np

    if not len(tokens.ids):
        return TokenSimilarity()
    # Not by "@": its threads cost more than these small products when the cores are busy.
    cosines = np.einsum("qd,sd->qs", asked.tokens.matrix, tokens.matrix)
    best = np.sort(cosines[asked.meaning].max(axis=1)) if asked.meaning else np.zeros(1)
    new = [
        row
        for row, (number, (a, b)) in enumerate(zip(tokens.ids, tokens.spans, strict=True))
        if number not in asked.ids and _WORD.search(sentence, int(a), int(b))
    ]

    def nearest(rows: list[int]) -> float:
        return max(0.0, float(cosines[np.ix_(rows, new)].max())) if rows and new else 0.0

    weakest = float(best[: max(1, len(best) // 3)].mean())
    return TokenSimilarity(weakest, nearest(asked.question_words), nearest(asked.thing))
