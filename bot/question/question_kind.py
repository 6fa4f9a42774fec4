"""Tells what kind of answer a question asks for: a fact, an account of a story, a list, a comparison, …"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from bot.question.parsed_question import (
    MAX_TOPIC_WORDS,
    ParsedQuestion,
    parse_question,
    without_opening,
)
from bot.question.phrase_pattern import Phrase
from bot.question.question_phrases import GROUPS
from retrieval.text_analysis import stems, without_stop_words

QuestionKind = Literal[
    "topic",  # "Tell me about Ant Group", "Ant Group"
    "timeline",
    "compare",
    "list",
    "what_happened",
    "who_is",
    "why",
    "how",
    "yes_no",
    "opinion",  # "What do you think?", "Should I buy …?": of the bot, not of the articles
    "fact",
]
STORY_KINDS: frozenset[QuestionKind] = frozenset(("topic", "what_happened", "who_is"))
# Answered with an account from the article on the subject.
ACCOUNT_KINDS: frozenset[QuestionKind] = STORY_KINDS | {"why", "how", "list", "timeline"}
# No single sentence answers them.
COMPOSED_KINDS: frozenset[QuestionKind] = STORY_KINDS | {"how", "list", "timeline", "compare"}
# Kind -> its phrases, with ".*?" for any words; the first kind that matches counts.
KINDS: Mapping[QuestionKind, Sequence[str]] = {
    "opinion": (
        "what (do|would) you (think|recommend|suggest|advise|prefer)|(do|would) you (agree|recommend|prefer)",
        "[what is] your (opinion|view|advice|recommendation|favou?rite)|.*? in your opinion",
        "should (i|we) .*? or",
    ),
    "timeline": (
        "[a|the] [short|full|complete|brief] (timeline|chronology|sequence) of [[the] [main|key] events"
        " (<about>|of|in|around|for)] {topic} $",
        "(walk|take|run) (me|us) through {topic} $",
        ".*? (timeline|chronology|sequence of events|in (chronological|the right) order)",
        "[on] (what|which) (dates|days)",
    ),
    "compare": (
        "compare",
        "(what|which|who) [one|of these|of them|event] (came|happened|was|started|began) (first|earlier)"
        " .*? or",
        ".*? (difference|differences|comparison) between",
        ".*? (vs|versus)",
        "how (do|does|did|is|are) .*? (compare|differ|different from)",
        "(which|who|what|was|is|are|were|did|does|do) .*? (\\w+er|more|less|worse|better|first) .*? or",
        "(was|is|are|were|did|does|do) .*? or .*? (\\w+er|more|less|worse|better|first)",
    ),
    "list": (
        "(list|enumerate|name) [me|us] (all|every|each) [of] [the] {topic} $",
        "list|enumerate|name (the|some|\\w+s)",
        "(give|show|tell) [<me>] (all [of] [the]|every|each|an? (full|complete) list of|the (list|names) of)",
    ),
    "what_happened": (
        "what [is|was|has|had] [been] (happened|happening|happens|going on|up) [in|with|to"
        "|at|on|around|about]",
        "[what is] [the] latest (on|about|with)",
    ),
    "who_is": ("who (is|was|are|were) {topic} $",),
    "why": ("why|how come|what (caused|made)|for what reasons?",),
    "how": ("how (do|does|did|is|are|was|were|has|have|can|could|will|would|should|to)|in what way",),
    "yes_no": (
        "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|isn't|aren't|wasn't"
        "|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|won't",
    ),
}
_ASKS_AFTER_COMMA = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|d(?:o|oes|id))\b", re.I
)


def question_kind(parsed: ParsedQuestion) -> QuestionKind:
    """The kind of answer asked for.

    >>> from bot.question.parsed_question import parse_question
    >>> question_kind(parse_question("ok, how does voice clone fraud work?"))
    'how'
    """
    plain = without_opening(parsed.asked)
    after_comma = plain.partition(", ")[2]
    is_topic = parsed.is_topic or parsed.text != plain
    for text in (plain, after_comma if _ASKS_AFTER_COMMA.match(after_comma) else ""):
        for kind, phrases in _kinds().items():
            if is_topic and kind == "yes_no":  # "Can you tell me about …?"
                continue
            if text is not plain and kind in STORY_KINDS:  # "When the vote failed, what happened?"
                continue
            matches = (match for phrase in phrases if (match := phrase.match(text)))
            if any(kind != "who_is" or _names_person(match["topic"]) for match in matches):
                return kind
    return "topic" if is_topic else "fact"


def without_request(question: str, kind: QuestionKind) -> str:
    """What a list or a timeline is asked for.

    >>> without_request("list all fines", "list")
    'fines'
    """
    for phrase in _kinds().get(kind, ()) if kind in ("list", "timeline") else ():
        match = phrase.match(question)
        if match and "topic" in match.groupdict():
            return question[match.start("topic") :]
    return question


def requests_topic(question: str) -> bool:
    """True for a request for a list or a timeline that names its topic.

    >>> requests_topic("timeline of ferries"), requests_topic("timeline of it"), requests_topic("a timeline")
    (True, False, False)
    """
    topic = without_request(question, question_kind(parse_question(question)))
    return topic != question and not parse_question(topic).refers


def _names_person(text: str) -> bool:
    """True for "Ada Quill", False for "the head of Ferrant Optics" or "responsible for the fine"."""
    words = stems(text)
    return words[:1] == without_stop_words(words[:1]) and len(words) <= MAX_TOPIC_WORDS


@lru_cache(maxsize=1)
def _kinds() -> Mapping[QuestionKind, Sequence[Phrase]]:
    return {kind: [Phrase(phrase, GROUPS) for phrase in phrases] for kind, phrases in KINDS.items()}
