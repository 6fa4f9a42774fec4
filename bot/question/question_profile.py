"""The profile of a question: its word weights, its names, and the kind of answer that it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, takewhile

from bot.question.parsed_question import parse_question
from bot.question.question_phrases import QuestionKind
from retrieval.calendar_terms import MONTH_ABBREVIATIONS, MONTHS, NUMBERS, ORDINAL_SUFFIX, WEEKDAYS
from retrieval.language_words import ENGLISH
from retrieval.models.similarity_scale import DEFAULT_SCALE, SimilarityScale
from retrieval.search.foreign_questions import kind_asked, kind_score, names_in
from retrieval.search.ranking import idf
from retrieval.text_analysis import STOP_WORDS, content_stems, stems


def _any_of(*words: str) -> str:
    return r"\b(?:" + "|".join(word for group in words for word in group.split(" | ")) + r")\b"


_NUMBER = r"\d[\d.,]*|" + _any_of(
    *NUMBERS,
    "hundreds? | thousands? | millions? | billions? | trillions?",
    "dozens? | half | twice | double | once | none | third | quarter | percent | per cent",
)
_DATE = _any_of(
    *MONTHS,
    *MONTH_ABBREVIATIONS,
    *WEEKDAYS,
    rf"1\d{{3}} | 20\d{{2}} | \d{{1,2}}{ORDINAL_SUFFIX} | century | today | yesterday | tomorrow",
)
_UPCOMING = re.compile(r"\bwhen (?:do|does|will|would|can|could|must|should|is|are)\b", re.I)
_TAKES_EFFECT = re.compile(
    rf"\b(?:from|by|until|till|as of|(?:begin|start|appl|due|set for|schedul|expect|effect)\w*\b[^.]{{,25}}?)"
    rf" (?:\d{{1,2}} )?(?:{_DATE})",
    re.I,
)
_REASON = _any_of(
    "because | due to | owing to | since | so that | in order to | as a result | after | amid | over",
    "reason | caused? | led to | leads? to | thanks to | therefore | prompted | following",
    "to (?:avoid|prevent|protect|reduce|make|help|ensure|clean|keep)",
)
_ANSWER_REGEXES = {
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
# Kind of answer -> pattern of the questions that ask for it; the first match counts.
_KIND_PATTERNS = {
    "number": rf"\bhow {_any_of(_HOW)}|\b(?:what|which) (?:\w+ )?{_NUMBER_NOUN}"
    r"|\bworth\b|\bwhat (?:did|does|do|will|would) .*\bcosts?\b",
    "date": r"\bwhen\b|\bhow long ago\b"
    r"|\b(?:what|which) (?:\w+ )?(?:year|date|day|month|century|decade|time)\b",
    "reason": r"\bwhy\b|\bhow come\b"
    r"|\bwhat (?:caused|(?:\w+ )?(?:the )?(?:reasons?|causes?|purpose|motive))\b",
    "name": r"\bwho(?:se|m)?\b|\bwhere\b|\bnamed?\b"
    rf"|\b(?:what|which) (?:\w+ ){{0,3}}{_NAMED_NOUN}",
}
# The same for keywords ("orchardia fine amount"): the word that names what is asked for.
_KEYWORD_PATTERNS = {
    "number": _any_of(
        "amounts? | numbers? | prices? | costs? | ages? | totals? | percentages? | rates? | sizes? | scores?",
        "worth | value | salary | length | weight | height | how (?:many|much)",
    ),
    "date": _any_of("dates? | deadline | start | when"),
    "name": _any_of(
        "ceo | head | boss | director | founder | chair(?:man|woman)? | president | minister | mayor | owner"
    ),
}
KINDS = tuple(_KIND_PATTERNS)
# After "how": the units of the answer.
_UNITS = (
    ("long|old|quick|quickly|soon", r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?"),
    ("long|far|tall|high|deep|wide", r"k?m|cm|ft|(?:kilo)?met(?:er|re)s?|miles?|feet|inch(?:es)?|yards?"),
    ("heavy", r"kg|tons?|tonnes?|kilo\w*|pounds?|grams?|lbs?"),
)
_UNIT_REGEXES = tuple(
    (re.compile(rf"\bhow (?:{asked})\b", re.I), re.compile(rf"(?:{_NUMBER})[ -](?:\w+ )?(?:{units})\b", re.I))
    for asked, units in _UNITS
)
_KIND_REGEXES = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _KIND_PATTERNS.items())
_KEYWORD_REGEXES = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _KEYWORD_PATTERNS.items())
_WORD = r"\w+(?:[.’'-]\w+)*(?:(?<=\.\w)\.)?"  # "U.S." includes its final full stop
_HOW_MANY = re.compile(
    rf"\bhow many (?:of the |other |more |different |new )?({_WORD}(?: {_WORD}){{0,2}})", re.I
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
    """Document frequencies of stems in an index of *documents* passages, and the scale of its cosines."""

    document_frequency: Callable[[str], int]
    documents: int
    languages: tuple[str, ...] = (ENGLISH,)  # of the passages
    scale: SimilarityScale = DEFAULT_SCALE


@dataclass(frozen=True)
class QuestionProfile:
    """A question without request words. ``weights`` are the idf of its content stems."""

    text: str
    weights: dict[str, float]
    asks: str | None  # "number", "date", "reason", "name" or None
    is_topic: bool = False  # it only names a topic
    kind: QuestionKind = "fact"
    name_certainty: float = 1.0  # that the capitalised words are names; less for restored capitals
    language: str = ENGLISH  # in which sentences are compared with it

    @cached_property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights.values()) or 1.0

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The adjacent pairs of content stems."""
        return frozenset(pairwise(content_stems(self.text, self.language)))

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Every stem of the question, including stop words."""
        return frozenset(stems(self.text, self.language))

    @cached_property
    def counted(self) -> str | None:
        """The stem of the noun after "how many" ("companies" in "technology companies"), else None."""
        match = _HOW_MANY.search(self.text) if self.language == ENGLISH else None
        return next(iter(stems(_counted_noun(match[1].split()))), None) if match else None

    @cached_property
    def names(self) -> frozenset[str]:
        """Stems of the capitalised words (except the first word) and numbers."""
        found = (
            _CAPITALISED.findall(self.text)
            if self.language == ENGLISH
            else names_in(self.text, self.language)
        )
        words = found + re.findall(r"\b\d[\d,.]*\b", self.text)
        stemmed = (stem for word in words for stem in content_stems(word, self.language))
        return frozenset(stemmed) & self.weights.keys()

    def coverage(self, stems: frozenset[str]) -> float:
        """The share of the question's weight that *stems* cover, 0 to 1."""
        return sum(weight for stem, weight in self.weights.items() if stem in stems) / self.total


