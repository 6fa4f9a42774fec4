"""Language detection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.document.document import Document, Metadata, to_article
from retrieval.reading.metadata.language import detect_language

ENGLISH = (
    "The port of Elsmere opened its second quay on Sunday, and the ships that had been at anchor were first. "
)
TEXTS = {
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


@pytest.mark.parametrize("code", TEXTS)
def test_supported_languages_are_detected(code: str) -> None:
    """By common words or by script."""
    assert detect_language(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "Second quay", "1,200 300 14 7 " * 20, "Halcyon Elsmere Roe Poe " * 10])
def test_unclear_texts_have_no_language(text: str) -> None:
    """Names, numbers and single lines are not enough."""
    assert detect_language(text) is None


@given(st.text(max_size=300))
def test_any_text_gives_a_code_or_none(text: str) -> None:
    """A code has exactly two letters."""
    code = detect_language(text)
    assert code is None or (len(code) == 2 and code.isalpha())


def test_a_declared_language_is_believed_unless_the_text_is_in_another() -> None:
    """Templates of pages in other languages often declare English. A tag is reduced to its language code; an
    invalid tag is ignored, and a language that cannot be detected is believed."""
    for tag, code in (("de-AT", "en"), ("en_GB.UTF-8", "en"), ("english", "en"), (None, "en"), ("ca", "ca")):
        article = to_article(Document(ENGLISH * 2, Metadata(language=tag)), "a", "a")
        assert article.info.language == code
