"""The language of Footnote's own messages: English text in the code, other languages in a catalogue.

It is English unless an adapter sets another one for the current task, with the threads that it waits for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "de"]

MONTH_NAMES = (
    "January February March April May June July August September October November December"  # in this order
)
_LANGUAGE: ContextVar[Language] = ContextVar("language", default="en")


def set_language(locale: str) -> None:
    """Use the language of a Discord locale ("de", "en-US") in the current task; English if unsupported."""
    _LANGUAGE.set(language_of(locale))


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """Use a language within the block."""
    token = _LANGUAGE.set(language_of(locale))
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def language_of(locale: str) -> Language:
    """The supported language of a Discord locale.

    >>> language_of("de"), language_of("en-GB"), language_of("fr")
    ('de', 'en', 'en')
    """
    return next((language for language in get_args(Language) if language == locale[:2]), "en")


def localized(text: str, **values: object) -> str:
    """*text* in the current language, with its {fields} if *values* are given; whole numbers get separators.

    >>> localized("{count} articles", count=1200)
    '1,200 articles'
    >>> with in_language("de"):
    ...     localized("{count} articles", count=1200)
    '1.200 Artikel'
    """
    language = _LANGUAGE.get()
    text = catalogue(language).get(text, text)
    if not values:
        return text
    return text.format_map({name: _shown(value, language) for name, value in values.items()})


def localized_count(one: str, many: str, count: int) -> str:
    """*one* or *many*, whichever fits the number; both can contain {count}."""
    return localized(one if count == 1 else many, count=count)


def localized_decimal(number: float) -> str:
    """A number with one decimal place."""
    text = f"{number:.1f}"
    return text.replace(".", ",") if _LANGUAGE.get() == "de" else text


def localized_day(day: date) -> str:
    """A day in words.

    >>> localized_day(date(2021, 3, 18))
    '18 March 2021'
    >>> with in_language("de"):
    ...     localized_day(date(2021, 3, 18))
    '18. März 2021'
    """
    month = localized(MONTH_NAMES).split()[day.month - 1]
    return localized("{day} {month} {year}", day=day.day, month=month, year=str(day.year))


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """English text -> text in a language; empty for English."""
    if language == "en":
        return {}
    path = Path(__file__).with_name(f"messages_{language}.json")
    messages: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return messages


def _shown(value: object, language: Language) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", "." if language == "de" else ",")
    return str(value)
