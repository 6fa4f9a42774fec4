"""Texts as the embeddings read them, each text once for all parts of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.models.embeddings import token_reader

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings, Matrix, TokenVectors


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """``pooled`` (dimension,), of length 1, stands for the text; ``tokens`` is None with a service."""

    pooled: Matrix
    tokens: TokenVectors | None


class EmbeddingCache:
    """Reads texts with word pieces where the embeddings give them (the local ones do), and remembers."""

    def __init__(self, embeddings: FootnoteEmbeddings) -> None:
        self._embeddings, self._pieces = embeddings, token_reader(embeddings)
        self._known: dict[str, EmbeddedText] = {}

    @property
    def with_tokens(self) -> bool:
        """Whether readings have word pieces."""
        return self._pieces is not None

    def read(self, texts: Sequence[str]) -> list[EmbeddedText]:
        """The texts in the order given; those that are new are read together."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new and self._pieces is not None:
            found = self._pieces.token_vectors(new)
            self._known.update(
                (text, EmbeddedText(each.pooled, each)) for text, each in zip(new, found, strict=True)
            )
        elif new:
            for text, row in zip(new, self._embeddings.embed_matrix(new), strict=True):
                self._known[text] = EmbeddedText(row, None)
        return [self._known[text] for text in texts]
