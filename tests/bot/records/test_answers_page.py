"""The answers page shows missing facts, contradictions and boilerplate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.answer import Answer, Citation, Contradiction, Sentence, UnsupportedSpan
from bot.records.answer_html import quote_anchor
from bot.records.answers_page import answers_page
from bot.records.record import Record
from retrieval.article import Article, ArticleInfo, Dropped

TEXT = "Menu\nThe fine was 40 crowns.\nAdvertisement\n"
INFO = ArticleInfo("a.txt", "a.txt", "A fine", "The Quay", published="2024-08-30")
ARTICLE = Article(INFO, TEXT, dropped=(Dropped(1, 0, 4, "menu"), Dropped(3, 29, 42, "advertisement")))
CITATION = Citation(1, INFO, TEXT[5:28], 5, 28, 2, None, 5, 28)
TEXT_OF_MODEL = "The **fine** was 41 crowns."
ANSWER = Answer(
    "How much?",
    "How much?",
    "answered",
    (Sentence(TEXT_OF_MODEL, (1,), "unsupported", missing=(UnsupportedSpan(17, 19),)),),
    (CITATION,),
    mode="model",
    model="m-1",
    notice="1 sentence was left out.",
    contradictions=(Contradiction("articles", "Articles differ: <b>", (1,)),),
    complete=True,
)


def render_page(answer: Answer) -> str:
    record = Record("abc", "2024-09-01T10:20:30.000+00:00", date(2024, 9, 1), "", "", answer)
    return answers_page([record], lambda _: ARTICLE)


def test_missing_facts_are_underlined_and_explained() -> None:
    """With support mark and legend; Markdown emphasis is rendered."""
    html = render_page(ANSWER)
    missing = '<u title="not found in the passages cited here">41</u>'
    assert f'<span class="unsupported">The <strong>fine</strong> was {missing} crowns.</span>' in html
    assert '<span class="sign" title="not in the passages">?</span>' in html
    legend = "[?] not in the passages; underlined: not found in the passages cited for the sentence"
    assert legend in html


def test_contradictions_link_to_their_quotes() -> None:
    """As text with citation markers; the notice is shown too."""
    html = render_page(ANSWER)
    name = quote_anchor("abc", 1)
    marker = f'<a class="marker" href="#{name}" data-quote="{name}">1</a>'
    assert f'<p class="against" dir="auto">Articles differ: &lt;b&gt;{marker}</p>' in html
    assert '<p class="about">1 sentence was left out.</p>' in html
    assert f'<li dir="auto">{marker} A fine · The Quay · 2024-08-30</li>' in html


def test_a_supported_answer_has_no_marks() -> None:
    """And no legend."""
    plain = replace(ANSWER, sentences=(Sentence("40 crowns.", (1,), "supported"),), contradictions=())
    html = render_page(plain)
    assert 'class="sign"' not in html
    assert "underlined:" not in html
    assert 'class="against"' not in html


def test_not_found_shows_the_reason() -> None:
    """In the same words as the terminal."""
    html = render_page(Answer("Q", "Q", "not_found", reason="nothing near"))
    assert "The articles do not answer this: no passage is close enough to the question." in html


def test_boilerplate_is_dimmed_and_quotes_are_not() -> None:
    """The whole text is on the page, character for character."""
    html = render_page(ANSWER)
    assert '<span class="clutter">Menu</span>\n<mark' in html
    assert '<span class="clutter">Advertisement</span>' in html
    assert ">The fine was 40 crowns.</mark>" in html
