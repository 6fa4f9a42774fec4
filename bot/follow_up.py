"""A follow-up question made readable without its conversation, by rules and a learned score; no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.mentions import Mention, content_words, is_answer, mentions
from bot.referents import CALENDAR, PRONOUNS, Asked, scores
from retrieval.periods import find_periods

MEANT = 0.2  # score from which a phrase is added: the best f1 of added words in cross-validation
MOST = 6  # phrases added
LONGEST = 500  # characters of a question that are read as a follow-up; a longer one stands alone
MOST_ELLIPTIC = 5  # words after "and" or "what about" that may lean on the question before
SURE = 0.25  # score from which a name takes its pronoun's place, instead of standing behind in brackets
_AS_OF = date(2050, 1, 1)  # only where dates stand matters here, not which days they are

_CUE = re.compile(
    r"^\s*(?:(?:and|but|so|ok|okay|well|then)\b[,\s]*)?(?:(?:what|how)\s+about\b|and\b|but\b)?\s*", re.I
)
_BARE = re.compile(
    r"^(?:why(?:\s+not)?|how(?:\s+(?:so|come|many|much|long|old|often|far))?|when|where|who|whom|since\s+when"
    r"|which(?:\s+ones?)?|what(?:\s+for|\s+else)?|by\s+whom|for\s+how\s+long|really|any\s+others?|who\s+else|where\s+else"
    r"|are\s+you\s+sure|tell\s+me\s+more|more|go\s+on|such\s+as|like\s+(?:what|who))$",
    re.I,
)
_ASKING = re.compile(r"\b(?:wh\w+|how|any\w*|more|tell|explain|describe|compare|list|show|give)\b", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|do|does|did|has|have|had|will|would|can|could|should|may|might|must|\w{3,}ed)\b",
    re.I,
)
_DATING = re.compile(r"\s*\b(?:in|on|since|during|for|before|after|until)?\s*$", re.I)
_NOBODY = Asked.of("", ())
_SUBSTITUTED = (  # pronoun, whether it is possessive; the first that stands in the question is replaced
    (re.compile(r"\b(?:his|their|its|thier)\b(?=\s+\w)", re.I), True),
    (
        re.compile(
            r"\bher\b(?=\s+(?!(?:in|on|at|to|from|with|by|for|about|and|or|as|when|after|before|that)\b)\w)",
            re.I,
        ),
        True,
    ),
    (re.compile(r"\b(?:he|him|she|her|they|them)\b", re.I), False),
    (re.compile(r"\bit\b", re.I), False),
)


_NO_PERSON = re.compile(
    r"\b(?:group|inc|corp\w*|company|university|school|college|league|club|party|government|ministry|department|agency"
    r"|commission|court|bank|union|council|committee|association|institute|award\w*|prize|cup|states?|city|river|street"
    r"|stadium|festival|world|series|news|times|post|magazine|records|act|war|ipo|tv|administration|foundation|airport)\b",
    re.I,
)


def standalone(question: str, history: Sequence[tuple[str, str]]) -> str:
    """*question* with what it leans on from *history* (question, answer; the oldest first) said in it.

    A question that stands alone is returned as it is. Pronouns give way to the name they most likely mean,
    an ellipsis ("And in 2019?") is filled from the question before, further phrases follow in brackets.
    """
    asked = question.strip()
    if not history or not asked or len(asked) > LONGEST:
        return question
    filled = _filled(asked, history)
    if filled is not None:
        return filled
    about = Asked.of(asked, history)
    if _stands_alone(asked, about):
        return question
    meant = _meant(about, history)
    return _with_phrases(asked, about, meant, _last_answer(history)) if meant else question


def _stands_alone(question: str, about: Asked) -> bool:
    """It names something, says enough, and no word of it points back."""
    return about.has_name and len(about.content) >= 2 and not about.pronouns and not about.asks_more


def _meant(about: Asked, history: Sequence[tuple[str, str]]) -> list[tuple[float, Mention]]:
    """The phrases that the question most likely means with their scores, the likeliest first.

    "It" goes on about what was asked last: the likeliest phrase of that question is always among them.
    """
    found = [each for each in mentions(history) if each.words - about.words]
    scored = sorted(zip(scores(about, found, history), found, strict=True), key=lambda pair: -pair[0])
    meant = [pair for pair in scored if pair[0] >= MEANT][:MOST]
    asked_last = [pair for pair in scored if _was_asked_last(pair[1])]
    if "it" in about.pronouns and not any(pair in asked_last for pair in meant):
        meant += asked_last[:1]
    return meant


def _was_asked_last(mention: Mention) -> bool:
    return any(place.turn == 1 and not place.answer for place in mention.places)


def _last_answer(history: Sequence[tuple[str, str]]) -> str:
    return history[-1][1] if is_answer(history[-1][1]) else ""


def _with_phrases(
    question: str, about: Asked, meant: Sequence[tuple[float, Mention]], last_answer: str
) -> str:
    """The question with the likeliest name in place of its pronoun, and the other phrases behind it."""
    goes_on = "it" in about.pronouns  # about what the last question named, sure or not
    for score, each in sorted(meant, key=lambda pair: goes_on and not _was_asked_last(pair[1])):
        sure = score >= SURE or (goes_on and _was_asked_last(each))
        replaced = _substituted(question, each.text) if sure and _fits(each, about) else None
        if replaced is not None:
            question = replaced
            break
    known = content_words(question)
    more: list[str] = []
    others: list[str] = []
    for _, each in meant:
        if each.words - known:
            known |= each.words
            (more if about.asks_more and each.text in last_answer else others).append(each.text)
    return _behind(question, more, others)


def _fits(mention: Mention, about: Asked) -> bool:
    """Whether a phrase can stand for the question's pronoun: a name, no date, and for "he" no institution."""
    person = bool({"he", "she"} & set(about.pronouns))
    dated = CALENDAR.search(mention.text) or mention.text.isdigit()
    return mention.name and not dated and not (person and _NO_PERSON.search(mention.text))


