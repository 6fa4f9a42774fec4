"""Rewrites the date phrases of German, Spanish and French questions in English, for `date_phrases`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from retrieval.calendar_terms import MONTHS, MONTHS_BY_LANGUAGE, NUMBERS, WEEKDAYS, without_accents

_Rules = Mapping[str, str]  # pattern of words without accents -> English; \1 is a group of the pattern

_WEEKDAYS = {
    "de": "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
    "es": "lunes martes miercoles jueves viernes sabado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_NUMBERS = {
    "de": "einem|einer zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
    "es": "un|una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "fr": "un|une deux trois quatre cinq six sept huit neuf dix onze douze",
}
_UNITS = {
    "de": {"day": "tag(?:en?|s)?", "week": "wochen?", "month": "monat(?:en?|s)?", "year": "jahr(?:en?|es)?"},
    "es": {"day": "dias?", "week": "semanas?", "month": "mes(?:es)?", "year": "anos?"},
    "fr": {"day": "jours?", "week": "semaines?", "month": "mois", "year": "ans?|annees?"},
}
_SEASONS = {
    "de": {"spring": "fruhjahr|fruhling", "summer": "sommer", "autumn": "herbst", "winter": "winter"},
    "es": {"spring": "primavera", "summer": "verano", "autumn": "otono", "winter": "invierno"},
    "fr": {"spring": "printemps", "summer": "ete", "autumn": "automne", "winter": "hiver"},
}
# The words around a date, which is in English already: "im May 2024", "la week pasada".
_WORDS: Mapping[str, _Rules] = {
    "de": {
        r"vor\s+({number}|\d+)\s+({unit})": r"\1 \2s ago",
        r"(?:im|in|am|an|der|den|dem|die|das)?\s*(?:letzte[nrsm]?|vergangene[nrsm]?|vorige[nrsm]?)": "last",
        r"(?:im|in|am)?\s*(?:diese[rsnm]?)(?=\s+{unit})": "this",
        r"(?:im|in|am|der|den|dem|die|das)?\s*(?:nachste[nrsm]?|kommende[nrsm]?)": "next",
        r"anfang\s+(?:des\s+)?": "early ",
        r"mitte\s+(?:des\s+)?": "mid ",
        r"ende\s+(?:des\s+)?": "late ",
        r"vorgestern": "the day before yesterday",
        r"gestern": "yesterday",
        r"heute": "today",
        r"im\s+jahre?|im": "in",
        r"am": "on",
        r"seit": "since",
        r"ab": "from",
        r"bis": "until",
        r"vor(?:\s+dem)?": "before",
        r"nach(?:\s+dem)?": "after",
        r"zwischen(?:\s+dem)?": "between",
        r"von": "from",
        r"und(?:\s+dem)?": "and",
        r"(\d+)\.\s*(?={month})": r"\1 ",
    },
    "es": {
        r"hace\s+({number}|\d+)\s+({unit})": r"\1 \2s ago",
        r"(?:el|la|los|las)\s+({unit}|{weekday}|{season}|{month})\s+pasad[oa]s?": r"last \1",
        r"(?:el|la)\s+(?:proxim[oa])\s+({unit}|{weekday}|{month})": r"next \1",
        r"(?:el|la)\s+({unit})\s+(?:proxim[oa]|que viene)": r"next \1",
        r"est[ea]\s+({unit}|{season})": r"this \1",
        r"(?:a\s+)?(?:principios|comienzos)\s+de\s+": "early ",
        r"(?:a\s+)?mediados\s+de\s+": "mid ",
        r"(?:a\s+)?(?:finales|fines)\s+de\s+": "late ",
        r"anteayer": "the day before yesterday",
        r"ayer": "yesterday",
        r"hoy": "today",
        r"(\d+)\s+de\s+({month})(?:\s+del?\s+(\d\d\d\d))?": r"\1 \2 \3",
        r"({month}|{season})\s+del?\s+(\d\d\d\d)": r"\1 \2",
        r"en\s+(?:el\s+(?:ano\s+)?)?": "in ",
        r"desde(?:\s+el)?": "since",
        r"hasta(?:\s+el)?": "until",
        r"antes\s+del?": "before",
        r"despues\s+del?": "after",
        r"entre(?:\s+el)?": "between",
        r"y(?:\s+el)?": "and",
        r"el\s+(?={weekday}|\d)": "on ",
    },
    "fr": {
        r"il\s+y\s+a\s+({number}|\d+)\s+({unit})": r"\1 \2s ago",
        r"(?:la\s+|l[e'’]\s*|au\s+)?({unit}|{weekday}|{season}|{month})\s+(?:derniere?|passee?)": "last \\1",
        r"(?:la\s+|le\s+|l['’])?({unit}|{weekday}|{month})\s+prochaine?": r"next \1",
        r"ce(?:t|tte)?\s+({unit}|{season})(?:-ci)?": r"this \1",
        r"(?:au\s+)?debut\s+(?:de\s+|d['’])?": "early ",
        r"(?:a\s+la\s+)?mi-": "mid ",
        r"(?:a\s+la\s+)?fin\s+(?={month}|\d)": "late ",
        r"avant-hier": "the day before yesterday",
        r"hier": "yesterday",
        r"aujourd['’]hui": "today",
        r"1er\s+(?={month})": "1 ",
        r"(?:en|au\s+mois\s+de|au)": "in",
        r"depuis(?:\s+le)?": "since",
        r"jusqu['’](?:en|au|a)": "until",
        r"avant(?:\s+le)?": "before",
        r"apres(?:\s+le)?": "after",
        r"entre(?:\s+le)?": "between",
        r"et(?:\s+le)?": "and",
        r"le\s+(?={weekday}|\d)": "on ",
        r"(?<!last )(?<!next )(?<!on )(?<!since )(?<!until )(?<!before )(?<!after )({weekday})": r"on \1",
        r"({season})\s+(\d\d\d\d)": r"\1 \2",
    },
}


def english_dates(question: str, language: str) -> str:
    """The question with its dates and the words around them in English; unchanged in other languages.

    The rest of it can change, too: only the dates in the result have a meaning.

    >>> english_dates("Was geschah am 3. März 2024?", "de"), english_dates("¿Qué pasó el mes pasado?", "es")
    ('Was geschah on 3 march 2024?', '¿Que paso last month?')
    """
    if language not in _WORDS:
        return question
    text = without_accents(question)
    for rewrite in _rewrites(language):
        text = rewrite(text)
    return text


@lru_cache(maxsize=4)
def _rewrites(language: str) -> tuple[Callable[[str], str], ...]:
    months = {
        without_accents(name): english
        for english, names in zip(MONTHS, MONTHS_BY_LANGUAGE[language], strict=True)
        for name in names.split("|")[:2]
        if len(name) > 3 or name == "mai"
    }
    days = dict(zip(WEEKDAYS, _WEEKDAYS[language].split(), strict=True))
    numbers = dict(zip(NUMBERS, _NUMBERS[language].split(), strict=False))
    units, seasons = _UNITS[language], _SEASONS[language]
    slots = {"month": MONTHS, "weekday": days, "unit": units, "season": seasons, "number": numbers}
    english = {name: "(?:" + "|".join(words) + ")" for name, words in slots.items()}
    names = {**{pattern: name for name, pattern in (days | units | seasons | numbers).items()}, **months}
    rules = names | {
        re.sub(r"\{(\w+)\}", lambda slot: english[slot[1]], pattern): text
        for pattern, text in _WORDS[language].items()
    }
    return tuple(_rewrite(pattern, text) for pattern, text in rules.items())


def _rewrite(pattern: str, text: str) -> Callable[[str], str]:
    end = "" if text.endswith(" ") else r"(?!\w)"
    compiled = re.compile(rf"(?<!\w)(?:{pattern}){end}", re.IGNORECASE)
    return lambda question: compiled.sub(text, question)
