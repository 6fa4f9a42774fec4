"""Scanning and reading a corpus of folders and files."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from retrieval.errors import CorpusError, ReadError
from retrieval.reading.corpus import Corpus, SourceFile

TEXT = (
    "Second quay opens\n\nThe port of Elsmere opened its second quay on Sunday, two years after the plan.\n"
)


def _files(corpus: Corpus) -> dict[str, SourceFile]:
    return {file.path: file for file in corpus.scan().files}


def _folder(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_a_scan_lists_article_files(tmp_path: Path) -> None:
    """Hidden and temporary files, question sets and assets of saved pages are skipped."""
    _folder(tmp_path, a_txt=TEXT, sub__b_md=TEXT, c_docm="x", page_html="<p>")
    _folder(tmp_path / "page_files", x_html="<p>")
    for name in (".hidden.txt", "a.txt~", "~$a.txt", "#a.txt#", "b.md.swp", "c.txt.part", "questions.jsonl"):
        (tmp_path / name).write_text("x")
    scan = Corpus([tmp_path]).scan()
    assert [file.path for file in scan.files] == ["a.txt", "page.html", "sub/b.md"]
    assert scan.unknown == ("c.docm",)
    assert scan.temporary == ("#a.txt#", "a.txt~", "b.md.swp", "c.txt.part", "~$a.txt")
    assert scan.files[0].size == len(TEXT)


def test_folders_named_after_a_year_are_read(tmp_path: Path) -> None:
    """Only files can be temporary: "4913" is a file that vim creates, "old.bak" a folder of articles."""
    for name in ("2024/03/a.txt", "12345/b.txt", "old.bak/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "4913").write_text("x")
    scan = Corpus([tmp_path]).scan()
    assert [file.path for file in scan.files] == ["12345/b.txt", "2024/03/a.txt", "old.bak/c.txt"]
    assert (scan.unknown, scan.temporary) == ((), ("4913",))


def test_the_text_is_the_decoded_file(tmp_path: Path) -> None:
    """Line breaks and NULs are kept; only a byte order mark is removed."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfOne\r\nline\x00 more\rand then some.")
    corpus = Corpus([tmp_path])
    (article,) = corpus.read(corpus.scan().files[0])
    assert article.text.startswith("One\r\nline\x00 more\rand")
    assert article.info.id == article.info.path == "a.txt"


def test_paths_of_several_corpora_are_prefixed_by_folder(tmp_path: Path) -> None:
    """The folder's name is made unique; a single file has its name as its path."""
    one, two = _folder(tmp_path / "x" / "news", a_txt=TEXT), _folder(tmp_path / "y" / "news", a_txt=TEXT)
    assert list(_files(Corpus([one, two]))) == ["news-2/a.txt", "news/a.txt"]
    assert list(_files(Corpus([one / "a.txt"]))) == ["a.txt"]
    corpus = Corpus([one, two / "a.txt"])
    for path, file in _files(corpus).items():
        assert corpus.locate(path) == file.absolute


def test_find_returns_the_current_article(tmp_path: Path) -> None:
    """A changed file gives its new text; a deleted file gives None."""
    corpus = Corpus([_folder(tmp_path, a_txt=TEXT)])
    (article,) = corpus.read(corpus.scan().files[0])
    assert corpus.find(article.info) == article
    (tmp_path / "a.txt").write_text(TEXT + "More.\n")
    changed = corpus.find(article.info)
    assert changed is not None
    assert changed.text.endswith("More.\n")
    (tmp_path / "a.txt").unlink()
    assert corpus.find(article.info) is None


