"""Tells if a text gives the kind of answer that a question asks for: a number, a date, a reason, a name."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.question.question_profile import QuestionProfile, any_of
from retrieval.calendar_terms import MONTH_ABBREVIATIONS, MONTHS, NUMBERS, ORDINAL_SUFFIX, WEEKDAYS
from retrieval.language_words import ENGLISH
from retrieval.search.foreign_questions import kind_score
from retrieval.text_analysis import stems

_NUMBER = r"\d[\d.,]*|" + any_of(
    *NUMBERS,
    "hundreds? | thousands? | millions? | billions? | trillions?",
    "dozens? | half | twice | double | once | none | third | quarter | percent | per cent",
)
_DATE = any_of(
    *MONTHS,
    *MONTH_ABBREVIATIONS,
    *WEEKDAYS,
    rf"1\d{{3}} | 20\d{{2}} | \d{{1,2}}{ORDINAL_SUFFIX} | century | today | yesterday | tomorrow",
)
_UPCOMING = re.compile(r"\bwhen (?:do|does|will|would|can|could|must|should|is|are)\b", re.I)
_TAKES_EFFECT = re.compile(
    rf"\b(?:from|by|until|till|as of|(?:begin|start|appl|due|set for|schedul|expect|effect)\w*\b[^.]{{,25}}?)"
    rf" (?:\d{{1,2}} )?(?:{_DATE})",
    re.I,
)
_REASON = any_of(
    "because | due to | owing to | since | so that | in order to | as a result | after | amid | over",
    "reason | caused? | led to | leads? to | thanks to | therefore | prompted | following",
    "to (?:avoid|prevent|protect|reduce|make|help|ensure|clean|keep)",
)
_ANSWER_REGEXES = {
    "number": re.compile(_NUMBER, re.I),
    "date": re.compile(_DATE, re.I),
    "reason": re.compile(_REASON, re.I),
}
# After "how": the units of the answer.
_UNITS = (
    ("long|old|quick|quickly|soon", r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?"),
    ("long|far|tall|high|deep|wide", r"k?m|cm|ft|(?:kilo)?met(?:er|re)s?|miles?|feet|inch(?:es)?|yards?"),
    ("heavy", r"kg|tons?|tonnes?|kilo\w*|pounds?|grams?|lbs?"),
)
_UNIT_REGEXES = tuple(
    (re.compile(rf"\bhow (?:{asked})\b", re.I), re.compile(rf"(?:{_NUMBER})[ -](?:\w+ )?(?:{units})\b", re.I))
    for asked, units in _UNITS
)
_AMOUNT = re.compile(
    r"[$€£¥₹%]|\b(?:per ?cent|dollars?|euros?|pounds?|yuan|rupees?|marks?|crowns?|(?:m|b|tr)illion)\b", re.I
)
_NAME = re.compile(r"\b[A-Z][\w’'&-]+(?: (?:of |the |de |van |von |bin |al-)?[A-Z][\w’'&-]+)*")

_SEVERAL = re.compile(r"\b(?:what|which) (?:\w+ ){0,2}?\w{3,}[^\Ws]s\b", re.I)  # "which companies"
_LISTED = re.compile(rf"{_NAME.pattern}(?:, {_NAME.pattern})*,? (?:and|or) {_NAME.pattern}")


def answer_kind_score(profile: QuestionProfile, text: str) -> float:
    """1 if *text* contains the kind of answer asked for, beyond the question; .5 if the kind is unknown.

    Also .5 for a number that neither counts the noun of the question ("how many companies": "11 technology
    companies") nor is the amount asked for ("how much": "$37 billion"), and for a single name where several
    are asked for ("which companies": "Alibaba, Tencent and TikTok").
    """
    if profile.language != ENGLISH:
        return kind_score(profile.asks, profile.text, text, profile.language)
    if profile.asks is None:
        return 0.5
    if profile.asks == "name":
        names = (stems(name[0]) for name in _NAME.finditer(text))
        if not any(name and profile.all_stems.isdisjoint(name) for name in names):
            return 0.0
        return 0.5 if _asks_for_several(profile.text) and not _LISTED.search(text) else 1.0
    given, known = _ANSWER_REGEXES[profile.asks].finditer(text), _stated(profile.asks, profile.text)
    new = [match for match in given if match[0].lower() not in known]
    if profile.asks == "date" and new:
        return 0.5 if _UPCOMING.search(profile.text) and not _TAKES_EFFECT.search(text) else 1.0
    if profile.asks != "number" or not new:
        return float(bool(new))
    if units := _units_asked(profile.text):
        return 1.0 if any(unit.search(text) for unit in units) else 0.5
    if profile.counted is None:
        return 1.0 if _AMOUNT.search(text) else 0.5
    return 1.0 if any(_counts(text, match.end(), profile.counted) for match in new) else 0.5


# A question is compared with many texts.
@lru_cache(maxsize=64)
def _stated(kind: str, question: str) -> frozenset[str]:
    return frozenset(match[0].lower() for match in _ANSWER_REGEXES[kind].finditer(question))


@lru_cache(maxsize=64)
def _units_asked(question: str) -> list[re.Pattern[str]]:
    return [unit for asked, unit in _UNIT_REGEXES if asked.search(question)]


@lru_cache(maxsize=64)
def _asks_for_several(question: str) -> bool:
    return _SEVERAL.search(question) is not None


def _counts(text: str, end: int, noun: str) -> bool:
    """True if *noun* (a stem) is among the words after a number that ends at *end*."""
    return noun in stems(text[end : end + 80])[:5]
