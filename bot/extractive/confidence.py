"""How likely it is that the sentences found answer the question: a calibrated number, and why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.extractive.sentence_ranking import Scored
from bot.question.question_profile import QuestionProfile, WordCounts, gives
from retrieval.hit import Hit
from retrieval.search.date_window import date_window
from retrieval.text_analysis import stems

# A logistic model of "the articles hold the answer", fitted by tests/benchmarks/fit_selection.py on
# development sets with answerable and unanswerable questions; .3 of it by small corpora whose articles are
# all near the question, .7 by small corpora of any articles.
BIAS = -9.16
WEIGHTS = {
    "coverage": 0.21,  # of the question's words by the best sentence
    "coverage_passage": 2.23,  # … and by its whole passage and head
    "names_passage": 0.73,  # share of the question's names and figures in that passage
    "gives": 0.52,  # the best sentence has what is asked for: a number, a date, a name, a reason
    "cosine": 4.28,  # between question and best sentence
    "similarity": 6.59,  # between question and nearest passage
    "names_all": 2.81,  # share of its names and figures that the passages found hold
    "has_names": 0.95,
    "pairs": -0.37,  # share of the question's neighbouring words that are neighbours in the best sentence
    "words": 0.07,  # how many words of meaning the question has
    "outside": -0.87,  # how far the best article lies outside the days asked for
    "weakest": 1.5,  # cosine of the question's words that find least in the best sentence
    "size": -0.39,  # log of the passages in the index: among many, one is near by chance
}
THRESHOLD = 0.285  # an answer below it is not given
FAR = 60.0  # days
# Where `answerability` read the best sentence: it is near (the log-odds of the above, raised by NEAR),
# and what it says answers (the log-odds of that, raised by SAYS); both must hold, so their chances are
# multiplied. Then scaled to the same threshold, and to the share of right answers on four development sets.
NEAR, SAYS = 1.5, 2.0
SCALE, SHIFT = 0.75, -0.8
UNREAD = 0.42  # "weakest" of embeddings that give no word pieces: the mean of the local ones


@dataclass(frozen=True, slots=True)
class Confidence:
    """``value`` from 0 to 1; ``reason`` says in a few words why it is low, None when it is not."""

    value: float
    reason: str | None


def confidence(
    asked: QuestionProfile,
    ranked: Sequence[Scored],
    hits: Sequence[Hit],
    counts: WordCounts,
    as_of: date,
    least: float = THRESHOLD,
) -> Confidence:
    """Judge the best of the ranked sentences, and what the hits hold altogether, and, where the sentence was
    read together with the question, whether it answers.

    A value below *least* comes with a reason. *as_of* is the day on which the question is asked.
    """
    if not ranked:
        return Confidence(0.0, "nothing near")
    led = (each for each in ranked if each.values.get("led"))
    first = next(led, max(ranked, key=lambda each: each.score))
    values = measures(asked, first, hits, counts, as_of)
    odds = BIAS + sum(WEIGHTS[name] * value for name, value in values.items())
    near = value = _logistic(odds)
    if (answers := ranked[0].values.get("answers")) is not None:
        value = _both(odds, answers)
    if value >= least:
        return Confidence(value, None)
    unknown = {name for name in asked.names if not name.isdigit() and not counts.document_frequency(name)}
    if unknown.difference(*(stems(hit.passage.head) for hit in hits)):  # publishers and titles are no texts
        return Confidence(value, "name not in the corpus")
    days = [day for hit in hits if (day := hit.passage.article.day)]
    asked_of = date_window(asked.text, as_of)
    if days and all(asked_of.distance(day) for day in days):
        return Confidence(value, "outside the dates")
    return Confidence(value, "not said" if near >= least else "nothing near")


def _both(near: float, answers: float) -> float:
    """The confidence from both log-odds: those of the product of two chances, scaled."""
    near, answers = near + NEAR, answers + SAYS
    odds = -math.log(math.exp(-near) + math.exp(-answers) + math.exp(-near - answers))
    return _logistic(SCALE * odds + SHIFT)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def measures(
    asked: QuestionProfile,
    best: Scored,
    hits: Sequence[Hit],
    counts: WordCounts,
    as_of: date,
) -> dict[str, float]:
    """What the confidence rests on, by the names in WEIGHTS."""
    held = frozenset().union(*(stems(f"{hit.passage.head} {hit.passage.text}") for hit in hits))
    names = asked.names
    return {
        "coverage": best.values["coverage"],
        "coverage_passage": best.values["coverage_passage"],
        "names_passage": best.values["names_passage"] if names else 1.0,
        "gives": gives(asked, best.candidate.text),
        "cosine": best.values["cosine"],
        "similarity": max(hit.similarity or 0.0 for hit in hits),
        "names_all": len(names & held) / len(names) if names else 1.0,
        "has_names": float(bool(names)),
        "pairs": best.values["pairs"],
        "words": float(len(asked.weights)),
        "outside": _outside(asked, best, as_of),
        "weakest": best.values.get("weakest", UNREAD),
        "size": math.log(1 + counts.documents),
    }


def _outside(asked: QuestionProfile, best: Scored, as_of: date) -> float:
    """How far the article of the best sentence lies outside the days asked for, from 0 to 1 for FAR days."""
    day = best.candidate.hit.passage.article.day
    return min(1.0, date_window(asked.text, as_of).distance(day) / FAR) if day else 0.0
