"""Kept answers are checked against the articles of today, and exported for people and programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence, answer_json
from bot.records.answers_page import answers_page, quote_name
from bot.records.page_style import SCRIPT
from bot.records.record import Feedback, Record, quote_hash
from bot.records.record_export import is_web_address, markdown, record_json
from bot.records.verification import AnswersInvalid, answer_rows, verification_json, verify_record, verify_row
from retrieval.article import Article, ArticleInfo

TEXT = (
    "The harbour\n\nThe harbour charges 12 marks a day. Boats under six metres pay half. It opened in 1911.\n"
)
INFO = ArticleInfo(
    "h.txt", "h.txt", "The harbour", "The Quay", published="2024-08-30", url="https://q.example/h"
)
QUOTE = "The harbour charges 12 marks a day."


def record(
    *quotes: str, text: str = TEXT, title: str = "The harbour", question: str = "What is charged?"
) -> Record:
    info = replace(INFO, title=title)
    citations = tuple(
        Citation(n, info, quote, at := text.index(quote), at + len(quote), 3, None, at, at + len(quote))
        for n, quote in enumerate(quotes, 1)
    )
    sentences = tuple(Sentence(each.quote, (each.number,), "supported", " ") for each in citations)
    answer = Answer(question, question, "answered", sentences, citations, complete=True, id="abc")
    hashes = tuple(quote_hash(quote) for quote in quotes)
    return Record("abc", "2024-09-01T08:00:00.000+00:00", date(2024, 9, 1), "", "", answer, hashes)


def now(text: str | None) -> Callable[[ArticleInfo], Article | None]:
    return lambda info: None if text is None else Article(info, text)


@pytest.mark.parametrize(
    ("text", "state", "says"),
    [
        (TEXT, "unchanged", QUOTE),
        ("Corrected.\n\n" + TEXT, "moved", QUOTE),
        (TEXT.replace("12", "14"), "changed", "The harbour charges 14 marks a day"),
        ("Nothing is left of it.", "changed", None),
        (None, "deleted", None),
    ],
)
def test_each_state_of_a_quote(text: str | None, state: str, says: str | None) -> None:
    """Unchanged and moved quotes hold; of a changed one, what the article says now is shown."""
    verification = verify_record(record(QUOTE), now(text))
    (check,) = verification.checks
    assert (check.state, check.now) == (state, says)
    assert verification.holds == (state in {"unchanged", "moved"})
    if text is not None and says is not None:
        assert text[check.start : check.end] == says


def test_an_altered_record_does_not_hold() -> None:
    """A record whose quote is not the one that was kept fails, though the article says the new words."""
    altered = replace(record(QUOTE), quote_hashes=(quote_hash("Something else."),))
    assert not verify_record(altered, now(TEXT)).holds


def test_a_printed_answer_is_checked_too() -> None:
    """What `ask --json` printed is enough: one answer, a list, or one a line."""
    row = answer_json(record(QUOTE).answer)
    for text in (
        json.dumps(row, indent=2),
        json.dumps([row, row]),
        json.dumps(row) + "\n" + json.dumps(row) + "\n",
    ):
        verifications = [verify_row(each, now(TEXT)) for each in answer_rows(text)]
        assert verifications
        assert all(each.holds and each.question == "What is charged?" for each in verifications)
    shown = verification_json(verifications[0])
    assert shown["citations"][0]["state"] == "unchanged"
    assert shown["citations"][0]["now"]["text"] == QUOTE


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"question": "x"}', '{"citations": [{}], "question": "x"}']
)
def test_what_holds_no_answers_is_refused(text: str) -> None:
    """A file of something else is one sentence."""
    with pytest.raises(AnswersInvalid):
        [verify_row(row, now(TEXT)) for row in answer_rows(text)]


def test_markdown_shows_words_as_they_are() -> None:
    """No emphasis, link or heading comes out of a question, an answer or an article."""
    text = markdown([record("[a](javascript:x) *b* <i>", text="[a](javascript:x) *b* <i>", title="# T")])
    assert r"\[a\](javascript:x) \*b\* \<i\>" in text
    assert "## What is charged?" in text
    assert r"[1] \# T · The Quay · 2024-08-30 · <https://q.example/h> · h.txt:3" in text


def test_json_has_hashes_and_opinions() -> None:
    """The exported row is an answer's row and more."""
    row = record_json(record(QUOTE), [Feedback("abc", "ann", helpful=False, reason="outdated")])
    assert row["citations"][0]["quote_sha256"] == quote_hash(QUOTE)
    assert row["feedback"][0]["reason"] == "outdated"
    assert row["as_of"] == "2024-09-01"


class Reader(HTMLParser):
    """The elements of a page, and the text within each mark by its classes."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.marked: dict[str, str] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag == "mark":
            self._open = (dict(attributes)["class"] or "").split()

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._open = []

    def handle_data(self, data: str) -> None:
        for name in self._open:
            self.marked[name] = self.marked.get(name, "") + data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_a_marker_leads_to_its_quote_in_the_article() -> None:
    """Overlapping quotes too: the marked stretches of each, joined, are the quote."""
    quotes = (QUOTE, "12 marks a day. Boats under six metres", QUOTE)
    reader = read(answers_page([record(*quotes)], now(TEXT)))
    for number, quote in enumerate(quotes, 1):
        name = quote_name("abc", number)
        assert reader.marked[name] == quote
        assert ("a", {"class": "marker", "href": f"#{name}", "data-quote": name}) in reader.elements
        assert any(attributes.get("id") == name for _, attributes in reader.elements)


def test_a_lost_quote_is_shown_as_it_was() -> None:
    """When the article has changed or gone, the page says so and keeps the words."""
    for text, says in ((None, "is gone"), ("Rewritten.", "has changed")):
        html = answers_page([record(QUOTE)], now(text))
        assert says in html
        assert read(html).marked[quote_name("abc", 1)] == QUOTE


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_no_text_becomes_markup(quote: str, more: str) -> None:
    """Whatever an article, a title or a question says, the page has our elements only and loads nothing."""
    hostile = quote + more + "</div><script>alert(1)</script><img src=x onerror=alert(1)>"
    made = record(quote, text=hostile, title=hostile, question=hostile)
    elements = read(answers_page([made], now(hostile))).elements
    assert [tag for tag, _ in elements if tag in {"script", "img", "link", "iframe"}] == ["script"]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


def test_the_page_runs_its_own_script_only() -> None:
    """The policy in the page names the hash of the one script."""
    html = answers_page([], now(None))
    assert "default-src 'none'" in html
    assert html.count("<script>") == 1
    assert SCRIPT in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a b", 'https://a"b', "https://a\nb", "file:///x", None]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    """An article's url is not trusted."""
    assert not is_web_address(url)
    assert is_web_address("https://q.example/h?x=1#y")
