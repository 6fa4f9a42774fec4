"""The vectors of a question and of its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from two_articles import BagOfWords

from retrieval.models.embedding_factory import make_embeddings
from retrieval.models.embeddings import FootnoteEmbeddings
from retrieval.models.question_vectors import question_vectors

if TYPE_CHECKING:
    from retrieval.models.embeddings import Matrix

QUESTION = "Did the town ban drones in its harbour, while the ferry line bought an electric boat?"
CLAUSES = [(0, 38), (46, 84)]


class WithoutTokens(FootnoteEmbeddings):
    """An embedding model without token vectors, as a service is; records what it embeds."""

    fingerprint, dimension = "bag", 257

    def __init__(self) -> None:
        self.requests: list[list[str]] = []

    def embed_matrix(self, texts: Sequence[str]) -> Matrix:
        self.requests.append(list(texts))
        return BagOfWords().embed_matrix(texts)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> FootnoteEmbeddings:
    return make_embeddings("local", model_dir=None, cache_dir=tmp_path_factory.mktemp("cache"))


def test_the_clauses_are_the_ones_meant() -> None:
    """The spans of the other tests."""
    assert [QUESTION[start:end] for start, end in CLAUSES] == [
        "Did the town ban drones in its harbour",
        "the ferry line bought an electric boat",
    ]


def test_each_clause_is_nearest_to_what_it_asks(local: FootnoteEmbeddings) -> None:
    """Although the question is read in one run; its own vector is as if it had no clauses."""
    vectors = question_vectors(local, QUESTION, CLAUSES)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(vectors[0], local.embed_questions([QUESTION])[0])
    evidence = local.embed_matrix(
        [
            "The council banned delivery drones over the harbour on Friday.",
            "The ferry company tests a boat with an electric motor.",
        ]
    )
    cosines = vectors[1:] @ evidence.T
    assert cosines.argmax(axis=1).tolist() == [0, 1]
    whole = vectors[0] @ evidence.T
    assert np.ptp(cosines, axis=1).min() > np.ptp(whole), "a clause tells them apart better than the whole"


def test_a_clause_that_the_model_does_not_read_has_the_vector_of_the_question(
    local: FootnoteEmbeddings,
) -> None:
    """The model reads the first 256 word pieces."""
    question = "harbour " * 300
    vectors = question_vectors(local, question, [(0, 40), (2_300, 2_400)])
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_without_token_vectors_all_are_embedded_in_one_request() -> None:
    """A service is asked once."""
    service = WithoutTokens()
    vectors = question_vectors(service, QUESTION, CLAUSES)
    assert service.requests == [[QUESTION, *(QUESTION[start:end] for start, end in CLAUSES)]]
    assert np.array_equal(vectors, BagOfWords().embed_matrix(service.requests[0]))