def test_rows_of_a_dump_are_found_by_id(tmp_path: Path) -> None:
    """Duplicate ids are made unique; invalid rows are reported together with the articles that were read."""
    rows = [json.dumps({"id": name, "text": f"Text {number}."}) for number, name in enumerate("aba")]
    (tmp_path / "d.jsonl").write_text("\n".join([*rows, "{"]))
    corpus = Corpus([tmp_path])
    with pytest.raises(ReadError, match=r"Skipped 1 row, first line 4: .* JSON; 3 others") as caught:
        corpus.read(corpus.scan().files[0])
    ids = [article.info.id for article in caught.value.articles]
    assert ids == ["a", "b", "a#2"]
    for reader in (corpus, Corpus([tmp_path])):
        assert [reader.find(article.info) for article in caught.value.articles] == list(caught.value.articles)
    (tmp_path / "d.jsonl").write_text(rows[1])
    assert corpus.find(caught.value.articles[0].info) is None
    assert corpus.find(caught.value.articles[1].info) == caught.value.articles[1]
    (tmp_path / "d.jsonl").write_text(rows[1].replace("Text", "News"))
    changed = corpus.find(caught.value.articles[1].info)
    assert changed is not None
    assert changed.text == "News 1."


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\n", "empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        ("a.md", b"--- ---\n***\n", "no words"),
        ("a.html", b"<html><script>1</script></html>", "no article text|not a web page"),
        ("a.jsonl", b"\x00\x01\x02\x03", "binary"),
        ("a.jsonl", b"\n\n", "empty"),
    ],
)
def test_an_unreadable_file_is_rejected(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """The error is one sentence that names the cause."""
    (tmp_path / name).write_bytes(data)
    corpus = Corpus([tmp_path])
    with pytest.raises(ReadError, match=sentence) as caught:
        corpus.read(corpus.scan().files[0])
    assert str(caught.value).count(".") == 1


def test_a_huge_file_is_rejected_without_being_read(tmp_path: Path) -> None:
    """The error names the size and the limit."""
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(100 * 2**20)
    corpus = Corpus([tmp_path])
    with pytest.raises(ReadError, match="too large: 100 MB; the limit is 64 MB"):
        corpus.read(corpus.scan().files[0])


def test_a_file_deleted_after_the_scan_is_a_read_error(tmp_path: Path) -> None:
    """The error says that the file no longer exists."""
    corpus = Corpus([_folder(tmp_path, a_txt=TEXT)])
    (source,) = corpus.scan().files
    (tmp_path / "a.txt").unlink()
    with pytest.raises(ReadError, match="no longer exists"):
        corpus.read(source)


def test_a_missing_corpus_is_an_error_and_an_empty_one_is_not(tmp_path: Path) -> None:
    """A wrong path must not look like an empty folder."""
    assert Corpus([tmp_path]).scan().files == ()
    with pytest.raises(CorpusError, match="does not exist"):
        Corpus([tmp_path / "nowhere"]).scan()
    (tmp_path / "a.docm").write_text("x")
    with pytest.raises(CorpusError, match="unsupported file format"):
        Corpus([tmp_path / "a.docm"]).scan()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root can read everything")
def test_an_unreadable_folder_is_reported(tmp_path: Path) -> None:
    """Its articles must not look deleted; an unreadable corpus is an error."""
    _folder(tmp_path, sub__a_txt=TEXT, b_txt=TEXT)
    (tmp_path / "sub").chmod(0)
    try:
        scan = Corpus([tmp_path]).scan()
        assert [file.path for file in scan.files] == ["b.txt"]
        assert scan.unreadable == ("sub/",)
        with pytest.raises(CorpusError, match="cannot be read"):
            Corpus([tmp_path / "sub"]).scan()
    finally:
        (tmp_path / "sub").chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks require privileges there")
def test_symlink_cycles_are_followed_once(tmp_path: Path) -> None:
    """A folder that contains a symlink to itself is scanned once; broken symlinks are skipped."""
    _folder(tmp_path, sub__a_txt=TEXT)
    (tmp_path / "sub" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    assert list(_files(Corpus([tmp_path]))) == ["sub/a.txt"]


def test_paths_outside_the_corpus_are_rejected(tmp_path: Path) -> None:
    """Paths stored in an index are not trusted."""
    _folder(tmp_path, secret_txt=TEXT, news__a_txt=TEXT)
    corpus = Corpus([tmp_path / "news"])
    assert corpus.locate("../secret.txt") is None
    assert corpus.locate(str(Path(__file__).resolve())) is None
    assert corpus.locate("a.txt\0") is None


def test_a_file_name_that_is_not_utf8_is_escaped(tmp_path: Path) -> None:
    """The file is read and found again under its escaped name."""
    folder = os.fsencode(tmp_path) + b"/d\xe9j\xe0"
    os.mkdir(folder)  # noqa: PTH102 (pathlib does not support bytes)
    with open(folder + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123
        file.write(b"The port of Elsmere opened its second quay on Sunday.")
    (tmp_path / "a\\xe9.txt").write_text("A name that contains a backslash is not an escape.")
    corpus = Corpus([tmp_path])
    articles = [article for source in corpus.scan().files for article in corpus.read(source)]
    assert [article.info.path for article in articles] == ["a\\xe9.txt", "d\\xe9j\\xe0/caf\\xe9.txt"]
    assert [corpus.find(article.info) for article in articles] == articles


def test_pipes_and_devices_are_skipped(tmp_path: Path) -> None:
    """Reading never blocks; a file replaced by a pipe after the scan is a read error."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}')
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "fifo.txt")
    corpus = Corpus([tmp_path])
    (source,) = corpus.scan().files
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ReadError, match="not a regular file"):
        corpus.read(source)


def test_an_index_folder_is_skipped(tmp_path: Path) -> None:
    """Even if the corpus is reached through a symlink, so that the paths of the two differ."""
    (tmp_path / "real" / "index" / "generations" / "1").mkdir(parents=True)
    (tmp_path / "real" / "index" / "CURRENT").write_text("{}")
    (tmp_path / "real" / "index" / "generations" / "1" / "state.json").write_text('[{"text": "a"}]')
    (tmp_path / "real" / "a.txt").write_text("A text.")
    (tmp_path / "link").symlink_to("real")
    assert [file.path for file in Corpus([tmp_path / "link"]).scan().files] == ["a.txt"]
