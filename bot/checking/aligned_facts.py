"""Finds the values and negations of a claim that fit its words worse than others in its source.

Most wrong values are elsewhere in the same source. So each value of a claim is compared with all values of
the same sort in the source by the words around them: the nearer a shared word is to both values, and the
rarer it is, the more it counts. A claim differs where another value fits its words better than an equal one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from bot.checking.values_in_context import (
    StatedValue,
    implied_dates,
    stated_values,
    word_before,
    words_outside,
)
from bot.facts import date_mentions
from bot.facts.arithmetic import calculation
from bot.facts.comparable_values import Value, thing_weight, values
from bot.facts.date_mentions import DateMention
from bot.facts.figures import Figure
from bot.facts.negations import polar_words
from bot.facts.word_contexts import Context, PlacedWord, context_of, place_at, placed_words
from retrieval.splitting.sentences import sentence_spans

# Fits are shares of the weight of a claim's words, from 0 to 1. Between .15 and .3, and 0 and .1, the minimum
# and the margin hardly change the share of perturbed sentences found per true sentence marked.
MIN_FIT, MIN_FIT_IF_UNSUPPORTED, MIN_NEGATION_FIT = 0.15, 0.35, 0.15
MARGIN = 0.02
MIN_SHARED = 2  # stems that a claim shares with the sentence of the other value
MIN_NEARER = 0.1  # difference in weight of a word that is nearer to one of two values of a sentence
REACH = 6.0  # distance in words of a claim at which the weight of a word falls to 1/e
ARTICLE_DAY_WEIGHT = 0.6  # of a date that is only the day of the article
Span = tuple[int, int, str]


class AlignedSource:
    """The passages of a source with the days of their articles, prepared for comparison with claims.

    >>> source = AlignedSource([("Brightpath, which runs 43 clinics with 74 beds, accepted it.", None)])
    >>> source.differing_facts("Brightpath runs 74 clinics.")
    [(16, 18, 'number')]
    >>> source.differing_facts("Brightpath did not accept it.")
    [(15, 18, 'negation')]
    """

    def __init__(self, passages: Sequence[tuple[str, date | None]]) -> None:
        sentences = [(text[a:b], day) for text, day in passages for a, b in sentence_spans(text)]
        stems = [frozenset(word.stem for word in placed_words(text) if word.stem) for text, _ in sentences]
        self._count, self._frequency = len(sentences), Counter(stem for found in stems for stem in found)
        self._stated = [
            stated
            for number, (text, day) in enumerate(sentences)
            for stated in stated_values(text, number, day)
        ]
        self._implied = [
            (found, *implied_dates(text, day)) for found, (text, day) in zip(stems, sentences, strict=True)
        ]
        mentions = [value.content for text, _ in passages for value in values(text)]
        days = [day for _, day in passages if day]
        self._years = frozenset(
            [d.year for d in days] + [m.year for m in mentions if isinstance(m, DateMention) and m.year]
        )
        self._polar: dict[str, list[tuple[bool | None, Context]]] = defaultdict(list)
        for text, _ in sentences:
            for polar in polar_words(text):
                self._polar[polar.stem].append((polar.is_negated, _context(text, polar.word)))

    def differing_facts(self, claim: str) -> list[Span]:
        """Spans of the claim that fit worse than another fact, as (start, end, kind), in order.

        Kinds are "number" (also of scores) and "date", and "negation" for a negation on one side only.
        """
        found = (self._other_values(claim), self._after_other_words(claim), self._other_polarity(claim))
        return sorted({span for spans in found for span in spans})

    def _other_values(self, claim: str) -> Iterator[Span]:
        claimed = values(claim)
        words = words_outside(placed_words(claim), claimed)
        weights = [self._weights(words, place_at(claim, value.start)) for value in claimed]
        fits = [
            [self._fit(value, weight, stated) for stated in self._stated]
            for value, weight in zip(claimed, weights, strict=True)
        ]
        for number, value in enumerate(claimed):
            support, at = self._support(value, weights[number], fits[number])
            least = MIN_FIT
            if support is None:
                least = MIN_FIT_IF_UNSUPPORTED
                if not isinstance(value.content, Figure) or _is_calculated(value.content, claimed):
                    continue
            rival, place = max(self._rivals(claimed, fits, number, support, at), default=(0.0, 0))
            if rival < least or rival - (support or 0.0) <= MARGIN:
                continue
            other, own = self._stated[place], None if at is None else self._stated[at]
            if len(weights[number].keys() & other.context.keys()) < MIN_SHARED:
                continue
            if own is None or not _is_nearer(value, own, other, weights[number]):
                yield value.start, value.end, _kind(value)

    def _after_other_words(self, claim: str) -> Iterator[Span]:
        """Values after a word that is before another value in the source, but never before an equal one."""
        for value in values(claim):
            word = word_before(claim, value)
            equal = [stated.before for stated in self._stated if stated.agrees(value, self._years)]
            after = [stated for stated in self._stated if word and stated.before == word]
            if equal and word not in equal and any(stated.competes(value) for stated in after):
                yield value.start, value.end, _kind(value)

    def _fit(self, value: Value, weights: Context, stated: StatedValue) -> float:
        """How well a value of the source fits the claim's words, negative if it is another value."""
        agreeing = stated.agrees(value, self._years)
        if not agreeing and not stated.competes(value):
            return 0.0
        shared = sum(weight * stated.context.get(stem, 0.0) for stem, weight in weights.items())
        fit = shared * thing_weight(value, stated.value, agreeing=agreeing)
        return fit + 1e-9 if agreeing else -fit

    def _support(
        self, value: Value, weights: Context, fits: Sequence[float]
    ) -> tuple[float | None, int | None]:
        """The best fit of an equal value, and its index; (None, None) if the source has no such value."""
        best = max(range(len(fits)), key=fits.__getitem__, default=0)
        stated = (fits[best], best) if fits and fits[best] > 0 else (None, None)
        if isinstance(value.content, DateMention):
            implied = self._implied_fit(value.content, weights)
            if implied is not None and implied > (stated[0] or -1.0):
                return implied, None
        return stated

    def _implied_fit(self, mention: DateMention, weights: Context) -> float | None:
        """The best fit of a sentence that implies the date, by a weekday or the day of its article."""
        best = None
        for stems, near, article_day in self._implied:
            if date_mentions.is_supported_by(mention, near):
                weight = 1.0
            elif date_mentions.is_supported_by(mention, article_day):
                weight = ARTICLE_DAY_WEIGHT
            else:
                continue
            fit = weight * sum(share for stem, share in weights.items() if stem in stems)
            best = fit if best is None else max(best, fit)
        return best

    def _rivals(
        self,
        claimed: Sequence[Value],
        fits: Sequence[Sequence[float]],
        number: int,
        support: float | None,
        at: int | None,
    ) -> Iterator[tuple[float, int]]:
        """The fits of other values, with their indexes.

        A value that is claimed too counts as far as exchanging both fits better.
        """
        for place, fit in enumerate(fits[number]):
            if fit >= 0:
                continue
            own = [other for other in range(len(claimed)) if other != number and fits[other][place] > 0]
            if not own:
                yield -fit, place
            elif support is not None and at is not None:
                gains = (abs(fits[other][at]) - fits[other][place] for other in own)
                yield min(-fit, support + (-fit - support + max(gains)) / 2), place

    def _other_polarity(self, claim: str) -> Iterator[Span]:
        words = placed_words(claim)
        for polar in polar_words(claim):
            found = self._polar.get(polar.stem, ())
            if polar.is_negated is None or not any(state is (not polar.is_negated) for state, _ in found):
                continue
            weights = self._weights([word for word in words if word != polar.word], polar.word.place)
            rival = support = 0.0
            for state, context in found:
                fit = sum(weight * context.get(stem, 0.0) for stem, weight in weights.items())
                if state is (not polar.is_negated):
                    rival = max(rival, fit)
                else:
                    support = max(support, fit)
            if rival >= MIN_NEGATION_FIT and rival - support > MARGIN:
                yield polar.start, polar.end, "negation"

    def _weights(self, words: Sequence[PlacedWord], place: float) -> dict[str, float]:
        """The share of each stem in the weight of all: rare ones and those near the place weigh more."""
        found: dict[str, float] = defaultdict(float)
        for word in words:
            if word.stem:
                rarity = math.log(1 + self._count / (0.5 + self._frequency[word.stem]))
                found[word.stem] += rarity * math.exp(-abs(word.place - place) / REACH)
        total = sum(found.values())
        return {stem: weight / total for stem, weight in found.items()} if total else {}


def _is_nearer(claimed: Value, own: StatedValue, other: StatedValue, weights: Context) -> bool:
    """True if the word nearest to a claimed value is nearer to its equal in the source than to the other.

    It decides between two values of one sentence, as in "The inquiry began in May and ended in June": the
    words before both are nearer to the first, but belong to both.
    """
    shared = own.context.keys() & weights.keys()
    if own.sentence != other.sentence or not shared:
        return False
    if thing_weight(claimed, own.value, agreeing=False) < thing_weight(claimed, other.value, agreeing=False):
        return False
    nearest = max(shared, key=weights.__getitem__)
    return own.context[nearest] - other.context[nearest] > MIN_NEARER


def _context(text: str, centre: PlacedWord) -> Context:
    return context_of([word for word in placed_words(text) if word != centre], centre.place)


def _kind(value: Value) -> str:
    return "date" if isinstance(value.content, DateMention) else "number"


def _is_calculated(figure: Figure, claimed: Sequence[Value]) -> bool:
    """True if the figure is the result of a calculation with the other figures of its claim."""
    others = [value.content for value in claimed if isinstance(value.content, Figure)]
    dates = [value.content for value in claimed if isinstance(value.content, DateMention)]
    return calculation(figure, "", [other for other in others if other is not figure], dates) is not None
