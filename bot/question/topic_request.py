"""What a request is about. "Tell me about Orchardia" and "Orchardia" ask for what is said of it, not for one
thing as a question does.
"""

from __future__ import annotations

import re

from bot.question.pronouns import CALENDAR
from retrieval.text_analysis import stems, without_stop_words

MOST_WORDS = 3  # words of meaning of a topic; what has more asks for something, without a question's form
_ABOUT = r"(?:about|on|regarding|concerning)"
_TELL = re.compile(  # "Could you tell me more about Quillon", "Give me three facts on it", "Explain how …"
    r"^\s*(?:(?:please|(?:can|could|would|will) you)\s+)*"
    r"(?:tell|show|give|explain|describe|compare|summari[sz]e)\b"
    r"(?:\s+(?:me|us|to me|to us))?(?:\s+(?:more|everything|something))?"
    r"(?:\s+(?:(?:the|an?|some|all|a\s+few|\w+)\s+){0,2}?(?:facts?|overview|summary|digest|details?|background"
    rf"|information|info|articles?|stor(?:y|ies)|news)\s+(?:{_ABOUT}|of)"
    rf"|\s+(?:{_ABOUT}|of|what you know (?:{_ABOUT}|of)))?\s+(?=\w)",
    re.I,
)
_SAID = re.compile(  # "What do the articles say about Quillon", "What is known of it"
    r"^\W*(?:what\s+(?:do|does|did|is|are|was|were|has|have)\s+(?:(?:the|these|those|your|all)\s+)*"
    r"(?:(?:articles?|news|newspapers?|papers?|press|stories|sources|documents?|texts?|corpus|you|we)\s+)?(?:been\s+)?"
    rf"|what\s+)(?:say|says|said|know|knows|known|report|reports|reported|write|written|tell|published)\s+"
    rf"(?:us\s+)?(?:{_ABOUT}|of)\s+(?=\w)",
    re.I,
)
_NEW = re.compile(  # "What is the latest on Quillon", "Any news about it", "Are there articles about it"
    r"^\W*(?:(?:what(?:['’]s|\s+(?:is|are|was))|(?:is|are)\s+there|(?:do\s+you\s+)?have(?:\s+you)?|show|list|find)\s+)?"
    r"(?:(?:any|anything|some|something|the|all)\s+)?"
    r"(?:(?:latest|newest|recent)\s+)?(?:new|news|latest|developments?|updates?|info(?:rmation)?|articles?|stories"
    rf"|reports?|coverage)\s+(?:{_ABOUT}|with|from|in)\s+(?=\w)",
    re.I,
)
_HAPPENED = re.compile(  # "What happened in Norhaven?", "What is going on at Quillon"
    r"^\W*what(?:['’]s|\s+(?:is|was|has|had)(?:\s+been)?)?\s+(?:happened|happening|happens|going\s+on|new|up)\s+"
    r"(?:in|with|to|at|on|around|about)\s+(?=\w)",
    re.I,
)
_ASKS = re.compile(
    r"^\W*(?:name|list|define|identify)\b"
    r"|\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will|would|shall"
    r"|should|may|might|must|has|have|had)\b",
    re.I,
)
_POINTS = re.compile(
    r"\b(?:it|its|he|him|his|she|hers?|they|them|their|this|that|these|those|the|more|else|other|another)\b",
    re.I,
)


def asked_of(text: str) -> str:
    """A question without the words that only ask for an answer.

    >>> asked_of("Please tell me about Ferrant Optics."), asked_of("What do the articles say about ferries?")
    ('Ferrant Optics.', 'ferries?')
    """
    told = _TELL.sub("", text)
    for pattern in (_SAID, _NEW):
        rest = pattern.sub("", told)
        if rest != told and not _ASKS.search(rest):
            return rest
    rest = _HAPPENED.sub("", told)
    if rest != told and not _ASKS.search(rest) and _names_something(rest):
        return rest
    return told


def _names_something(text: str) -> bool:
    """Whether a text begins with a name, and points to nothing; the names of months are none."""
    return text[0].isupper() and not CALENDAR.match(text) and not _POINTS.search(text)


def names_topic(text: str) -> bool:
    """Whether a request says what it wants to read about, rather than point to it.

    >>> names_topic("Tell me about ferries"), names_topic("Tell me more"), names_topic("Any news on it?")
    (True, False, False)
    """
    rest = asked_of(text)
    return rest != text and bool(without_stop_words(stems(rest))) and not _POINTS.search(rest)


def is_topic(text: str) -> bool:
    """Whether a text asks nothing, but names what it wants to read about, in a few words.

    >>> is_topic("Ferrant Optics"), is_topic("Who heads Ferrant Optics?")
    (True, False)
    """
    return not _ASKS.search(text) and len(without_stop_words(stems(text))) <= MOST_WORDS
