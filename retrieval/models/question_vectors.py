"""Embeds a question and its clauses, in one run of the model if it has a vector for each word piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.models.embeddings import as_token_embeddings

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings, Matrix, TokenVectors


# Of the mean of the clauses' vectors, which is subtracted from each: what they take from each other. On
# multihop_rag_70, .8 and .85 are as good as a run of the model for each clause.
SHARED_WEIGHT = 0.8


def question_vectors(
    embeddings: FootnoteEmbeddings, question: str, clauses: Sequence[tuple[int, int]]
) -> Matrix:
    """The vectors, of length 1, of a question and of the character spans *clauses* of it.

    A clause's vector is the mean of its word pieces as the model reads them within the question ("late
    chunking", Günther et al. 2024, https://arxiv.org/abs/2409.04701), less what the clauses have in common.
    Raises ModelMissing (local) or EmbeddingError (a service).
    """
    model = as_token_embeddings(embeddings)
    if model is None:
        return embeddings.embed_questions([question, *(question[start:end] for start, end in clauses)])
    (tokens,) = model.token_vectors([question])
    if not clauses:
        return tokens.pooled[None]
    means = np.stack([_mean(tokens, start, end) for start, end in clauses])
    distinct = _unit(means - SHARED_WEIGHT * means.mean(axis=0))
    return np.concatenate([tokens.pooled[None], distinct])


def _mean(tokens: TokenVectors, start: int, end: int) -> Matrix:
    """The vector of a span; of the whole question if the span is after what the model reads."""
    is_inside = (tokens.spans[:, 0] >= start) & (tokens.spans[:, 1] <= end)
    return _unit(tokens.matrix[is_inside].sum(axis=0)) if is_inside.any() else tokens.pooled


def _unit(vectors: Matrix) -> Matrix:
    unit: Matrix = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
