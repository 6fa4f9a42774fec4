"""An index is not emptied because a folder is not there, was moved, or cannot be read."""

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
    made = World(tmp_path)
    made.fill(12)
    return made


def test_an_emptied_folder_does_not_empty_the_index(world: World) -> None:
    """It is refused with a sentence; the index stays; only asked for does it go empty."""
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


def test_a_folder_that_may_not_be_read_any_more_keeps_its_articles(world: World) -> None:
    """Reported when nothing of it was ever read; a reason to stop when its articles would be dropped."""
    world.write("sub/a.txt", article(7))
    hidden = Hiding([world.corpus])
    options = (lambda: world.embeddings, world.fingerprint)
    report = sync(hidden, world.folder, *options)
    assert [(each.path, each.reason) for each in report.failed] == [("sub/", "The folder may not be read.")]
    assert report.added
    assert world.sync().added == 1
    with pytest.raises(CorpusError, match="sub/ cannot be read any more"):
        sync(hidden, world.folder, *options)
    assert world.contents() == expected(world)
    assert sync(hidden, world.folder, *options, allow_empty=True).deleted == 1


class Hiding(Corpus):
    """A corpus whose folder "sub" may not be read; who runs the tests may be allowed everything."""

    def scan(self) -> Scan:
        scan = super().scan()
        return Scan(tuple(each for each in scan.files if not each.path.startswith("sub/")), (), ("sub/",))


def test_articles_in_the_folder_of_the_index_are_refused(world: World, tmp_path: Path) -> None:
    """Also by a link; an index in the folder of the articles is none of them."""
    (tmp_path / "link").symlink_to(world.corpus)
    for index in (world.corpus, tmp_path, tmp_path / "link"):
        with pytest.raises(CorpusError, match="folder of the index"):
            sync(Corpus([world.corpus]), index, lambda: world.embeddings, world.fingerprint)
    inside = world.corpus / "index"
    made = [
        sync(Corpus([tmp_path / "link"]), inside, lambda: world.embeddings, world.fingerprint) for _ in "12"
    ]
    assert made[0].added == made[1].unchanged
    assert not made[1].failed


def test_one_of_two_folders_that_lost_its_files_is_refused(world: World, tmp_path: Path) -> None:
    """A folder that is not mounted does not lose its articles in the index."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text(article(77), encoding="utf-8")
    corpus = Corpus([world.corpus, other])
    sync(corpus, world.folder, HashEmbeddings, "f")
    (other / "x.txt").unlink()
    with pytest.raises(CorpusError, match="other"):
        sync(corpus, world.folder, HashEmbeddings, "f")


def test_a_corpus_without_articles_is_said_so(tmp_path: Path) -> None:
    """No index is made of nothing."""
    empty = World(tmp_path)
    empty.corpus.mkdir()
    with pytest.raises(CorpusError, match="no article"):
        empty.sync()
