"""The read side: exact and filtered search in one complete generation, from any number of threads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_world import World, article, vector

import retrieval.index.nearest_neighbours
import retrieval.sync.store_writer
from retrieval.errors import IndexFailure, IndexMismatch, IndexMissing
from retrieval.hit import Filters
from retrieval.index.index_reader import Index
from retrieval.index.vector_store import VectorStore

DATED = "---\ntitle: Report {0}\ndate: 2021-{1:02}-{2:02}\npublisher: {3}\nauthor: Ann Lee\n---\n\n{4}\n"


def fill_dated(world: World, count: int = 48) -> None:
    for number in range(count):
        publisher = "The Wire" if number % 3 else "Daily Post"
        text = DATED.format(number, number % 12 + 1, number % 28 + 1, publisher, article(number, sentences=8))
        world.write(f"d{number:03}.md", text)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("dated"))
    fill_dated(world)
    world.sync()
    return world


@pytest.fixture
def index(dated: World) -> Iterator[Index]:
    opened = dated.open()
    yield opened
    opened.close()


FILTERS = (
    Filters(),
    Filters(since=date(2021, 3, 1), until=date(2021, 4, 30)),
    Filters(publishers=("daily post",)),
    Filters(publishers=("Daily Post", "THE WIRE"), authors=("ann lee",)),
    Filters(authors=("nobody",)),
)


def brute_force(
    index: Index, question: np.ndarray[Any, np.dtype[np.float32]], limit: int, filters: Filters
) -> list[tuple[str, float]]:
    """The expected result of ``nearest``, computed from the vectors of all passages."""
    passages = [passage for info in index.articles() for passage in index.article_passages(info.id)]
    allowed = [passage for passage in passages if filters.accept(passage.article)]
    if not allowed:
        return []
    scores = index.vectors([passage.id for passage in allowed]) @ question
    pairs = zip((passage.id for passage in allowed), scores.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])[:limit]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("exact", [100_000, 0])
def test_nearest_is_correct_and_complete_for_any_filter(
    index: Index, monkeypatch: pytest.MonkeyPatch, filters: Filters, exact: int
) -> None:
    """Exact search and Chroma's graph (as in a large index) find passages with the same cosines."""
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "MAX_EXACT_PASSAGES", exact)
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "MAX_EXACT_FILTERED", exact)
    question = vector("What did the council of town7 decide in part 3?")
    found = index.nearest(question, 9, filters)
    expected = brute_force(index, question, 9, filters)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)
    ids = index.passages([passage_id for passage_id, _ in found]).keys()
    assert len(ids) == len(found)


