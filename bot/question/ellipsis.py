"""Completes elliptic questions ("And in 2019?", "Why?") from the previous question."""

from __future__ import annotations

import re
from datetime import date

from bot.question.conversation_mentions import Mention, mentions
from bot.question.parsed_question import CALENDAR, parse_question
from bot.question.topic import without_added_phrases
from retrieval.search.date_phrases import find_date_periods

MAX_NAMES = 3  # of the last answer, added to a bare question
_AS_OF = date(2050, 1, 1)  # only the positions of dates matter here, not the days that they name

_HOW_MANY = re.compile(r"^how\s+many\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PREPOSITION = re.compile(r"\s*\b(?:in|on|since|during|for|before|after|until)?\s*$", re.I)


def fill_ellipsis(question: str, previous: str, last_answer: str) -> str:
    """An elliptic question completed from the *previous* one, a standalone question.

    "And in 2019?" and "And the year before?" replace its date, "What about Google?" its name; "Why?" is
    followed by the previous question and the names in its answer, and "Which ones?" after "How many …"
    becomes "Which …".
    """
    parsed, core = parse_question(question), without_added_phrases(previous)
    rest = parsed.fragment
    if parsed.ellipsis == "which" and _HOW_MANY.match(core):
        return _HOW_MANY.sub("Which", core)
    if parsed.ellipsis in ("which", "bare"):
        return _with_answer_names(question, previous, last_answer)
    if not parsed.is_continued:
        return with_previous_question(question, previous)
    if parsed.ellipsis != "other" and len(years := list(_YEAR.finditer(core))) == 1:
        return _shift_year(core, years[0], -1 if parsed.ellipsis == "year before" else 1, rest)
    if find_date_periods(rest, _AS_OF):
        return _replace_date(core, rest)
    return _replace_name(core, rest, question)


def is_name_not_date(mention: Mention) -> bool:
    """True if a phrase is a name and not a date."""
    return mention.is_name and not CALENDAR.search(mention.text) and not mention.text.isdigit()


def with_previous_question(question: str, previous: str) -> str:
    """The question, followed by the previous one in brackets."""
    flat = previous.rstrip(" ?").replace(" (", ", ").replace(")", " ").rstrip()
    return f"{question.rstrip(' ?')}? ({flat})"


def _with_answer_names(question: str, previous: str, last_answer: str) -> str:
    known = previous.lower()
    names = [mention.text for mention in mentions([("", last_answer)]) if is_name_not_date(mention)]
    new = [name for name in names if name.lower() not in known][:MAX_NAMES]
    return with_previous_question(question, "; ".join([previous.rstrip(" ?"), *new]))


def _replace_date(previous: str, rest: str) -> str:
    """The previous question with the new date instead of its own."""
    body = previous.rstrip(" ?")
    for period in reversed(find_date_periods(body, _AS_OF)):
        body = _PREPOSITION.sub("", body[: period.start]) + body[period.end :]
    preposition = "" if not rest[:4].isdigit() else "in "
    return f"{' '.join(body.split())} {preposition}{rest}?"


def _shift_year(previous: str, year: re.Match[str], by: int, rest: str) -> str:
    """The previous question with the year before or after its own."""
    end = previous[year.end() :].rstrip(" ?")
    return f"{previous[: year.start()]}{int(year[0]) + by}{end} ({rest} {year[0]})?"


def _replace_name(previous: str, rest: str, question: str) -> str:
    """The previous question with the new name instead of the one in the same role (after the same word).

    Without such a role the question stays as it is if it has a name, else the previous one is added to it.
    """
    new = [mention for mention in mentions([(rest, "")]) if mention.is_name]
    if len(new) == 1 and len(rest.split()) - len(new[0].text.split()) <= 2:
        role = new[0].places[0].before
        for old in sorted(mentions([(previous, "")]), key=lambda mention: mention.places[0].index):
            if is_name_not_date(old) and (not role or old.places[0].before == role):
                return previous.replace(old.text, new[0].text, 1)
    return question if new else with_previous_question(question, previous)
