"""Dates in German, Spanish and French questions mean the same days as in English ones."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.search.date_window import date_window

AS_OF = date(2024, 6, 12)  # a Wednesday


@pytest.mark.parametrize(
    ("language", "foreign", "english"),
    [
        ("de", "Was geschah im Mai 2024?", "in May 2024"),
        ("de", "Was wurde am 3. März beschlossen?", "on 3 March"),
        ("de", "Was passierte letzte Woche im Hafen?", "last week"),
        ("de", "Was war im letzten Jahr?", "last year"),
        ("de", "Was geschah vor drei Wochen?", "three weeks ago"),
        ("de", "Was geschah vorgestern?", "the day before yesterday"),
        ("de", "Was ist seit März 2023 passiert?", "since March 2023"),
        ("de", "Was geschah vor Mai 2023?", "before May 2023"),
        ("de", "Was geschah zwischen Mai und Juli 2023?", "between May and July 2023"),
        ("de", "Was war Ende 2023?", "late 2023"),
        ("de", "Was geschah am Montag?", "on Monday"),
        ("es", "¿Qué pasó en mayo de 2024?", "in May 2024"),
        ("es", "¿Qué se decidió el 3 de marzo?", "on 3 March"),
        ("es", "¿Qué se decidió el 3 de marzo de 2023?", "on 3 March 2023"),
        ("es", "¿Qué pasó la semana pasada?", "last week"),
        ("es", "¿Qué pasó hace tres semanas?", "three weeks ago"),
        ("es", "¿Qué pasó desde marzo de 2023?", "since March 2023"),
        ("es", "¿Qué pasó en el verano de 2022?", "in summer 2022"),
        ("es", "¿Qué pasó entre mayo y julio de 2023?", "between May and July 2023"),
        ("fr", "Que s'est-il passé en mai 2024 ?", "in May 2024"),
        ("fr", "Qu'a-t-on décidé le 1er mars ?", "on 1 March"),
        ("fr", "Que s'est-il passé la semaine dernière ?", "last week"),
        ("fr", "Que s'est-il passé l’année dernière ?", "last year"),
        ("fr", "Que s'est-il passé il y a trois semaines ?", "three weeks ago"),
        ("fr", "Que s'est-il passé lundi ?", "on Monday"),
        ("fr", "Que s'est-il passé lundi dernier ?", "last Monday"),
        ("fr", "Combien coûte le billet ce mois-ci ?", "this month"),
    ],
)
def test_a_date_means_the_same_days(language: str, foreign: str, english: str) -> None:
    """Months, days, relative days and periods, open-ended ones and ranges."""
    expected = date_window(f"What happened {english}?", AS_OF)
    found = date_window(foreign, AS_OF, language)
    assert expected.kind == found.kind == "soft"
    assert (found.since, found.until) == (expected.since, expected.until)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Wer leitet den Hafen vor der Stadt?"),
        ("de", "Was sagte Frau März über die Messe und den Hafen?"),
        ("de", "Wie viele Tage dauert die Fahrt nach Lindau?"),
        ("es", "¿Quién dirige el puerto y cuánto cuesta el mar?"),
        ("fr", "Qui dirige le port et où est la mer ?"),
    ],
)
def test_other_words_are_no_dates(language: str, question: str) -> None:
    """Prepositions, numbers, and names of months that are names of people."""
    assert date_window(question, AS_OF, language).kind == "none"
