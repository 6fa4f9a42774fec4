"""Topic requests: "Tell me about Orchardia" and "Orchardia" name a topic instead of asking for a fact."""

from __future__ import annotations

import re

from bot.question.question_cues import CALENDAR
from retrieval.text_analysis import stems, without_stop_words

MAX_TOPIC_WORDS = 3  # content words; a longer text is a question without the form of one
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
_REFERENCE = re.compile(
    r"\b(?:it|its|he|him|his|she|hers?|they|them|their|this|that|these|those|the|more|else|other|another)\b",
    re.I,
)


def without_request_words(text: str) -> str:
    """A question without its request phrase.

    >>> without_request_words("Please tell me about Ferrant Optics.")
    'Ferrant Optics.'
    >>> without_request_words("What do the articles say about ferries?")
    'ferries?'
    """
    question = _TELL.sub("", text)
    for pattern in (_SAID, _NEW):
        topic = pattern.sub("", question)
        if topic != question and not _ASKS.search(topic):
            return topic
    topic = _HAPPENED.sub("", question)
    if topic != question and not _ASKS.search(topic) and _begins_with_name(topic):
        return topic
    return question


def _begins_with_name(text: str) -> bool:
    """True if a text begins with a name (not a month or weekday) and contains no reference to others."""
    return text[0].isupper() and not CALENDAR.match(text) and not _REFERENCE.search(text)


def names_topic(text: str) -> bool:
    """True if a request names its topic instead of referring to it with a pronoun.

    >>> names_topic("Tell me about ferries"), names_topic("Tell me more"), names_topic("Any news on it?")
    (True, False, False)
    """
    topic = without_request_words(text)
    return topic != text and bool(without_stop_words(stems(topic))) and not _REFERENCE.search(topic)


def is_topic(text: str) -> bool:
    """True if a text only names a topic, in a few words, without asking anything.

    >>> is_topic("Ferrant Optics"), is_topic("Who heads Ferrant Optics?")
    (True, False)
    """
    return not _ASKS.search(text) and len(without_stop_words(stems(text))) <= MAX_TOPIC_WORDS
