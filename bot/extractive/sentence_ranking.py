"""Ranks the sentences of the hits by how well they answer a question, without a language model."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from bot.extractive.answerability import Answerability
from bot.extractive.candidate_sentences import Candidate
from bot.extractive.sentence_similarity import SentenceSimilarity
from bot.question.answer_kind import answer_kind_score
from bot.question.question_phrases import ACCOUNT_KINDS, COMPOSED_KINDS
from bot.question.question_profile import KINDS, QuestionProfile
from retrieval.language_words import ENGLISH
from retrieval.text_analysis import stems

WEIGHTS = Path(__file__).with_name("selection_weights.json")  # by tests/benchmarks/fit_selection.py
# Sentences that are embedded, the best by words and position; fewer for a fact, which one sentence gives, and
# for a long question, whose words tell more. More of them change few answers.
MAX_EMBEDDED, MAX_EMBEDDED_FOR_FACT, MAX_EMBEDDED_FOR_LONG = 16, 12, 8
MAX_JUDGED = 4  # sentences scored for answerability: the best of these
SENTENCE_ODDS_WEIGHT = 0.3  # of the log-odds that the answer is in the sentence
TOPIC_LEAD_BONUS = 3.0  # for the first sentence of an article about the topic asked for
MAX_LEAD_OFFSET = 600  # characters before an article's first passage, to allow for menus and bylines
MAX_JUDGED_WORDS = 12  # content words; the answerability model was not trained on longer questions
_GIVES_NOTHING = {f"gives_{kind}": 0.0 for kind in KINDS}


@dataclass(frozen=True)
class ScoredSentence:
    """A candidate with its score and the ``values`` of its features by name."""

    candidate: Candidate
    score: float
    values: Mapping[str, float]


def shortlist(
    profile: QuestionProfile, candidates: Sequence[Candidate], weights: Mapping[str, float], count: int
) -> list[ScoredSentence]:
    """The *count* best candidates by words and position, best first."""
    scored = []
    for candidate in candidates:
        values = _word_features(profile, candidate)
        scored.append(ScoredSentence(candidate, _weighted_sum(weights, values), values))
    return sorted(scored, key=lambda sentence: -sentence.score)[:count]


def _word_features(profile: QuestionProfile, candidate: Candidate) -> dict[str, float]:
    names, content = profile.names, candidate.content
    pairs = profile.pairs.intersection(pairwise(content))
    new = len(set(content) - profile.all_stems)
    given = answer_kind_score(profile, candidate.text)
    of_own, of_previous = profile.shared(candidate.stems), profile.shared(candidate.previous_stems)
    own, previous = profile.coverage(of_own), profile.coverage(of_previous)
    is_listed = profile.kind in ("list", "timeline")  # of lines that need not be sentences
    return {
        "similarity": candidate.hit.similarity or 0.0,
        "rank": 1.0 / (1 + candidate.rank),
        "coverage": own,
        "coverage_around": profile.coverage(of_own | profile.shared(candidate.neighbour_stems)),
        "coverage_passage": profile.coverage(candidate.passage_stems),
        "pairs": len(pairs) / max(1, len(profile.pairs)),
        "names": len(names & candidate.stems) / len(names) if names else 0.0,
        "names_passage": len(names & candidate.passage_stems) / len(names) if names else 0.0,
        **_GIVES_NOTHING,
        **({f"gives_{profile.asks}": given} if profile.asks else {}),
        "new": min(new, 12) / 12,
        "asks": float(candidate.text.rstrip("\"”'’ ").endswith("?")),
        "no_statement": float(not is_listed and not candidate.is_statement),
        "length": math.log(1 + len(content)),
        "leans": float(candidate.starts_with_reference),
        "leans_on": previous if previous and candidate.points_back else 0.0,
        "brought_before": profile.coverage(of_own | of_previous) - own,
    }


def scored(
    profile: QuestionProfile,
    sentences: Sequence[ScoredSentence],
    weights: Mapping[str, float],
    similarity: SentenceSimilarity,
) -> list[ScoredSentence]:
    """Sentences of the shortlist scored by all features, best first. Raises ModelMissing, EmbeddingError."""
    meanings = similarity.features(profile.text, [sentence.candidate.text for sentence in sentences])
    found = []
    for sentence, meaning in zip(sentences, meanings, strict=True):
        values = {**sentence.values, **meaning}
        found.append(ScoredSentence(sentence.candidate, _weighted_sum(weights, values), values))
    return sorted(found, key=lambda sentence: -sentence.score)


def rank(
    profile: QuestionProfile,
    candidates: Sequence[Candidate],
    similarity: SentenceSimilarity,
    answerability: Answerability | None = None,
) -> list[ScoredSentence]:
    """The best candidates, best first; the best MAX_JUDGED are reranked by *answerability*, which reads
    English. Raises ModelMissing, EmbeddingError."""
    if not candidates:
        return []
    weights = selection_weights(similarity)
    is_long = len(profile.weights) > MAX_JUDGED_WORDS
    count = MAX_EMBEDDED_FOR_FACT if profile.kind == "fact" else MAX_EMBEDDED
    if is_long and profile.kind not in ACCOUNT_KINDS:
        count = MAX_EMBEDDED_FOR_LONG
    near = shortlist(profile, candidates, weights, count)
    ranked = scored(profile, near, weights, similarity)
    if profile.is_topic:
        return sorted(ranked, key=lambda s: -s.score - TOPIC_LEAD_BONUS * _is_topic_lead(profile, s))
    if profile.kind in COMPOSED_KINDS:
        return ranked
    if answerability and not is_long and profile.language == ENGLISH:
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
    return sum([weights[name] * value for name, value in values.items() if name in weights])


def selection_weights(similarity: SentenceSimilarity) -> Mapping[str, float]:
    """Weights of a conditional logit over the sentences of the hits, with or without token vectors."""
    return _weights()["tokens" if similarity.has_tokens else "pooled"]


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights
