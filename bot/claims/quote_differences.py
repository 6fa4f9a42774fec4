"""The words of a sentence that a quote lacks, for a reader who compares the two."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.checking.passage_evidence import Evidence
from bot.checking.word_check import differing_facts, lacking_facts
from bot.facts import date_mentions, figures
from bot.facts.negations import negated, polar_words
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import STOP_WORDS, stems

# Stop words that change what a sentence says.
_TELLING = frozenset("after all before no nor not off on only out over own to under until up".split())
_IGNORED = STOP_WORDS - _TELLING
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")

Span = tuple[int, int]


def differing_words(
    sentence: str, passage: Passage, start: int, end: int, *, english: bool
) -> tuple[str, ...]:
    """The words of a sentence that the quote ``start..end`` of a passage lacks, in order, each once.

    Equal figures and dates can be written differently. Title and publisher of the article count as quoted,
    but not its date, which need not be that of the event. Figures, dates and negations are compared as such
    only in *english*.
    """
    text = passage.text[start - passage.start : end - passage.start]
    info = replace(passage.article, published=None, updated=None)
    quote = replace(passage, article=info, text=text, start=start, end=end, sentences=((start, end),))
    spans = _lacking(sentence, quote) if english else []
    known = set(stems(f"{text} {quote.head}"))
    compared = [*spans, *(_facts(sentence) if english else ())]
    for word in _WORD.finditer(sentence):
        is_known = word[0].casefold() in _IGNORED or known.issuperset(stems(word[0]))
        if not is_known and not any(start < word.end() and word.start() < end for start, end in compared):
            spans.append(word.span())
    return tuple(dict.fromkeys(sentence[first:last] for first, last in sorted(spans)))


def _lacking(sentence: str, quote: Passage) -> list[Span]:
    """The facts that the quote lacks: also a negation of other words."""
    evidence = Evidence((Hit(quote, 0.0),))
    lacks, calculations = lacking_facts(sentence, evidence, "")
    found = {span[:2] for span in [*lacks, *differing_facts(sentence, evidence, calculations)]}
    denied = {polar.stem for polar in polar_words(quote.text) if polar.is_negated is not False}
    negations = {span[:2] for span in negated(sentence)}
    kept = {(first, last) for first, last, stem in negated(sentence) if stem in denied}
    found |= negations - kept
    return [span for span in found if not any(_contains(other, span) for other in found)]


def _facts(sentence: str) -> list[Span]:
    """Figures, dates and negations, which are not compared word by word."""
    dates = [(mention.start, mention.end) for mention in date_mentions.date_mentions(sentence)]
    numbers = [(figure.start, figure.end) for figure in figures.figures(sentence)]
    return [*dates, *numbers, *(span[:2] for span in negated(sentence))]


def _contains(outer: Span, inner: Span) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]
