"""Embeds texts once for all parts of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.models.embeddings import as_token_embeddings
from retrieval.models.similarity_scale import DEFAULT_SCALE, SimilarityScale

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings, Matrix, TokenVectors


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """``pooled`` is a unit vector (dimension,); ``tokens`` is None for models without
    token vectors."""

    pooled: Matrix
    tokens: TokenVectors | None


class EmbeddingCache:
    """Caches embedded texts, with token vectors if the embeddings have them (the default model does)."""

    def __init__(self, embeddings: FootnoteEmbeddings, scale: SimilarityScale = DEFAULT_SCALE) -> None:
        self._scale = scale
        self._embeddings, self._token_embeddings = embeddings, as_token_embeddings(embeddings)
        self._cache: dict[str, EmbeddedText] = {}
        self._questions: dict[str, EmbeddedText] = {}

    @property
    def has_tokens(self) -> bool:
        """True if texts come with token vectors."""
        return self._token_embeddings is not None

    def embed(self, texts: Sequence[str]) -> list[EmbeddedText]:
        """The texts in the order given; new ones are embedded in one batch."""
        new = [text for text in dict.fromkeys(texts) if text not in self._cache]
        if new and self._token_embeddings is not None:
            vectors = self._token_embeddings.token_vectors(new)
            self._cache.update(
                (text, EmbeddedText(tokens.pooled, tokens)) for text, tokens in zip(new, vectors, strict=True)
            )
        elif new:
            for text, row in zip(new, self._embeddings.embed_matrix(new), strict=True):
                self._cache[text] = EmbeddedText(row, None)
        return [self._cache[text] for text in texts]

    def cosine(self, a: EmbeddedText, b: EmbeddedText) -> float:
        """The cosine of two texts on the scale of the default model."""
        return self._scale(float((a.pooled * b.pooled).sum()))

    def embed_with_question(
        self, question: str, texts: Sequence[str]
    ) -> tuple[EmbeddedText, list[EmbeddedText]]:
        """A question, which some models embed differently, and texts."""
        if self._token_embeddings is not None:
            first, *rest = self.embed([question, *texts])
            return first, rest
        if question not in self._questions:
            vector = self._embeddings.embed_questions([question])[0]
            self._questions[question] = EmbeddedText(vector, None)
        return self._questions[question], self.embed(texts)