def test_a_large_index_with_a_damaged_chroma_is_searched_exactly(
    dated: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma is only needed for speed; the fallback is the mapped vectors."""
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "MAX_EXACT_PASSAGES", 0)
    monkeypatch.setattr(VectorStore, "open", lambda folder: _refuse())
    index = dated.open()
    question = vector("town3")
    found = [passage_id for passage_id, _ in index.nearest(question, 5)]
    assert found == [passage_id for passage_id, _ in brute_force(index, question, 5, Filters())]
    index.close()


def _refuse() -> None:
    raise IndexFailure("damaged")


def test_passages_survive_the_round_trip_through_the_stores(index: Index, dated: World) -> None:
    """Text, spans, sentences, line and section are unchanged; articles are ordered by path."""
    infos = index.articles()
    assert [info.path for info in infos] == sorted(info.path for info in infos)
    for info in infos[:5]:
        text = (dated.corpus / info.path).read_text(encoding="utf-8")
        passages = index.article_passages(info.id)
        assert passages == sorted(passages, key=lambda passage: passage.start)
        assert index.article(info.id) == info
        for passage in passages:
            assert passage.text == text[passage.start : passage.end]
            assert passage.sentences[0][0] == passage.start
            assert passage.sentences[-1][1] == passage.end
            assert passage.line == text.count("\n", 0, passage.start) + 1
        assert index.passages([passage.id for passage in passages]) == {
            passage.id: passage for passage in passages
        }
    assert index.passages(["unknown"]) == {}
    assert index.article("unknown") is None
    with pytest.raises(IndexFailure):
        index.vectors(["unknown"])


def test_chroma_has_everything_that_the_catalogue_has(index: Index) -> None:
    """Each passage can be rebuilt from its row in Chroma alone."""
    store = VectorStore.open(index.folder / "chroma")
    rows = [row for batch in store.batches() for row in batch]
    assert {row.id: row.passage for row in rows} == index.passages([row.id for row in rows])
    assert len(rows) == index.status().passages
    for row in rows[:10]:
        assert row.passage.id == row.id
        assert row.vector == pytest.approx(index.vectors([row.id])[0], abs=1e-6)
    store.close()


def test_the_status_describes_the_index(index: Index) -> None:
    """Counts, dates, publishers by number of articles, sync time."""
    status = index.status()
    assert (status.articles, status.generation) == (48, 1)
    assert (status.first_date, status.last_date) == ("2021-01-01", "2021-12-24")
    assert status.publishers == (("The Wire", 32), ("Daily Post", 16))
    assert status.synced_at.endswith("+00:00")
    assert status.failed == ()


def test_many_threads_read_one_index(index: Index) -> None:
    """Each thread has its own connection; all get the same results."""

    def ask(number: int) -> list[str]:
        found = [id_ for id_, _ in index.nearest(vector(f"town{number % 5}"), 4, FILTERS[number % 3])]
        return [passage.text for passage in index.passages(found).values()]

    expected = [ask(number) for number in range(15)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, list(range(15)) * 4)) == expected * 4


def test_an_open_generation_is_kept_until_it_is_closed(tmp_path: Path) -> None:
    """It returns the same results while newer ones are written; once closed, it is deleted."""
    world = World(tmp_path)
    world.fill(4)
    world.sync()
    old = world.open()
    before = old.articles()
    for number in range(4, 7):
        world.write(f"b{number}.txt", article(number))
        world.sync()
    assert not old.is_current()
    assert old.nearest(vector("town1"), 3)
    assert old.lexical.search(["town1"], 3)
    assert old.articles() == before
    assert sorted(path.name for path in (world.folder / "generations").iterdir()) == ["1", "4"]
    old.close()
    with world.open() as new:
        assert new.is_current()
        assert len(new.articles()) == 7
    world.sync()
    assert [path.name for path in (world.folder / "generations").iterdir()] == ["4"]


def test_a_missing_or_incompatible_index_is_rejected(tmp_path: Path) -> None:
    """Each case has its own error; so has a newer format."""
    world = World(tmp_path)
    with pytest.raises(IndexMissing):
        world.open()
    world.fill(1)
    world.sync()
    with pytest.raises(IndexMismatch) as caught:
        Index.open(world.folder, "other rules")
    assert "--rebuild" in caught.value.help
    with world.open() as opened, pytest.raises(IndexMismatch):
        opened.nearest(np.ones(7, np.float32), 3)
    row = {"generation": 1, "fingerprint": world.fingerprint, "synced_at": "", "format": 99}
    (world.folder / "CURRENT").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(IndexMismatch, match="newer"):
        world.open()


def test_searching_does_not_import_chroma(dated: World) -> None:
    """It takes a second to import; a small index is searched without it."""
    code = (
        "import sys; from pathlib import Path; import numpy as np; "
        "from retrieval.index.index_reader import Index;"
        f"i = Index.open(Path({str(dated.folder)!r}), {dated.fingerprint!r});"
        "i.nearest(np.ones(32, np.float32), 3); i.passages(['x']); i.status(); i.close();"
        "print('chromadb' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_a_graph_with_low_recall_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random vectors are hard for it: the sync still succeeds, and searches are exact."""
    world = World(tmp_path)
    world.fill(4)
    monkeypatch.setattr(retrieval.sync.store_writer, "_measure_reach", lambda *_: 0.5)
    world.sync()
    world.write("b.txt", article(30))
    assert world.sync().added == 1
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "MAX_EXACT_PASSAGES", 0)
    monkeypatch.setattr(VectorStore, "nearest", lambda *_: refuse())
    with world.open() as opened:
        question = vector("town3")
        expected = [passage_id for passage_id, _ in brute_force(opened, question, 5, Filters())]
        assert [passage_id for passage_id, _ in opened.nearest(question, 5)] == expected


def refuse() -> list[tuple[str, float]]:
    raise AssertionError("the graph was used")
