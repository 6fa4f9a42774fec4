"""Which sentences of the hits answer a question, judged without a language model."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.asked import KINDS, QuestionProfile, gives
from retrieval.hit import Hit
from retrieval.lexical import content_stems, stems

if TYPE_CHECKING:
    from retrieval.embeddings import Matrix

_LEANS = re.compile(
    r"^[\"“']?(?:he|she|it|they|this|that|these|those|his|her|its|their|but|and|however|such)\b", re.I
)


@dataclass(frozen=True)
class Candidate:
    """A sentence of a hit: ``hits[rank]`` holds it at ``start``..``end`` of its article's text."""

    hit: Hit
    rank: int  # 0-based
    start: int
    end: int
    text: str
    words: frozenset[str]
    around: frozenset[str]  # stems of the sentences before and after
    known: frozenset[str]  # stems of the whole passage and its head


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits, once, in the order of the hits."""
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for rank, hit in enumerate(hits):
        passage = hit.passage
        texts = [passage.text[s - passage.start : e - passage.start] for s, e in passage.sentences]
        words = [frozenset(stems(text)) for text in texts]
        known = frozenset(stems(passage.head)).union(*words)
        for at, (start, end) in enumerate(passage.sentences):
            if (passage.article.id, start) in seen:
                continue
            seen.add((passage.article.id, start))
            around = frozenset().union(*words[max(0, at - 1) : at], *words[at + 1 : at + 2])
            found.append(Candidate(hit, rank, start, end, texts[at], words[at], around, known))
    return found


@dataclass(frozen=True)
class Scored:
    """A candidate with its score, the values of its ``features``, and its cosine with the question."""

    candidate: Candidate
    score: float
    values: tuple[float, ...]
    cosine: float


def features(asked: QuestionProfile, candidate: Candidate) -> tuple[float, ...]:
    """What speaks for a sentence, in the order of WEIGHTS; the cosine with the question comes apart."""
    in_order = content_stems(candidate.text)
    pairs = frozenset(pairwise(in_order))
    new = sum(stem not in asked.all_stems for stem in set(in_order))
    names = asked.names
    given = gives(asked, candidate.text)
    return (
        candidate.hit.similarity or 0.0,
        1.0 / (1 + candidate.rank),
        asked.coverage(candidate.words),
        asked.coverage(candidate.words | candidate.around),
        asked.coverage(candidate.known),
        len(asked.pairs & pairs) / max(1, len(asked.pairs)),
        len(names & candidate.words) / len(names) if names else 0.0,
        len(names & candidate.known) / len(names) if names else 0.0,
        *(given if asked.asks == kind else 0.0 for kind in KINDS),
        min(new, 12) / 12,
        float(candidate.text.rstrip("\"”'’ ").endswith("?")),
        math.log(1 + len(in_order)),
        float(bool(_LEANS.match(candidate.text))),
    )


# Weights of ``features`` and, last, of the cosine between question and sentence: a conditional logit over
# the sentences of the hits, fitted by tests/benchmarks/fit_selection.py on four development sets.
WEIGHTS = (4.0, 2.8, 3.3, 1.45, 1.2, 1.0, -0.65, 2.3, 3.25, 0.8, -0.15, 0.95, 0.4, -2.4, 0.2, 0.25, 4.45)
EMBEDDED = 16  # sentences whose meaning is compared: the best by all other features


def rank(
    asked: QuestionProfile,
    found: Sequence[Candidate],
    vectors: Callable[[Sequence[str]], Matrix],
) -> list[Scored]:
    """The candidates, the best first. *vectors* gives a row of length 1 for each of the texts given to it."""
    if not found:
        return []
    rough = []
    for candidate in found:
        values = features(asked, candidate)
        rough.append((sum(w * v for w, v in zip(WEIGHTS, values, strict=False)), values, candidate))
    rough.sort(key=lambda entry: -entry[0])
    near = rough[:EMBEDDED]
    matrix = vectors([asked.text, *(candidate.text for _, _, candidate in near)])
    cosines = matrix[1:] @ matrix[0]
    scored = [
        Scored(candidate, score + WEIGHTS[-1] * float(cosine), values, float(cosine))
        for (score, values, candidate), cosine in zip(near, cosines, strict=True)
    ]
    return sorted(scored, key=lambda entry: -entry.score)
