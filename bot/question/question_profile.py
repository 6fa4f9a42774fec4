"""What a question asks for: its words by weight, its names, and the kind of thing that would answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, takewhile

from bot.question.topic_request import asked_of
from retrieval.search.ranking import idf
from retrieval.text_analysis import STOP_WORDS, content_stems, stems


def _any_of(*words: str) -> str:
    return r"\b(?:" + "|".join(word for group in words for word in group.split(" | ")) + r")\b"


_NUMBER = r"\d[\d.,]*|" + _any_of(
    "one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | thirteen",
    "fourteen | fifteen | sixteen | seventeen | eighteen | nineteen | twenty | thirty | forty | fifty",
    "sixty | seventy | eighty | ninety | hundreds? | thousands? | millions? | billions? | trillions?",
    "dozens? | half | twice | double | once | none | third | quarter | percent | per cent",
)
_DATE = _any_of(
    "january | february | march | april | may | june | july | august | september | october",
    "november | december",
    "jan | feb | mar | apr | jun | jul | aug | sept? | oct | nov | dec",
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    r"1\d{3} | 20\d{2} | \d{1,2}(?:st|nd|rd|th) | century | today | yesterday | tomorrow",
)
_REASON = _any_of(
    "because | due to | owing to | since | so that | in order to | as a result | after | amid | over",
    "reason | caused? | led to | leads? to | thanks to | therefore | prompted | following",
    "to (?:avoid|prevent|protect|reduce|make|help|ensure|clean|keep)",
)
_PATTERNS = {
    "number": re.compile(_NUMBER, re.I),
    "date": re.compile(_DATE, re.I),
    "reason": re.compile(_REASON, re.I),
}
_NUMBER_NOUN = _any_of(
    "percent | percentage | number | amount | age | share | proportion | score | price | cost | rate | size",
    "total | sum | fine | figure",
)
_NAMED_NOUN = _any_of(
    "person | man | woman | company | companies | country | countries | city | state | team | agency | group",
    "organi[sz]ation | president | minister | leader | actor | actress | author | singer | player | network",
    "publication | outlet | king | queen | university | river | name",
)
_HOW = "many | much | old | tall | long | far | large | big | often | high | fast | deep | wide | heavy"
# The first kind whose pattern is in the question is what it asks for.
_ASKS = {
    "number": rf"\bhow {_any_of(_HOW)}|\b(?:what|which) (?:\w+ )?{_NUMBER_NOUN}"
    r"|\bworth\b|\bwhat (?:did|does|do|will|would) .*\bcosts?\b",
    "date": r"\bwhen\b|\bhow long ago\b"
    r"|\b(?:what|which) (?:\w+ )?(?:year|date|day|month|century|decade|time)\b",
    "reason": r"\bwhy\b|\bhow come\b"
    r"|\bwhat (?:caused|(?:\w+ )?(?:the )?(?:reasons?|causes?|purpose|motive))\b",
    "name": r"\bwho(?:se|m)?\b|\bwhere\b|\bnamed?\b"
    rf"|\b(?:what|which) (?:\w+ ){{0,3}}{_NAMED_NOUN}",
}
KINDS = tuple(_ASKS)
_ASKED = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _ASKS.items())
_NEXT_PART = re.compile(
    r"(?:[?;]\s+|,?\s+and\s+)(?=(?:(?:in|on|at|by|for|from|to|with)\s+)?(?:who|whom|whose|what|when|where|why|how|which)\b)",
    re.I,
)
_RUN = r"\w+(?:[.’'-]\w+)*(?:(?<=\.\w)\.)?"  # a word; "U.S." with its last point
_HOW_MANY = re.compile(
    rf"\bhow many (?:of the |other |more |different |new )?({_RUN}(?: {_RUN}){{0,2}})", re.I
)
_PLURAL = re.compile(r"(?:(?<!s)s|\b(?:people|men|women|children))$", re.I)
_AMOUNT = re.compile(
    r"[$€£¥₹%]|\b(?:per ?cent|dollars?|euros?|pounds?|yuan|rupees?|marks?|crowns?|(?:m|b|tr)illion)\b", re.I
)
_CAPITALISED = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]*|\b[A-Z]{2,}\b")
_NAME = re.compile(r"\b[A-Z][\w’'&-]+(?: (?:of |the |de |van |von |bin |al-)?[A-Z][\w’'&-]+)*")

_SEVERAL = re.compile(r"\b(?:what|which) (?:\w+ ){0,2}?\w{3,}[^\Ws]s\b", re.I)  # "which companies"
_LISTED = re.compile(rf"{_NAME.pattern}(?:, {_NAME.pattern})*,? (?:and|or) {_NAME.pattern}")


@dataclass(frozen=True, slots=True)
class WordCounts:
    """In how many of the *documents* (passages) of an index a stem stands."""

    document_frequency: Callable[[str], int]
    documents: int


@dataclass(frozen=True)
class QuestionProfile:
    """What a question asks for. ``weights`` are the idf of its stems; their sum is positive."""

    text: str
    weights: dict[str, float]
    asks: str | None  # "number", "date", "reason", "name" or None

    @cached_property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights.values()) or 1.0

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The neighbouring pairs of content stems."""
        words = list(content_stems(self.text))
        return frozenset(pairwise(words))

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Every stem of the question, stop words included."""
        return frozenset(stems(self.text))

    @cached_property
    def counted(self) -> str | None:
        """The stem of what "how many …" counts ("companies" of "technology companies"); else None."""
        match = _HOW_MANY.search(self.text)
        return next(iter(stems(_head(match[1].split()))), None) if match else None

    @cached_property
    def names(self) -> frozenset[str]:
        """Stems of the capitalised words (not the first word) and numbers."""
        found = _CAPITALISED.findall(self.text) + re.findall(r"\b\d[\d,.]*\b", self.text)
        return frozenset(stem for word in found for stem in content_stems(word)) & self.weights.keys()

    def coverage(self, words: frozenset[str]) -> float:
        """Which part of the question's weight the stems *words* hold, 0 to 1."""
        return sum(weight for stem, weight in self.weights.items() if stem in words) / self.total


