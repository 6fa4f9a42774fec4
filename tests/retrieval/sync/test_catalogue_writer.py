"""The content words that the catalogue stores for its passages."""

from __future__ import annotations

from pathlib import Path

from small_library import synced_library

from retrieval.article import Article, ArticleInfo
from retrieval.index.catalogue import Catalogue
from retrieval.library import Library
from retrieval.splitting.passage_splitter import split
from retrieval.sync.catalogue_writer import add_words, replace_file
from retrieval.text_analysis import content_hashes, recent_content_hashes

FERRIES = "The ferries of Larkhaven stopped on Monday. The strike lasts until Friday."
FAEHREN = "Die Fähren von Larkhaven fahren seit Montag nicht mehr. Der Streik dauert bis Freitag."


def article(key: str, text: str, language: str | None = None) -> Article:
    return Article(ArticleInfo(key, f"{key}.txt", key, language=language), text)


def catalogue_with(path: Path, *articles: Article) -> Catalogue:
    catalogue = Catalogue.create(path)
    for one in articles:
        replace_file(catalogue, one.info.path, [(one, split(one))])
    return catalogue


def stored(library: Library) -> dict[str, bytes]:
    """The words in the index of a library, by the text of their passage."""
    with library.index() as index:
        texts = dict(index.catalogue.query("SELECT key, text FROM passages"))
        return {
            texts[key]: hashes for key, hashes in index.catalogue.query("SELECT passage, hashes FROM words")
        }


def test_words_are_stored_in_the_language_of_the_article(tmp_path: Path) -> None:
    """Adding them again changes nothing."""
    catalogue = catalogue_with(tmp_path / "catalogue", article("a", FERRIES), article("b", FAEHREN, "de"))
    for _ in range(2):
        add_words(catalogue)
        rows = catalogue.query("SELECT language, hashes FROM words ORDER BY passage")
        assert rows == [("en", content_hashes(FERRIES, "en")), ("de", content_hashes(FAEHREN, "de"))]


def test_a_reader_does_not_analyze_texts_with_stored_words(tmp_path: Path) -> None:
    """The words of a catalogue that an older version wrote are computed when they are needed."""
    text = f"{FERRIES} {tmp_path}"  # in no cache yet
    catalogue = catalogue_with(tmp_path / "catalogue", article("a", text))
    ids = [row[0] for row in catalogue.query("SELECT id FROM passages")]
    assert len(catalogue.passages(ids, catalogue.articles_by_key())) == 1
    add_words(catalogue)
    with catalogue.connection() as connection:
        connection.execute("UPDATE words SET hashes = ?", (b"1234",))
    catalogue.commit()
    reader = Catalogue(tmp_path / "catalogue")
    assert len(reader.passages(ids, reader.articles_by_key())) == 1
    assert recent_content_hashes("en").get([text]) == {text: b"1234"}
    assert recent_content_hashes("de").get([text]) == {text: content_hashes(text, "de")}


def test_a_sync_stores_the_words_of_changed_passages_only(tmp_path: Path) -> None:
    """Those of deleted passages are deleted."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferries.txt").write_text(FERRIES, encoding="utf-8")
    (folder / "drones.txt").write_text("The council banned drones.", encoding="utf-8")
    library = synced_library(folder, tmp_path)
    assert stored(library) == {
        text: content_hashes(text, "en") for text in (FERRIES, "The council banned drones.")
    }
    (folder / "drones.txt").write_text("The council allows drones again.", encoding="utf-8")
    library.sync()
    assert stored(library) == {
        text: content_hashes(text, "en") for text in (FERRIES, "The council allows drones again.")
    }
    library.close()
