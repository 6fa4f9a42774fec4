"""The lexical index."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.article import Article, ArticleInfo
from retrieval.errors import IndexFailure
from retrieval.hit import Filters
from retrieval.index.lexical_index import LexicalIndex
from retrieval.passage import Passage
from retrieval.splitting.passage_splitter import split
from retrieval.text_analysis import content_stems, stems


def passage(key: str, text: str, **known: str) -> Passage:
    return split(Article(ArticleInfo(key, key, known.pop("title", key), **known), text))[0]


DRONES = passage(
    "drones", "The council banned drones.", publisher="The Quay", published="2022-03-04", author="Ines Marlow"
)
FERRY = passage("ferry", "The ferry carries passengers.", publisher="Northern Ledger", published="2022-05-11")
UNDATED = passage("undated", "Drones carry letters.", title="Post by air")


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex.create(tmp_path / "lexical")
    index.add([DRONES, FERRY, UNDATED])
    index.commit()
    return index


def found(index: LexicalIndex, words: str, filters: Filters | None = None) -> list[str]:
    return [key for key, _ in index.search(content_stems(words), 10, filters)]


def test_words_are_found_in_every_form(index: LexicalIndex) -> None:
    """Stemming and folding of accents find "carrying" in "carries"."""
    assert set(found(index, "carrying")) == {FERRY.id, UNDATED.id}
    assert stems("Élection’s RÉSULTATS") == stems("election s resultats")


def test_titles_and_publishers_are_searched(index: LexicalIndex) -> None:
    """A word of the title or the publisher finds the passage too."""
    assert found(index, "air") == [UNDATED.id]
    assert found(index, "ledger") == [FERRY.id]


def test_filters_leave_only_what_they_accept(index: LexicalIndex) -> None:
    """By day, publisher and author, without case; an article without a date passes no date filter."""
    assert found(index, "drones carries", Filters(since=date(2022, 1, 1))) == [DRONES.id, FERRY.id]
    assert found(index, "drones carries", Filters(until=date(2022, 3, 4))) == [DRONES.id]
    assert found(index, "drones", Filters(publishers=("the quay",))) == [DRONES.id]
    assert found(index, "drones", Filters(authors=("INES MARLOW",))) == [DRONES.id]


def test_what_is_removed_is_gone_and_what_is_committed_lasts(index: LexicalIndex, tmp_path: Path) -> None:
    """Removal shows after commit; a folder opened anew holds the same."""
    index.remove([DRONES.id, "unknown"])
    index.commit()
    again = LexicalIndex.open(tmp_path / "lexical")
    assert again.count() == 2
    assert found(again, "drones") == [UNDATED.id]


def test_words_are_counted_by_the_passages_that_hold_them(index: LexicalIndex) -> None:
    """The document frequency is that of the stem in the texts."""
    assert [index.document_frequency(stem) for stem in ("drone", "carri", "moon")] == [2, 2, 0]


def test_questions_without_words_find_nothing(index: LexicalIndex) -> None:
    """An empty question is no error."""
    assert found(index, "") == []


def test_a_folder_without_an_index_is_refused_in_words(tmp_path: Path) -> None:
    """A missing or damaged index is our error, with its path."""
    with pytest.raises(IndexFailure, match="cannot be opened"):
        LexicalIndex.open(tmp_path / "nothing")


def test_only_words_of_meaning_are_searched() -> None:
    """Stop words go, unless nothing else is left."""
    assert content_stems("How many of the councils were banned?") == stems("councils banned")
    assert content_stems("who is it") == stems("who is it")
