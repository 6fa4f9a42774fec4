"""The troublesome documents beside the repository, where they are present."""

from __future__ import annotations

import pytest
from repository import SHARED

from retrieval.errors import ReadError
from retrieval.reading.document.document import to_article
from retrieval.reading.formats.registry import kind_of, read_document

pytestmark = pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason="../shared/cases is not present")

CASES = [
    (
        "02-footnote-mark-glued/paper.pdf",
        ["48 million", "12 members", "In 2021 the"],
        ["483", "124"],
    ),
    ("03-docx-tracked-insertions/tracked.docx", ["48 million", "will not resign", "six stops"], []),
    ("04-docx-lost-content/sdt.docx", ["mayor is Ada Fenwick, who", "48 million"], []),
    ("04-docx-lost-content/smart.docx", ["crosses the River Lorn and cost 48 million crowns."], []),
    ("04-docx-lost-content/textbox.docx", ["48 million"], []),
    ("04-docx-lost-content/nested.docx", ["Bridge | 48 million crowns"], []),
    ("04-docx-lost-content/footnote.docx", ["12 members", "48 million"], []),
    ("08-pdf-aes-no-password/perm-AES-128.pdf", ["It cost 48 million crowns"], []),
    ("08-pdf-aes-no-password/perm-AES-256.pdf", ["It cost 48 million crowns"], []),
    ("09-pdf-title-and-page/roman.pdf", ["\n\nPage 5\n\nAda Fenwick opened the bridge"], [" iv ", "\niii\n"]),
    ("21-pdf-words/hyph.pdf", ["well-known", "self-governing", "state-of-the-art", "harbour"], []),
    ("21-pdf-words/rows.pdf", ["was opened on Monday by", "on 9 May 2024 with six stops"], []),
    ("21-pdf-words/deco.pdf", ["the summer of that year."], ["Journal of", "Mara Quill"]),
    ("21-pdf-words/mixed.pdf", ["follows on the next pages."], []),
]


@pytest.mark.parametrize(("name", "present", "absent"), CASES, ids=[name for name, _, _ in CASES])
def test_documents_are_read_as_shown(name: str, present: list[str], absent: list[str]) -> None:
    """No text is lost or added."""
    document = read_document(kind_of(name) or "", (SHARED / "cases" / name).read_bytes())
    assert [words for words in present if words not in document.text] == []
    assert [words for words in absent if words in document.text] == []
    if name.endswith("mixed.pdf"):
        assert document.omitted == ("3 of 4 pages have no text layer: 2-4",)
    assert not to_article(document, "a.pdf", "a.pdf").info.title.startswith("Page")


def test_a_locked_document_is_reported() -> None:
    """It is not damaged."""
    data = (SHARED / "cases/08-pdf-aes-no-password/locked-AES-256.pdf").read_bytes()
    with pytest.raises(ReadError, match="locked with a password"):
        read_document("PDF", data)


def test_the_title_of_a_paper_is_not_its_first_sentence() -> None:
    """It is set in large type."""
    document = read_document("PDF", (SHARED / "cases/09-pdf-title-and-page/paper.pdf").read_bytes())
    assert document.metadata.title == "The Price of a Bridge: Eleven Years of Work in Port Ellim"
