"""Folders and files of articles."""

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


def test_a_scan_lists_what_may_hold_articles(tmp_path: Path) -> None:
    """Hidden and temporary files, questions and parts of saved pages are left out."""
    _folder(tmp_path, a_txt=TEXT, sub__b_md=TEXT, c_docm="x", page_html="<p>")
    _folder(tmp_path / "page_files", x_html="<p>")
    for name in (".hidden.txt", "a.txt~", "~$a.txt", "#a.txt#", "b.md.swp", "c.txt.part", "questions.jsonl"):
        (tmp_path / name).write_text("x")
    scan = Corpus([tmp_path]).scan()
    assert [file.path for file in scan.files] == ["a.txt", "page.html", "sub/b.md"]
    assert scan.unknown == ("c.docm",)
    assert scan.files[0].size == len(TEXT)


def test_the_text_is_the_file_as_decoded(tmp_path: Path) -> None:
    """Line breaks and NULs count; only a byte order mark is removed."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfOne\r\nline\x00 more\rand then some.")
    corpus = Corpus([tmp_path])
    (article,) = corpus.read(corpus.scan().files[0])
    assert article.text.startswith("One\r\nline\x00 more\rand")
    assert article.info.id == article.info.path == "a.txt"


def test_several_corpora_are_told_apart_by_folder(tmp_path: Path) -> None:
    """Paths begin with the folder's name, made unique; a single file is known by its name."""
    one, two = _folder(tmp_path / "x" / "news", a_txt=TEXT), _folder(tmp_path / "y" / "news", a_txt=TEXT)
    assert list(_files(Corpus([one, two]))) == ["news-2/a.txt", "news/a.txt"]
    assert list(_files(Corpus([one / "a.txt"]))) == ["a.txt"]
    corpus = Corpus([one, two / "a.txt"])
    for path, file in _files(corpus).items():
        assert corpus.locate(path) == file.absolute


def test_an_article_is_found_as_it_is_now(tmp_path: Path) -> None:
    """A changed file gives its new text, a deleted one nothing."""
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
    """Ids that repeat are told apart; broken rows are reported beside the articles that were read."""
    rows = [json.dumps({"id": name, "text": f"Text {number}."}) for number, name in enumerate("aba")]
    (tmp_path / "d.jsonl").write_text("\n".join([*rows, "{"]))
    corpus = Corpus([tmp_path])
    with pytest.raises(ReadError, match=r"1 row is left out, first line 4: .* JSON; 3 others") as caught:
        corpus.read(corpus.scan().files[0])
    ids = [article.info.id for article in caught.value.articles]
    assert ids == ["a", "b", "a#2"]
    for each in (corpus, Corpus([tmp_path])):
        assert [each.find(article.info) for article in caught.value.articles] == list(caught.value.articles)
    (tmp_path / "d.jsonl").write_text(rows[1])
    assert corpus.find(caught.value.articles[0].info) is None
    assert corpus.find(caught.value.articles[1].info) == caught.value.articles[1]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\n", "empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        ("a.md", b"--- ---\n***\n", "no words"),
        ("a.html", b"<html><script>1</script></html>", "no article text|no web page"),
        ("a.jsonl", b"\x00\x01\x02\x03", "binary"),
        ("a.jsonl", b"\n\n", "no article"),
    ],
)
def test_a_file_that_is_no_article_says_so(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """One clear sentence for each kind of bad file."""
    (tmp_path / name).write_bytes(data)
    corpus = Corpus([tmp_path])
    with pytest.raises(ReadError, match=sentence) as caught:
        corpus.read(corpus.scan().files[0])
    assert str(caught.value).count(".") == 1


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    """The sentence says how large it is and what the limit is."""
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(100 * 2**20)
    corpus = Corpus([tmp_path])
    with pytest.raises(ReadError, match="too large: 100 MB, of 64 MB at most"):
        corpus.read(corpus.scan().files[0])


def test_a_file_that_vanishes_is_told(tmp_path: Path) -> None:
    """Between scan and read a file may be deleted."""
    corpus = Corpus([_folder(tmp_path, a_txt=TEXT)])
    (source,) = corpus.scan().files
    (tmp_path / "a.txt").unlink()
    with pytest.raises(ReadError, match="no longer there"):
        corpus.read(source)


def test_a_missing_corpus_is_an_error_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    """So that a wrong path never looks like an empty folder."""
    assert Corpus([tmp_path]).scan().files == ()
    with pytest.raises(CorpusError, match="no folder or file"):
        Corpus([tmp_path / "nowhere"]).scan()
    (tmp_path / "a.docm").write_text("x")
    with pytest.raises(CorpusError, match="of no kind"):
        Corpus([tmp_path / "a.docm"]).scan()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_told(tmp_path: Path) -> None:
    """It must not look as if its articles were deleted; a corpus that cannot be read at all is an error."""
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


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_in_circles_are_followed_once(tmp_path: Path) -> None:
    """A folder that holds a link to itself is scanned once, and links to nowhere are left out."""
    _folder(tmp_path, sub__a_txt=TEXT)
    (tmp_path / "sub" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    assert list(_files(Corpus([tmp_path]))) == ["sub/a.txt"]


def test_no_path_leads_out_of_the_corpus(tmp_path: Path) -> None:
    """What an index says is not trusted with the file system."""
    _folder(tmp_path, secret_txt=TEXT, news__a_txt=TEXT)
    corpus = Corpus([tmp_path / "news"])
    assert corpus.locate("../secret.txt") is None
    assert corpus.locate(str(Path(__file__).resolve())) is None
    assert corpus.locate("a.txt\0") is None


def test_a_name_that_is_no_utf8_is_spelled_out(tmp_path: Path) -> None:
    """Files from old archives are read and found again under a name that can be written down."""
    folder = os.fsencode(tmp_path) + b"/d\xe9j\xe0"
    os.mkdir(folder)  # noqa: PTH102 (pathlib knows no bytes)
    with open(folder + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123
        file.write(b"The port of Elsmere opened its second quay on Sunday.")
    (tmp_path / "a\\xe9.txt").write_text("A name that has the backslash itself is what it is.")
    corpus = Corpus([tmp_path])
    articles = [article for source in corpus.scan().files for article in corpus.read(source)]
    assert [article.info.path for article in articles] == ["a\\xe9.txt", "d\\xe9j\\xe0/caf\\xe9.txt"]
    assert [corpus.find(article.info) for article in articles] == articles


def test_pipes_sockets_and_devices_are_passed_over(tmp_path: Path) -> None:
    """None is waited for; one that takes the place of a file after the scan is an error of that file."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}')
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "fifo.txt")
    corpus = Corpus([tmp_path])
    (source,) = corpus.scan().files
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ReadError, match="no regular file"):
        corpus.read(source)


def test_the_folder_of_an_index_holds_no_articles(tmp_path: Path) -> None:
    """Also where the corpus is reached by a link, so that the paths of the two look different."""
    (tmp_path / "real" / "index" / "generations" / "1").mkdir(parents=True)
    (tmp_path / "real" / "index" / "CURRENT").write_text("{}")
    (tmp_path / "real" / "index" / "generations" / "1" / "state.json").write_text('[{"text": "a"}]')
    (tmp_path / "real" / "a.txt").write_text("A text.")
    (tmp_path / "link").symlink_to("real")
    assert [file.path for file in Corpus([tmp_path / "link"]).scan().files] == ["a.txt"]
