"""The language of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.document import Document, Facts, to_article
from retrieval.reading.metadata.language import language_of

ENGLISH = (
    "The port of Elsmere opened its second quay on Sunday, and the ships that had been at anchor were first. "
)


PLAIN = {
    "en": ENGLISH * 2,
    "de": "Der Hafen von Elsmere hat am Sonntag die zweite Kaimauer eröffnet, und das ist nicht die letzte "
    "mit dem Geld des Landes für den Handel gebaut wird.",
    "fr": "Le port d'Elsmere est ouvert et les navires qui sont en baie ne sont pas "
    "les premiers à entrer dans une darse avec des conteneurs.",
    "es": "El puerto de Elsmere abrió el domingo su segundo muelle y los barcos que esperaban en la bahía "
    "por la noche se acercaron con las grúas del puerto.",
    "ru": "Порт открыл в воскресенье второй причал, и суда, которые стояли на якоре, вошли в него. "
    "Это не последний причал: за ним построят ещё один, но так и не ясно, как это оплатят.",
    "ja": "港は日曜日に二つ目の岸壁を開き、湾で待っていた船が最初に入りました。",
    "zh": "港口星期日启用了第二座码头，停泊在海湾的船只率先进港，工程比计划晚了两年。",
}


@pytest.mark.parametrize("code", PLAIN)
def test_plain_texts_are_known(code: str) -> None:
    """By their commonest words, or by their script."""
    assert language_of(PLAIN[code]) == code


@pytest.mark.parametrize("text", ["", "Second quay", "1,200 300 14 7 " * 20, "Halcyon Elsmere Roe Poe " * 10])
def test_what_is_not_plain_stays_unknown(text: str) -> None:
    """Names, numbers and single lines say no language."""
    assert language_of(text) is None


@given(st.text(max_size=300))
def test_any_text_has_a_code_or_none(text: str) -> None:
    """Two letters, nothing else."""
    code = language_of(text)
    assert code is None or (len(code) == 2 and code.isalpha())


def test_what_an_article_says_of_itself_goes_first() -> None:
    """A tag is shortened to its language; nonsense counts as nothing."""
    for tag, code in (("de-AT", "de"), ("en_GB.UTF-8", "en"), ("english", "en"), (None, "en")):
        article = to_article(Document(ENGLISH * 2, Facts(language=tag)), "a", "a")
        assert article.info.language == code
