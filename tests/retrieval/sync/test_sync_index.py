"""A sync makes the index equal to a new one, with no more work than needed."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from index_world import HashEmbeddings, World, article, backdate, contents

import retrieval.sync.changes
import retrieval.sync.store_writer
from retrieval.article import Article
from retrieval.errors import CorpusError, SyncStopped
from retrieval.index.file_state import ReadFailure
from retrieval.index.generation_state import CHROMA
from retrieval.index.generations import Generations
from retrieval.index.index_reader import Index
from retrieval.index.stored_rows import metadata_of, passage_of
from retrieval.reading.corpus import Corpus, SourceFile
from retrieval.sync.sync_index import SyncReport, sync
from retrieval.sync.sync_progress import Progress


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.fill(12)
    return world


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    """Added, changed, moved, deleted, unchanged."""
    return report.added, report.changed, report.moved, report.deleted, report.unchanged


def new_index(world: World, folder: Path) -> dict[str, tuple[str, str, str]]:
    """The contents of a new index of the same corpus."""
    sync(Corpus([world.corpus]), folder, HashEmbeddings, world.fingerprint)
    index = Index.open(folder, world.fingerprint)
    try:
        return contents(index)
    finally:
        index.close()


def test_a_first_sync_makes_all_articles_searchable(world: World) -> None:
    """Every passage is found by its own text in both stores, and the report counts the articles."""
    report = world.sync()
    assert counts(report) == (12, 0, 0, 0, 0)
    assert report.generation == 1
    assert report.embedded == report.passages == len(world.contents())


def test_a_sync_without_change_does_nothing(world: World) -> None:
    """Nothing is embedded, no generation is written, and the report counts the articles."""
    world.sync()
    before = world.embeddings.texts
    report = world.sync()
    assert (counts(report), report.generation) == ((0, 0, 0, 0, 12), 1)
    assert world.embeddings.texts == before
    assert not (world.folder / "building").exists()


def test_each_kind_of_change_is_found_and_only_new_texts_are_embedded(world: World, tmp_path: Path) -> None:
    """Added, changed, moved and deleted articles; the result equals a new index."""
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
    assert world.contents() == new_index(world, tmp_path / "fresh")
    texts = " ".join(text for _, _, text in world.contents().values())
    assert "matter2x" not in texts
    assert "matter1x0v1" not in texts


def test_a_restored_article_is_found_again(world: World, tmp_path: Path) -> None:
    """Deleting and restoring it leaves the index unchanged."""
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
    """Its new time is stored; no generation is written."""
    world.sync()
    os.utime(world.corpus / "a0000.txt", ns=(5, 5))
    assert world.sync().generation == 1
    (world.corpus / "a0000.txt").write_bytes((world.corpus / "a0000.txt").read_bytes())
    backdate(world.corpus / "a0000.txt")
    assert counts(world.sync()) == (0, 0, 0, 0, 12)


def test_a_change_right_after_a_sync_is_noticed(world: World) -> None:
    """A file read within the granularity of its modification time is read again by the next sync."""
    path = world.corpus / "a0000.txt"
    now = time.time_ns() + 60_000_000_000  # a minute ahead, for slow machines
    path.write_text(article(0, version=3), encoding="utf-8")
    os.utime(path, ns=(now, now))
    world.sync()
    path.write_text(article(0, version=4), encoding="utf-8")
    os.utime(path, ns=(now, now))
    world.sync()
    texts = "".join(text for _, _, text in world.contents().values())
    assert "v4" in texts
    assert "v3" not in texts


def replace_in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def replace_by_rename(path: Path, text: str) -> None:
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize("write", [replace_in_place, replace_by_rename])
def test_other_content_with_the_same_size_and_time_is_noticed(
    world: World, write: Callable[[Path, str], None]
) -> None:
    """A program that restores the modification time, such as rsync with -t or a backup."""
    path = world.write("same.txt", article(70, version=3))
    world.sync()
    status = path.stat()
    write(path, article(70, version=4))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert world.sync().changed == 1
    assert "matter70x0v4" in "".join(text for _, _, text in world.contents().values())


def test_files_with_another_inode_or_ctime_are_not_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a copy or a change of permissions; their contents are compared once."""
    world.sync()
    for path in world.corpus.iterdir():
        status = path.stat()
        replace_by_rename(path, path.read_text(encoding="utf-8"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        path.chmod(0o600)
    monkeypatch.setattr(Corpus, "read", lambda *_: pytest.fail("a file was read"))
    assert counts(world.sync()) == (0, 0, 0, 0, 12)
    monkeypatch.setattr(retrieval.sync.changes, "content_hash", lambda _: pytest.fail("compared again"))
    assert counts(world.sync()) == (0, 0, 0, 0, 12)


def test_a_changed_file_that_is_unreadable_is_removed(world: World) -> None:
    """Its old text is not cited; every sync reports it as failed until it is readable again."""
    world.sync()
    world.write("a0005.txt", "")
    report = world.sync()
    assert [failure.path for failure in report.failed] == ["a0005.txt"]
    assert report.failed[0].reason.endswith(".")
    assert "a0005.txt" not in {path for _, path, _ in world.contents().values()}
    with Generations(world.folder).writing(0):  # the lock is not needed
        again = world.sync(wait_seconds=0)
    assert again.failed == report.failed
    assert again.generation == report.generation
    world.write("a0005.txt", article(5))
    assert world.sync().failed == ()
    assert len({path for _, path, _ in world.contents().values()}) == 12


def test_what_was_left_out_is_reported_once(world: World) -> None:
    """Unreadable files, unsupported types and temporary files: all in each report, the news only once."""
    for name in ("a.doc", "b.xyz", "c.txt.bak"):
        world.write(name, "x")
    world.write("empty.txt", "")
    first, second = world.sync(), world.sync()
    assert first.left_out == first.unreported == second.left_out
    assert first.unknown == ("a.doc", "b.xyz")
    assert first.left_out.counts() == {
        "unreadable": 1,
        "omitted_parts": 0,
        "unsupported": {".doc": 1, ".xyz": 1},
        "temporary": 1,
        "outside_links": 0,
        "ignored": 0,
    }
    assert not second.unreported
    world.write("another.xyz", "x")
    assert not world.sync().unreported
    world.write("d.new", "x")
    assert world.sync(dry_run=True).unreported.unknown == ("d.new",)
    assert world.sync().unreported.unknown == ("d.new",)


def test_the_parts_of_a_file_that_were_not_read_are_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By every sync, without reading the file again, and by a dry run."""
    read = Corpus.read

    def read_partly(self: Corpus, source: SourceFile) -> list[Article]:
        parts = ("page 2 has no text",) if source.path == "a0003.txt" else ()
        return [replace(article, omitted=parts) for article in read(self, source)]

    monkeypatch.setattr(Corpus, "read", read_partly)
    omitted = (ReadFailure("a0003.txt", "page 2 has no text"),)
    assert [world.sync().omitted, world.sync(dry_run=True).omitted, world.sync().omitted] == [omitted] * 3


def test_a_folder_of_unsupported_files_names_their_types(tmp_path: Path) -> None:
    """Instead of only stating that there are no articles."""
    world = World(tmp_path)
    world.write("a.doc", "x")
    world.write("b.xyz", "x")
    with pytest.raises(CorpusError, match=r"only files of unsupported types: 1 \.doc, 1 \.xyz\."):
        world.sync()


def test_articles_with_the_same_id_get_different_ids(world: World, tmp_path: Path) -> None:
    """The first by path keeps the id, in whatever order they were added; without it, the next one gets it."""
    row = {"id": "same", "title": "Second dump", "text": article(50)}
    world.write("b.jsonl", json.dumps(row))
    world.sync()
    world.write("a.jsonl", json.dumps({**row, "title": "First dump", "text": article(51)}))
    world.sync()
    ids = {(article_id, path) for article_id, path, _ in world.contents().values() if "jsonl" in path}
    assert ids == {("same", "a.jsonl"), ("same#2", "b.jsonl")}
    assert world.contents() == new_index(world, tmp_path / "fresh")
    (world.corpus / "a.jsonl").unlink()
    world.sync()
    assert ("same", "b.jsonl") in {(article_id, path) for article_id, path, _ in world.contents().values()}


def test_a_dump_with_one_changed_row_embeds_only_that_row(world: World) -> None:
    """The other rows of the file keep their passages and vectors."""
    rows = [{"id": f"r{n}", "title": f"Row {n}", "text": article(200 + n)} for n in range(5)]
    world.write("dump.jsonl", "\n".join(map(json.dumps, rows)))
    world.sync()
    rows[2]["text"] = article(300)
    world.write("dump.jsonl", "\n".join(map(json.dumps, rows)))
    report = world.sync()
    assert counts(report) == (0, 1, 0, 0, 16)
    assert report.embedded <= 3


def test_a_changed_tag_embeds_nothing(world: World) -> None:
    """Tags are metadata: the passages of the article are written again with their vectors."""
    world.write("note.md", f"---\ntags: [one]\n---\n\n{article(200)}")
    world.sync()
    world.write("note.md", f"---\ntags: [two, three]\n---\n\n{article(200)}")
    report = world.sync()
    assert (report.changed, report.embedded) == (1, 0)
    with world.open() as index:
        info = index.article("note.md")
        assert info is not None
        assert info.tags == ("two", "three")
        passage, *_ = index.article_passages("note.md")
        assert passage.article.tags == info.tags
        assert passage_of(passage.text, metadata_of(passage)) == passage  # as Chroma has it


def test_another_fingerprint_rebuilds_the_index(world: World) -> None:
    """The report gives the reason; the old index stays available and no old vector is reused."""
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


def test_a_stopped_sync_is_resumed(world: World) -> None:
    """The index is unchanged, and nothing is embedded twice."""
    world.sync()
    before = world.contents()
    for number in range(100, 200):
        world.write(f"b{number}.txt", article(number))
    steps: list[Progress] = []
    with pytest.raises(SyncStopped):
        world.sync(
            progress=steps.append,
            stop=lambda: any(step.stage == "embedding" and step.done for step in steps),
        )
    assert world.contents() == before
    embedded = world.embeddings.texts
    report = world.sync()
    assert report.added == 100
    assert world.embeddings.texts == report.passages
    assert report.embedded == report.passages - embedded


def test_progress_reports_each_stage_to_its_end(world: World) -> None:
    """Reading, embedding and writing."""
    steps: list[Progress] = []
    world.sync(progress=steps.append)
    assert list(dict.fromkeys(step.stage for step in steps)) == ["reading", "embedding", "writing"]
    for stage in ("reading", "embedding", "writing"):
        last = [step for step in steps if step.stage == stage][-1]
        assert last.done == last.total > 0


def test_an_index_inside_the_corpus_is_not_read_as_articles(tmp_path: Path) -> None:
    """Its JSON files could be taken for dumps of articles."""
    world = World(tmp_path)
    world.fill(2)
    inside = world.corpus / "index"
    for _ in range(2):
        report = sync(Corpus([world.corpus]), inside, HashEmbeddings, "f")
    assert (counts(report), report.failed) == ((0, 0, 0, 0, 2), ())


def test_an_article_with_a_changed_id_is_found_in_its_file(world: World) -> None:
    """A citation can be opened by the id that the index assigned."""
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


def test_chromas_graph_is_built_more_precisely_once_searches_use_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that grows beyond the size of exact search gets a new graph, even if little changed."""

    def graph_settings() -> object:
        with (
            world.open() as index,
            closing(sqlite3.connect(index.folder / CHROMA / "chroma.sqlite3")) as database,
        ):
            return database.execute("SELECT config_json_str, schema_str FROM collections").fetchone()

    world.sync()
    quick = graph_settings()
    world.write("b.txt", article(30))
    world.sync()
    assert graph_settings() == quick
    passages = len(world.contents())
    monkeypatch.setattr(retrieval.sync.store_writer, "MAX_EXACT_PASSAGES", passages)
    world.write("c.txt", article(31))
    world.sync()
    assert len(world.contents()) > passages
    assert graph_settings() != quick
