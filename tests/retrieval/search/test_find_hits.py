"""Search on the sample articles: fusion, ranking, deduplication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pytest
from repository import ROOT
from small_library import synced_library

from retrieval.article import Article, ArticleInfo
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.models.local_embeddings import LocalEmbeddings
from retrieval.retriever import FootnoteRetriever
from retrieval.search.deduplicate import deduplicate
from retrieval.search.ranking import idf, penalize_repeats, rank, ranking_query
from retrieval.search.score_fusion import fuse
from retrieval.splitting.passage_splitter import split

if TYPE_CHECKING:
    from retrieval.models.embeddings import TokenVectors

SAMPLE = ROOT / "corpus"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    library = synced_library(SAMPLE, folder)
    yield library
    library.close()


def hit(key: str, text: str, score: float = 1.0, published: str | None = None) -> Hit:
    return Hit(split(Article(ArticleInfo(key, key, key, published=published), text))[0], score)


def test_fusion_adds_similarity_and_lexical_score() -> None:
    """A passage in both rankings comes before those in one; ranks and cosines are kept."""
    fused = fuse([("a", 0.6), ("b", 0.5)], [("b", 8.0), ("c", 4.0)], weight=0.4)
    assert [(c.id, c.dense, c.lexical, c.cosine) for c in fused] == [
        ("b", 2, 1, 0.5),
        ("c", None, 2, None),
        ("a", 1, None, 0.6),
    ]
    assert fused[1].similarity == 0.5, "a lexical-only hit gets the lowest cosine retrieved"
    assert fuse([], []) == []


def test_a_reprint_is_merged_into_one_hit() -> None:
    """Of two copies the newest is shown at the rank of the best, and the other is listed."""
    text = (
        "The council of Larkhaven banned delivery drones on Friday, by seven of nine votes, after long talks."
    )
    old, new = hit("old", text, 3.0, "2022-03-04"), hit("new", text + " Indeed.", 2.0, "2022-03-05")
    other = hit(
        "other", "The ferry line tests an electric boat between Larkhaven and Tern Island this week.", 2.5
    )
    merged = deduplicate([old, other, new], 5)
    assert [hit.passage.article.id for hit in merged] == ["new", "other"]
    assert [info.id for info in merged[0].also_in] == ["old"]
    assert merged[0].score == 3.0


def test_repeated_passages_of_one_article_are_kept() -> None:
    """An article that repeats itself is not a reprint."""
    first = hit("a", "The council of Larkhaven banned delivery drones on Friday, by seven of nine votes.")
    assert len(deduplicate([first, first], 5)) == 2


def test_rare_words_weigh_more_even_in_a_small_corpus() -> None:
    """The idf decreases with document frequency and is never 0."""
    weights = idf(["common", "rare", "absent"], {"common": 3, "rare": 1, "absent": 0}.__getitem__, 3)
    assert weights["absent"] > weights["rare"] > weights["common"] > 1


def test_named_publishers_and_recent_articles_come_first() -> None:
    """The publisher named in the question, and the day it is asked, decide between equal texts."""
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


def test_repeated_articles_are_penalized() -> None:
    """A further passage of an article ranks below an equally good one of another article."""
    scores = penalize_repeats([5.0, 4.9, 4.8, 1.0], ["a", "a", "b", "c"])
    assert scores[0] == 5.0
    assert scores[0] > scores[2] > scores[1] > scores[3]


def test_the_sample_articles_are_found(library: Library) -> None:
    """The passage with the answer is among the first hits, with its ranks and its exact span."""
    hits = library.search("How many companies did the Chinese cyberspace regulator meet?", 3)
    best = next(hit for hit in hits if "11 technology companies" in hit.passage.text)
    assert best.dense is not None
    assert best.lexical is not None
    article = library.article(best.passage.article.id)
    assert article is not None
    assert article.text[best.passage.start : best.passage.end] == best.passage.text


def test_all_parts_of_a_question_are_embedded_in_one_call(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clauses need no run of the model of their own."""
    embeddings, calls = library.embeddings(), []
    assert isinstance(embeddings, LocalEmbeddings)
    token_vectors = embeddings.token_vectors

    def embed(texts: Sequence[str]) -> list[TokenVectors]:
        calls.append(list(texts))
        return token_vectors(texts)

    monkeypatch.setattr(embeddings, "token_vectors", embed)
    question = (
        "Did Beijing's cyberspace regulator meet technology companies about deepfakes, while the Valmere "
        "Markets Authority fined Orchardia over app store payments?"
    )
    hits = library.search(question, 5)
    assert calls == [[question]]
    texts = " ".join(hit.passage.text for hit in hits[:2])
    assert "11 technology companies" in texts
    assert "Orchardia" in texts


def test_every_indexed_span_is_exact(library: Library) -> None:
    """The text of each passage of the sample articles equals its span of the article."""
    count = 0
    with library.index() as index:
        for info in index.articles():
            article = library.corpus.find(info)
            assert article is not None
            for passage in index.article_passages(info.id):
                assert article.text[passage.start : passage.end] == passage.text
                count += 1
    assert count == library.status().passages > 20


def test_filters_apply_to_every_hit(library: Library) -> None:
    """No hit is from another publisher or day than the filters allow."""
    name = library.status().publishers[0][0]
    hits = library.search("What did the regulator decide?", 10, Filters(publishers=(name.upper(),)))
    assert hits
    assert {hit.passage.article.publisher for hit in hits} == {name}
    since = date(2023, 1, 1)
    for hit in library.search("What did the regulator decide?", 10, Filters(since=since)):
        assert (hit.passage.article.date or "") >= since.isoformat()


def test_langchain_retriever(library: Library) -> None:
    """Documents carry the passage, its article and its exact span."""
    documents = FootnoteRetriever(library=library, limit=3).invoke("Who stopped Ant Group's IPO?")
    assert len(documents) == 3
    metadata = documents[0].metadata
    article = library.article(metadata["article_id"])
    assert article is not None
    assert article.text[metadata["start"] : metadata["end"]] == documents[0].page_content
