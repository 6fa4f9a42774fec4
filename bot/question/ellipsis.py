"""Questions that are no whole sentence ("And in 2019?", "Why?"), filled from the question before them."""

from __future__ import annotations

import re
from datetime import date

from bot.question.conversation_mentions import Mention, mentions
from bot.question.pronouns import CALENDAR, PRONOUNS
from bot.question.topic import as_asked
from retrieval.search.date_phrases import find_date_periods

MOST_ELLIPTIC = 5  # words after "and" or "what about" that may lean on the question before
NAMES = 3  # names of the last answer that stand beside a bare question
_AS_OF = date(2050, 1, 1)  # only where dates stand matters here, not which days they are

_CUE = re.compile(
    r"^\s*(?:(?:and|but|so|ok|okay|well|then)\b[,\s]*)?(?:(?:what|how)\s+about\b|and\b|but\b)?\s*", re.I
)
_BARE = re.compile(
    r"^(?:why(?:\s+not)?|how(?:\s+(?:so|come|many|much|long|old|often|far))?|by\s+how\s+much|when|where|who|whom"
    r"|since\s+when|which(?:\s+ones?)?|what(?:\s+for|\s+else)?|by\s+whom|for\s+how\s+long|really|any\s+others?"
    r"|who\s+else|where\s+else|are\s+you\s+sure|tell\s+me\s+more|more|go\s+on|such\s+as|like\s+(?:what|who)"
    r"|(?:when|where|why|how)\s+(?:is|was)\s+(?:that|this)|(?:when|where|why|how)\s+did\s+(?:that|this|it)\s+happen"
    r"|who\s+(?:says|said)\s+(?:so|that))$",
    re.I,
)
_WHICH = re.compile(r"^(?:which|who|what)(?:\s+ones?|\s+are\s+they|\s+were\s+they)?$", re.I)
_COUNTED = re.compile(r"^how\s+many\b", re.I)
_ASKING = re.compile(r"\b(?:wh\w+|how|any\w*|more|tell|explain|describe|compare|list|show|give)\b", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|do|does|did|has|have|had|will|would|can|could|should|may|might|must|\w{3,}ed)\b",
    re.I,
)
_DATING = re.compile(r"\s*\b(?:in|on|since|during|for|before|after|until)?\s*$", re.I)


def is_elliptic(question: str) -> bool:
    """Whether a question says too little to be read without the one before it."""
    rest, cued = _rest(question)
    if _BARE.match(rest) or _WHICH.match(rest):
        return True
    return not _says_enough(rest) and (cued or not _ASKING.search(rest))


def filled(question: str, before: str, last_answer: str) -> str:
    """An elliptic question filled from the question *before*, which stands alone.

    "And in 2019?" puts its date in the place of the old one, "What about Google?" its name; "Why?" asks
    again about the question before and what answered it, and "Which ones?" after "How many" asks which.
    """
    rest, cued = _rest(question)
    core = as_asked(before)
    if _WHICH.match(rest) and _COUNTED.match(core):
        return _COUNTED.sub("Which", core)
    if _BARE.match(rest) or _WHICH.match(rest):
        return _again(question, before, last_answer)
    if not cued:
        return beside(question, before)
    return _redated(core, rest) if find_date_periods(rest, _AS_OF) else _renamed(core, rest, question)


def _rest(question: str) -> tuple[str, bool]:
    """A question without "and", "what about" and its mark, and whether it began so."""
    rest = _CUE.sub("", question).rstrip(" ?!.")
    return rest, rest != question.rstrip(" ?!.")


def fits_any(mention: Mention) -> bool:
    """Whether a phrase is a name, and no date."""
    return mention.name and not CALENDAR.search(mention.text) and not mention.text.isdigit()


def beside(question: str, before: str) -> str:
    """The question with the one before it in brackets."""
    flat = before.rstrip(" ?").replace(" (", ", ").replace(")", " ").rstrip()
    return f"{question.rstrip(' ?')}? ({flat})"


def _again(question: str, before: str, last_answer: str) -> str:
    known = before.lower()
    names = [each.text for each in mentions([("", last_answer)]) if fits_any(each)]
    more = [name for name in names if name.lower() not in known][:NAMES]
    return beside(question, "; ".join([before.rstrip(" ?"), *more]))


def _says_enough(rest: str) -> bool:
    """Whether what stands after "and" or "what about" is a question, or leans on a pronoun."""
    pointing = any(pattern.search(rest) for pattern in PRONOUNS.values())
    return bool(_VERB.search(rest)) or pointing or len(rest.split()) > MOST_ELLIPTIC


def _redated(before: str, rest: str) -> str:
    """The question before, with its dates given up for the new one."""
    body = before.rstrip(" ?")
    for period in reversed(find_date_periods(body, _AS_OF)):
        body = _DATING.sub("", body[: period.start]) + body[period.end :]
    preposition = "" if not rest[:4].isdigit() else "in "
    return f"{' '.join(body.split())} {preposition}{rest}?"


def _renamed(before: str, rest: str, question: str) -> str:
    """The question before, with the name in the new one's role given up for it.

    Without such a role a name is asked about by itself, and anything else beside the question before.
    """
    new = [each for each in mentions([(rest, "")]) if each.name]
    if len(new) == 1 and len(rest.split()) - len(new[0].text.split()) <= 2:
        role = new[0].places[0].before
        for old in sorted(mentions([(before, "")]), key=lambda each: each.places[0].index):
            if fits_any(old) and (not role or old.places[0].before == role):
                return before.replace(old.text, new[0].text, 1)
    return question if new else beside(question, before)
