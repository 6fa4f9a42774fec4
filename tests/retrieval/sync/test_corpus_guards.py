"""A folder that is missing, moved or unreadable does not empty the index."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_process import expected
from index_world import HashEmbeddings, World, article

from retrieval.errors import CorpusError
from retrieval.reading.corpus import Corpus, Scan
from retrieval.sync.sync_index import sync


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.fill(12)
    return world


def test_an_emptied_folder_does_not_empty_the_index(world: World) -> None:
    """The sync is refused and the index is unchanged, unless --allow-empty is given."""
    world.sync()
    before = world.contents()
    for path in world.corpus.iterdir():
        path.unlink()
    with pytest.raises(CorpusError, match="no article"):
        world.sync()
    with pytest.raises(CorpusError, match="no article"):
        world.sync(rebuild=True)
    assert world.contents() == before
    assert world.sync(allow_empty=True).passages == 0
    assert world.contents() == {}


def test_an_unreadable_folder_keeps_its_articles(world: World) -> None:
    """It is only reported if none of its files was indexed; else the sync is refused."""
    world.write("sub/a.txt", article(7))
    unreadable = UnreadableFolder([world.corpus])
    options = (lambda: world.embeddings, world.fingerprint)
    report = sync(unreadable, world.folder, *options)
    assert [(failure.path, failure.reason) for failure in report.failed] == [
        ("sub/", "The folder is not readable.")
    ]
    assert report.added
    assert world.sync().added == 1
    with pytest.raises(CorpusError, match="sub/ is no longer readable"):
        sync(unreadable, world.folder, *options)
    assert world.contents() == expected(world)
    assert sync(unreadable, world.folder, *options, allow_empty=True).deleted == 1


class UnreadableFolder(Corpus):
    """A corpus whose folder "sub" is unreadable; chmod would not do, since tests can run as root."""

    def scan(self) -> Scan:
        scan = super().scan()
        return Scan(tuple(file for file in scan.files if not file.path.startswith("sub/")), (), ("sub/",))


def test_articles_in_the_folder_of_the_index_are_refused(world: World, tmp_path: Path) -> None:
    """Also through a link; an index inside the corpus folder is allowed, and is not read as articles."""
    (tmp_path / "link").symlink_to(world.corpus)
    for index in (world.corpus, tmp_path, tmp_path / "link"):
        with pytest.raises(CorpusError, match="folder of the index"):
            sync(Corpus([world.corpus]), index, lambda: world.embeddings, world.fingerprint)
    inside = world.corpus / "index"
    reports = [
        sync(Corpus([tmp_path / "link"]), inside, lambda: world.embeddings, world.fingerprint) for _ in "12"
    ]
    assert reports[0].added == reports[1].unchanged
    assert not reports[1].failed


def test_one_empty_folder_of_two_is_refused(world: World, tmp_path: Path) -> None:
    """The articles of an unmounted folder stay in the index."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text(article(77), encoding="utf-8")
    corpus = Corpus([world.corpus, other])
    sync(corpus, world.folder, HashEmbeddings, "f")
    (other / "x.txt").unlink()
    with pytest.raises(CorpusError, match="other"):
        sync(corpus, world.folder, HashEmbeddings, "f")


def test_a_corpus_without_articles_is_refused(tmp_path: Path) -> None:
    """No empty index is created."""
    empty = World(tmp_path)
    empty.corpus.mkdir()
    with pytest.raises(CorpusError, match="no article"):
        empty.sync()
