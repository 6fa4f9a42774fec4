"""Which sentences of the hits answer a question, judged without a language model."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from bot.extractive.answerability import Answerability
from bot.extractive.candidate_sentences import Candidate
from bot.extractive.embedding_cache import EmbeddingCache
from bot.extractive.token_similarity import QuestionTokens, token_similarity
from bot.question.question_profile import KINDS, QuestionProfile, gives
from bot.question.topic_request import is_topic
from retrieval.text_analysis import content_stems, stems

WEIGHTS = Path(__file__).with_name("selection_weights.json")  # by tests/benchmarks/fit_selection.py
EMBEDDED = 16  # sentences whose meaning is compared: the best by all other features
JUDGED = 4  # sentences that are read together with the question: the best of these
SAYS = 0.3  # worth of the log-odds that the answer stands in a sentence
TELLS = 3.0  # worth of the first sentence of an article, where a topic is asked for
OPENING = 600  # characters: a passage that starts before this begins its article, menus and bylines aside
LONG = 12  # words of meaning above which a question is longer than those that the judge was trained on
_LEANS = re.compile(
    r"^[\"“']?(?:he|she|it|they|this|that|these|those|his|her|its|their|but|and|however|such)\b", re.I
)
_POINTS_BACK = re.compile(
    r"\b(?:he|she|it|they|them|him|this|that|these|those|his|her|hers|its|their|such|former|latter)\b", re.I
)


@dataclass(frozen=True)
class Scored:
    """A candidate with its score and the ``values`` of its features by name."""

    candidate: Candidate
    score: float
    values: Mapping[str, float]


def features(asked: QuestionProfile, candidate: Candidate) -> dict[str, float]:
    """What speaks for a sentence by its words and its place; its meaning is compared apart."""
    in_order = content_stems(candidate.text)
    pairs = frozenset(pairwise(in_order))
    new = sum(stem not in asked.all_stems for stem in set(in_order))
    names = asked.names
    given = gives(asked, candidate.text)
    own, before = asked.coverage(candidate.words), asked.coverage(candidate.before)
    return {
        "similarity": candidate.hit.similarity or 0.0,
        "rank": 1.0 / (1 + candidate.rank),
        "coverage": own,
        "coverage_around": asked.coverage(candidate.words | candidate.around),
        "coverage_passage": asked.coverage(candidate.known),
        "pairs": len(asked.pairs & pairs) / max(1, len(asked.pairs)),
        "names": len(names & candidate.words) / len(names) if names else 0.0,
        "names_passage": len(names & candidate.known) / len(names) if names else 0.0,
        **{f"gives_{kind}": given if asked.asks == kind else 0.0 for kind in KINDS},
        "new": min(new, 12) / 12,
        "asks": float(candidate.text.rstrip("\"”'’ ").endswith("?")),
        "length": math.log(1 + len(in_order)),
        "leans": float(leans(candidate.text)),
        "leans_on": before if _POINTS_BACK.search(_opening(candidate.text)) else 0.0,
        "brought_before": asked.coverage(candidate.words | candidate.before) - own,
    }


def leans(sentence: str) -> bool:
    """Whether a sentence begins with a word that is not understood without the sentence before."""
    return bool(_LEANS.match(sentence))


def _opening(text: str) -> str:
    return " ".join(text[:60].split()[:5])


def rank(
    asked: QuestionProfile,
    found: Sequence[Candidate],
    readings: EmbeddingCache,
    judge: Answerability | None = None,
) -> list[Scored]:
    """The candidates, the best first: the EMBEDDED that words and places speak for, by meaning as well; the
    first JUDGED of them in the order of *judge*. Raises ModelMissing."""
    if not found:
        return []
    weights = _weights()["tokens" if readings.with_tokens else "pooled"]
    rough = []
    for candidate in found:
        values = features(asked, candidate)
        rough.append((_total(weights, values), values, candidate))
    rough.sort(key=lambda entry: -entry[0])
    near = [(values, candidate) for _, values, candidate in rough[:EMBEDDED]]
    question, *read = readings.read([asked.text, *(candidate.text for _, candidate in near)])
    tokens = QuestionTokens(asked.text, question.tokens) if question.tokens else None
    for (values, candidate), reading in zip(near, read, strict=True):
        values["cosine"] = float((question.pooled * reading.pooled).sum())
        if tokens and reading.tokens:
            values |= asdict(token_similarity(tokens, candidate.text, reading.tokens))
    scored = [Scored(candidate, _total(weights, values), values) for values, candidate in near]
    scored.sort(key=lambda entry: -entry.score)
    if is_topic(asked.text):
        return sorted(scored, key=lambda entry: -entry.score - TELLS * _tells(asked, entry))
    return judged(asked, scored, judge) if judge and len(asked.weights) <= LONG else scored


def _tells(asked: QuestionProfile, scored: Scored) -> bool:
    """Whether a sentence begins an article about what is asked for: it tells of it in short."""
    candidate, passage = scored.candidate, scored.candidate.hit.passage
    words = candidate.words.union(stems(passage.article.title))
    return candidate.at == 0 and passage.start < OPENING and asked.coverage(words) >= 0.5


def judged(asked: QuestionProfile, ranked: Sequence[Scored], judge: Answerability) -> list[Scored]:
    """The sentences, the first JUDGED in the order that *judge* gives them together with their scores.

    The scores stay where they are, the highest with the first. The values of the sentences that were read
    have "answers" and "says", as bot/extractive/answerability.py tells.
    """
    near = ranked[:JUDGED]
    found = judge.judge(asked.text, [each.candidate for each in near])
    read = sorted(zip(near, found, strict=True), key=lambda pair: -pair[0].score - SAYS * pair[1].says)
    first = []
    for place, (each, said) in zip(near, read, strict=True):
        values = {"answers": said.answers, "says": said.says, "led": float(each is ranked[0])}
        first.append(replace(each, score=place.score, values={**each.values, **values}))
    return [*first, *ranked[JUDGED:]]


def _total(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return sum(weights[name] * value for name, value in values.items() if name in weights)


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    """Of a conditional logit over the sentences of the hits: with word pieces, and without."""
    found: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found
