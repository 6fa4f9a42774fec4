"""The sample articles are what the README, the first start and our own evaluation rest on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from repository import ROOT

from retrieval.article import Article
from retrieval.reading.corpus import Corpus

FOLDER = ROOT / "corpus"
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
OUTLETS = {
    "The Kestrel Wire",
    "The Northgate Dispatch",
    "Saltmarsh Technology Journal",
    "Quillmark Business Daily",
    "Lanternfield Review",
    "Meridale Observer",
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    corpus = Corpus([FOLDER])
    read = [article for source in corpus.scan().files for article in corpus.read(source)]
    return {article.info.id: article for article in read}


def test_every_file_is_read(articles: dict[str, Article]) -> None:
    """At least sixteen articles, of every form; questions are not taken for an article."""
    assert len(articles) >= 16
    kinds = {Path(article.info.path).suffix for article in articles.values()}
    assert kinds == {".txt", ".md", ".html", ".jsonl"}
    assert "questions.jsonl" not in {article.info.path for article in articles.values()}


def test_every_article_has_its_title_author_and_date(articles: dict[str, Article]) -> None:
    """What an article says about itself in its own form is found."""
    for article in articles.values():
        info = article.info
        assert info.title
        assert info.published, info.path
        assert "2019" <= info.published[:4] <= "2024"
        assert info.publisher in OUTLETS | {None}, (info.path, info.publisher)
        assert info.author or info.path.endswith(".jsonl"), info.path


@pytest.mark.parametrize("row", QUESTIONS, ids=[row["id"] for row in QUESTIONS])
def test_evidence_stands_in_what_is_indexed(row: dict[str, Any], articles: dict[str, Article]) -> None:
    """Each evidence sentence is verbatim in its article, outside what is left out as clutter."""
    for evidence in row["evidence"]:
        article = articles[evidence["doc"]]
        places = [match.start() for match in re.finditer(re.escape(evidence["text"]), article.text)]
        assert [start for start in places if _is_indexed(article, start, start + len(evidence["text"]))]
    assert row["answerable"] == bool(row["answers"]) == bool(row["evidence"])


def _is_indexed(article: Article, start: int, end: int) -> bool:
    return not [drop for drop in article.dropped if drop.start < end and start < drop.end]


def test_titles_are_those_of_the_articles(articles: dict[str, Article]) -> None:
    """No breadcrumb, menu or masthead passes for a title."""
    titles = {name: article.info.title for name, article in articles.items()}
    assert titles["kestrel-wire/deepfake-meeting.txt"].startswith("Chinese cyberspace regulator calls in 11")
    assert titles["kestrel-wire/online-lending.txt"].startswith("Corvane caps online loans")
    assert (
        titles["meridale-observer/age-checks.txt"]
        == "Social apps given until spring to check ages in Valmere"
    )
    assert (
        titles["saltmarsh-journal/recommendation-audit.txt"]
        == "What forty auditors found inside a video feed"
    )
