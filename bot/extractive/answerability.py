"""Scores how likely sentences are to answer a question, with a small cross-encoder.

The model is the packaged one, adapted by answerability.safetensors (tests/benchmarks/train_answerability.py).
It was trained on questions with the sentences around their answers, and on questions that those sentences
only seem to answer, like the answer verifiers of reading comprehension (Hu et al. 2018,
https://arxiv.org/abs/1808.05759).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.extractive.candidate_sentences import Candidate
    from retrieval.models.pair_encoder import PairEncoder, PairEncoding
    from retrieval.passage import Passage

ADAPTER = Path(__file__).with_suffix(".safetensors")
MAX_TOKENS = 148  # word pieces of question and sentences that the model reads, …
MAX_WINDOW_CHARS = 440  # … which is about this many characters
MAX_ANSWER_TOKENS = 12
NO_ANSWER_ODDS = -12.0  # log-odds of a sentence that was truncated away


@dataclass(frozen=True, slots=True)
class AnswerOdds:
    """Log-odds, above 0 for yes. ``window``: the sentence and its neighbours answer the question;
    ``sentence``: the answer is in the sentence itself."""

    window: float
    sentence: float


def window_span(
    sentences: Sequence[Sequence[int]], index: int, max_chars: float = MAX_WINDOW_CHARS
) -> tuple[int, int]:
    """Start of the first and end of the last sentence read together with ``sentences[index]``.

    *sentences* are (start, end) spans. One sentence before and one after are added in turn, while all of them
    span at most *max_chars*.
    """
    first = last = index
    while True:
        before = first > 0 and sentences[last][1] - sentences[first - 1][0] <= max_chars
        first -= before
        after = last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= max_chars
        last += after
        if not before and not after:
            return sentences[first][0], sentences[last][1]


@dataclass(frozen=True, slots=True)
class SentenceWindow:
    """Neighbouring sentences of one passage: ``start``..``end`` of the article's text."""

    passage: Passage
    start: int
    end: int

    @classmethod
    def around(cls, candidate: Candidate) -> SentenceWindow:
        """The sentence with its neighbours."""
        passage = candidate.hit.passage
        return cls(passage, *window_span(passage.sentences, candidate.index))

    @property
    def text(self) -> str:
        """The text of the sentences."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    def contains(self, candidate: Candidate) -> bool:
        """True if the sentence is one of these."""
        same = candidate.hit.passage.id == self.passage.id
        return same and self.start <= candidate.start and candidate.end <= self.end


class Answerability:
    """Scores sentences against questions. Thread-safe; the model is loaded on first use."""

    def __init__(self, *, cache_dir: Path, threads: int | None = None) -> None:
        self._cache_dir, self._threads = cache_dir, threads

    def warm(self) -> None:
        """Load the model. Raises ModelMissing."""
        self._encoder.encode("", [""])

    def score(self, question: str, candidates: Sequence[Candidate]) -> list[AnswerOdds]:
        """The odds of each candidate, in order. Neighbours share a window; windows are read in parallel.

        Raises ModelMissing when the packaged model is not installed.
        """
        windows: list[SentenceWindow] = []
        for candidate in candidates:
            if not any(window.contains(candidate) for window in windows):
                windows.append(SentenceWindow.around(candidate))
        encodings = list(
            self._pool.map(lambda window: self._encoder.encode(question, [window.text]), windows)
        )
        window_odds = [self._window_odds(encoding) for encoding in encodings]
        scores = []
        for candidate in candidates:
            number = next(number for number, window in enumerate(windows) if window.contains(candidate))
            offset = windows[number].start
            sentence_odds = self._sentence_odds(
                encodings[number], candidate.start - offset, candidate.end - offset
            )
            scores.append(AnswerOdds(window_odds[number], sentence_odds))
        return scores

    @cached_property
    def _encoder(self) -> PairEncoder:
        from retrieval.models.pair_encoder import PairEncoder

        return PairEncoder(ADAPTER, cache_dir=self._cache_dir, pieces=MAX_TOKENS)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        from retrieval.models.onnx_embeddings import usable_cores

        return ThreadPoolExecutor(self._threads or usable_cores(), thread_name_prefix="answerability")

    def _window_odds(self, encoding: PairEncoding) -> float:
        (words,) = encoding.words
        mean = words.mean(axis=0) if len(words) else encoding.pooled
        return float(self._encoder.adapter.head(encoding.pooled[None], mean[None])[0])

    def _sentence_odds(self, encoding: PairEncoding, first: int, last: int) -> float:
        """Log-odds of the best answer span within *first*..*last* of the text against no answer (Devlin et
        al. 2019, https://arxiv.org/abs/1810.04805, section 4.3)."""
        start, end = self._encoder.adapter.arrays["head.span.weight"]
        begins, ends = encoding.spans[0].T
        words = encoding.words[0][(begins >= first) & (ends <= last)]
        none = float(encoding.pooled @ start + encoding.pooled @ end)
        if not len(words):
            return NO_ANSWER_ODDS
        starts, ends = words @ start, words @ end
        best = max(
            float((starts[: len(starts) - length] + ends[length:]).max())
            for length in range(min(MAX_ANSWER_TOKENS, len(starts)))
        )
        return best - none
