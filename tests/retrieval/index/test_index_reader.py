"""The read side: exact, filtered, of one whole generation, for any number of threads."""

from __future__ import annotations

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


def by_hand(
    index: Index, question: np.ndarray[Any, np.dtype[np.float32]], limit: int, filters: Filters
) -> list[tuple[str, float]]:
    """What ``nearest`` is to give, computed from the vectors of all passages."""
    passages = [each for info in index.articles() for each in index.article_passages(info.id)]
    allowed = [each for each in passages if filters.accept(each.article)]
    if not allowed:
        return []
    scores = index.vectors([each.id for each in allowed]) @ question
    pairs = zip((each.id for each in allowed), scores.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])[:limit]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("exact", [100_000, 0])
def test_nearest_is_right_and_never_short_for_any_filter(
    index: Index, monkeypatch: pytest.MonkeyPatch, filters: Filters, exact: int
) -> None:
    """Exactly, and by Chroma's graph as in a large index: the same passages with the same cosines."""
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "EXACT", exact)
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "NARROW", exact)
    question = vector("What did the council of town7 decide in part 3?")
    found = index.nearest(question, 9, filters)
    expected = by_hand(index, question, 9, filters)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)
    allowed = {each.id for each in index.passages([each for each, _ in found]).values()}
    assert len(allowed) == len(found)


def test_a_large_index_whose_chroma_is_damaged_answers_exactly(
    dated: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma serves speed; without it the mapped vectors answer."""
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "EXACT", 0)
    monkeypatch.setattr(VectorStore, "open", lambda folder: _refuse())
    with_filters = dated.open()
    question = vector("town3")
    found = [each for each, _ in with_filters.nearest(question, 5)]
    assert found == [each for each, _ in by_hand(with_filters, question, 5, Filters())]
    with_filters.close()


def _refuse() -> None:
    raise IndexFailure("damaged")


def test_passages_come_back_as_they_were_split(index: Index, dated: World) -> None:
    """Text, spans, sentences, line and section survive the stores; articles are ordered by path."""
    infos = index.articles()
    assert [info.path for info in infos] == sorted(info.path for info in infos)
    for info in infos[:5]:
        text = (dated.corpus / info.path).read_text(encoding="utf-8")
        passages = index.article_passages(info.id)
        assert passages == sorted(passages, key=lambda each: each.start)
        assert index.article(info.id) == info
        for each in passages:
            assert each.text == text[each.start : each.end]
            assert each.sentences[0][0] == each.start
            assert each.sentences[-1][1] == each.end
            assert each.line == text.count("\n", 0, each.start) + 1
        assert index.passages([each.id for each in passages]) == {each.id: each for each in passages}
    assert index.passages(["unknown"]) == {}
    assert index.article("unknown") is None
    with pytest.raises(IndexFailure):
        index.vectors(["unknown"])


def test_chroma_holds_all_that_the_catalogue_holds(index: Index) -> None:
    """Each passage can be made again from its row in Chroma alone."""
    store = VectorStore.open(index.folder / "chroma")
    rows = [row for batch in store.batches() for row in batch]
    assert {row.id: row.passage for row in rows} == index.passages([row.id for row in rows])
    assert len(rows) == index.status().passages
    for row in rows[:10]:
        assert row.passage.id == row.id
        assert row.vector == pytest.approx(index.vectors([row.id])[0], abs=1e-6)
    store.close()


def test_the_status_says_what_is_there(index: Index) -> None:
    """Numbers, days, publishers by their articles, what made it."""
    status = index.status()
    assert (status.articles, status.generation) == (48, 1)
    assert (status.first_date, status.last_date) == ("2021-01-01", "2021-12-24")
    assert status.publishers == (("The Wire", 32), ("Daily Post", 16))
    assert status.synced_at.endswith("+00:00")
    assert status.failed == ()


def test_many_threads_read_one_index(index: Index) -> None:
    """Each thread has its own connection; all get the same."""

    def ask(number: int) -> list[str]:
        found = [id_ for id_, _ in index.nearest(vector(f"town{number % 5}"), 4, FILTERS[number % 3])]
        return [each.text for each in index.passages(found).values()]

    expected = [ask(number) for number in range(15)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, list(range(15)) * 4)) == expected * 4


def test_an_open_generation_stays_whole_until_it_is_closed(tmp_path: Path) -> None:
    """It answers as before while newer ones come; then it is deleted, and the reader opens the newest."""
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


def test_an_index_that_is_missing_or_of_other_rules_is_refused(tmp_path: Path) -> None:
    """Each with its own error; a newer format too."""
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
    current = world.folder / "CURRENT"
    current.write_text(
        current.read_text(encoding="utf-8").replace('"format": 1', '"format": 99'), encoding="utf-8"
    )
    with pytest.raises(IndexMismatch, match="newer"):
        world.open()


def test_a_question_does_not_import_chroma(dated: World) -> None:
    """Chroma takes a second to import; a small index is searched without it."""
    code = (
        "import sys; from pathlib import Path; import numpy as np; "
        "from retrieval.index.index_reader import Index;"
        f"i = Index.open(Path({str(dated.folder)!r}), {dated.fingerprint!r});"
        "i.nearest(np.ones(32, np.float32), 3); i.passages(['x']); i.status(); i.close();"
        "print('chromadb' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_a_graph_that_loses_too_much_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors at random are hard for it: the sync ends well, and searches are exact."""
    world = World(tmp_path)
    world.fill(4)
    monkeypatch.setattr(retrieval.sync.store_writer, "_reach", lambda *_: 0.5)
    world.sync()
    world.write("b.txt", article(30))
    assert world.sync().added == 1
    monkeypatch.setattr(retrieval.index.nearest_neighbours, "EXACT", 0)
    monkeypatch.setattr(VectorStore, "nearest", lambda *_: refuse())
    with world.open() as opened:
        question = vector("town3")
        expected = [each for each, _ in by_hand(opened, question, 5, Filters())]
        assert [each for each, _ in opened.nearest(question, 5)] == expected


def refuse() -> list[tuple[str, float]]:
    raise AssertionError("the graph was asked")
