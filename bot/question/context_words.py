"""Predicts which words of a conversation a follow-up question refers to, with a small cross-encoder.

The packaged model is adapted by context_words.safetensors (tests/benchmarks/train_context_words.py). It was
trained on conversations whose questions people had rewritten to stand alone, to predict which words of the
conversation they added (after Voskarides et al. 2020, https://arxiv.org/abs/2005.11723).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.question.conversation_mentions import FUNCTION_WORDS, MAX_TEXT_LENGTH, without_markers

if TYPE_CHECKING:
    from retrieval.models.pair_encoder import PairEncoder

ADAPTER = Path(__file__).with_name("context_words.safetensors")
MAX_WORD_PIECES = 192  # of the question and the conversation, whose latest turns are kept
_WORD = re.compile(r"\w+")


class ContextWords:
    """Scores the words of a conversation for a follow-up question. Thread-safe; loads the model lazily."""

    def __init__(self, *, cache_dir: Path) -> None:
        self._cache_dir = cache_dir

    def warm(self) -> None:
        """Load the model. Raises ModelMissing."""
        self._encoder.encode("", [""])

    def probabilities(self, question: str, history: Sequence[tuple[str, str]]) -> Mapping[str, float]:
        """The words of *history* within MAX_WORD_PIECES, in lower case, each with the probability (0..1) that
        a person adds it to make the question stand alone; *history* is (question, answer), oldest first.

        Raises ModelMissing when the packaged model is not installed.
        """
        import numpy as np

        texts = [
            text for asked, answer in reversed(history) for text in (gist(answer), asked[:MAX_TEXT_LENGTH])
        ]
        encoded = self._encoder.encode(question, texts)
        best: dict[str, float] = {}
        for text, words, spans in zip(texts, encoded.words, encoded.spans, strict=True):
            if not len(words):  # empty, or beyond MAX_WORD_PIECES
                continue
            pooled = np.broadcast_to(encoded.pooled, words.shape)
            logits = dict(
                zip(spans[:, 0].tolist(), self._encoder.adapter.head(words, pooled).tolist(), strict=True)
            )
            for word in _WORD.finditer(text):
                if (value := logits.get(word.start())) is not None:
                    key = word[0].lower()
                    best[key] = max(best.get(key, value), value)
        return {word: float(1 / (1 + np.exp(-value))) for word, value in best.items()}

    @cached_property
    def _encoder(self) -> PairEncoder:
        from retrieval.models.pair_encoder import PairEncoder

        return PairEncoder(ADAPTER, cache_dir=self._cache_dir, pieces=MAX_WORD_PIECES)


def gist(answer: str) -> str:
    """The content words of an answer, the form in which the model was trained on answers."""
    return " ".join(
        word for word in _WORD.findall(without_markers(answer)) if word.lower() not in FUNCTION_WORDS
    )
