"""What is changed in a page before its main content is extracted."""

from __future__ import annotations

import pytest

from retrieval.reading.formats.html import read_html_bytes

FIRST = "The port of Elsmere opened its second quay on Sunday, two years after the plan of the council."
SECOND = "The quay cost 48 million crowns, which is more than the owners of the ships had been told before."
THIRD = (
    "The ships of the line to Kestrel Bay can moor there from May on, the harbour master has announced, and "
    "the ferries follow in autumn, when the wall on the other bank of the river has been raised by a metre. "
    "Until then they leave from the old quay, which is to be closed for repairs at the end of the year."
)
STORY = "".join(f"<p>{sentence}</p>" for sentence in (FIRST, SECOND, THIRD))
NOTICE = (
    "<p>We use cookies and similar techniques to improve this site and to show advertising that fits you.</p>"
    "<p>Your choices are kept for six months and can be changed on the page about privacy at any time.</p>"
)
POLICY = (
    "<p>Comments are encouraged, but you must follow the house rules of this newspaper when you write.</p>"
    "<p>Keep it civil and stay on topic. People who harass others will be blocked, and the newspaper can "
    "print your comment in its other editions without any notice or payment, if you agree to that.</p>"
)


def _text(body: str) -> str:
    page = f"<html><head><title>Second quay</title></head><body>{body}</body></html>"
    return read_html_bytes(page.encode()).text


@pytest.mark.parametrize(
    "body",
    [
        f'<div id="article-read"><h1>Second quay</h1><div>{STORY}</div></div>'
        f'<div id="article-comments">{POLICY}</div>',
        f'<div id="content">{NOTICE}</div><div class="wrap"><h1>Second quay</h1>{STORY}</div>',
    ],
)
def test_a_comment_policy_or_cookie_notice_is_not_taken_for_the_article(body: str) -> None:
    """The one run of prose below the title is the article."""
    text = _text(body)
    assert all(sentence in text for sentence in (FIRST, SECOND, THIRD))
    assert "house rules" not in text


def test_comments_below_the_article_do_not_replace_it() -> None:
    """Even if they have far more prose."""
    comment = "<p>I have seen this quay, and it is far too short for ships of that size, if you ask me.</p>"
    text = _text(f"<div><h1>Second quay</h1>{STORY}</div><div><h3>Views</h3>{comment * 30}</div>")
    assert FIRST in text


@pytest.mark.parametrize(
    "body",
    [
        f"<table><tr><td>Home</td><td><h1>Second quay</h1>{STORY}</td></tr></table>",
        f"<table><tr><td><font>{FIRST}<br><br>{SECOND}<br><br>{THIRD}</font></td></tr></table>",
        f"<center><table><tr><td><table><tr><td>{STORY}</td></tr></table></td></tr></table></center>",
        f"<div><div>{FIRST}</div><div>{SECOND}</div><div>{THIRD}</div></div>",
    ],
)
def test_paragraphs_in_layout_tables_and_divisions_stay_apart(body: str) -> None:
    """They are not joined to one line."""
    lines = [line for line in _text(body).splitlines() if line]
    assert lines[-3:] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("container", ["div", "section", "article", "main", "body"])
@pytest.mark.parametrize(
    "part",
    [
        "<ul><li>Steel: 21 million</li><li>Stone: 9 million</li></ul>",
        "<ul><li>Metals<ul><li>Steel: 21 million</li></ul></li></ul>",
        "<dl><dt>Steel</dt><dd>21 million</dd></dl>",
        "<h2>Steel and stone</h2>",
        "<div>Steel was the largest part of it.</div>",
        "<table><tr><td>Costs</td><td><ul><li>Steel: 21 million</li></ul></td></tr></table>",
    ],
)
def test_lists_and_headings_between_paragraphs_are_kept(container: str, part: str) -> None:
    """Wherever a page has its article, marked or not."""
    body = f"<h1>Second quay</h1><p>{FIRST}</p><p>{SECOND}</p>{part}<p>{THIRD}</p>"
    text = _text(body if container == "body" else f"<{container}>{body}</{container}>")
    assert FIRST in text
    assert "Steel" in text


def test_the_items_of_a_list_in_a_cell_are_set_apart() -> None:
    """A row stays on one line."""
    cell = "<ul><li>Steel: 21 million</li><li>Stone: 9 million</li></ul>"
    text = _text(
        f"<article><h1>Second quay</h1>{STORY}<table><tr><td>Costs</td><td>{cell}</td></tr></table></article>"
    )
    assert "Costs | Steel: 21 million; Stone: 9 million" in text
