"""From a question to hits: fusion, ranking, folding, on the sample articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from repository import ROOT
from small_library import synced_library

from retrieval.article import Article, ArticleInfo
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.retriever import FootnoteRetriever
from retrieval.search.deduplicate import deduplicate
from retrieval.search.ranking import idf, penalize_repeats, rank, ranking_query
from retrieval.search.score_fusion import fuse
from retrieval.splitting.passage_splitter import split

SAMPLE = ROOT / "corpus"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    library = synced_library(SAMPLE, folder)
    yield library
    library.close()


def hit(key: str, text: str, score: float = 1.0, published: str | None = None) -> Hit:
    return Hit(split(Article(ArticleInfo(key, key, key, published=published), text))[0], score)


def test_fusion_adds_nearness_and_words() -> None:
    """A passage that both rankings find comes before those that one finds; ranks and cosines are kept."""
    fused = fuse([("a", 0.6), ("b", 0.5)], [("b", 8.0), ("c", 4.0)], weight=0.4)
    assert [(c.id, c.dense, c.lexical, c.cosine) for c in fused] == [
        ("b", 2, 1, 0.5),
        ("c", None, 2, None),
        ("a", 1, None, 0.6),
    ]
    assert fused[1].nearness == 0.5, "what is not found by meaning is as near as the last that is"
    assert fuse([], []) == []


def test_a_reprint_is_folded_into_one_hit() -> None:
    """Of one text in two articles the newest is shown, the other is named; the place of the best is kept."""
    text = (
        "The council of Larkhaven banned delivery drones on Friday, by seven of nine votes, after long talks."
    )
    old, new = hit("old", text, 3.0, "2022-03-04"), hit("new", text + " Indeed.", 2.0, "2022-03-05")
    other = hit(
        "other", "The ferry line tests an electric boat between Larkhaven and Tern Island this week.", 2.5
    )
    folded = deduplicate([old, other, new], 5)
    assert [each.passage.article.id for each in folded] == ["new", "other"]
    assert [info.id for info in folded[0].also_in] == ["old"]
    assert folded[0].score == 3.0


def test_passages_of_one_article_are_never_folded() -> None:
    """An article that repeats itself is no reprint."""
    first = hit("a", "The council of Larkhaven banned delivery drones on Friday, by seven of nine votes.")
    assert len(deduplicate([first, first], 5)) == 2


def test_rare_words_weigh_more_also_in_a_small_corpus() -> None:
    """The idf falls with the passages that hold a word and is never nothing."""
    weights = idf(["common", "rare", "absent"], {"common": 3, "rare": 1, "absent": 0}.__getitem__, 3)
    assert weights["absent"] > weights["rare"] > weights["common"] > 1


def test_a_named_source_and_a_fresh_article_come_first() -> None:
    """Equal texts are told apart by the publisher that the question names, and by the day it is asked."""
    articles = [
        ArticleInfo("quay", "quay", "Drones", publisher="The Quay", published="2022-03-04"),
        ArticleInfo("ledger", "ledger", "Drones", publisher="Northern Ledger", published="2022-06-01"),
    ]
    passages = {}
    for info in articles:
        passage = split(Article(info, "The council banned delivery drones."))[0]
        passages[passage.id] = passage
    candidates = fuse([(key, 0.5) for key in passages], [(key, 3.0) for key in passages])

    def first(question: str, day: date) -> str:
        query = ranking_query(question, day, ["The Quay", "Northern Ledger"], lambda stem: 1, 2)
        return rank(query, candidates, passages)[0].passage.article.id

    assert first("What did The Quay write about drones?", date(2022, 6, 2)) == "quay"
    assert first("What did Northern Ledger write about drones?", date(2022, 3, 5)) == "ledger"
    assert first("Which drones did the council ban this week?", date(2022, 3, 5)) == "quay"
    assert first("Which drones did the council ban this week?", date(2022, 6, 2)) == "ledger"


def test_other_articles_come_between_the_passages_of_one() -> None:
    """A further passage of an article loses a little: one of another article that is as good goes ahead."""
    scores = penalize_repeats([5.0, 4.9, 4.8, 1.0], ["a", "a", "b", "c"])
    assert scores[0] == 5.0
    assert scores[0] > scores[2] > scores[1] > scores[3]


def test_the_sample_articles_are_found(library: Library) -> None:
    """The passage that answers is among the first, with its ranks; the text is the span of its article."""
    hits = library.search("How many companies did the Chinese cyberspace regulator meet?", 3)
    best = next(each for each in hits if "11 technology companies" in each.passage.text)
    assert best.dense is not None
    assert best.lexical is not None
    article = library.article(best.passage.article.id)
    assert article is not None
    assert article.text[best.passage.start : best.passage.end] == best.passage.text


def test_every_span_of_the_index_is_exact(library: Library) -> None:
    """Each passage of each sample article is the stretch of the article's text that it says."""
    count = 0
    with library.index() as index:
        for info in index.articles():
            article = library.corpus.find(info)
            assert article is not None
            for passage in index.article_passages(info.id):
                assert article.text[passage.start : passage.end] == passage.text
                count += 1
    assert count == library.status().passages > 20


def test_filters_hold_for_every_hit(library: Library) -> None:
    """No hit is of another publisher or day than asked for."""
    name = library.status().publishers[0][0]
    hits = library.search("What did the regulator decide?", 10, Filters(publishers=(name.upper(),)))
    assert hits
    assert {each.passage.article.publisher for each in hits} == {name}
    since = date(2023, 1, 1)
    for each in library.search("What did the regulator decide?", 10, Filters(since=since)):
        assert (each.passage.article.date or "") >= since.isoformat()


def test_others_can_use_the_search_as_a_langchain_retriever(library: Library) -> None:
    """Documents carry the passage, its article and its exact span."""
    documents = FootnoteRetriever(library=library, limit=3).invoke("Who stopped Ant Group's IPO?")
    assert len(documents) == 3
    metadata = documents[0].metadata
    article = library.article(metadata["article_id"])
    assert article is not None
    assert article.text[metadata["start"] : metadata["end"]] == documents[0].page_content
