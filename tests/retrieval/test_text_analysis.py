"""Words are compared by their stems in the language of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language_words import LANGUAGES, STEMMERS, language_code
from retrieval.question_words import QUESTION_WORDS, question_words
from retrieval.text_analysis import _analyze, _analyzer, content_stems, stems, topic_stems
from retrieval.text_normalization import normalized


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "carrying", "carries"),
        ("de", "Brücken", "Brücke"),
        ("es", "construyeron", "construyó"),
        ("fr", "régionales", "régional"),
        ("ru", "портовый", "портового"),
        ("tr", "kitaplar", "kitap"),
        ("el", "λιμάνια", "λιμάνι"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    """With the language's own stemmer."""
    assert stems(one, language) == stems(other, language)


@pytest.mark.parametrize(
    ("language", "question", "content"),
    [
        ("de", "Wie hoch war die Strafe?", "Strafe"),
        ("es", "¿Por qué cerró el puerto?", "cerró puerto"),
        ("es", "cuanto costo el puente", "costo puente"),
        ("fr", "Qui dirige le port ?", "dirige port"),
        ("pl", "Kto kieruje portem?", "kieruje portem"),
    ],
)
def test_stop_words_and_question_words_are_left_out(language: str, question: str, content: str) -> None:
    """Also phrases of several words, and words typed without accents."""
    assert topic_stems(question, language) == stems(content, language)
    assert content_stems(question, language) == stems(content, language)


def test_a_text_of_stop_words_keeps_them() -> None:
    """Otherwise it could not be searched at all."""
    assert topic_stems("der die das", "de") == []
    assert content_stems("der die das", "de") == stems("der die das", "de") != []


def test_languages_without_spaces_give_pairs_of_characters() -> None:
    """In a text of any language, since articles in English quote them too; other words stay words."""
    assert stems("港口的起重机") == ["港口", "口的", "的起", "起重", "重机"]
    assert stems("The 起重机 cranes", "en") == ["the", "起重", "重机", "crane"]
    assert stems("2021年 OpenAI", "zh") == ["2021", "年", "openai"]
    assert topic_stems("港口有多少起重机？", "zh") == ["港口", "口有", "起重", "重机"]
    assert stems("한국", "ko") == ["한국"]
    assert stems("ท่าเรือ", "th")[0] == "ท่"


@given(st.text(max_size=60), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_can_be_analyzed_in_any_language(text: str, language: str) -> None:
    """Content stems are a selection of the words; stems contain no spaces, at which the index splits them."""
    found = stems(text, language)
    assert all(stem and not stem.isspace() and len(stem.split()) == 1 for stem in found)
    assert content_stems(text, language) or not found


def test_unknown_languages_are_analyzed_as_english() -> None:
    """As all articles were before."""
    assert [language_code(code) for code in (None, "xx", "nb", "de")] == ["en", "en", "no", "de"]


def test_the_language_data_is_complete() -> None:
    """Every language with a stemmer, except Tamil, has question words of all kinds."""
    for code in (STEMMERS.keys() | QUESTION_WORDS.keys()) - {"ta", "en"}:
        assert set(QUESTION_WORDS[code]) == {"number", "date", "reason", "name", "other"}
        assert question_words(code)


@given(st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_white_space_separates_what_is_analyzed(text: str, language: str) -> None:
    """Any text: its parts between white space give the stems that the whole text gives."""
    text = text.encode("utf-8", "replace").decode()
    whole = _analyze(normalized(text), _analyzer(language))
    assert stems(text, language) == whole
    assert stems(text, language) == whole, "the second time, from the cache"
