"""Completes elliptic questions ("And in 2019?", "Why?") from the previous question."""

from __future__ import annotations

import re
from datetime import date

from bot.question.conversation_mentions import Mention, mentions
from bot.question.parsed_question import CALENDAR
from bot.question.question_kind import requests_topic
from bot.question.topic import without_added_phrases
from retrieval.search.date_phrases import find_date_periods

MAX_ELLIPTIC_WORDS = 5  # after "and" or "what about"
MAX_NAMES = 3  # of the last answer, added to a bare question
_AS_OF = date(2050, 1, 1)  # only the positions of dates matter here, not the days that they name

_CUE = re.compile(
    r"^\s*(?:(?:and|but|so|ok|okay|well|then)\b[,\s]*)?(?:(?:what|how)\s+about\b|and\b|but\b)?\s*", re.I
)
_BARE = re.compile(
    r"^(?:why(?:\s+not)?|how(?:\s+(?:so|come|many|much|long|old|often|far))?|by\s+how\s+much|when|where|who|whom"
    r"|(?:since|from|until|by)\s+when|which(?:\s+ones?)?|what(?:\s+for|\s+else)?|by\s+whom|for\s+how\s+long|really|any\s+others?"
    r"|who\s+else|where\s+else|are\s+you\s+sure|tell\s+me\s+more|more|go\s+on|such\s+as|like\s+(?:what|who)"
    r"|(?:when|where|why|how)\s+(?:is|was)\s+(?:that|this)|(?:when|where|why|how)\s+did\s+(?:that|this|it)\s+happen"
    r"|who\s+(?:says|said)\s+(?:so|that))$",
    re.I,
)
_WHICH = re.compile(r"^(?:which|who|what)(?:\s+ones?|\s+are\s+they|\s+were\s+they)?$", re.I)
_HOW_MANY = re.compile(r"^how\s+many\b", re.I)
_ASKING = re.compile(r"\b(?:wh\w+|how|any\w*|more|tell|explain|describe|compare|list|show|give)\b", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|do|does|did|has|have|had|will|would|can|could|should|may|might|must|\w{3,}ed)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OTHER_YEAR = re.compile(
    r"(?:in\s+)?(?:the|a)\s+(?:(?P<before>(?:previous|prior)\s+year|year\s+(?:before|earlier))|(?:next|following)\s+year"
    r"|year\s+(?:after|later))",
    re.I,
)
_PREPOSITION = re.compile(r"\s*\b(?:in|on|since|during|for|before|after|until)?\s*$", re.I)


def is_elliptic(question: str) -> bool:
    """True if a question is incomplete without the previous one."""
    rest, cued = _rest(question)
    if _BARE.match(rest) or _WHICH.match(rest):
        return True
    if requests_topic(rest):
        return False
    return not _is_complete(rest) and (cued or not _ASKING.search(rest))


def fill_ellipsis(question: str, previous: str, last_answer: str) -> str:
    """An elliptic question completed from the *previous* one, a standalone question.

    "And in 2019?" and "And the year before?" replace its date, "What about Google?" its name; "Why?" is
    followed by the previous question and the names in its answer, and "Which ones?" after "How many …"
    becomes "Which …".
    """
    rest, cued = _rest(question)
    core = without_added_phrases(previous)
    if _WHICH.match(rest) and _HOW_MANY.match(core):
        return _HOW_MANY.sub("Which", core)
    if _BARE.match(rest) or _WHICH.match(rest):
        return _with_answer_names(question, previous, last_answer)
    if not cued:
        return with_previous_question(question, previous)
    if shifted := _shift_year(core, rest):
        return shifted
    if find_date_periods(rest, _AS_OF):
        return _replace_date(core, rest)
    return _replace_name(core, rest, question)


def _rest(question: str) -> tuple[str, bool]:
    """A question without "and", "what about" and its mark, and True if it began with such a cue."""
    rest = _CUE.sub("", question).rstrip(" ?!.")
    return rest, rest != question.rstrip(" ?!.")


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


def _is_complete(rest: str) -> bool:
    """True if the text after "and" or "what about" has a verb or is long."""
    return bool(_VERB.search(rest)) or len(rest.split()) > MAX_ELLIPTIC_WORDS


def _replace_date(previous: str, rest: str) -> str:
    """The previous question with the new date instead of its own."""
    body = previous.rstrip(" ?")
    for period in reversed(find_date_periods(body, _AS_OF)):
        body = _PREPOSITION.sub("", body[: period.start]) + body[period.end :]
    preposition = "" if not rest[:4].isdigit() else "in "
    return f"{' '.join(body.split())} {preposition}{rest}?"


def _shift_year(previous: str, rest: str) -> str | None:
    """The previous question with the year before or after its own, if *rest* asks for that; else None."""
    relative, years = _OTHER_YEAR.fullmatch(rest), list(_YEAR.finditer(previous))
    if not relative or len(years) != 1:
        return None
    year = years[0]
    other = int(year[0]) + (-1 if relative["before"] else 1)
    return f"{previous[: year.start()]}{other}{previous[year.end() :].rstrip(' ?')} ({rest} {year[0]})?"


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
