"""The part of a conversation that is about one thing: what a follow-up question can lean on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.question.conversation_mentions import TURNS, content_words, is_answer, mentions
from bot.question.pronouns import CALENDAR, QuestionPronouns

NEW_WORDS = 4  # words that a question which begins something else has at least, 3 with a name, …
KNOWN = 0.25  # … and the share of them that may have been said before
KNOWN_NAMES = 0.34  # share of the words of the names of such a turn that may have been said before
Said = tuple[str, str]  # a question and its answer
_DEFINES = re.compile(  # "What is a deepfake?", but not "What is an example?"
    r"^\s*what(?:['’]s|\s+is)\s+an?\s+(?!(?:\w+\s+)?(?:example|reason|way|alternative|result|consequence|part|problem)\b)"
    r"\w[\w-]*(?:\s+\w[\w-]*)?\W*$",
    re.I,
)
_WHO_IS = re.compile(r"^\s*[Ww]ho\s+(?:is|was)\s+[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*)+\W*$")
_CHANGES = re.compile(
    r"^\s*(?:(?:now|ok|okay|and|so|but)\b[,\s]*)?(?:(?:to|on\s+to)\s+)?"
    r"(?:something\s+(?:else|different)|(?:another|a\s+(?:different|new))\s+(?:question|topic|thing))\s*[:,.;–—-]\s*",
    re.I,
)
_ADDED = re.compile(r"\s*\([^()]*\)(?=\W*$)|\s+besides\s[^?]*")
_ASKED_AGAIN = re.compile(r"^[^?]*\?\s*\(([^();]*)[^()]*\)$")  # "Why? (the question before; names)"
_BOUND = (  # a pronoun and what, said before it in the same question, it points to
    (
        re.compile(r"\b(?:their|they|them)\b", re.I),
        re.compile(r"\b(?!happens|does|says|means)[a-z]{3,}s\b|\b[A-Z]\w+"),
    ),
    (re.compile(r"\b(?:its|it|his|he|him|her|she)\b", re.I), re.compile(r"\b[A-Z]\w+")),
)


def as_asked(question: str) -> str:
    """A standalone question without the phrases that were put behind it: these would be said for ever.

    One that only asks again ("Why? (Who stopped the listing; Ant Group)") is the question before it.
    """
    return _asked_again(question) or _ADDED.sub("", question)


def in_full(question: str) -> str:
    """A standalone question with its phrases; the one before it when it only asks again."""
    return _asked_again(question) or question


def _asked_again(question: str) -> str | None:
    again = _ASKED_AGAIN.match(question)
    return again[1] if again else None


def current_topic(history: Sequence[Said]) -> list[Said]:
    """The turns at the end of *history* about one thing, as they were asked; the oldest first.

    A thing begins with a question that stands alone and that, with its answer, hardly names what was.
    """
    topic: list[Said] = []
    names: set[str] = set()
    words: set[str] = set()
    for question, answer in history[-TURNS:]:
        turn = as_asked(question), answer if is_answer(answer) else ""
        named = names_in([turn])
        if topic and begins(turn[0], words) and len(named & names) <= len(named) * KNOWN_NAMES:
            topic, names, words = [], set(), set()
        topic.append(turn)
        names |= named
        words |= stems(" ".join(turn))
    return topic


def defines(question: str) -> bool:
    """Whether a question asks what a thing is, of whatever was spoken before."""
    return bool(_DEFINES.match(question))


def changed(question: str) -> str | None:
    """What is asked behind "Now something else:"; None when a question says no such thing."""
    rest = _CHANGES.sub("", question, count=1)
    return rest if rest.strip(" ?!.") and rest != question else None


def begins(question: str, said: set[str]) -> bool:
    """Whether a question stands alone and speaks of nothing that was *said* (stems)."""
    asked = QuestionPronouns.of(question)
    if asked.asks_more or points_back(question, asked):
        return False
    known = stems(" ".join(asked.content)) & said
    if defines(question) or _WHO_IS.match(question):
        return not known
    return len(asked.content) >= NEW_WORDS - asked.has_name and len(known) <= len(asked.content) * KNOWN


def points_back(question: str, asked: QuestionPronouns) -> bool:
    """Whether a pronoun of the question means something that the question itself does not name."""
    if "this" in asked.pronouns:
        return True
    for pronoun, antecedent in _BOUND:
        found = pronoun.search(question)
        if found and not antecedent.search(question[: found.start()].partition(" ")[2]):
            return True
    return False


def names_in(turns: Sequence[Said]) -> set[str]:
    """The words of all names of some turns, in lower case; months and days are none."""
    named = (each for each in mentions(turns) if each.name and not CALENDAR.search(each.text))
    return {word for each in named for word in each.words if not word.isdigit()}


def stems(text: str) -> set[str]:
    """The words of *text* that carry meaning, by their first five letters."""
    return {word[:5] for word in content_words(text)}
