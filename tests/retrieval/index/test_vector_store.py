"""The rows of the vector store: passages and vectors, without Chroma's full-text index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retrieval.article import ArticleInfo
from retrieval.index.vector_store import VectorStore
from retrieval.passage import Passage

INFO = ArticleInfo("a.md", "a.md", "A bridge", publisher="The Oak Courier", published="2021-03-18")
FIRST = Passage(INFO, "The bridge opened. It is green.", 10, 41, 3, "News", ((10, 28), (29, 41)))
SECOND = Passage(INFO, "Über 400 people came.", 50, 71, 5, None, ((50, 71),))
VECTORS = np.eye(2, 8, dtype=np.float32)


class OlderStore(VectorStore):
    """Writes rows as older versions did."""

    _TEXTS_ARE_DOCUMENTS = True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


def full_text_rows(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM embedding_fulltext_search_content").fetchone()[0])


def test_rows_come_back_as_they_were_written(folder: Path) -> None:
    with closing(VectorStore.create(folder)) as store:
        store.upsert([FIRST, SECOND], VECTORS)
        rows = {row.id: row for row in store.rows([FIRST.id, SECOND.id])}
    assert [rows[passage.id].passage for passage in (FIRST, SECOND)] == [FIRST, SECOND]
    np.testing.assert_allclose([rows[FIRST.id].vector, rows[SECOND.id].vector], VECTORS, atol=1e-6)


def test_texts_are_not_in_the_full_text_index(folder: Path) -> None:
    with closing(VectorStore.create(folder)) as store:
        store.upsert([FIRST, SECOND], VECTORS)
    assert full_text_rows(folder) == 0


def test_rows_of_an_older_version_are_read_beside_new_ones_and_deleted(folder: Path) -> None:
    with closing(OlderStore.create(folder)) as store:
        store.upsert([FIRST], VECTORS[:1])
    assert full_text_rows(folder) == 1
    with closing(VectorStore.open(folder)) as store:
        store.upsert([SECOND], VECTORS[1:])
        assert {row.passage for rows in store.batches() for row in rows} == {FIRST, SECOND}
        store.delete([FIRST.id])
        assert [row.passage for rows in store.batches() for row in rows] == [SECOND]
    assert full_text_rows(folder) == 0
