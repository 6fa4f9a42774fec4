"""What speaks for a passage beyond its nearness: its article, names, dates and sources; one learned score."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from retrieval.fusion import Candidate
from retrieval.hit import Hit
from retrieval.lexical import content_stems, stems, without_stop_words
from retrieval.passage import Passage
from retrieval.recency import recency
from retrieval.when import Window, windows

# A conditional logit over the candidates of a question, fitted by tests/benchmarks/fit_ranking.py on five
# development sets, cross-validated over their questions; what each feature brings is in
# tests/benchmarks/ablation.md.
WEIGHTS: Mapping[str, float] = {
    "cosine": 17.4,  # between question and passage
    "words": 3.1,  # BM25 relative to the best of the question
    "coverage": 0.4,  # share of the question's words, by idf, in passage and head
    "article_coverage": 4.4,  # … in all candidates of its article together
    "article_best": 2.25,  # how far its article's best candidate is behind the best of all
    "article_mass": -0.75,  # how many candidates of its article are near the best
    "pairs": 2.1,  # share of the question's neighbouring words that are neighbours there too
    "names": 1.65,  # share of its capitalised words and figures
    "fresh": 4.6,  # published shortly before the question, if it is about events
    "later": -4.0,  # published after the question was asked
    "fresh_lead": 2.3,  # the opening of an article, if the question is about events
    "source": 1.7,  # of a publisher that the question names
    "other_source": -2.5,  # of another, where it names one
    "in_window": 3.8,  # published in or near the days that the question names
}
FRESH_DAYS = 14.0  # after so many days an article counts as 1/e of a new one
WINDOW_DAYS = 5.0  # the same for days outside a window that is asked for
LEAD = 200  # characters: a passage that starts before this is an opening
SHARPNESS = 8.0
BACKGROUND = 100  # documents
_CAPITALISED = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]*|\b[A-Z]{2,}\b|\b\d[\d,.]*\b")


@dataclass(frozen=True)
class Query:
    """A question as the ranking reads it. ``weights`` are the idf of its content stems."""

    text: str
    weights: Mapping[str, float]
    as_of: date
    publishers: frozenset[str] = frozenset()  # those of the index that the question names
    windows: tuple[Window, ...] = ()
    newness: float = 0.0  # how much it counts that an article is new, 0 to 1
    names: frozenset[str] = field(default=frozenset())

    @cached_property
    def words(self) -> list[str]:
        """The content stems in their order."""
        return content_stems(self.text)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The neighbouring pairs of content stems."""
        return frozenset(pairwise(self.words))

    @cached_property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights.values()) or 1.0

    def coverage(self, held: frozenset[str]) -> float:
        """Which part of the weight of the question's words *held* has, 0 to 1."""
        return sum(weight for stem, weight in self.weights.items() if stem in held) / self.total


def read_query(
    question: str,
    as_of: date,
    publishers: Sequence[str],
    document_frequency: Callable[[str], int],
    documents: int,
) -> Query:
    """Read a question; *publishers* are those of the index."""
    weights = idf(content_stems(question), document_frequency, documents)
    names = (stem for word in _CAPITALISED.findall(question) for stem in content_stems(word))
    return Query(
        text=question,
        weights=weights,
        as_of=as_of,
        publishers=frozenset(name for name in publishers if named_in(name, question)),
        windows=tuple(w for w in windows(question, as_of) if w.kind in ("soft", "hard")),
        newness=recency(question),
        names=frozenset(names) & weights.keys(),
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


def named_in(name: str, question: str) -> bool:
    """Whether a publisher's name stands in a question as whole words; short names only with their capitals.

    >>> named_in("The Age", "according to The Age"), named_in("The Age", "the age of steam")
    (True, False)
    """
    flags = re.NOFLAG if len(name) <= 8 else re.IGNORECASE
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question, flags) is not None


def rank(query: Query, candidates: Sequence[Candidate], passages: Mapping[str, Passage]) -> list[Hit]:
    """The candidates as hits, the best first. The score is the weighted sum of their features."""
    known = [candidate for candidate in candidates if candidate.id in passages]
    if not known:
        return []
    rows = features(query, known, passages)
    hits = [
        Hit(
            passages[c.id],
            sum(WEIGHTS[name] * value for name, value in row.items()),
            c.dense,
            c.lexical,
            c.cosine,
        )
        for c, row in zip(known, rows, strict=True)
    ]
    return sorted(hits, key=lambda hit: -hit.score)


def features(
    query: Query, candidates: Sequence[Candidate], passages: Mapping[str, Passage]
) -> list[dict[str, float]]:
    """The values of the features of each candidate, by their names in WEIGHTS."""
    held = {c.id: held_stems(passages[c.id]) for c in candidates}
    best = max(candidate.score for candidate in candidates)
    articles = defaultdict(list)
    for candidate in candidates:
        articles[passages[candidate.id].article.id].append(candidate)
    of_article = {
        article_id: {
            "article_coverage": query.coverage(frozenset().union(*(held[mate.id] for mate in mates))),
            "article_best": max(mate.score for mate in mates) - best,
            "article_mass": sum(math.exp(SHARPNESS * (mate.score - best)) for mate in mates),
        }
        for article_id, mates in articles.items()
    }
    return [
        {
            "cosine": candidate.nearness,
            "words": candidate.words,
            **_of_text(query, passages[candidate.id], held[candidate.id]),
            **of_article[passages[candidate.id].article.id],
            **_of_time(query, passages[candidate.id]),
            **_of_source(query, passages[candidate.id]),
        }
        for candidate in candidates
    ]


def held_stems(passage: Passage) -> frozenset[str]:
    """The stems of a passage's head and text."""
    return _stemmed(passage)[0]


@lru_cache(maxsize=512)  # those of one question, which are asked for again to cover its parts
def _stemmed(passage: Passage) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The stems of head and text, and the pairs of content stems that are neighbours in the text."""
    words = stems(passage.text)
    pairs = frozenset(pairwise(without_stop_words(words)))
    return frozenset(words).union(stems(passage.head)), pairs


def _of_text(query: Query, passage: Passage, held: frozenset[str]) -> dict[str, float]:
    pairs = query.pairs & _stemmed(passage)[1]
    return {
        "coverage": query.coverage(held),
        "pairs": len(pairs) / max(1, len(query.pairs)),
        "names": len(query.names & held) / len(query.names) if query.names else 0.0,
    }


def _of_time(query: Query, passage: Passage) -> dict[str, float]:
    day = _day(passage.article.date)
    if day is None:
        return {"fresh_lead": query.newness * (passage.start < LEAD)}
    age = (query.as_of - day).days
    outside = min((window.distance(day) for window in query.windows), default=None)
    return {
        "fresh": query.newness * math.exp(-max(0, age) / FRESH_DAYS),
        "later": float(age < -1),
        "fresh_lead": query.newness * (passage.start < LEAD),
        "in_window": 0.0 if outside is None else math.exp(-outside / WINDOW_DAYS),
    }


def _of_source(query: Query, passage: Passage) -> dict[str, float]:
    if not query.publishers:
        return {}
    named = passage.article.publisher in query.publishers
    return {"source": float(named), "other_source": float(not named)}


def _day(stamp: str | None) -> date | None:
    try:
        return date.fromisoformat(stamp) if stamp else None
    except ValueError:
        return None
