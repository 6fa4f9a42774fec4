"""Whether sentences answer a question, as a small model judges that was trained to read both together.

The model is the packaged one, adapted by answerability.safetensors (tests/benchmarks/train_answerability.py):
it was shown questions with the sentences around their answers, and questions that only look as if those
sentences answered them (after the answer verifiers of reading comprehension: Hu et al. 2018,
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
    from retrieval.models.pair_encoder import PairReader, ReadTogether
    from retrieval.passage import Passage

ADAPTER = Path(__file__).with_suffix(".safetensors")
PIECES = 148  # word pieces of question and sentences that are read, …
WINDOW = 440  # … which have about this many characters
LONGEST = 12  # word pieces of an answer
NOTHING = -12.0  # log-odds of a sentence that had no room


@dataclass(frozen=True, slots=True)
class AnswerOdds:
    """Both are log-odds, above 0 for yes: ``answers``, that the sentence and its neighbours answer the
    question; ``says``, that the answer stands in the sentence itself."""

    answers: float
    says: float


def with_neighbours(sentences: Sequence[Sequence[int]], at: int, longest: float = WINDOW) -> tuple[int, int]:
    """Start of the first and end of the last of the *sentences* (start, end) that are read with number *at*:
    one before it and one after it in turn, while all are at most *longest* characters."""
    first = last = at
    while True:
        before = first > 0 and sentences[last][1] - sentences[first - 1][0] <= longest
        first -= before
        after = last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= longest
        last += after
        if not before and not after:
            return sentences[first][0], sentences[last][1]


@dataclass(frozen=True, slots=True)
class SentenceWindow:
    """Sentences that are read together: ``start``..``end`` of their article's text, within one passage."""

    passage: Passage
    start: int
    end: int

    @classmethod
    def around(cls, candidate: Candidate) -> SentenceWindow:
        """The sentence with its neighbours."""
        passage = candidate.hit.passage
        return cls(passage, *with_neighbours(passage.sentences, candidate.at))

    @property
    def text(self) -> str:
        """What is read."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    def holds(self, candidate: Candidate) -> bool:
        """Whether the sentence is one of these."""
        same = candidate.hit.passage.id == self.passage.id
        return same and self.start <= candidate.start and candidate.end <= self.end


class Answerability:
    """Reads questions with sentences. Thread-safe; nothing is loaded before the first."""

    def __init__(self, *, cache_dir: Path, threads: int | None = None) -> None:
        self._cache_dir, self._threads = cache_dir, threads

    def warm(self) -> None:
        """Load the model. Raises ModelMissing."""
        self._reader.read("", [""])

    def judge(self, question: str, found: Sequence[Candidate]) -> list[AnswerOdds]:
        """The candidates in their order. Neighbours are read together, others side by side.

        Raises ModelMissing when the packaged model is not installed.
        """
        windows: list[SentenceWindow] = []
        for candidate in found:
            if not any(window.holds(candidate) for window in windows):
                windows.append(SentenceWindow.around(candidate))
        read = list(self._pool.map(lambda window: self._reader.read(question, [window.text]), windows))
        answers = [self._answers(each) for each in read]
        judged = []
        for candidate in found:
            place = next(number for number, window in enumerate(windows) if window.holds(candidate))
            begin = windows[place].start
            says = self._says(read[place], candidate.start - begin, candidate.end - begin)
            judged.append(AnswerOdds(answers[place], says))
        return judged

    @cached_property
    def _reader(self) -> PairReader:
        from retrieval.models.pair_encoder import PairReader

        return PairReader(ADAPTER, cache_dir=self._cache_dir, pieces=PIECES)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        from retrieval.models.local_embeddings import cores

        return ThreadPoolExecutor(self._threads or cores(), thread_name_prefix="judge")

    def _answers(self, read: ReadTogether) -> float:
        (words,) = read.words
        mean = words.mean(axis=0) if len(words) else read.whole
        return float(self._reader.adapter.head(read.whole[None], mean[None])[0])

    def _says(self, read: ReadTogether, first: int, last: int) -> float:
        """How much likelier the best answer in *first*..*last* of the text is than none (Devlin et al. 2019,
        https://arxiv.org/abs/1810.04805, section 4.3)."""
        start, end = self._reader.adapter.arrays["head.span.weight"]
        begins, ends = read.spans[0].T
        words = read.words[0][(begins >= first) & (ends <= last)]
        none = float(read.whole @ start + read.whole @ end)
        if not len(words):
            return NOTHING
        starts, ends = words @ start, words @ end
        best = max(
            float((starts[: len(starts) - length] + ends[length:]).max())
            for length in range(min(LONGEST, len(starts)))
        )
        return best - none
