"""The lexical index: stemming, fields, filters, updates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import Article, ArticleInfo
from retrieval.errors import IndexFailure
from retrieval.hit import Filters
from retrieval.index.lexical_index import LexicalIndex
from retrieval.passage import Passage
from retrieval.splitting.passage_splitter import split
from retrieval.text_analysis import content_stems, stems, stems_in_languages


def passage(key: str, text: str, tags: tuple[str, ...] = (), **metadata: str) -> Passage:
    title = metadata.pop("title", key)
    return split(Article(ArticleInfo(key, key, title, tags=tags, **metadata), text))[0]


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


def test_words_match_in_any_form(index: LexicalIndex) -> None:
    """By stemming and accent folding: "carrying" matches "carries"."""
    assert set(found(index, "carrying")) == {FERRY.id, UNDATED.id}
    assert stems("Élection’s RÉSULTATS") == stems("election s resultats")


def test_titles_and_publishers_are_searched(index: LexicalIndex) -> None:
    """Words of the title and the publisher match, too."""
    assert found(index, "air") == [UNDATED.id]
    assert found(index, "ledger") == [FERRY.id]


def test_filters_restrict_the_results(index: LexicalIndex) -> None:
    """By date, publisher and author, ignoring case; articles without a date pass no date filter."""
    assert found(index, "drones carries", Filters(since=date(2022, 1, 1))) == [DRONES.id, FERRY.id]
    assert found(index, "drones carries", Filters(until=date(2022, 3, 4))) == [DRONES.id]
    assert found(index, "drones", Filters(publishers=("the quay",))) == [DRONES.id]
    assert found(index, "drones", Filters(authors=("INES MARLOW",))) == [DRONES.id]


def test_removals_and_additions_are_durable_after_commit(index: LexicalIndex, tmp_path: Path) -> None:
    """A reopened index has the committed passages."""
    index.remove([DRONES.id, "unknown"])
    index.commit()
    reopened = LexicalIndex.open(tmp_path / "lexical")
    assert reopened.count() == 2
    assert found(reopened, "drones") == [UNDATED.id]


def test_document_frequency_counts_passages(index: LexicalIndex) -> None:
    """Those whose text contains the stem."""
    assert [index.document_frequency(stem) for stem in ("drone", "carri", "moon")] == [2, 2, 0]


def test_questions_without_words_find_nothing(index: LexicalIndex) -> None:
    """An empty question is not an error."""
    assert found(index, "") == []


def test_a_missing_index_is_reported(tmp_path: Path) -> None:
    """As IndexFailure, with its path."""
    with pytest.raises(IndexFailure, match="cannot be opened"):
        LexicalIndex.open(tmp_path / "nothing")


def test_stop_words_are_dropped() -> None:
    """Unless nothing else is left."""
    assert content_stems("How many of the councils were banned?") == stems("councils banned")
    assert content_stems("who is it") == stems("who is it")


def test_paths_and_an_outer_scope_restrict_the_results(index: LexicalIndex) -> None:
    """Scores stay the same; a scope applies in addition to the filters."""
    everything = dict(index.search(content_stems("drones carries"), 10))
    only_ferry = index.search(content_stems("drones carries"), 10, Filters(paths=("F*y",)))
    assert only_ferry == [(FERRY.id, everything[FERRY.id])]
    assert found(index, "drones", Filters(paths=("nowhere", "dr?nes"))) == [DRONES.id]
    within = Filters(paths=("d*",))
    assert found(index, "drones carries", Filters(within=within)) == [DRONES.id]
    assert found(index, "drones carries", Filters(paths=("ferry",), within=within)) == []


def test_some_paths_pass_in_any_case_and_others_never(index: LexicalIndex) -> None:
    """The articles that a server added are answered there, and nowhere else."""
    everything = dict(index.search(content_stems("drones carries"), 10))
    others = Filters(without_paths=("d*", "u*"))
    assert index.search(content_stems("drones carries"), 10, others) == [(FERRY.id, everything[FERRY.id])]
    own = Filters(publishers=("Nobody",), without_paths=("*",), own_paths=("f*",))
    assert found(index, "drones carries", own) == [FERRY.id]
    assert found(index, "drones carries", Filters(paths=("d*",), within=own)) == []
    for filters in (others, own):
        assert filters.accept(FERRY.article)
        assert not filters.accept(DRONES.article)


def test_tags_restrict_the_results(tmp_path: Path) -> None:
    """A tag finds the passages with tags below it; scores stay the same."""
    index = LexicalIndex.create(tmp_path / "tags")
    one = passage("one", "The council met.", tags=("News/Town", "votes"))
    two = passage("two", "The council met.", tags=("news",))
    index.add([one, two, passage("three", "The council met.")])
    index.commit()
    assert set(found(index, "council", Filters(tags=("NEWS",)))) == {one.id, two.id}
    assert found(index, "council", Filters(tags=("news/town", "unknown"))) == [one.id]
    assert found(index, "council", Filters(tags=("town",))) == []
    assert len(set(dict(index.search(["council"], 10, Filters(tags=("news",)))).values())) == 1


PLACES = [passage(path, "The council met.") for path in ("a/b.md", "a/b/c.md", "(a)/[b]!^$|.md", "é+b/a-b")]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    index = LexicalIndex.create(tmp_path_factory.mktemp("places") / "lexical")
    index.add(PLACES)
    index.commit()
    return index


@given(st.lists(st.sampled_from([*"abcdmé/*?[]!.()+^$|\\-", "**/", ".md"]), max_size=9).map("".join))
def test_every_pattern_selects_the_same_as_in_memory(places: LexicalIndex, pattern: str) -> None:
    """Tantivy's regular expressions agree with Python's; none is invalid."""
    filters = Filters(paths=(pattern,))
    accepted = {place.id for place in PLACES if filters.accept(place.article)}
    assert set(found(places, "council", filters)) == accepted


def test_character_classes_select_the_same_as_in_memory(places: LexicalIndex) -> None:
    """Ranges, also one in the wrong order, and negated ones."""
    for pattern, count in (
        ("a/[a-c].md", 1),
        ("a/[!a].md", 1),
        ("a/[c-a].md", 0),
        ("a/[!].md", 0),
        ("[é]+?/a[-+]b", 1),
    ):
        filters = Filters(paths=(pattern,))
        accepted = {place.id for place in PLACES if filters.accept(place.article)}
        assert set(found(places, "council", filters)) == accepted
        assert len(accepted) == count


def test_each_article_is_analyzed_in_its_language(tmp_path: Path) -> None:
    """Words match in any form of their own language; a question is searched in all languages of the index."""
    german = passage("brücke", "Die Brücken wurden gesperrt.", language="de")
    chinese = passage("港口", "港口的起重机停了。", language="zh")
    english = passage("bridge", "The bridges were closed.", language="en")
    index = LexicalIndex.create(tmp_path / "languages")
    assert index.languages() == ()
    index.add([german, chinese, english])
    index.commit()
    assert index.languages() == ("de", "en", "zh")

    def ids(question: str) -> list[str]:
        return [key for key, _ in index.search(stems_in_languages(question, index.languages()), 10)]

    assert ids("Ist die Brücke offen?") == [german.id]
    assert ids("起重机") == [chinese.id]
    assert ids("closing a bridge") == [english.id]
