"""A model's answer in HTML: real tables, headings and lists, and nothing that the model wrote is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from markdown_answers import hostile_answers, markdown_answer

from bot.answer import Answer, Sentence
from bot.records.answer_html import answer_html, markers_html

ATTRIBUTES = {"class", "dir", "href", "data-quote", "title", "start"}
TAGS = {
    *("div", "p", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "table", "thead", "tbody", "tr", "th"),
    *("td", "strong", "em", "u", "span", "a", "br", "hr"),
}


class Checker(HTMLParser):
    """Fails on tags and attributes that the page does not use, and on tags that are not nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in {"br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@given(hostile_answers)
def test_what_a_model_writes_is_never_markup(answer: Answer) -> None:
    """In sentences, leads and tails: only our tags, well nested, and links to quotes only."""
    html = answer_html("abc", answer)
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    assert all(re.fullmatch(r"#q-abc-[12]", link) for link in checker.links)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    assert len(checker.links) == sum(len(sentence.citations) for sentence in answer.sentences)


def test_structure_is_kept_and_marks_are_in_their_cells() -> None:
    """A table is a table; each marker opens its quote; a marked row has its verdict as class."""
    one, two = markers_html("abc", [1]), markers_html("abc", [2])
    missing = '<u title="not found in the passages cited here">9</u>'
    assert answer_html("abc", markdown_answer()) == (
        '<div class="prose" dir="auto"><h4>Fees</h4>'
        f"<p>The harbour <strong>raised its fees</strong> in May.{one}</p>"
        f"<ul><li>It has <code>two | three</code> piers.{one}</li>"
        f'<li><span class="unsupported">Gulls pay nothing.</span>{two}'
        '<span class="sign" title="not in the passages">?</span></li></ul>'
        '<table><thead><tr><th>port</th><th class="right">fee</th></tr></thead><tbody>'
        f'<tr><td>Tern</td><td class="right">4{one}</td></tr>'
        f'<tr class="contradicted"><td>Ouse</td><td class="right">{missing}{two}'
        '<span class="sign no" title="the passages say otherwise">!</span></td></tr></tbody></table>'
        f"<blockquote><p>Fees are fair.{two}</p></blockquote>"
        f"<pre><code>print(4 + 9)</code></pre><p>{one}</p></div>"
    )


def test_quotes_of_articles_are_not_markdown() -> None:
    """They are shown as they are."""
    quoted = Sentence("# It *rose* | <b>.", (1,), "supported", "Reported on 1 May: ")
    html = answer_html("abc", replace(markdown_answer(), sentences=(quoted,), mode="extractive"))
    assert "Reported on 1 May: # It *rose* | &lt;b&gt;." in html
