"""The language of a question is detected from a few words."""

from __future__ import annotations

import pytest

from retrieval.question_language import question_language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who heads the harbour authority?", "en"),
        ("harbour authority", "en"),
        ("Wie hoch war die Strafe für Orchardia?", "de"),
        ("¿Quién dirige la autoridad portuaria?", "es"),
        ("cuanto costo el puente", "es"),
        ("Qui dirige l'autorité du port ?", "fr"),
        ("Кто руководит портом?", "ru"),
        ("谁是市长？", "zh"),
        ("OpenAI的总裁是谁？", "zh"),
        ("東京の市長は誰ですか", "ja"),
        ("시장은 누구입니까?", "ko"),
        ("ใครเป็นนายกเทศมนตรี", "th"),
        ("من هو رئيس البلدية؟", "ar"),
        ("", "en"),
    ],
)
def test_a_question_is_recognized_without_articles_in_its_language(question: str, language: str) -> None:
    """By its script, or by stop words and question words."""
    assert question_language(question) == language


@pytest.mark.parametrize(
    "question",
    [
        "What got Ludwig Mies van der Rohe interested in architecture?",
        "De La Soul",
        "Die Hard director",
        "Who won the Copa del Rey?",
        "When did La La Land open?",
    ],
)
def test_foreign_names_do_not_make_a_question_foreign(question: str) -> None:
    """If it has words of English, not even with articles in that language."""
    assert question_language(question) == "en"
    assert question_language(question, ("en", "es")) == ("es" if question == "De La Soul" else "en")


def test_the_languages_of_the_articles_decide_for_a_few_words() -> None:
    """A question without any evidence is in the only language of the articles."""
    assert question_language("Hafen Lindhafen", ("de",)) == "de"
    assert question_language("Hafen Lindhafen", ("de", "en")) == "en"
    assert question_language("Kosten der Brücke", ("de", "en")) == "de"
    assert question_language("Who pays for the bridge?", ("de",)) == "en"
    assert question_language("市長", ("ja",)) == "ja"
