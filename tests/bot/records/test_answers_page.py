"""The page of kept answers shows what an answer lacks, what speaks against it, and what is clutter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.answer import Answer, Citation, Contradiction, Sentence, UnsupportedSpan
from bot.records.answers_page import answers_page, quote_name
from bot.records.record import Record
from retrieval.article import Article, ArticleInfo, Dropped

TEXT = "Menu\nThe fine was 40 crowns.\nAdvertisement\n"
INFO = ArticleInfo("a.txt", "a.txt", "A fine", "The Quay", published="2024-08-30")
ARTICLE = Article(INFO, TEXT, dropped=(Dropped(1, 0, 4, "menu"), Dropped(3, 29, 42, "advertisement")))
CITATION = Citation(1, INFO, TEXT[5:28], 5, 28, 2, None, 5, 28)
SAID = "The **fine** was 41 crowns."
ANSWER = Answer(
    "How much?",
    "How much?",
    "answered",
    (Sentence(SAID, (1,), "unsupported", missing=(UnsupportedSpan(17, 19),)),),
    (CITATION,),
    mode="model",
    model="m-1",
    notice="1 sentence was left out.",
    contradictions=(Contradiction("articles", "Articles differ: <b>", (1,)),),
    complete=True,
)


def shown(answer: Answer) -> str:
    record = Record("abc", "2024-09-01T10:20:30.000+00:00", date(2024, 9, 1), "", "", answer)
    return answers_page([record], lambda _: ARTICLE)


def test_words_that_no_source_has_are_underlined_and_explained() -> None:
    """In place, with the sign of the verdict and its meaning below; a model's emphasis is left out."""
    html = shown(ANSWER)
    lacking = '<u title="in no passage that is cited here">41</u>'
    assert f'<span class="unsupported">The fine was {lacking} crowns.</span>' in html
    assert '<span class="sign" title="not said by any passage it cites">?</span>' in html
    assert "[?] not said by any passage it cites; underlined: in no passage that the sentence cites" in html


def test_what_speaks_against_an_answer_leads_to_its_quotes() -> None:
    """As text, with markers like those of a sentence; and how the answer came to be."""
    html = shown(ANSWER)
    name = quote_name("abc", 1)
    marker = f'<a class="marker" href="#{name}" data-quote="{name}">1</a>'
    assert f'<p class="against" dir="auto">Articles differ: &lt;b&gt;{marker}</p>' in html
    assert '<p class="about">1 sentence was left out.</p>' in html
    assert f'<li dir="auto">{marker} A fine · The Quay · 2024-08-30</li>' in html


def test_a_supported_answer_bears_no_sign() -> None:
    """Nothing is explained that is not there."""
    plain = replace(ANSWER, sentences=(Sentence("40 crowns.", (1,), "supported"),), contradictions=())
    html = shown(plain)
    assert 'class="sign"' not in html
    assert "underlined:" not in html
    assert 'class="against"' not in html


def test_nothing_found_says_why() -> None:
    """In the words of the terminal."""
    html = shown(Answer("Q", "Q", "not_found", reason="nothing near"))
    assert "The articles do not answer this: none of them is near enough to the question." in html


def test_clutter_is_dimmed_and_quotes_are_not() -> None:
    """The whole text stands there, character for character."""
    html = shown(ANSWER)
    assert '<span class="clutter">Menu</span>\n<mark' in html
    assert '<span class="clutter">Advertisement</span>' in html
    assert ">The fine was 40 crowns.</mark>" in html
