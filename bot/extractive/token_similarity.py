"""Compares the tokens of a question with those of a sentence, as the local model embeds them in context.

A question word in its context is close to what would answer it: the "who" of a question to names of people,
"which river" to rivers. Token cosines are compared as in ColBERT (Khattab and Zaharia 2020,
https://arxiv.org/abs/2004.12832), here with an encoder that was not trained for it.
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
    """Cosines; 0 if the question has no such token or the sentence no token that the question lacks.

    ``weakest``: mean over the third of the question's content words that match least in the sentence.
    ``asked``: highest between a question word ("who") and a token of the sentence that the question lacks.
    ``thing``: the same for the noun after "what" or "which".
    """

    weakest: float = 0.0
    asked: float = 0.0
    thing: float = 0.0


@dataclass(frozen=True)
class QuestionTokens:
    """A question with its token vectors."""

    text: str
    tokens: TokenVectors

    @cached_property
    def content_rows(self) -> list[int]:
        """Rows of the tokens of content words."""
        return self._rows(lambda word, _: word.lower() not in STOP_WORDS)

    @cached_property
    def question_word_rows(self) -> list[int]:
        """Rows of who, what, when, …."""
        return self._rows(lambda word, _: bool(_QUESTION_WORD.fullmatch(word)))

    @cached_property
    def thing_rows(self) -> list[int]:
        """Rows of the noun phrase asked for: "river" and "long" in "which long river is …"."""
        match = _THING.search(self.text)
        return self._rows(lambda _, start: match.start(1) <= start < match.end(1)) if match else []

    @cached_property
    def ids(self) -> frozenset[int]:
        """The vocabulary ids of its tokens."""
        return frozenset(self.tokens.ids)

    def _rows(self, wanted: Callable[[str, int], bool]) -> list[int]:
        tokens = [(row, self.text[a:b], int(a)) for row, (a, b) in enumerate(self.tokens.spans)]
        return [row for row, token, start in tokens if _WORD.search(token) and wanted(token, start)]


def token_similarity(question: QuestionTokens, sentence: str, tokens: TokenVectors) -> TokenSimilarity:
    """Compare a question with a sentence embedded by the same model."""
    import numpy as np

    if not len(tokens.ids):
        return TokenSimilarity()
    # Not "@": its threads cost more than these small products when the cores are busy.
    cosines = np.einsum("qd,sd->qs", question.tokens.matrix, tokens.matrix)
    rows = question.content_rows
    best = np.sort(cosines[rows].max(axis=1)) if rows else np.zeros(1)
    new = [
        row
        for row, (token_id, (a, b)) in enumerate(zip(tokens.ids, tokens.spans, strict=True))
        if token_id not in question.ids and _WORD.search(sentence, int(a), int(b))
    ]

    def highest(rows: list[int]) -> float:
        return max(0.0, float(cosines[np.ix_(rows, new)].max())) if rows and new else 0.0

    weakest = float(best[: max(1, len(best) // 3)].mean())
    return TokenSimilarity(weakest, highest(question.question_word_rows), highest(question.thing_rows))
