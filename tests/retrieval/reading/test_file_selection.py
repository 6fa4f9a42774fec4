"""Ignore rules, folders of programs, and links out of the corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from retrieval.errors import CorpusError
from retrieval.reading.corpus import Corpus


def write(folder: Path, *names: str) -> None:
    """Create files with a sentence each."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("The tram depot of Lorn was repaired.\n")


def paths(folder: Path, **options: bool) -> list[str]:
    """The files that are read."""
    return [file.path for file in Corpus([folder], **options).scan().files]


def test_ignore_files_apply_below_their_folder(tmp_path: Path) -> None:
    """As in git: a deeper file decides, and later lines decide."""
    write(tmp_path, "a.md", "drafts/b.md", "drafts/keep.md", "sub/c.txt", "sub/deep/d.txt", "sub/deep/e.md")
    (tmp_path / ".footnoteignore").write_text("# private\ndrafts/*\n!drafts/keep.md\n*.txt\n")
    (tmp_path / "sub" / "deep" / ".footnoteignore").write_text("!d.txt\n/e.md\n")
    assert paths(tmp_path) == ["a.md", "drafts/keep.md", "sub/deep/d.txt"]
    assert Corpus([tmp_path]).scan().ignored == ("drafts/b.md", "sub/c.txt", "sub/deep/e.md")


def test_gitignore_applies_on_request(tmp_path: Path) -> None:
    """Footnote's own rules come after it."""
    write(tmp_path, "a.md", "build/b.md", "c.md")
    (tmp_path / ".gitignore").write_text("build/\nc.md\n")
    assert paths(tmp_path) == ["a.md", "build/b.md", "c.md"]
    assert paths(tmp_path, gitignore=True) == ["a.md"]
    (tmp_path / ".footnoteignore").write_text("!c.md\n")
    assert paths(tmp_path, gitignore=True) == ["a.md", "c.md"]


def test_folders_of_programs_are_left_out(tmp_path: Path) -> None:
    """Unless a rule includes them."""
    write(
        tmp_path, "a.md", "node_modules/p/README.md", "Templates/note.md", ".obsidian/b.md", "x.excalidraw.md"
    )
    assert paths(tmp_path) == ["a.md"]
    assert Corpus([tmp_path]).scan().ignored == ("Templates/", "node_modules/", "x.excalidraw.md")
    (tmp_path / ".footnoteignore").write_text("!Templates/\n")
    assert paths(tmp_path) == ["Templates/note.md", "a.md"]


def test_an_invalid_or_unreadable_rule_file_stops_the_scan(tmp_path: Path) -> None:
    """Otherwise something private could be read."""
    write(tmp_path, "a.md")
    (tmp_path / ".footnoteignore").mkdir()
    with pytest.raises(CorpusError, match="cannot be read"):
        Corpus([tmp_path]).scan()
    (tmp_path / ".footnoteignore").rmdir()
    (tmp_path / ".footnoteignore").write_text("a.md\n", encoding="utf-16")
    with pytest.raises(CorpusError, match="is not UTF-8 text"):
        Corpus([tmp_path]).scan()
    (tmp_path / ".footnoteignore").write_text("!\n")
    with pytest.raises(CorpusError, match="invalid pattern"):
        Corpus([tmp_path]).scan()


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks require privileges there")
def test_links_out_of_the_corpus_are_followed_on_request(tmp_path: Path) -> None:
    """Links within it always are, and also if the corpus itself is reached by a link."""
    corpus = tmp_path / "corpus"
    write(corpus, "sub/a.md")
    write(tmp_path, "outside/b.md", "c.md")
    (corpus / "again").symlink_to(corpus / "sub" / "a.md")
    (corpus / "far").symlink_to(tmp_path / "outside", target_is_directory=True)
    (corpus / "c.md").symlink_to(tmp_path / "c.md")
    (corpus / "in.md").symlink_to(corpus / "sub" / "a.md")
    (tmp_path / "link").symlink_to(corpus, target_is_directory=True)
    for root in (corpus, tmp_path / "link"):
        assert paths(root) == ["in.md", "sub/a.md"]
        assert Corpus([root]).scan().outside == ("c.md", "far/")
    assert paths(corpus, follow_links=True) == ["c.md", "far/b.md", "in.md", "sub/a.md"]