def question_profile(
    question: str, document_frequency: Callable[[str], int], documents: int, language: str = ENGLISH
) -> QuestionProfile:
    """Analyze a question in a *language* for an index of *documents* passages.

    >>> question_profile("Please tell me about Ferrant Optics.", lambda stem: 1, 10).text
    'Ferrant Optics.'
    """
    parsed = parse_question(question, language)
    if language != ENGLISH:
        weights = idf(content_stems(parsed.text, language), document_frequency, documents)
        return QuestionProfile(parsed.text, weights, kind_asked(parsed.text, language), language=language)
    kind, text = parsed.kind, parsed.subject
    weights = idf(content_stems(text), document_frequency, documents)
    asks, is_topic = _asked(text, _KIND_REGEXES), parsed.is_topic
    if parsed.is_keywords and not asks and (asks := _asked(text, _KEYWORD_REGEXES)):
        kind, is_topic = "fact", False
        if asks != "name":  # the answer is an amount, and seldom called that
            weights = idf(
                content_stems(dict(_KEYWORD_REGEXES)[asks].sub("", text)), document_frequency, documents
            )
    return QuestionProfile(text, weights, asks, is_topic, kind)


def _asked(text: str, patterns: Sequence[tuple[str, re.Pattern[str]]]) -> str | None:
    return next((asked for asked, pattern in patterns if pattern.search(text)), None)


def answer_kind_score(profile: QuestionProfile, text: str) -> float:
    """1 if *text* contains the kind of answer asked for, beyond the question; .5 if the kind is unknown.

    Also .5 for a number that neither counts the noun of the question ("how many companies": "11 technology
    companies") nor is the amount asked for ("how much": "$37 billion"), and for a single name where several
    are asked for ("which companies": "Alibaba, Tencent and TikTok").
    """
    if profile.language != ENGLISH:
        return kind_score(profile.asks, profile.text, text, profile.language)
    if profile.asks is None:
        return 0.5
    if profile.asks == "name":
        names = [set(stems(name)) for name in _NAME.findall(text)]
        has_new_name = any(name and not name & profile.all_stems for name in names)
        lacks_list = _SEVERAL.search(profile.text) and not _LISTED.search(text)
        return float(has_new_name) * (0.5 if lacks_list else 1.0)
    pattern = _ANSWER_REGEXES[profile.asks]
    in_question = {match[0].lower() for match in pattern.finditer(profile.text)}
    new = [match for match in pattern.finditer(text) if match[0].lower() not in in_question]
    if profile.asks == "date" and new:
        return 0.5 if _UPCOMING.search(profile.text) and not _TAKES_EFFECT.search(text) else 1.0
    if profile.asks != "number" or not new:
        return float(bool(new))
    units = [unit for asked, unit in _UNIT_REGEXES if asked.search(profile.text)]
    if units:
        return 1.0 if any(unit.search(text) for unit in units) else 0.5
    if profile.counted is None:
        return 1.0 if _AMOUNT.search(text) else 0.5
    return 1.0 if any(_counts(text, match.end(), profile.counted) for match in new) else 0.5


def _counted_noun(words: Sequence[str]) -> str:
    """The counted noun among the *words* after "how many": the first plural, or the last of consecutive ones
    ("sports teams"), as no verb that agrees with them ends in s; without a plural the first word ("fish")."""
    phrase = list(takewhile(lambda word: word.lower() not in STOP_WORDS, words))
    first = next((index for index, word in enumerate(phrase) if _PLURAL.search(word)), None)
    if first is None:
        return words[0]
    return list(takewhile(_PLURAL.search, phrase[first:]))[-1]


def _counts(text: str, end: int, noun: str) -> bool:
    """True if *noun* (a stem) is among the words after a number that ends at *end*."""
    return noun in stems(text[end : end + 80])[:5]
