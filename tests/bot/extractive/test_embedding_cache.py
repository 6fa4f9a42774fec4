"""Texts read once for all parts of a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.extractive.embedding_cache import EmbeddingCache
from retrieval.models.embeddings import TokenVectors


class Counting:
    """Embeddings that remember what they were asked; a text's vector holds its length."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_matrix(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text)] for text in texts], np.float32)


class WithTokens(Counting):
    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        rows = self.embed_matrix(texts)
        return [TokenVectors(row[None], np.array([[0, 1]], np.int32), (7,), row) for row in rows]


def test_a_text_is_read_once() -> None:
    """What was read before, or stands twice in a list, is not read again; the order is that of the list."""
    embeddings = Counting()
    readings = EmbeddingCache(embeddings)  # type: ignore[arg-type]
    assert [float(each.pooled[0]) for each in readings.read(["aa", "b", "aa"])] == [2, 1, 2]
    assert [float(each.pooled[0]) for each in readings.read(["ccc", "b"])] == [3, 1]
    assert embeddings.asked == ["aa", "b", "ccc"]


def test_word_pieces_come_where_the_embeddings_have_them() -> None:
    """Embeddings of a service give the whole text alone."""
    plain, local = EmbeddingCache(Counting()), EmbeddingCache(WithTokens())  # type: ignore[arg-type]
    assert not plain.with_tokens
    assert plain.read(["a"])[0].tokens is None
    assert local.with_tokens
    found = local.read(["a"])[0].tokens
    assert found is not None
    assert found.ids == (7,)
