"""What speaks for a passage beyond its nearness: its words, article, dates and sources; one learned score."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.search.date_window import DateWindow, date_windows
from retrieval.search.publisher_scope import publishers_in, without_attribution
from retrieval.search.recency import recency
from retrieval.search.score_fusion import FusedCandidate
from retrieval.search.term_overlap import TermOverlap, term_overlap
from retrieval.text_analysis import content_stems

# A conditional logit over the candidates of a question, fitted by tests/benchmarks/fit_ranking.py on five
# development sets, cross-validated over their questions; what each feature brings is in
# tests/benchmarks/ablation.md.
WEIGHTS: Mapping[str, float] = {
    "cosine": 16.3,  # between question and passage
    "words": 3.5,  # BM25 of its text alone, against the best possible for the question
    "together": 5.0,  # share of the question's words, by idf, that stand near together
    "rarest": 0.9,  # share of its rarest words, in text or head
    "article_best": 5.15,  # how far its article's best candidate is behind the best of all
    "article_mass": -0.55,  # how many candidates of its article are near the best
    "pairs": 2.6,  # share of the question's neighbouring words that are neighbours there too
    "fresh": 5.5,  # published shortly before the question, if it is about events
    "later": -3.7,  # published after the question was asked
    "fresh_lead": 2.5,  # the opening of an article, if the question is about events
    "source": 1.8,  # of a publisher that the question names
    "other_source": -2.7,  # of another, where it names one
    "in_window": 3.85,  # published in or near the days that the question names
}
FRESH_DAYS = 14.0  # after so many days an article counts as 1/e of a new one
WINDOW_DAYS = 5.0  # the same for days outside a window that is asked for
LEAD = 200  # characters: a passage that starts before this is an opening
SHARPNESS = 8.0
SHORT = 100  # candidates whose texts are read; on three development sets 80 are as good as all
UNREAD = 8.0  # weight of Tantivy's BM25, which stands for all that the words of a text would tell
AGAIN = 0.75  # lets other articles come between the passages of one that are no better
RAREST = 0.9  # of the greatest idf: words from there on count as the rarest
BACKGROUND = 100  # documents


@dataclass(frozen=True)
class RankingQuery:
    """A question as the ranking reads it: ``plain`` is its text without the words for who reports it,
    ``weights`` are the idf of the content stems of that."""

    text: str
    plain: str
    weights: Mapping[str, float]
    as_of: date
    publishers: frozenset[str] = frozenset()  # those of the index that the question names
    windows: tuple[DateWindow, ...] = ()
    newness: float = 0.0  # how much it counts that an article is new, 0 to 1

    @cached_property
    def words(self) -> list[str]:
        """The content stems in their order."""
        return content_stems(self.plain)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The neighbouring pairs of content stems."""
        return frozenset(pairwise(self.words))

    @cached_property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights.values()) or 1.0

    @cached_property
    def rarest(self) -> frozenset[str]:
        """The stems that are nearly as rare as the rarest."""
        least = RAREST * max(self.weights.values(), default=0.0)
        return frozenset(stem for stem, weight in self.weights.items() if weight >= least)

    def coverage(self, term_overlap: frozenset[str]) -> float:
        """Which part of the weight of the question's words *held* has, 0 to 1."""
        return sum(weight for stem, weight in self.weights.items() if stem in term_overlap) / self.total


def ranking_query(
    question: str,
    as_of: date,
    publishers: Sequence[str],
    document_frequency: Callable[[str], int],
    documents: int,
) -> RankingQuery:
    """Read a question; *publishers* are those of the index."""
    named = frozenset(name for name in publishers if publishers_in(name, question))
    plain = without_attribution(question, named)
    return RankingQuery(
        text=question,
        plain=plain,
        weights=idf(content_stems(plain), document_frequency, documents),
        as_of=as_of,
        publishers=named,
        windows=tuple(w for w in date_windows(question, as_of) if w.kind in ("soft", "hard")),
        newness=recency(question),
    )


def idf(words: Sequence[str], document_frequency: Callable[[str], int], documents: int) -> dict[str, float]:
    """The inverse document frequency of stems as BM25 has it: ln(1 + (N - n + .5) / (n + .5)).

    BACKGROUND further documents without any of the words keep a handful of passages from calling a word
    common because it stands in two of them.
    """
    weights = {}
    documents += BACKGROUND
    for stem in words:
        n = min(document_frequency(stem), documents)
        weights[stem] = math.log(1 + (documents - n + 0.5) / (n + 0.5))
    return weights


