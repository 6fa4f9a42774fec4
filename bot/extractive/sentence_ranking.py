"""Ranks the sentences of the hits by how well they answer a question, without a language model."""

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
from bot.question.question_phrases import COMPOSED_KINDS
from bot.question.question_profile import KINDS, QuestionProfile, answer_kind_score
from retrieval.language_words import ENGLISH
from retrieval.text_analysis import content_stems, stems, without_stop_words

WEIGHTS = Path(__file__).with_name("selection_weights.json")  # by tests/benchmarks/fit_selection.py
MAX_EMBEDDED = 16  # sentences that are embedded: the best by all other features
MAX_JUDGED = 4  # sentences scored for answerability: the best of these
NO_STATEMENT_PENALTY = 1.0  # for headings, captions, quiz questions and broken lines, except for lists
SENTENCE_ODDS_WEIGHT = 0.3  # of the log-odds that the answer is in the sentence
TOPIC_LEAD_BONUS = 3.0  # for the first sentence of an article about the topic asked for
MAX_LEAD_OFFSET = 600  # characters before an article's first passage, to allow for menus and bylines
MAX_JUDGED_WORDS = 12  # content words; the answerability model was not trained on longer questions
_REFERENCE = re.compile(
    r"^[\"“']?(?:he|she|it|they|this|that|these|those|his|her|its|their|but|and|however|such)\b", re.I
)
_POINTS_BACK = re.compile(
    r"\b(?:he|she|it|they|them|him|this|that|these|those|his|her|hers|its|their|such|former|latter)\b", re.I
)


@dataclass(frozen=True)
class ScoredSentence:
    """A candidate with its score and the ``values`` of its features by name."""

    candidate: Candidate
    score: float
    values: Mapping[str, float]


def features(profile: QuestionProfile, candidate: Candidate) -> dict[str, float]:
    """The features of a sentence's words and position; those of its embedding are added by ``rank``."""
    if profile.language == ENGLISH:
        in_order = without_stop_words(candidate.words) or candidate.words
    else:
        in_order = content_stems(candidate.text, profile.language)
    pairs = frozenset(pairwise(in_order))
    new = sum(stem not in profile.all_stems for stem in set(in_order))
    names = profile.names
    given = answer_kind_score(profile, candidate.text)
    own, previous = profile.coverage(candidate.stems), profile.coverage(candidate.previous_stems)
    return {
        "similarity": candidate.hit.similarity or 0.0,
        "rank": 1.0 / (1 + candidate.rank),
        "coverage": own,
        "coverage_around": profile.coverage(candidate.stems | candidate.neighbour_stems),
        "coverage_passage": profile.coverage(candidate.passage_stems),
        "pairs": len(profile.pairs & pairs) / max(1, len(profile.pairs)),
        "names": len(names & candidate.stems) / len(names) if names else 0.0,
        "names_passage": len(names & candidate.passage_stems) / len(names) if names else 0.0,
        **{f"gives_{kind}": given if profile.asks == kind else 0.0 for kind in KINDS},
        "new": min(new, 12) / 12,
        "asks": float(candidate.text.rstrip("\"”'’ ").endswith("?")),
        "no_statement": float(not candidate.is_statement),
        "length": math.log(1 + len(in_order)),
        "leans": float(starts_with_reference(candidate.text)),
        "leans_on": previous if _POINTS_BACK.search(_opening(candidate.text)) else 0.0,
        "brought_before": profile.coverage(candidate.stems | candidate.previous_stems) - own,
    }


def starts_with_reference(sentence: str) -> bool:
    """True if the first word refers to the sentence before ("He", "This", "However")."""
    return bool(_REFERENCE.match(sentence))


def _opening(text: str) -> str:
    return " ".join(text[:60].split()[:5])


def rank(
    profile: QuestionProfile,
    candidates: Sequence[Candidate],
    cache: EmbeddingCache,
    answerability: Answerability | None = None,
) -> list[ScoredSentence]:
    """The candidates, best first.

    All are scored by words and position, the best MAX_EMBEDDED also by their embeddings; the best MAX_JUDGED
    of these are reranked by *answerability*, which reads English. Raises ModelMissing.
    """
    if not candidates:
        return []
    weights = {**_weights()["tokens" if cache.has_tokens else "pooled"]}
    weights["no_statement"] = 0.0 if profile.kind in ("list", "timeline") else -NO_STATEMENT_PENALTY
    rough = []
    for candidate in candidates:
        values = features(profile, candidate)
        rough.append((_weighted_sum(weights, values), values, candidate))
    rough.sort(key=lambda entry: -entry[0])
    near = [(values, candidate) for _, values, candidate in rough[:MAX_EMBEDDED]]
    question, embedded = cache.embed_with_question(profile.text, [candidate.text for _, candidate in near])
    tokens = QuestionTokens(profile.text, question.tokens) if question.tokens else None
    for (values, candidate), sentence in zip(near, embedded, strict=True):
        values["cosine"] = cache.cosine(question, sentence)
        if tokens and sentence.tokens:
            values |= asdict(token_similarity(tokens, candidate.text, sentence.tokens))
    ranked = [ScoredSentence(candidate, _weighted_sum(weights, values), values) for values, candidate in near]
    ranked.sort(key=lambda sentence: -sentence.score)
    if profile.is_topic:
        return sorted(ranked, key=lambda s: -s.score - TOPIC_LEAD_BONUS * _is_topic_lead(profile, s))
    if profile.kind in COMPOSED_KINDS:
        return ranked
    if answerability and len(profile.weights) <= MAX_JUDGED_WORDS and profile.language == ENGLISH:
        return rerank(profile, ranked, answerability)
    return ranked


def _is_topic_lead(profile: QuestionProfile, sentence: ScoredSentence) -> bool:
    """True if this is the first sentence of an article about the topic, which summarizes it."""
    candidate, passage = sentence.candidate, sentence.candidate.hit.passage
    words = candidate.stems.union(stems(passage.article.title, profile.language))
    return candidate.index == 0 and passage.start < MAX_LEAD_OFFSET and profile.coverage(words) >= 0.5


def rerank(
    profile: QuestionProfile, ranked: Sequence[ScoredSentence], answerability: Answerability
) -> list[ScoredSentence]:
    """The sentences, the first MAX_JUDGED reordered by their score plus their weighted sentence odds.

    The scores keep their order: the highest goes to the new first sentence. The reranked sentences get the
    values "window_odds", "sentence_odds" (see ``AnswerOdds``) and "ranked_first".
    """
    best = ranked[:MAX_JUDGED]
    odds = answerability.score(profile.text, [sentence.candidate for sentence in best])
    reordered = sorted(
        zip(best, odds, strict=True),
        key=lambda pair: -pair[0].score - SENTENCE_ODDS_WEIGHT * pair[1].sentence,
    )
    reranked = []
    for place, (sentence, answer) in zip(best, reordered, strict=True):
        values = {
            "window_odds": answer.window,
            "sentence_odds": answer.sentence,
            "ranked_first": float(sentence is ranked[0]),
        }
        reranked.append(replace(sentence, score=place.score, values={**sentence.values, **values}))
    return [*reranked, *ranked[MAX_JUDGED:]]


def _weighted_sum(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return sum(weights[name] * value for name, value in values.items() if name in weights)


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    """Weights of a conditional logit over the sentences of the hits, with and without token vectors."""
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights
