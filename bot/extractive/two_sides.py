"""Answers a comparison with a sentence for each of its two sides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.extractive.candidate_sentences import Candidate
from bot.extractive.sentence_ranking import ScoredSentence
from bot.question.question_profile import QuestionProfile
from retrieval.text_analysis import STOP_WORDS, content_stems

MAX_SIDE_WORDS = 3
MIN_SIDE_COVERAGE = 0.5  # of a side's words, by a sentence with its passage and head
SENTENCE_WEIGHT, PASSAGE_WEIGHT = 3.0, 1.5  # of that coverage, relative to the score of a sentence
FIGURE_BONUS = 1.5  # for a sentence with a figure or a date, which most comparisons are about
# Between the sides; the first that has a phrase on both sides counts.
_CONNECTIVES = (r"\s(?:vs\.?|versus|or)\s", r"\swith\s", r"\sand\s", r"\s(?:to|than)\s")
_WORD = re.compile(r"[\w$€£&]+(?:[.'’-]\w+)*")

# Question -> its profile and the sentences, best first.
Rank = Callable[[str], tuple[QuestionProfile, Sequence[ScoredSentence]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sentences for the sides, in the order of the question, and the sides without one."""

    chosen: tuple[Candidate, ...]
    missing: tuple[str, ...]


def sides(question: str) -> tuple[str, str] | None:
    """The two things that a question compares; None if it does not name two.

    >>> sides("Was Ferrant Optics or Quillon dearer at launch?")
    ('Ferrant Optics', 'Quillon')
    >>> sides("what is the difference between a ferry and a barge")
    ('ferry', 'barge')
    """
    for connective in _CONNECTIVES:
        for match in re.finditer(connective, question, re.IGNORECASE):
            before = _phrase(reversed(_WORD.findall(question[: match.start()])))[::-1]
            after = _phrase(iter(_WORD.findall(question[match.end() :])))
            named = " ".join(before), " ".join(after)
            if all(re.search(r"[^\W\d_]", side) for side in named):
                return named
    return None


def _phrase(words: Iterator[str]) -> list[str]:
    """The name or noun phrase at the start of *words*, after articles and the like."""
    phrase: list[str] = []
    for word in words:
        is_function_word = word.lower() in STOP_WORDS
        if phrase and (is_function_word or phrase[0][0].isupper() != word[0].isupper()):
            break
        if not is_function_word:
            phrase.append(word)
        if len(phrase) == MAX_SIDE_WORDS:
            break
    return phrase


def compare(question: str, named: tuple[str, str], rank: Rank) -> Comparison:
    """The best sentence about each of the *named* sides of a question, ranked for it without the other side.

    It is about a side if its passage has most of the words that the other side does not have.
    """
    chosen: list[Candidate] = []
    missing: list[str] = []
    stems_of = {side: frozenset(content_stems(side)) for side in named}
    shared = frozenset.intersection(*stems_of.values())
    for side, other in (named, named[::-1]):
        profile, ranked = rank(question.replace(other, "", 1))
        weights = {word: profile.weights.get(word, 1.0) for word in stems_of[side] - shared or stems_of[side]}

        def coverage(stems: frozenset[str], weights: dict[str, float] = weights) -> float:
            return sum(weights[word] for word in weights.keys() & stems) / (sum(weights.values()) or 1.0)

        def fit(sentence: ScoredSentence, coverage: Callable[[frozenset[str]], float] = coverage) -> float:
            candidate = sentence.candidate
            own, around = coverage(candidate.stems), coverage(candidate.passage_stems)
            figure = any(character.isdigit() for character in candidate.text)
            return sentence.score + SENTENCE_WEIGHT * own + PASSAGE_WEIGHT * around + FIGURE_BONUS * figure

        about = [s for s in ranked if coverage(s.candidate.passage_stems) >= MIN_SIDE_COVERAGE]
        best = max(about, key=fit, default=None)
        if best is None:
            missing.append(side)
        elif best.candidate not in chosen:
            chosen.append(best.candidate)
    return Comparison(tuple(chosen), tuple(missing))
