"""A sync brings the index to what a fresh one would be, and does no more work than that."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from index_world import HashEmbeddings, World, article, contents, settle

from retrieval.errors import SyncStopped
from retrieval.index.generations import Generations
from retrieval.index.index_reader import Index
from retrieval.reading.corpus import Corpus
from retrieval.sync.sync_index import SyncReport, sync
from retrieval.sync.sync_progress import Progress


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.fill(12)
    return made


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    """Added, changed, moved, deleted, unchanged."""
    return report.added, report.changed, report.moved, report.deleted, report.unchanged


def fresh(world: World, at: Path) -> dict[str, tuple[str, str, str]]:
    """What an index of the same corpus holds when it is made from nothing."""
    sync(Corpus([world.corpus]), at, HashEmbeddings, world.fingerprint)
    index = Index.open(at, world.fingerprint)
    try:
        return contents(index)
    finally:
        index.close()


def test_a_first_sync_makes_all_articles_searchable(world: World) -> None:
    """Every passage is found by its own text in both indexes, and the report counts the articles."""
    report = world.sync()
    assert counts(report) == (12, 0, 0, 0, 0)
    assert report.generation == 1
    assert report.embedded == report.passages == len(world.contents())


def test_a_sync_without_change_does_nothing(world: World) -> None:
    """Neither model nor generation is touched, and the report says what is there."""
    world.sync()
    before = world.embeddings.texts
    report = world.sync()
    assert (counts(report), report.generation) == ((0, 0, 0, 0, 12), 1)
    assert world.embeddings.texts == before
    assert not (world.folder / "building").exists()


def test_each_kind_of_change_is_found_and_only_new_words_are_embedded(world: World, tmp_path: Path) -> None:
    """Added, changed, moved and deleted articles; the result equals a fresh index."""
    world.sync()
    embedded = world.embeddings.texts
    world.write("a0001.txt", article(1, version=2))
    world.write("new/a0100.txt", article(100))
    (world.corpus / "a0002.txt").unlink()
    (world.corpus / "a0003.txt").rename(world.corpus / "moved.txt")
    assert counts(world.sync(dry_run=True)) == (1, 1, 1, 1, 9)
    assert world.embeddings.texts == embedded
    report = world.sync()
    assert counts(report) == (1, 1, 1, 1, 9)
    assert world.embeddings.texts - embedded == report.embedded <= report.passages // 5
    assert world.contents() == fresh(world, tmp_path / "fresh")
    texts = " ".join(text for _, _, text in world.contents().values())
    assert "matter2x" not in texts
    assert "matter1x0v1" not in texts


def test_a_deleted_article_that_comes_back_is_found_again(world: World, tmp_path: Path) -> None:
    """Deleting and restoring ends where it began."""
    world.sync()
    before = world.contents()
    text = (world.corpus / "a0004.txt").read_text(encoding="utf-8")
    (world.corpus / "a0004.txt").unlink()
    world.sync()
    assert world.contents().keys() < before.keys()
    world.write("a0004.txt", text)
    world.sync()
    assert world.contents() == before


def test_a_touched_file_is_read_once_and_changes_nothing(world: World) -> None:
    """Its new time is put down; no generation is made."""
    world.sync()
    os.utime(world.corpus / "a0000.txt", ns=(5, 5))
    assert world.sync().generation == 1
    (world.corpus / "a0000.txt").write_bytes((world.corpus / "a0000.txt").read_bytes())
    settle(world.corpus / "a0000.txt")
    assert counts(world.sync()) == (0, 0, 0, 0, 12)


def test_a_change_that_keeps_size_and_time_of_a_just_saved_file_is_seen(world: World) -> None:
    """A file that was read within the grain of its time is read again the next time."""
    path = world.corpus / "a0000.txt"
    now = time.time_ns() + 60_000_000_000  # a minute ahead, for a machine that takes its time
    path.write_text(article(0, version=3), encoding="utf-8")
    os.utime(path, ns=(now, now))
    world.sync()
    path.write_text(article(0, version=4), encoding="utf-8")
    os.utime(path, ns=(now, now))
    world.sync()
    texts = "".join(text for _, _, text in world.contents().values())
    assert "v4" in texts
    assert "v3" not in texts


def test_a_changed_file_that_cannot_be_read_leaves_the_index(world: World) -> None:
    """Its old form is not cited; it is listed as failed each time, and comes back when it can be read."""
    world.sync()
    world.write("a0005.txt", "")
    report = world.sync()
    assert [failure.path for failure in report.failed] == ["a0005.txt"]
    assert report.failed[0].reason.endswith(".")
    assert "a0005.txt" not in {path for _, path, _ in world.contents().values()}
    with Generations(world.folder).writing(0):  # which it does not need
        again = world.sync(wait_seconds=0)
    assert again.failed == report.failed
    assert again.generation == report.generation
    world.write("a0005.txt", article(5))
    assert world.sync().failed == ()
    assert len({path for _, path, _ in world.contents().values()}) == 12


def test_articles_of_equal_id_are_told_apart(world: World, tmp_path: Path) -> None:
    """The first by path keeps the id, whichever came first; without it the next one takes it over."""
    row = {"id": "same", "title": "Second dump", "text": article(50)}
    world.write("b.jsonl", json.dumps(row))
    world.sync()
    world.write("a.jsonl", json.dumps({**row, "title": "First dump", "text": article(51)}))
    world.sync()
    ids = {each[:2] for each in world.contents().values() if "jsonl" in each[1]}
    assert ids == {("same", "a.jsonl"), ("same#2", "b.jsonl")}
    assert world.contents() == fresh(world, tmp_path / "fresh")
    (world.corpus / "a.jsonl").unlink()
    world.sync()
    assert ("same", "b.jsonl") in {each[:2] for each in world.contents().values()}


def test_a_dump_with_one_changed_row_embeds_that_row_alone(world: World) -> None:
    """The other rows of the file keep their passages and vectors."""
    rows = [{"id": f"r{n}", "title": f"Row {n}", "text": article(200 + n)} for n in range(5)]
    world.write("dump.jsonl", "\n".join(map(json.dumps, rows)))
    world.sync()
    rows[2]["text"] = article(300)
    world.write("dump.jsonl", "\n".join(map(json.dumps, rows)))
    report = world.sync()
    assert counts(report) == (0, 1, 0, 0, 16)
    assert report.embedded <= 3


def test_other_rules_rebuild_beside_the_old_index(world: World) -> None:
    """The report says why; nothing of the old vectors is used."""
    world.sync()
    old = world.open()
    world.embeddings = HashEmbeddings("other")
    report = world.sync()
    assert "changed" in report.rebuilt
    assert report.embedded == report.passages
    assert old.nearest(old.vectors([next(iter(world.contents()))])[0], 1)
    assert not old.is_current()
    old.close()


def test_a_rebuild_on_request_embeds_everything_again(world: World) -> None:
    """The new generation equals the old one."""
    world.sync()
    before, embedded = world.contents(), world.embeddings.texts
    report = world.sync(rebuild=True)
    assert (report.generation, world.embeddings.texts) == (2, 2 * embedded)
    assert world.contents() == before


def test_a_stopped_sync_is_gone_on_with(world: World) -> None:
    """The index stays as it was; what was embedded is not embedded again."""
    world.sync()
    before = world.contents()
    for number in range(100, 200):
        world.write(f"b{number}.txt", article(number))
    seen: list[Progress] = []
    with pytest.raises(SyncStopped):
        world.sync(progress=seen.append, stop=lambda: any(p.stage == "embedding" and p.done for p in seen))
    assert world.contents() == before
    embedded = world.embeddings.texts
    report = world.sync()
    assert report.added == 100
    assert world.embeddings.texts == report.passages
    assert report.embedded == report.passages - embedded


def test_progress_tells_each_stage_to_its_end(world: World) -> None:
    """Reading, embedding, writing, each from none to all."""
    seen: list[Progress] = []
    world.sync(progress=seen.append)
    assert list(dict.fromkeys(each.stage for each in seen)) == ["reading", "embedding", "writing"]
    for stage in ("reading", "embedding", "writing"):
        last = [each for each in seen if each.stage == stage][-1]
        assert last.done == last.total > 0


def test_an_index_among_the_articles_is_not_read_as_articles(tmp_path: Path) -> None:
    """Its own lists are JSON files, which a corpus may hold too."""
    world = World(tmp_path)
    world.fill(2)
    inside = world.corpus / "index"
    for _ in range(2):
        report = sync(Corpus([world.corpus]), inside, HashEmbeddings, "f")
    assert (counts(report), report.failed) == ((0, 0, 0, 0, 2), ())


def test_an_article_whose_id_was_taken_is_found_in_its_file(world: World) -> None:
    """What a citation points at can be opened under the id that the index gave."""
    for name in ("a", "b"):
        world.write(f"{name}.jsonl", json.dumps({"id": "same", "title": name, "text": article(50)}))
    world.sync()
    corpus = Corpus([world.corpus])
    with world.open() as index:
        info = index.article("same#2")
        assert info is not None
        found = corpus.find(info)
        assert found is not None
        assert found.info == info
        passage = index.article_passages("same#2")[0]
        assert found.text[passage.start : passage.end] == passage.text
