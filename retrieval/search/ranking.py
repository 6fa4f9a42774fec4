"""Ranks candidates by a learned score of similarity, words, article, dates and publisher."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retrieval.hit import Hit
from retrieval.language_words import ENGLISH
from retrieval.passage import Passage
from retrieval.search.date_window import DateWindow, date_windows
from retrieval.search.publisher_scope import is_publisher_named, without_attribution
from retrieval.search.recency import recency
from retrieval.search.score_fusion import FusedCandidate
from retrieval.search.term_overlap import term_overlaps
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[np.float64]]

# A conditional logit over the candidates of a question, fitted by tests/benchmarks/fit_ranking.py on five
# development sets and cross-validated over their questions. tests/benchmarks/ablation.md has the effect of
# each feature.
WEIGHTS: Mapping[str, float] = {
    "cosine": 16.3,  # between question and passage
    "words": 3.5,  # BM25 of its text alone, relative to the maximum for the question
    "proximity": 5.0,  # share of the question's words, by idf, that are close together
    "rarest": 0.9,  # share of its rarest words, in text or head
    "article_best": 5.15,  # score of its article's best candidate minus the best score of all
    "article_mass": -0.55,  # soft count of its article's candidates with a score close to the best
    "pairs": 2.6,  # share of the question's adjacent pairs of words that are adjacent there too
    "recency": 5.5,  # published shortly before the question, if it is about news
    "later": -3.7,  # published after the question was asked
    "recency_lead": 2.5,  # the opening of an article, if the question is about news
    "source": 1.8,  # from a publisher that the question names
    "other_source": -2.7,  # from another publisher, if the question names one
    "in_window": 3.85,  # published on or near the days that the question names
}
RECENCY_DECAY_DAYS = 14.0  # the recency feature falls to 1/e in this time
WINDOW_DECAY_DAYS = 5.0  # the same for the distance to the days that the question names
LEAD_LENGTH = 200  # characters: a passage that starts before this offset is an opening
MASS_SHARPNESS = 8.0
SHORTLIST_SIZE = 100  # candidates whose texts are scored; on three development sets 80 are as good as all
SHORTLIST_LEXICAL_WEIGHT = 8.0  # of Tantivy's BM25, a proxy for the features of the text
REPEAT_PENALTY = 0.75  # lets equally good passages of other articles come between those of one article
RAREST_IDF_SHARE = 0.9  # of the greatest idf: words from this idf on count as the rarest
BACKGROUND_DOCUMENTS = 100


@dataclass(frozen=True)
class RankingQuery:
    """A question analyzed for ranking: ``plain`` is its text without attribution to a publisher, ``weights``
    are the idf of its content stems."""

    text: str
    plain: str
    weights: Mapping[str, float]
    as_of: date
    language: str = ENGLISH  # of the question, in which texts are compared with it
    publishers: frozenset[str] = frozenset()  # of the index, named in the question
    windows: tuple[DateWindow, ...] = ()
    recency: float = 0.0  # how much the recency of an article counts, 0 to 1

    @cached_property
    def words(self) -> list[str]:
        """The content stems, in order."""
        return content_stems(self.plain, self.language)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The adjacent pairs of content stems."""
        return frozenset(pairwise(self.words))

    @cached_property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights.values()) or 1.0

    @cached_property
    def rarest(self) -> frozenset[str]:
        """The stems that are nearly as rare as the rarest."""
        min_weight = RAREST_IDF_SHARE * max(self.weights.values(), default=0.0)
        return frozenset(stem for stem, weight in self.weights.items() if weight >= min_weight)


def ranking_query(
    question: str,
    as_of: date,
    publishers: Sequence[str],
    document_frequency: Callable[[str], int],
    documents: int,
    language: str = ENGLISH,
) -> RankingQuery:
    """Analyze a question in a *language* for an index of *documents* passages from *publishers*."""
    named = frozenset(name for name in publishers if is_publisher_named(name, question))
    plain = without_attribution(question, named)
    return RankingQuery(
        text=question,
        plain=plain,
        weights=idf(content_stems(plain, language), document_frequency, documents),
        as_of=as_of,
        language=language,
        publishers=named,
        windows=tuple(
            window for window in date_windows(question, as_of, language) if window.kind in ("soft", "hard")
        ),
        recency=recency(question),
    )


def idf(words: Sequence[str], document_frequency: Callable[[str], int], documents: int) -> dict[str, float]:
    """The inverse document frequency of stems as in BM25: ln(1 + (N - n + .5) / (n + .5)).

    BACKGROUND_DOCUMENTS additional documents without any of the words keep a word from counting as common
    because it is in two of a handful of passages.
    """
    weights = {}
    documents += BACKGROUND_DOCUMENTS
    for stem in words:
        n = min(document_frequency(stem), documents)
        weights[stem] = math.log(1 + (documents - n + 0.5) / (n + 0.5))
    return weights


