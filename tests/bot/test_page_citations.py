"""The page of a PDF file in citations: JSON, source lines, Discord and exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_samples import column, placed_pdf

from bot.answer import Citation
from bot.answer_json import citation_json
from bot.citations import quote_of
from bot.discord.posts import answer_layout, source_lines
from bot.records.record_export import markdown_source_line
from bot.rendering.text_rendering import source_line
from retrieval.reading.corpus import Corpus
from retrieval.splitting.passage_splitter import split

PAGES = [
    ["The ferry to Varsund was launched on a rainy morning in May by", "the mayor. Then the long"],
    ["winter came and nobody saw it again. The fares rose to four marks in June."],
    ["They fell again in the autumn of that year."],
]


@pytest.fixture
def citations(tmp_path: Path) -> list[Citation]:
    """A citation of the last sentence of each passage."""
    (tmp_path / "ferry.pdf").write_bytes(placed_pdf([column(lines) for lines in PAGES]))
    corpus = Corpus([tmp_path])
    (article,) = corpus.read(corpus.scan().files[0])
    return [quote_of(passage, *passage.sentences[-1], 1) for passage in split(article)]


def test_each_sentence_has_the_page_where_it_starts(citations: list[Citation]) -> None:
    """Also the one that continues on the next page."""
    assert [(citation.quote, citation_json(citation)["page"]) for citation in citations] == [
        ("Then the long winter came and nobody saw it again.", 1),
        ("The fares rose to four marks in June.", 2),
        ("They fell again in the autumn of that year.", 3),
    ]


def test_source_lines_name_the_page_instead_of_a_line(citations: list[Citation]) -> None:
    """The lines of the rebuilt text are in no PDF file."""
    for line in (source_line, markdown_source_line):
        assert line(citations[1]).replace("\\", "").endswith("ferry.pdf, p. 2")
    assert source_lines.source_line(citations).endswith(" · p. 1, 2, 3")  # members see no paths
    post = answer_layout.passage_post(citations[1], "unchanged", None, (0, 1), "id", [1])
    assert "Page 2" not in str(post)
    assert "page 2" in str(post)


def test_other_formats_have_lines(tmp_path: Path) -> None:
    """Even if a section is called "Page 2"."""
    (tmp_path / "a.md").write_text("# Page 2\n\nThe ferry to Varsund was launched in May.\n")
    corpus = Corpus([tmp_path])
    (article,) = corpus.read(corpus.scan().files[0])
    (passage,) = split(article)
    citation = quote_of(passage, passage.start, passage.end, 1)
    assert "page" not in citation_json(citation)
    assert source_line(citation).endswith("a.md:3")
