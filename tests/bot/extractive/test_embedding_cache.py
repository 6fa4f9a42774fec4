"""Texts are embedded once for all parts of a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.extractive.embedding_cache import EmbeddingCache
from retrieval.models.embeddings import TokenVectors


class Counting:
    """Embeddings that record the requested texts; a text's vector is its length."""

    def __init__(self) -> None:
        self.requested: list[str] = []

    def embed_matrix(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.requested += texts
        return np.array([[len(text)] for text in texts], np.float32)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.requested += texts
        return np.array([[-len(text)] for text in texts], np.float32)


class WithTokens(Counting):
    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        rows = self.embed_matrix(texts)
        return [TokenVectors(row[None], np.array([[0, 1]], np.int32), (7,), row) for row in rows]


def test_a_text_is_embedded_once() -> None:
    """Cached and repeated texts are not embedded again; the order is that of the list."""
    embeddings = Counting()
    cache = EmbeddingCache(embeddings)  # type: ignore[arg-type]
    assert [float(text.pooled[0]) for text in cache.embed(["aa", "b", "aa"])] == [2, 1, 2]
    assert [float(text.pooled[0]) for text in cache.embed(["ccc", "b"])] == [3, 1]
    assert embeddings.requested == ["aa", "b", "ccc"]


def test_token_vectors_come_with_embeddings_that_have_them() -> None:
    """Embeddings of a service only have a vector for the whole text."""
    plain, local = EmbeddingCache(Counting()), EmbeddingCache(WithTokens())  # type: ignore[arg-type]
    assert not plain.has_tokens
    assert plain.embed(["a"])[0].tokens is None
    assert local.has_tokens
    found = local.embed(["a"])[0].tokens
    assert found is not None
    assert found.ids == (7,)


def test_a_question_is_embedded_as_a_question() -> None:
    """Once, and apart from the same text as a sentence."""
    embeddings = Counting()
    cache = EmbeddingCache(embeddings)  # type: ignore[arg-type]
    for _ in range(2):
        question, texts = cache.embed_with_question("aa", ["b", "aa"])
        assert [float(text.pooled[0]) for text in (question, *texts)] == [-2, 1, 2]
    assert embeddings.requested == ["aa", "b", "aa"]
    question, texts = EmbeddingCache(WithTokens()).embed_with_question("aa", ["b"])  # type: ignore[arg-type]
    assert question.tokens is not None
    assert [float(text.pooled[0]) for text in (question, *texts)] == [2, 1]