def rank(
    query: RankingQuery, candidates: Sequence[FusedCandidate], passages: Mapping[str, Passage]
) -> list[Hit]:
    """The candidates as hits, the best first. The score is the weighted sum of their features, a little
    less for each further passage of an article."""
    known = shortlist(query, [each for each in candidates if each.id in passages], passages)
    if not known:
        return []
    rows = features(query, known, passages)
    scores = penalize_repeats(
        [sum(WEIGHTS[name] * value for name, value in row.items()) for row in rows],
        [passages[candidate.id].article.id for candidate in known],
    )
    hits = [
        Hit(passages[c.id], score, c.dense, c.lexical, c.cosine)
        for c, score in zip(known, scores, strict=True)
    ]
    return sorted(hits, key=lambda hit: -hit.score)


def shortlist(
    query: RankingQuery, candidates: Sequence[FusedCandidate], passages: Mapping[str, Passage]
) -> Sequence[FusedCandidate]:
    """The SHORT likeliest candidates by all that is known of them before their texts are read."""
    if len(candidates) <= SHORT:
        return candidates

    def likely(candidate: FusedCandidate) -> float:
        passage = passages[candidate.id]
        known = {"cosine": candidate.nearness, **_of_time(query, passage), **_of_source(query, passage)}
        return UNREAD * candidate.words + sum(WEIGHTS[name] * value for name, value in known.items())

    return sorted(candidates, key=likely, reverse=True)[:SHORT]


def penalize_repeats(scores: Sequence[float], articles: Sequence[str]) -> list[float]:
    """The scores, each less AGAIN * ln(its place among the scores of its article).

    >>> penalize_repeats([3.0, 2.9, 2.8], ["a", "a", "b"])[1] < 2.8
    True
    """
    places = Counter[str]()
    found = list(scores)
    for at in sorted(range(len(scores)), key=lambda at: -scores[at]):
        places[articles[at]] += 1
        found[at] -= AGAIN * math.log(places[articles[at]])
    return found


def features(
    query: RankingQuery, candidates: Sequence[FusedCandidate], passages: Mapping[str, Passage]
) -> list[dict[str, float]]:
    """The values of the features of each candidate, by their names in WEIGHTS."""
    of_text = {c.id: term_overlap(passages[c.id], query.weights, query.pairs) for c in candidates}
    best = max(candidate.score for candidate in candidates)
    articles = defaultdict(list)
    for candidate in candidates:
        articles[passages[candidate.id].article.id].append(candidate)
    of_article = {
        article_id: {
            "article_best": max(mate.score for mate in mates) - best,
            "article_mass": sum(math.exp(SHARPNESS * (mate.score - best)) for mate in mates),
        }
        for article_id, mates in articles.items()
    }
    return [
        {
            "cosine": candidate.nearness,
            **_of_text(query, of_text[candidate.id]),
            **of_article[passages[candidate.id].article.id],
            **_of_time(query, passages[candidate.id]),
            **_of_source(query, passages[candidate.id]),
        }
        for candidate in candidates
    ]


def _of_text(query: RankingQuery, term_overlap: TermOverlap) -> dict[str, float]:
    return {
        "words": term_overlap.often / query.total,
        "together": term_overlap.together / query.total,
        "pairs": term_overlap.pairs / max(1, len(query.pairs)),
        "rarest": len(query.rarest & term_overlap.words) / max(1, len(query.rarest)),
    }


def _of_time(query: RankingQuery, passage: Passage) -> dict[str, float]:
    opening = query.newness * (passage.start < LEAD)
    day = passage.article.day
    if day is None:
        return {"fresh_lead": opening}
    age = (query.as_of - day).days
    outside = min((window.distance(day) for window in query.windows), default=None)
    return {
        "fresh": query.newness * math.exp(-max(0, age) / FRESH_DAYS),
        "later": float(age < -1),
        "fresh_lead": opening,
        "in_window": 0.0 if outside is None else math.exp(-outside / WINDOW_DAYS),
    }


def _of_source(query: RankingQuery, passage: Passage) -> dict[str, float]:
    if not query.publishers:
        return {}
    named = passage.article.publisher in query.publishers
    return {"source": float(named), "other_source": float(not named)}
