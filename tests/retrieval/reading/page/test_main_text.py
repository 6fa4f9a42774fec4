"""Extraction of the article from a whole scraped page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.document import to_article
from retrieval.reading.formats.plain_text import read_text
from retrieval.reading.page.line_features import page_features
from retrieval.reading.page.main_text import page_drop_reasons, probabilities
from retrieval.text_lines import lines_of

MENU = "Menu\nHome\nWorld\nBusiness\nSport\nCulture\nWeather\nVideo\nPodcasts\nSign in\nMy account\nSearch\n"
RELATED = "Ferry to run again\nClock tower four minutes slow\nA bakery for the rain\nWhy gulls steal chips\n"
PARAGRAPHS = (
    "The port of Elsmere opened its second quay on Sunday, two years later than planned, to large ships.",
    "The first to moor was the Halcyon, with 1,200 containers, after a night at anchor in the bay.",
    '"We have waited for this day," said the harbour master, Jane Roe, as the crane lifted the first.',
    "The wall alone took 14 months, because the ground was softer than the first borings had shown.",
    "A third quay is to follow by 2025, if the council of the port finds the money for it, she said.",
)
PAGE = (
    f"Second quay opens in Elsmere - The Harbour Courier\n{MENU * 2}Second quay opens in Elsmere\n"
    "By Jane Roe\nMay 3, 2020 at 6:00 p.m. EDT\nShare on Facebook\nShare on Twitter\n"
    + "\n".join(PARAGRAPHS)
    + f"\nRelated stories\n{RELATED * 2}Comments (3)\nMost popular\n{RELATED * 2}{MENU}"
    "Privacy policy\nContact us\n© 2020 The Harbour Courier. All rights reserved.\n"
)


def test_the_article_of_a_whole_page_is_kept() -> None:
    """Menus, lists of links and the footer are dropped; every paragraph is kept."""
    article = to_article(read_text(PAGE), "a.txt", "a.txt")
    assert article.body.splitlines() == list(PARAGRAPHS)
    assert article.info.title == "Second quay opens in Elsmere"
    assert (article.info.publisher, article.info.author) == ("The Harbour Courier", "Jane Roe")
    assert article.info.published == "2020-05-03T18:00:00-04:00"


def test_the_model_is_not_used_for_a_text_without_page_boilerplate() -> None:
    """It requires many short lines around the prose, as in menus."""
    assert page_drop_reasons(lines_of("Second quay\n" + "\n".join(PARAGRAPHS)), None) == {}


def test_every_line_has_a_probability() -> None:
    """Probabilities are high for paragraphs and low for menus."""
    lines = [line for line in lines_of(PAGE) if line.words]
    values = probabilities(page_features(lines, None))
    assert all(0 <= value <= 1 for value in values)
    assert min(v for line, v in zip(lines, values, strict=True) if line.words in PARAGRAPHS) > 0.9
    assert max(values[:20]) < 0.1


@given(st.lists(st.sampled_from([*MENU.splitlines(), *PARAGRAPHS, "©", "«", "1", "x" * 300]), max_size=120))
def test_any_page_is_handled(parts: list[str]) -> None:
    """No page raises an error, and every dropped span is a line of the text."""
    text = "\n".join(parts)
    document = read_text(text)
    assert all(text[drop.start : drop.end] in parts for drop in document.dropped)
