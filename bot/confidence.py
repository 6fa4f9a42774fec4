"""How likely it is that the sentences found answer the question: a calibrated number, and why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.asked import QuestionProfile, gives
from bot.selection import Scored
from retrieval.hit import Hit
from retrieval.lexical import stems

# A logistic model of "the articles hold the answer", fitted by tests/benchmarks/fit_selection.py on
# development sets with answerable and unanswerable questions.
BIAS = -13.3
WEIGHTS = {
    "coverage": 1.9,  # of the question's words by the best sentence
    "coverage_passage": 2.95,  # … and by its whole passage and head
    "names_passage": 0.75,  # share of the question's names and figures in that passage
    "gives": 0.75,  # the best sentence has what is asked for: a number, a date, a name, a reason
    "cosine": 6.3,  # between question and best sentence
    "similarity": 5.15,  # between question and nearest passage
    "unseen": 3.2,  # share of the question's words that no article holds: what is left must carry it
    "names_all": 3.15,  # share of its names and figures that the passages found hold
    "coverage_all": -0.25,
    "has_names": 0.85,
    "pairs": -0.45,  # share of the question's neighbouring words that are neighbours in the best sentence
    "words": 0.11,  # how many words of meaning the question has
}
THRESHOLD = 0.38  # an answer below it is not given


@dataclass(frozen=True, slots=True)
class Confidence:
    """``value`` from 0 to 1; ``reason`` says in a few words why it is low, None when it is not."""

    value: float
    reason: str | None


def confidence(
    asked: QuestionProfile,
    ranked: Sequence[Scored],
    hits: Sequence[Hit],
    document_frequency: Callable[[str], int],
) -> Confidence:
    """Judge the best of the ranked sentences, and what the hits hold altogether."""
    if not ranked:
        return Confidence(0.0, "nothing near")
    values = measures(asked, ranked[0], hits, document_frequency)
    value = 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in values.items())))
    if value >= THRESHOLD:
        return Confidence(value, None)
    unknown = any(not document_frequency(name) for name in asked.names)
    return Confidence(value, "name not in the corpus" if unknown else "nothing near")


def measures(
    asked: QuestionProfile, best: Scored, hits: Sequence[Hit], document_frequency: Callable[[str], int]
) -> dict[str, float]:
    """What the confidence rests on, by the names in WEIGHTS."""
    held = frozenset().union(*(stems(f"{hit.passage.head} {hit.passage.text}") for hit in hits))
    unseen = [stem for stem in asked.weights if not document_frequency(stem)]
    names = asked.names
    return {
        "coverage": best.values[2],
        "coverage_passage": best.values[4],
        "names_passage": best.values[7] if names else 1.0,
        "gives": gives(asked, best.candidate.text),
        "cosine": best.cosine,
        "similarity": max(hit.similarity or 0.0 for hit in hits),
        "unseen": sum(asked.weights[stem] for stem in unseen) / asked.total,
        "names_all": len(names & held) / len(names) if names else 1.0,
        "coverage_all": asked.coverage(held),
        "has_names": float(bool(names)),
        "pairs": best.values[5],
        "words": float(len(asked.weights)),
    }
