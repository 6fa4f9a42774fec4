"""The profile of a question: its word weights, its names, and the kind of answer that it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, takewhile

from bot.question.parsed_question import parse_question
from bot.question.question_phrases import QuestionKind
from retrieval.language_words import ENGLISH
from retrieval.models.similarity_scale import DEFAULT_SCALE, SimilarityScale
from retrieval.search.foreign_questions import kind_asked, names_in
from retrieval.search.ranking import idf
from retrieval.text_analysis import STOP_WORDS, content_stems, stems


def any_of(*words: str) -> str:
    """The pattern of any of the words, which are separated by " | "; they can be patterns themselves."""
    return r"\b(?:" + "|".join(word for group in words for word in group.split(" | ")) + r")\b"


_NUMBER_NOUN = any_of(
    "percent | percentage | number | amount | age | share | proportion | score | price | cost | rate | size",
    "total | sum | fine | figure",
)
_NAMED_NOUN = any_of(
    "person | man | woman | company | companies | country | countries | city | state | team | agency | group",
    "organi[sz]ation | president | minister | leader | actor | actress | author | singer | player | network",
    "publication | outlet | king | queen | university | river | name",
)
_HOW = "many | much | old | tall | long | far | large | big | often | high | fast | deep | wide | heavy"
# Kind of answer -> pattern of the questions that ask for it; the first match counts.
_KIND_PATTERNS = {
    "number": rf"\bhow {any_of(_HOW)}|\b(?:what|which) (?:\w+ )?{_NUMBER_NOUN}"
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
    "number": any_of(
        "amounts? | numbers? | prices? | costs? | ages? | totals? | percentages? | rates? | sizes? | scores?",
        "worth | value | salary | length | weight | height | how (?:many|much)",
    ),
    "date": any_of("dates? | deadline | start | when"),
    "name": any_of(
        "ceo | head | boss | director | founder | chair(?:man|woman)? | president | minister | mayor | owner"
    ),
}
KINDS = tuple(_KIND_PATTERNS)
_KIND_REGEXES = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _KIND_PATTERNS.items())
_KEYWORD_REGEXES = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _KEYWORD_PATTERNS.items())
_WORD = r"\w+(?:[.’'-]\w+)*(?:(?<=\.\w)\.)?"  # "U.S." includes its final full stop
_HOW_MANY = re.compile(
    rf"\bhow many (?:of the |other |more |different |new )?({_WORD}(?: {_WORD}){{0,2}})", re.I
)
_PLURAL = re.compile(r"(?:(?<!s)s|\b(?:people|men|women|children))$", re.I)
_CAPITALISED = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]*|\b[A-Z]{2,}\b")


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

    @cached_property
    def _coverages(self) -> dict[frozenset[str], float]:
        """By the content stems covered: most sentences share one of a few combinations with the question."""
        return {}

    def coverage(self, stems: Set[str]) -> float:
        """The share of the question's weight that *stems* cover, 0 to 1."""
        shared = self.shared(stems)
        if shared not in self._coverages:
            weight = sum(weight for stem, weight in self.weights.items() if stem in shared)
            self._coverages[shared] = weight / self.total
        return self._coverages[shared]

    def shared(self, stems: Set[str]) -> frozenset[str]:
        """The content stems of the question that are among *stems*."""
        return self._content & stems

    @cached_property
    def _content(self) -> frozenset[str]:
        return frozenset(self.weights)


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


def _counted_noun(words: Sequence[str]) -> str:
    """The counted noun among the *words* after "how many": the first plural, or the last of consecutive ones
    ("sports teams"), as no verb that agrees with them ends in s; without a plural the first word ("fish")."""
    phrase = list(takewhile(lambda word: word.lower() not in STOP_WORDS, words))
    first = next((index for index, word in enumerate(phrase) if _PLURAL.search(word)), None)
    if first is None:
        return words[0]
    return list(takewhile(_PLURAL.search, phrase[first:]))[-1]
