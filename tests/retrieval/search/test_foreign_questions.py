"""What questions in other languages ask for."""

from __future__ import annotations

import pytest

from bot.question.question_profile import question_profile
from retrieval.search.foreign_questions import UNKNOWN, kind_asked, kind_score
from retrieval.text_analysis import stems


def names(question: str, language: str) -> frozenset[str]:
    return question_profile(question, lambda stem: 1, 10, language).names


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("Wie viele Schafe riss der Wolf?", "de", "number"),
        ("Wie arbeitet der Roboter?", "de", None),
        ("In welchem Jahr brannte es?", "de", "date"),
        ("¿Por qué cerró el puerto?", "es", "reason"),
        ("¿Quién ganó?", "es", "name"),
        ("港口有多少起重机？", "zh", "number"),
        ("为什么关闭？", "zh", "reason"),
        ("これは何ですか", "ja", None),
        ("Que peut-on voir ?", "fr", None),
    ],
)
def test_the_question_word_decides_the_kind(question: str, language: str, kind: str | None) -> None:
    """The longest one, if there are several."""
    assert kind_asked(question, language) == kind


def test_german_nouns_are_not_names() -> None:
    """Acronyms and figures are; in other languages, capitals inside the question are names."""
    assert names("Wie hoch ist die Strafe der EZB für Molkereien seit 2019?", "de") == {
        *stems("EZB", "de"),
        "2019",
    }
    assert names("¿Cuándo llegó Noa Villaseñor a Madrid?", "es") == {*stems("Noa Villaseñor Madrid", "es")}


@pytest.mark.parametrize(
    ("kind", "question", "sentence", "language", "score"),
    [
        ("number", "Wie viele kamen?", "Es kamen 30.", "de", 1.0),
        ("number", "几只羊？", "咬死了十一只羊。", "zh", 1.0),
        ("number", "Wie viele kamen?", "Es kamen viele.", "de", UNKNOWN),
        ("date", "Wann war das?", "Es war am 3. Oktober.", "de", 1.0),
        ("date", "Wann war das?", "Es war 1787.", "de", 1.0),
        ("name", "Wer leitet die Bank?", "Die Bank leitet Ida Brandt.", "de", 1.0),
        ("name", "Wer leitet die Bank?", "Die Bank hat ein Haus.", "de", UNKNOWN),
        ("name", "Wer ist Ida Brandt?", "Das ist Ida Brandt.", "de", UNKNOWN),
        ("name", "¿Quién ganó?", "Al final ganó Noa.", "es", 1.0),
        ("reason", "Warum?", "Sie blieb zu, weil es brannte.", "de", 1.0),
        ("reason", "为什么？", "原因是下雨。", "zh", 1.0),
        (None, "Was geschah?", "Es brannte 1787.", "de", UNKNOWN),
    ],
)
def test_a_sentence_can_show_that_it_gives_the_kind(
    kind: str | None, question: str, sentence: str, language: str, score: float
) -> None:
    """Figures, dates, names beyond the question's, and words for reasons; else it is unknown."""
    assert kind_score(kind, question, sentence, language) == score
