"""Stored answers are verified against the current articles and exported as Markdown, JSON and HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence
from bot.answer_json import answer_json
from bot.records.answer_html import quote_anchor
from bot.records.answers_page import answers_page
from bot.records.page_style import SCRIPT
from bot.records.record import Feedback, Record, quote_hash
from bot.records.record_export import is_web_address, markdown, record_json
from bot.records.verification import (
    AnswersInvalid,
    read_answer_rows,
    verification_json,
    verify_record,
    verify_row,
)
from retrieval.article import Article, ArticleInfo

TEXT = (
    "The harbour\n\nThe harbour charges 12 marks a day. Boats under six metres pay half. It opened in 1911.\n"
)
INFO = ArticleInfo(
    "h.txt", "h.txt", "The harbour", "The Quay", published="2024-08-30", url="https://q.example/h"
)
QUOTE = "The harbour charges 12 marks a day."


def make_record(
    *quotes: str, text: str = TEXT, title: str = "The harbour", question: str = "What is charged?"
) -> Record:
    info = replace(INFO, title=title)
    citations = tuple(
        Citation(n, info, quote, at := text.index(quote), at + len(quote), 3, None, at, at + len(quote))
        for n, quote in enumerate(quotes, 1)
    )
    sentences = tuple(
        Sentence(citation.quote, (citation.number,), "supported", " ") for citation in citations
    )
    answer = Answer(question, question, "answered", sentences, citations, complete=True, id="abc")
    hashes = tuple(quote_hash(quote) for quote in quotes)
    return Record("abc", "2024-09-01T08:00:00.000+00:00", date(2024, 9, 1), "", "", answer, hashes)


def find_returning(text: str | None) -> Callable[[ArticleInfo], Article | None]:
    return lambda info: None if text is None else Article(info, text)


@pytest.mark.parametrize(
    ("text", "state", "current_text"),
    [
        (TEXT, "unchanged", QUOTE),
        ("Corrected.\n\n" + TEXT, "moved", QUOTE),
        (TEXT.replace("12", "14"), "changed", "The harbour charges 14 marks a day"),
        ("Nothing is left of it.", "changed", None),
        (None, "deleted", None),
    ],
)
def test_each_state_of_a_quote(text: str | None, state: str, current_text: str | None) -> None:
    """Unchanged and moved quotes are valid; for a changed quote the new wording is found."""
    verification = verify_record(make_record(QUOTE), find_returning(text))
    (check,) = verification.checks
    assert (check.state, check.now) == (state, current_text)
    assert verification.holds == (state in {"unchanged", "moved"})
    if text is not None and current_text is not None:
        assert text[check.start : check.end] == current_text


def test_an_altered_record_fails_verification() -> None:
    """Even if the article contains the altered quote."""
    altered = replace(make_record(QUOTE), quote_hashes=(quote_hash("Something else."),))
    assert not verify_record(altered, find_returning(TEXT)).holds


def test_json_output_can_be_verified() -> None:
    """Output of `ask --json`: one object, a list, or JSON Lines."""
    row = answer_json(make_record(QUOTE).answer)
    for text in (
        json.dumps(row, indent=2),
        json.dumps([row, row]),
        json.dumps(row) + "\n" + json.dumps(row) + "\n",
    ):
        verifications = [verify_row(row, find_returning(TEXT)) for row in read_answer_rows(text)]
        assert verifications
        assert all(
            verification.holds and verification.question == "What is charged?"
            for verification in verifications
        )
    shown = verification_json(verifications[0])
    assert shown["citations"][0]["state"] == "unchanged"
    assert shown["citations"][0]["now"]["text"] == QUOTE


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"question": "x"}', '{"citations": [{}], "question": "x"}']
)
def test_files_without_answers_are_rejected(text: str) -> None:
    """With an error for the user."""
    with pytest.raises(AnswersInvalid):
        [verify_row(row, find_returning(TEXT)) for row in read_answer_rows(text)]


def test_markdown_export_is_escaped() -> None:
    """Questions, answers and articles cannot create emphasis, links or headings."""
    text = markdown([make_record("[a](javascript:x) *b* <i>", text="[a](javascript:x) *b* <i>", title="# T")])
    assert r"\[a\](javascript:x) \*b\* \<i\>" in text
    assert "## What is charged?" in text
    assert r"[1] \# T · The Quay · 2024-08-30 · <https://q.example/h> · h.txt:3" in text


def test_json_export_has_hashes_and_feedback() -> None:
    """In addition to the fields of an answer."""
    row = record_json(make_record(QUOTE), [Feedback("abc", "ann", helpful=False, reason="outdated")])
    assert row["citations"][0]["quote_sha256"] == quote_hash(QUOTE)
    assert row["feedback"][0]["reason"] == "outdated"
    assert row["as_of"] == "2024-09-01"


class PageParser(HTMLParser):
    """Collects the elements of a page, and the text of the marks of each class."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.marked: dict[str, str] = {}
        self._classes: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag == "mark":
            self._classes = (dict(attributes)["class"] or "").split()

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._classes = []

    def handle_data(self, data: str) -> None:
        for name in self._classes:
            self.marked[name] = self.marked.get(name, "") + data


def parse(html: str) -> PageParser:
    parser = PageParser()
    parser.feed(html)
    parser.close()
    return parser


def test_a_marker_links_to_its_quote_in_the_article() -> None:
    """Also if quotes overlap: the marked spans of each quote add up to the quote."""
    quotes = (QUOTE, "12 marks a day. Boats under six metres", QUOTE)
    page = parse(answers_page([make_record(*quotes)], find_returning(TEXT)))
    for number, quote in enumerate(quotes, 1):
        anchor = quote_anchor("abc", number)
        assert page.marked[anchor] == quote
        assert ("a", {"class": "marker", "href": f"#{anchor}", "data-quote": anchor}) in page.elements
        assert any(attributes.get("id") == anchor for _, attributes in page.elements)


def test_a_lost_quote_is_shown_as_cited() -> None:
    """If the article has changed or was deleted, the page says so."""
    for text, message in ((None, "was deleted"), ("Rewritten.", "has changed")):
        html = answers_page([make_record(QUOTE)], find_returning(text))
        assert message in html
        assert parse(html).marked[quote_anchor("abc", 1)] == QUOTE


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_no_text_becomes_markup(quote: str, more: str) -> None:
    """Articles, titles and questions cannot add elements or event handlers."""
    hostile = quote + more + "</div><script>alert(1)</script><img src=x onerror=alert(1)>"
    record = make_record(quote, text=hostile, title=hostile, question=hostile)
    elements = parse(answers_page([record], find_returning(hostile))).elements
    assert [tag for tag, _ in elements if tag in {"script", "img", "link", "iframe"}] == ["script"]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


def test_the_page_runs_only_its_own_script() -> None:
    """The content security policy allows no other source."""
    html = answers_page([], find_returning(None))
    assert "default-src 'none'" in html
    assert html.count("<script>") == 1
    assert SCRIPT in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a b", 'https://a"b', "https://a\nb", "file:///x", None]
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    """The URL of an article is not trusted."""
    assert not is_web_address(url)
    assert is_web_address("https://q.example/h?x=1#y")
