"""Similarity of questions and sentences, by the vectors of texts and of tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.extractive.sentence_similarity import SentenceSimilarity, token_features
from retrieval.models.embeddings import TokenVectors

# Question words whose vectors are close to those of their answers.
NEAR = {"who": "brandt", "river": "aske", "when": "may"}


class Service:
    """Embeddings without token vectors that record the requested texts."""

    def __init__(self) -> None:
        self.requested: list[str] = []

    def embed_matrix(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.requested += texts
        return np.array([[1, 0] if "drone" in text else [0, 1] for text in texts], np.float32)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.requested += (f"question: {text}" for text in texts)
        return np.array([[1, 0]] * len(texts), np.float32)


class Local(Service):
    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [tokens(text) for text in texts]


def tokens(text: str) -> TokenVectors:
    """Each word is a token with its own axis; the words of NEAR are between their axis and the answer's."""
    matrix, spans, ids = [], [], []
    for match in re.finditer(r"\w+", text):
        word = match[0].lower()
        row = np.zeros(1000, np.float32)
        row[_axis(word)] = 1
        if word in NEAR:
            row[_axis(NEAR[word])] = 1
        matrix.append(row / np.linalg.norm(row))
        spans.append(match.span())
        ids.append(_axis(word))
    shape = np.array(matrix, np.float32).reshape(len(matrix), 1000)
    return TokenVectors(
        shape, np.array(spans, np.int32).reshape(-1, 2), tuple(ids), np.zeros(1000, np.float32)
    )


def _axis(word: str) -> int:
    return int(sum(ord(letter) * 31**i for i, letter in enumerate(word)) % 997)


def compare(question: str, *sentences: str) -> list[dict[str, float]]:
    return token_features(question, tokens(question), sentences, [tokens(text) for text in sentences])


def test_texts_are_embedded_once() -> None:
    """For all parts of a question; the question itself as a question."""
    service = Service()
    similarity = SentenceSimilarity(service)  # type: ignore[arg-type]
    for question in ("Who banned drones?", "Why?", "Why?"):
        found = similarity.features(question, ["a drone", "a quay", "a drone"])
        assert found == [{"cosine": 1.0}, {"cosine": 0.0}, {"cosine": 1.0}]
    assert service.requested == ["question: Who banned drones?", "a drone", "a quay", "question: Why?"]


def test_token_features_come_with_embeddings_that_have_token_vectors() -> None:
    """Embeddings of a service have only a vector for the whole text."""
    local, service = SentenceSimilarity(Local()), SentenceSimilarity(Service())  # type: ignore[arg-type]
    assert local.has_tokens
    assert not service.has_tokens
    assert [set(found) for found in local.features("Who?", ["Brandt"])] == [
        {"cosine", "weakest", "asked", "thing"}
    ]


def test_a_question_word_matches_its_answer() -> None:
    """A sentence with a token close to "who" matches better than one that repeats the question."""
    answers, repeats = compare(
        "Who banned the drones?", "Brandt banned the drones.", "The council banned the drones."
    )
    assert answers["asked"] > 0.6
    assert repeats["asked"] == 0


def test_the_thing_asked_for_is_the_noun_after_what_or_which() -> None:
    """In "which river is …" it is "river"; a question without such a noun has none."""
    assert compare("Which river is the longest?", "The Aske runs far.")[0]["thing"] > 0.6
    assert compare("Who runs far?", "The Aske runs far.")[0]["thing"] == 0


def test_tokens_of_the_question_are_no_answer() -> None:
    """A token of the sentence that is also in the question is ignored."""
    assert compare("Who met Brandt?", "Brandt met.")[0]["asked"] == 0


def test_the_weakest_words_count() -> None:
    """The measure is the mean over the third of the question's words that match least."""
    found = compare("Did gulls attacked drones?", "Gulls attacked drones.", "", "Gulls attacked ships.")
    assert [values["weakest"] for values in found] == pytest.approx([1.0, 0.0, 0.0])


@given(st.text(max_size=60), st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_texts_can_be_compared(question: str, sentences: list[str]) -> None:
    """Each measure is a finite cosine, whatever the texts and whatever else is compared."""
    found = compare(question, *sentences)
    assert all(-1.001 <= value <= 1.001 for values in found for value in values.values())
    alone = [compare(question, sentence)[0] for sentence in sentences]
    assert [values["asked"] for values in found] == pytest.approx([values["asked"] for values in alone])