def rank(
    query: RankingQuery, candidates: Sequence[FusedCandidate], passages: Mapping[str, Passage]
) -> list[Hit]:
    """The candidates as hits, best first. The score is the weighted sum of the features, minus a penalty for
    each further passage of an article."""
    candidates = shortlist(
        query, [candidate for candidate in candidates if candidate.id in passages], passages
    )
    if not candidates:
        return []
    scores = penalize_repeats(
        weighted_sum(features(query, candidates, passages)).tolist(),
        [passages[candidate.id].article.id for candidate in candidates],
    )
    hits = [
        Hit(passages[candidate.id], score, candidate.dense, candidate.lexical, candidate.cosine)
        for candidate, score in zip(candidates, scores, strict=True)
    ]
    return sorted(hits, key=lambda hit: -hit.score)


def weighted_sum(columns: Columns) -> NDArray[np.float64]:
    """The sum of features, named as in WEIGHTS, times their weights."""
    total: NDArray[np.float64] = sum(WEIGHTS[name] * column for name, column in columns.items())  # type: ignore[assignment]
    return total


def shortlist(
    query: RankingQuery, candidates: Sequence[FusedCandidate], passages: Mapping[str, Passage]
) -> Sequence[FusedCandidate]:
    """The SHORTLIST_SIZE best candidates by the features that need no analysis of their texts."""
    if len(candidates) <= SHORTLIST_SIZE:
        return candidates
    lexical = np.array([candidate.lexical_score for candidate in candidates])
    columns = {
        "cosine": np.array([candidate.similarity for candidate in candidates]),
        **_metadata_features(query, [passages[candidate.id] for candidate in candidates]),
    }
    estimates = SHORTLIST_LEXICAL_WEIGHT * lexical + weighted_sum(columns)
    return [candidates[at] for at in np.argsort(-estimates, kind="stable")[:SHORTLIST_SIZE]]


def penalize_repeats(scores: Sequence[float], articles: Sequence[str]) -> list[float]:
    """The scores, each minus REPEAT_PENALTY * ln(its rank among the scores of its article).

    >>> penalize_repeats([3.0, 2.9, 2.8], ["a", "a", "b"])[1] < 2.8
    True
    """
    ranks = Counter[str]()
    penalized = list(scores)
    for index in sorted(range(len(scores)), key=lambda index: -scores[index]):
        ranks[articles[index]] += 1
        penalized[index] -= REPEAT_PENALTY * math.log(ranks[articles[index]])
    return penalized


def features(
    query: RankingQuery, candidates: Sequence[FusedCandidate], passages: Mapping[str, Passage]
) -> Columns:
    """The features, named as in WEIGHTS, each with a value per candidate."""
    texts = [passages[candidate.id] for candidate in candidates]
    overlaps = term_overlaps(texts, query.weights, query.pairs, query.language)
    is_rarest = np.array([stem in query.rarest for stem in query.weights], bool)
    return {
        "cosine": np.array([candidate.similarity for candidate in candidates]),
        "words": overlaps.bm25 / query.total,
        "proximity": overlaps.proximity / query.total,
        "pairs": overlaps.pairs / max(1, len(query.pairs)),
        "rarest": overlaps.words[:, is_rarest].sum(axis=1) / max(1, len(query.rarest)),
        **_article_features([candidate.score for candidate in candidates], texts),
        **_metadata_features(query, texts),
    }


def _article_features(scores: Sequence[float], passages: Sequence[Passage]) -> Columns:
    """The features of the scores of all candidates of an article."""
    numbers: dict[str, int] = {}
    of = np.array([numbers.setdefault(passage.article.id, len(numbers)) for passage in passages])
    gaps = np.array(scores) - max(scores)
    best = np.full(len(numbers), -np.inf)
    np.maximum.at(best, of, gaps)
    mass = np.bincount(of, np.exp(MASS_SHARPNESS * gaps))
    return {"article_best": best[of], "article_mass": mass[of]}


def _metadata_features(query: RankingQuery, passages: Sequence[Passage]) -> Columns:
    """The features of date, publisher, and place in the article."""
    infos = [passage.article for passage in passages]
    by_date = {
        info.date: _date_features(query, info.day) for info in {info.date: info for info in infos}.values()
    }
    dates = np.array([by_date[info.date] for info in infos])
    starts = np.array([passage.start for passage in passages])
    columns = {
        "recency": dates[:, 0],
        "later": dates[:, 1],
        "in_window": dates[:, 2],
        "recency_lead": query.recency * (starts < LEAD_LENGTH),
    }
    if query.publishers:
        is_named = np.array([info.publisher in query.publishers for info in infos])
        columns |= {"source": is_named.astype(float), "other_source": (~is_named).astype(float)}
    return columns


def _date_features(query: RankingQuery, day: date | None) -> tuple[float, float, float]:
    """``recency``, ``later`` and ``in_window`` of articles of a day."""
    if day is None:
        return 0.0, 0.0, 0.0
    age = (query.as_of - day).days
    distance = min((window.distance(day) for window in query.windows), default=None)
    return (
        query.recency * math.exp(-max(0, age) / RECENCY_DECAY_DAYS),
        float(age < -1),
        0.0 if distance is None else math.exp(-distance / WINDOW_DECAY_DAYS),
    )
