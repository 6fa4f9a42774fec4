"""Calendar words and number words as data, and the regex fragments of a date that are built from them.

The fragments contain no named groups and are written for patterns compiled with IGNORECASE.
"""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, normalize

MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
# Languages that write "18. März", with a full stop after the day and a capital (German).
GERMAN_MONTHS = tuple(
    "januar jänner februar märz april mai juni juli august september oktober november dezember".split()
)
# Language -> the months, each with its other spellings and abbreviations, as in the date lines of news pages.
MONTHS_BY_LANGUAGE = {
    "de": tuple(
        "januar|jänner|jan februar|feber|feb märz|mär|mrz april|apr mai juni|jun juli|jul august|aug "
        "september|sept|sep oktober|okt november|nov dezember|dez".split()
    ),
    "es": tuple(
        "enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago "
        "septiembre|setiembre|sept|sep|set octubre|oct noviembre|nov diciembre|dic".split()
    ),
    "fr": tuple(
        "janvier|janv|jan février|févr|fév mars avril|avr mai juin juillet|juil août septembre|sept|sep "
        "octobre|oct novembre|nov décembre|déc".split()
    ),
    "it": tuple(
        "gennaio|gen febbraio|feb marzo|mar aprile|apr maggio|mag giugno|giu luglio|lug agosto|ago "
        "settembre|set|sett ottobre|ott novembre|nov dicembre|dic".split()
    ),
    "nl": tuple(
        "januari|jan februari|feb maart|mrt april|apr mei juni|jun juli|jul augustus|aug september|sept|sep "
        "oktober|okt november|nov december|dec".split()
    ),
    "pt": tuple(
        "janeiro|jan fevereiro|fev março|mar abril|abr maio|mai junho|jun julho|jul agosto|ago "
        "setembro|set outubro|out novembro|nov dezembro|dez".split()
    ),
    "ru": tuple(
        "января|январь|янв февраля|февраль|фев марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн "
        "июля|июль|июл августа|август|авг сентября|сентябрь|сент|сен октября|октябрь|окт ноября|ноябрь|ноя "
        "декабря|декабрь|дек".split()
    ),
}
AMBIGUOUS_MONTHS = ("march", "april", "may", "june", "august")  # also verbs, adjectives or people's names
MONTH_ABBREVIATIONS = tuple("jan feb mar apr jun jul aug sep sept oct nov dec".split())
WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
WEEKDAY_ABBREVIATIONS = tuple("mon tue tues wed thu thur thurs fri sat sun".split())
# The first month of each season, in the northern hemisphere.
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

NUMBERS = {
    **{
        word: number
        for number, word in enumerate(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen".split(),
            start=1,
        )
    },
    **{
        word: 10 * tens
        for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
    },
}
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of the words, which can be patterns themselves.

    >>> any_of(["spring", "summer"])
    '(?:spring|summer)'
    """
    return f"(?:{'|'.join(words)})"


MONTH_NAME = any_of(MONTHS)
UNAMBIGUOUS_MONTH = any_of(month for month in MONTHS if month not in AMBIGUOUS_MONTHS)
MONTH_ABBREVIATION = any_of(MONTH_ABBREVIATIONS)
MONTH = rf"(?:{MONTH_NAME}|{MONTH_ABBREVIATION}\b\.?)"
WEEKDAY = any_of(WEEKDAYS)
SEASON = any_of(SEASONS)
ORDINAL_SUFFIX = r"(?:st|nd|rd|th)"
DAY_OF_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"
YEAR = r"(?:19|20)\d\d"


def month_number(name: str) -> int:
    """1 to 12, from the name of a month or its abbreviation in any case.

    >>> month_number("Sept."), month_number("MAY")
    (9, 5)
    """
    return _MONTH_NUMBERS[name[:3].lower()]


def foreign_month_number(name: str) -> int:
    """1 to 12, from a name in `MONTHS_BY_LANGUAGE` in any case, or an English one; accents can be missing.

    >>> foreign_month_number("März"), foreign_month_number("fevr."), foreign_month_number("Sept")
    (3, 2, 9)
    """
    key = without_accents(name.lower().rstrip("."))
    return _FOREIGN_MONTH_NUMBERS.get(key) or month_number(name)


def without_accents(word: str) -> str:
    """The letters of a word without the accents written above or below them.

    >>> without_accents("février")
    'fevrier'
    """
    return "".join(char for char in normalize("NFD", word) if not combining(char))


def weekday_number(name: str) -> int:
    """0 (Monday) to 6, as `date.weekday`, from the name of a weekday in any case."""
    return WEEKDAYS.index(name.lower())


_MONTH_NUMBERS = {month[:3]: number for number, month in enumerate(MONTHS, start=1)}
_FOREIGN_MONTH_NUMBERS = {
    without_accents(name): number
    for months in MONTHS_BY_LANGUAGE.values()
    for number, names in enumerate(months, start=1)
    for name in names.split("|")
}
_FOREIGN_NAMES = {
    name for months in MONTHS_BY_LANGUAGE.values() for names in months for name in names.split("|")
}
# Longest first; with and without accents, as sites write both.
FOREIGN_MONTH = any_of(
    sorted({*_FOREIGN_NAMES, *map(without_accents, _FOREIGN_NAMES)}, key=lambda name: (-len(name), name))
)
