"""Overlapping hits of an article become one hit that is still an exact span of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.merged_hits import MAX_LENGTH, merge_best, merge_overlapping
from bot.prompting.token_count import count_tokens
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split

TEXT = " ".join(f"Sentence number {n} tells of the harbour and its {n} boats." for n in range(200))
ARTICLES = [Article(ArticleInfo(name, f"{name}.txt", name), TEXT) for name in "ab"]
HITS = [
    Hit(passage, 100.0 - rank, rank + 1)
    for rank, passage in enumerate(passage for article in ARTICLES for passage in split(article))
]


@given(st.lists(st.sampled_from(HITS), max_size=25, unique=True))
def test_merged_hits_are_exact_and_lose_nothing(hits: list[Hit]) -> None:
    """In the order of the best passage of each; every sentence once, unless a passage grows too long."""
    merged = merge_overlapping(hits)
    for hit in merged:
        passage = hit.passage
        assert TEXT[passage.start : passage.end] == passage.text
        assert passage.end - passage.start <= MAX_LENGTH
        assert list(passage.sentences) == sorted(set(passage.sentences))
    for hit in hits:
        assert any(_contains(found, hit) for found in merged)
    assert [hit.dense for hit in merged] == sorted(
        (hit.dense for hit in merged), key=[hit.dense for hit in hits].index
    )


def test_neighbours_become_one_passage() -> None:
    """The overlap is there once; other articles and distant passages stay apart."""
    merged = merge_overlapping([HITS[3], HITS[0], HITS[1]])
    assert [hit.score for hit in merged] == [97.0, 100.0]
    assert merged[1].passage.start == HITS[0].passage.start
    assert merged[1].passage.end == HITS[1].passage.end
    assert HITS[1].passage.start < HITS[0].passage.end, "they overlap"


def test_a_budget_goes_to_the_best_hits() -> None:
    """A neighbour of a good hit that ranks low does not take the place of better hits of other articles."""
    article_a, article_b = HITS[: len(HITS) // 2], HITS[len(HITS) // 2 :]
    best = [article_a[0], article_b[0], article_a[8], article_b[8]]
    tokens = sum(count_tokens(hit.passage.text) for hit in best)
    chosen = merge_best([*best, article_a[1], article_b[1], article_a[9]], tokens - 5)
    assert chosen == best
    assert merge_best(best, 0) == []


def test_a_shared_end_costs_nothing_twice() -> None:
    """Neighbours leave room for a further passage."""
    neighbours, other = HITS[:6], HITS[-1]
    merged = merge_overlapping(neighbours)
    tokens = sum(count_tokens(hit.passage.text) for hit in merged)
    assert tokens < sum(count_tokens(hit.passage.text) for hit in neighbours)
    assert merge_best([*neighbours, other], tokens + 10)[-1] == other


def test_copies_elsewhere_keep_hits_apart() -> None:
    """A passage that another article has too is not merged with one that it has not."""
    copied = replace(HITS[1], also_in=(ArticleInfo("c", "c.txt", "c"),))
    assert merge_overlapping([HITS[0], copied]) == [HITS[0], copied]


def _contains(outer: Hit, inner: Hit) -> bool:
    a, b = outer.passage, inner.passage
    return a.article.id == b.article.id and a.start <= b.start and b.end <= a.end
