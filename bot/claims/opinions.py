"""Greetings, thanks and opinions in English, which claim nothing that an article could support."""

from __future__ import annotations

import re

from bot.facts.date_mentions import date_mentions
from bot.facts.figures import figures
from bot.facts.name_mentions import names

MIN_WORDS = 3  # that follow a greeting if the sentence says something
_GREETINGS = "hello|hi|hey|hiya|greetings|dear|good (?:morning|afternoon|evening|day)|morning"
_ADDRESSEES = "all|both|everyone|everybody|folks|friends|guys|team|there|people|again"
_COURTESIES = (
    "thanks (?!to)|thank you|many thanks|thx|cheers|congrats|congratulations|well done|good luck"
    "|happy \\w+day|have a |see you|take care|welcome (?!to)|you'?re welcome|no problem"
)
_ATTITUDES = (
    "love|hate|like|dislike|hope|wish|agree|disagree|prefer|enjoy|miss|want|can't wait"
    "|(?:a?m) (?:so |very )?(?:glad|happy|sad|sorry|sure|afraid|angry|excited|tired)"
)
_VIEWS = "in my (?:humble )?(?:opinion|view)|imo|imho|if you ask me"
_BELIEFS = "think|believe|feel|guess|suppose|find|reckon"
_EVALUATIONS = (
    "absurd|amazing|awesome|awful|bad|beautiful|best|better|boring|brilliant|cool|crazy|cute|disgrace(?:ful)?"
    "|disgusting|excellent|fantastic|fun|funny|good|great|horrible|insane|interesting|lovely|mess|nice|nonsense"
    "|outrageous|pathetic|ridiculous|sad|scandal|shame(?:ful)?|silly|stupid|terrible"
    "|ugly|unfair|wonderful|worse|worst|wrong"
)
_DEMANDS = "too|should|shouldn't|ought|must"
_GREETING = re.compile(rf"\W*(?:{_GREETINGS})\b(?:\W+(?:{_ADDRESSEES})\b)*", re.IGNORECASE)
_COURTESY = re.compile(rf"\W*(?:{_COURTESIES})", re.IGNORECASE)
_ATTITUDE = re.compile(rf"(?:\W*(?:\w+ )?i'?\s?(?:really |just |also )?(?:{_ATTITUDES})\b)", re.IGNORECASE)
_VIEW = re.compile(rf"\b(?:{_VIEWS})\b", re.IGNORECASE)
_BELIEF = re.compile(
    rf"\bi (?:really |just |also )?(?:{_BELIEFS})\b.*\b(?:{_EVALUATIONS}|{_DEMANDS})\b", re.IGNORECASE
)
_EXCLAMATION = re.compile(
    rf"\W*(?:(?:that|this|it)(?:'s| is| was| sounds| looks)|how|what)\W+"
    rf"(?:(?:an?|the|so|such|very|really|just|pretty|absolutely|totally)\W+)*(?:{_EVALUATIONS})\b(?! to\b)",
    re.IGNORECASE,
)


def is_opinion(text: str) -> bool:
    """True for a greeting, thanks, or the writer's own view. A figure or date makes a sentence a claim.

    >>> [is_opinion(text) for text in ("Thanks a lot!", "I think it is too low.", "What a great day!")]
    [True, True, True]
    >>> [is_opinion(text) for text in ("Hi all, Orchardia was fined.", "I think the fine was 3 million.")]
    [False, False]
    """
    text = text.replace("’", "'")
    if figures(text) or date_mentions(text):
        return False
    greeting = _GREETING.match(text)
    if greeting and len(re.findall(r"\w+", text[greeting.end() :])) < MIN_WORDS:
        return True
    if any(pattern.match(text) for pattern in (_COURTESY, _ATTITUDE)) or _VIEW.search(text):
        return True
    return bool(_BELIEF.search(text) or _EXCLAMATION.match(text)) and not names(text)
