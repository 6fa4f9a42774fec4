"""Which words of a conversation a follow-up question means, as a small model judges that reads them together.

The model is the packaged one, adapted by meant_words.safetensors (tests/benchmarks/train_meant_words.py). It
was shown conversations whose questions people had rewritten to stand alone, and which words of the
conversation they had added (after Voskarides et al. 2020, https://arxiv.org/abs/2005.11723).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.question.conversation_mentions import FUNCTION_WORDS, LONGEST, own_words

if TYPE_CHECKING:
    from retrieval.models.pair_encoder import PairReader

ADAPTER = Path(__file__).with_name("context_words.safetensors")
PIECES = 192  # word pieces of question and conversation that are read, the latest of it first
_WORD = re.compile(r"\w+")


class ContextWords:
    """Reads follow-up questions with what was said. Thread-safe; nothing is loaded before the first."""

    def __init__(self, *, cache_dir: Path) -> None:
        self._cache_dir = cache_dir

    def warm(self) -> None:
        """Load the model. Raises ModelMissing."""
        self._reader.read("", [""])

    def chances(self, question: str, history: Sequence[tuple[str, str]]) -> Mapping[str, float]:
        """For each word of the history that was read, in lower case, how likely somebody adds it to the
        question so that it can be read alone: 0..1; *history* is (question, answer), the oldest first.

        Raises ModelMissing when the packaged model is not installed.
        """
        import numpy as np

        texts = [text for asked, answer in reversed(history) for text in (gist(answer), asked[:LONGEST])]
        read = self._reader.read(question, texts)
        best: dict[str, float] = {}
        for text, words, spans in zip(texts, read.words, read.spans, strict=True):
            if not len(words):  # nothing was said, or there was no room for it
                continue
            whole = np.broadcast_to(read.whole, words.shape)
            odds = dict(
                zip(spans[:, 0].tolist(), self._reader.adapter.head(words, whole).tolist(), strict=True)
            )
            for word in _WORD.finditer(text):
                if (value := odds.get(word.start())) is not None:
                    key = word[0].lower()
                    best[key] = max(best.get(key, value), value)
        return {word: float(1 / (1 + np.exp(-value))) for word, value in best.items()}

    @cached_property
    def _reader(self) -> PairReader:
        from retrieval.models.pair_encoder import PairReader

        return PairReader(ADAPTER, cache_dir=self._cache_dir, pieces=PIECES)


def gist(answer: str) -> str:
    """The words of an answer that carry meaning, as the model was shown answers."""
    return " ".join(word for word in _WORD.findall(own_words(answer)) if word.lower() not in FUNCTION_WORDS)
