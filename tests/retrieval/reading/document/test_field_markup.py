"""Recognition and reading of HTML in fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.field_markup import is_markup, markup_blocks, plain_line, unescape


@pytest.mark.parametrize(
    "text",
    [
        "<p>One.</p>", "One.<br>Two.", "One. <a href='x'>Two</a>.", "It <em>fell</em>.", "a <img src=x>",
        "<!-- wp:paragraph -->", "<DIV class='a'>One.</DIV>", "<p>One.",
    ],
)  # fmt: skip
def test_html_is_recognized(text: str) -> None:
    """By one of its tags."""
    assert is_markup(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 < 2 and 3 > 2",
        "x <b and c> y",
        "the `<p>` tag",
        "```\n<p>a</p>\n```",
        "<jane@a.example> wrote",
        "<b> tag",
        "# Quay\n\nIt <b>fell</b>.<br>",
        "See [the quay](a.html)<br>",
    ],
)
def test_text_is_not_taken_for_html(text: str) -> None:
    """It mentions a tag or an address, or compares numbers."""
    assert not is_markup(text)
    assert unescape(text) == text


def test_blank_lines_separate_paragraphs_only_without_tags() -> None:
    """In a source with paragraphs, a blank line is white space."""
    assert [block.text for block in markup_blocks("<b>One</b>.\n\nTwo\nlines.")] == ["One.", "Two\nlines."]
    assert [block.text for block in markup_blocks("One<br>\ntwo.\n\nThree.")] == ["One\ntwo.", "Three."]
    assert [block.text for block in markup_blocks("<p>One\n\n<b>and</b>\n\ntwo.</p>")] == ["One and two."]


def test_a_title_loses_tags_and_entities() -> None:
    """But not a comparison."""
    assert plain_line("<b>Quay</b> &amp; wall") == "Quay & wall"
    assert plain_line("1 < 2 & 3") == "1 < 2 & 3"


@given(st.text(alphabet="<>/pbra =\"'&;\n-!x", max_size=200))
def test_any_value_is_read(text: str) -> None:
    """Damaged markup never raises an error."""
    if is_markup(text):
        markup_blocks(text)
    plain_line(text)
