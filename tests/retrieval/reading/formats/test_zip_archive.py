"""Reading of ZIP archives."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from format_samples import PROSE, sample_zip

from retrieval.errors import ReadError
from retrieval.reading.corpus import Corpus
from retrieval.reading.formats import zip_archive
from retrieval.reading.formats.json_lines import BadRow
from retrieval.reading.formats.zip_archive import read_zip


def _zip(files: dict[str, bytes]) -> BytesIO:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    packed.seek(0)
    return packed


def test_the_files_of_an_archive_are_read_as_in_a_folder(tmp_path: Path) -> None:
    """With titles and dates from their names; each article is found again by its id."""
    (tmp_path / "z.zip").write_bytes(sample_zip())
    corpus = Corpus([tmp_path])
    text, row, book = articles = corpus.read(corpus.scan().files[0])
    assert [article.info.id for article in articles] == [
        "z.zip/news/2020-05-03-second-quay.txt",
        "r1",
        "z.zip/book.epub",
    ]
    assert (text.info.title, text.info.published, text.body) == ("Second quay opens", "2020-05-03", PROSE)
    assert (row.text, book.info.author) == (PROSE, "Jane Roe")
    assert [corpus.find(article.info) for article in articles] == articles


def test_files_that_cannot_be_read_are_reported() -> None:
    """Hidden files of the system are not."""
    files = {
        "a.txt.gz": gzip.compress(PROSE.encode()),
        "b.json": b"{",
        "c.png": b"x",
        "d.zip": _zip({"a.txt": b"x"}).getvalue(),
        "e.txt": b" ",
        "f.jsonl": b'{"text": "One."}\n{"id": 1}\n',
        "__MACOSX/a.txt": b"x",
        ".DS_Store": b"x",
    }
    results = list(read_zip(_zip(files)))
    assert [result[0].member for result in results if not isinstance(result, BadRow)] == [
        "a.txt.gz",
        "f.jsonl",
    ]
    assert [(bad.location, bad.reason) for bad in results if isinstance(bad, BadRow)] == [
        ("file b.json", "the file is not valid JSON"),
        ("file c.png", "its file type is not supported"),
        ("file d.zip", "it is an archive inside an archive"),
        ("file e.txt", "it is empty"),
        ("file f.jsonl", "line 2: it has no text; its fields are id"),
    ]


def test_a_damaged_file_does_not_hide_the_others() -> None:
    """Its checksum is wrong."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "The quay is open.")
        archive.writestr("b.txt", PROSE)
    first, second = read_zip(BytesIO(packed.getvalue().replace(b"is open", b"IS OPEN")))
    assert first == BadRow("file a.txt", "it is damaged, or compressed by an unsupported method")
    assert not isinstance(second, BadRow)


def test_bombs_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the size of a file, of all files, and by their number."""
    (large,) = read_zip(_zip({"a.txt": bytes(65 * 2**20)}))
    assert large == BadRow("file a.txt", "it is too large: 65 MB")
    monkeypatch.setattr(zip_archive, "_MAX_TOTAL_BYTES", 3 * 2**20)
    rows = b'{"text": "One."}\n' * 2**17
    results = list(read_zip(_zip({"a.jsonl": rows, "b.jsonl": rows})))
    assert results[-1] == BadRow("file b.jsonl", "it is too large: 2 MB")
    monkeypatch.setattr(zip_archive, "_MAX_FILES", 3)
    with pytest.raises(ReadError, match="more than 3 files"):
        list(read_zip(_zip({f"{number}.txt": b"x" for number in range(4)})))


def test_an_encrypted_file_is_reported() -> None:
    """The flag in its header is enough."""
    data = bytearray(_zip({"a.txt": PROSE.encode()}).getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert list(read_zip(BytesIO(bytes(data)))) == [BadRow("file a.txt", "it is encrypted")]


def test_a_file_that_is_no_archive_is_rejected() -> None:
    """The error says so."""
    with pytest.raises(ReadError, match="damaged"):
        list(read_zip(BytesIO(b"PK")))