def question_profile(
    question: str, document_frequency: Callable[[str], int], documents: int
) -> QuestionProfile:
    """Read a question asked of an index of so many *documents* (passages).

    >>> question_profile("Please tell me about Ferrant Optics.", lambda stem: 1, 10).text
    'Ferrant Optics.'
    """
    question = asked_of(question)
    weights = idf(content_stems(question), document_frequency, documents)
    asks = next((kind for kind, pattern in _ASKED if pattern.search(question)), None)
    return QuestionProfile(question, weights, asks)


def questions_in(question: str) -> list[str]:
    """The questions within a question, in order; itself alone when there is one.

    >>> questions_in("Who stopped the listing, and how much was it worth?")
    ['Who stopped the listing', 'how much was it worth?']
    """
    found = [part.strip(" ,;") for part in _NEXT_PART.split(question)]
    asking = [part for part in found if part and not frozenset(stems(part)) <= STOP_WORDS]
    return asking if len(asking) > 1 else [question]


def gives(asked: QuestionProfile, text: str) -> float:
    """1 when the text holds what is asked for and not said in the question; .5 when that is unknown.

    A number counts fully when it counts what is asked for ("how many companies": "11 technology companies"),
    or is an amount where an amount is asked for ("how much": "$37 billion"); else for half. So does a name
    where several are asked for ("which companies") and none are listed ("Alibaba, Tencent and TikTok").
    """
    if asked.asks is None:
        return 0.5
    if asked.asks == "name":
        names = [set(stems(name)) for name in _NAME.findall(text)]
        given = any(name and not name & asked.all_stems for name in names)
        several = _SEVERAL.search(asked.text) and not _LISTED.search(text)
        return float(given) * (0.5 if several else 1.0)
    pattern = _PATTERNS[asked.asks]
    said = {match[0].lower() for match in pattern.finditer(asked.text)}
    found = [match for match in pattern.finditer(text) if match[0].lower() not in said]
    if asked.asks != "number" or not found:
        return float(bool(found))
    if asked.counted is None:
        return 1.0 if _AMOUNT.search(text) else 0.5
    return 1.0 if any(_counts(text, match.end(), asked.counted) for match in found) else 0.5


def _head(words: Sequence[str]) -> str:
    """What is counted, of the *words* after "how many": the first plural, or the last of several in a row
    ("sports teams"): no verb that agrees with them ends in s. Without one the first word ("fish")."""
    run = list(takewhile(lambda word: word.lower() not in STOP_WORDS, words))
    at = next((at for at, word in enumerate(run) if _PLURAL.search(word)), None)
    if at is None:
        return words[0]
    return list(takewhile(_PLURAL.search, run[at:]))[-1]


def _counts(text: str, at: int, noun: str) -> bool:
    """Whether *noun* (a stem) is one of the four words after a number that ends at *at*."""
    return noun in stems(text[at : at + 80])[:5]