def _substituted(question: str, phrase: str) -> str | None:
    """The question with its first pronoun replaced; None when it has none that a phrase can stand for."""
    for pattern, possessive in _SUBSTITUTED:
        found = pattern.search(question)
        if found:
            ending = "" if not possessive else "'" if phrase.endswith("s") and phrase.islower() else "'s"
            return question[: found.start()] + phrase + ending + question[found.end() :]
    return None


def _behind(question: str, more: Sequence[str], others: Sequence[str]) -> str:
    """ "… besides A, B (C, D)?": what is asked beyond, and what the question is about."""
    body = question.rstrip(" ?!.")
    mark = question[len(body) :].strip()
    if more and re.search(r"\b(?:besides|than)\b", body, re.I):
        more, others = [], [*more, *others]
    body += " besides " + ", ".join(more) if more else ""
    body += f" ({', '.join(others)})" if others else ""
    return body + mark


def _filled(question: str, history: Sequence[tuple[str, str]]) -> str | None:
    """An ellipsis filled from the question before; None when the question is none.

    "And in 2019?" puts its date in the place of the old one, "What about Google?" its name; "Why?" and
    "Which ones?" ask again about the question before and what answered it.
    """
    rest = _CUE.sub("", question).rstrip(" ?!.")
    bare = bool(_BARE.match(rest))
    cued = rest != question.rstrip(" ?!.")
    if not bare and (_says_enough(rest) or (not cued and _ASKING.search(rest))):
        return None
    before = standalone(history[-1][0], history[:-1])
    if bare:
        names = [each.text for each in mentions([("", _last_answer(history))]) if _fits(each, _NOBODY)]
        return _beside(question, "; ".join([before.rstrip(" ?"), *names[:3]]))
    if not cued:
        return _beside(question, before)
    return _redated(before, rest) if find_periods(rest, _AS_OF) else _renamed(before, rest, question)


def _says_enough(rest: str) -> bool:
    """Whether what stands after "and" or "what about" is a question, or leans on a pronoun."""
    pointing = any(pattern.search(rest) for pattern in PRONOUNS.values())
    return bool(_VERB.search(rest)) or pointing or len(rest.split()) > MOST_ELLIPTIC


def _beside(question: str, before: str) -> str:
    flat = before.rstrip(" ?").replace(" (", ", ").replace(")", "")
    return f"{question.rstrip(' ?')}? ({flat})"


def _redated(before: str, rest: str) -> str:
    """The question before, with its dates given up for the new one."""
    body = before.rstrip(" ?")
    for period in reversed(find_periods(body, _AS_OF)):
        body = _DATING.sub("", body[: period.start]) + body[period.end :]
    preposition = "" if not rest[:4].isdigit() else "in "
    return f"{' '.join(body.split())} {preposition}{rest}?"


def _renamed(before: str, rest: str, question: str) -> str:
    """The question before, with the name in the new one's role given up for it; else both side by side."""
    new = [each for each in mentions([(rest, "")]) if each.name]
    if len(new) == 1 and len(rest.split()) - len(new[0].text.split()) <= 2:
        role = new[0].places[0].before
        for old in sorted(mentions([(before, "")]), key=lambda each: each.places[0].index):
            if _fits(old, _NOBODY) and (not role or old.places[0].before == role):
                return before.replace(old.text, new[0].text, 1)
    return _beside(question, before)
