"""Token similarity of questions and sentences."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.extractive.token_similarity import QuestionTokens, TokenSimilarity, token_similarity
from retrieval.models.embeddings import TokenVectors

# Question words whose vectors are close to those of their answers.
NEAR = {"who": "brandt", "river": "aske", "when": "may"}


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


def compare(question: str, sentence: str) -> TokenSimilarity:
    return token_similarity(QuestionTokens(question, tokens(question)), sentence, tokens(sentence))


def test_a_question_word_matches_its_answer() -> None:
    """A sentence with a token close to "who" matches better than one that repeats the question."""
    answers, repeats = "Brandt banned the drones.", "The council banned the drones."
    assert compare("Who banned the drones?", answers).asked > 0.6
    assert compare("Who banned the drones?", repeats).asked == 0


def test_the_thing_asked_for_is_the_noun_after_what_or_which() -> None:
    """In "which river is …" it is "river"; a question without such a noun has none."""
    assert compare("Which river is the longest?", "The Aske runs far.").thing > 0.6
    assert compare("Who runs far?", "The Aske runs far.").thing == 0


def test_tokens_of_the_question_are_no_answer() -> None:
    """A token of the sentence that is also in the question is ignored."""
    assert compare("Who met Brandt?", "Brandt met.").asked == 0


@pytest.mark.parametrize(
    ("sentence", "weakest"), [("Gulls attacked drones.", 1.0), ("Gulls attacked ships.", 0.0), ("", 0.0)]
)
def test_the_weakest_words_count(sentence: str, weakest: float) -> None:
    """The measure is the mean over the third of the question's words that match least."""
    assert compare("Did gulls attacked drones?", sentence).weakest == pytest.approx(weakest)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(question: str, sentence: str) -> None:
    """Each measure is a finite cosine, whatever the texts."""
    similarity = compare(question, sentence)
    values = (similarity.weakest, similarity.asked, similarity.thing)
    assert all(-1.001 <= value <= 1.001 for value in values)
