"""How likely it is that the sentences found answer the question: a calibrated number, and why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.asked import QuestionProfile
from bot.selection import Scored
from retrieval.hit import Hit
from retrieval.lexical import stems

# A logistic model of "the articles hold the answer", fitted by tests/benchmarks/fit_selection.py on
# development sets with answerable and unanswerable questions.
BIAS = -10.7
WEIGHTS = {
    "coverage": 0.1,  # of the question's words by the best sentence
    "coverage_passage": 1.2,  # … and by its whole passage and head
    "names_passage": 0.6,  # share of the question's names and numbers in that passage
    "gives": 1.2,  # the best sentence has what is asked for: a number, a date, a name, a reason
    "cosine": 6.4,  # between question and best sentence
    "similarity": 6.1,  # between question and best passage
    "unseen": 0.65,  # share of the question's words that no article holds
    "names_all": 3.5,  # share of its names and numbers that the passages found hold
    "coverage_all": -2.1,
    "has_names": 1.4,
}
THRESHOLD = 0.4  # an answer below it is not given


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
    best = ranked[0]
    held = frozenset().union(*(stems(f"{hit.passage.head} {hit.passage.text}") for hit in hits))
    unseen = [stem for stem in asked.weights if not document_frequency(stem)]
    names = asked.names
    values = {
        "coverage": best.values[2],
        "coverage_passage": best.values[4],
        "names_passage": best.values[7] if names else 1.0,
        "gives": best.values[8],
        "cosine": best.cosine,
        "similarity": hits[0].similarity or 0.0,
        "unseen": sum(asked.weights[stem] for stem in unseen) / asked.total,
        "names_all": len(names & held) / len(names) if names else 1.0,
        "coverage_all": asked.coverage(held),
        "has_names": float(bool(names)),
    }
    value = 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in values.items())))
    if value >= THRESHOLD:
        return Confidence(value, None)
    return Confidence(value, "name not in the corpus" if names & set(unseen) else "nothing near")
