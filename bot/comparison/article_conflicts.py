"""Finds articles that give another figure or date than the answer does.

Precision over recall: a false alarm costs more trust than a missed conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answer import Answer, Citation
from bot.citations import quote_of
from bot.comparison.contradictions import FoundContradiction
from bot.comparison.designations import are_told_apart
from bot.comparison.stated_values import (
    StatedValue,
    comparable,
    compatible_values,
    stated_values,
    unweighted_profile,
    value_text,
    values_differ,
)
from bot.facts.figures import Figure
from bot.localization import localized
from bot.question.question_profile import QuestionProfile
from bot.rendering.also_in import publisher_with_date
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems

MAX_OTHER_ARTICLES = 2  # listed in one contradiction
MIN_OVERLAP = 0.5  # share of the shorter sentence's stems from which two sentences are about the same thing
MIN_SHARED_STEMS = 4
MIN_OTHER_STEMS = 3  # shared stems not in the question, if both lack some of its words ("meet": "met")
MAX_RATIO = 2.0  # of two figures; a larger one means that they are about different things
MAX_DAYS_APART = 60  # of two articles; beyond it another figure is a later state of things


@dataclass(frozen=True, slots=True)
class DifferingValue:
    """A value of another article, with its ``text`` as written there and the span of its sentence."""

    text: str
    value: StatedValue
    own: StatedValue  # the value in the answer's quote that it differs from
    passage: Passage
    start: int
    end: int


def article_conflict(answer: Answer, hits: Sequence[Hit]) -> FoundContradiction | None:
    """Other articles' values for the figure or date in the answer's first sentence.

    None when no article differs, or the question asks for neither a figure nor a date.
    """
    first = answer.sentences[0] if answer.sentences else None
    if first is None or not first.citations or first.is_marked:
        return None
    profile = unweighted_profile(answer.standalone_question)
    own = next(citation for citation in answer.citations if citation.number == first.citations[0])
    values = compatible_values(
        stated_values(profile, own.quote), stated_values(profile, first.text, bare=True)
    )
    others = list(_differing_values(profile, own, values, hits))[:MAX_OTHER_ARTICLES] if values else []
    if not others:
        return None
    own_text = value_text(own.quote, others[0].own, others[0].value.nouns)
    statements = [(own.article, own_text), *((other.passage.article, other.text) for other in others)]
    said = (
        localized("{article} says {value}", article=publisher_with_date(info), value=" ".join(v.split()))
        for info, v in statements
    )
    text = localized("Articles differ: {statements}.", statements=", ".join(said))
    quotes = tuple(quote_of(other.passage, other.start, other.end, 0) for other in others)
    return FoundContradiction("articles", text, (own, *quotes))


def _differing_values(
    profile: QuestionProfile, own: Citation, values: Sequence[StatedValue], hits: Sequence[Hit]
) -> Iterator[DifferingValue]:
    """One for each article that does not state the answer's value anywhere, copies counted once."""
    seen = {own.article.id} | _copies(own.article, hits)
    own_hits = [hit for hit in hits if hit.passage.article.id in seen]
    for hit in hits:
        info = hit.passage.article
        if info.id in seen or not _near_in_time(own.article, info):
            continue
        differing = next(_differing_in(profile, own, values, hit.passage), None)
        its_hits = [other for other in hits if other.passage.article.id == info.id]
        if (
            differing is None
            or _states_any(profile, values, its_hits)
            or _states_any(profile, [differing.value], own_hits)
        ):
            continue
        seen |= {info.id} | _copies(info, hits)
        yield differing


def _copies(info: ArticleInfo, hits: Sequence[Hit]) -> set[str]:
    """The ids of the articles with the same text."""
    groups = ({hit.passage.article.id, *(copy.id for copy in hit.also_in)} for hit in hits)
    return set().union(*(group for group in groups if info.id in group))


def _near_in_time(one: ArticleInfo, other: ArticleInfo) -> bool:
    return one.day is None or other.day is None or abs((one.day - other.day).days) <= MAX_DAYS_APART


def _differing_in(
    profile: QuestionProfile, own: Citation, values: Sequence[StatedValue], passage: Passage
) -> Iterator[DifferingValue]:
    for start, end in passage.sentences:
        text = passage.text[start - passage.start : end - passage.start]
        theirs = stated_values(profile, text)
        if values_differ(values, theirs) and _same_topic(profile, own, text, passage):
            pairs = ((one, other) for one in values for other in theirs if comparable(one, other))
            pair = next((pair for pair in pairs if _similar_size(*pair)), None)
            if pair is not None and not _are_about_others(profile, own, text, passage, pair):
                one, other = pair
                yield DifferingValue(value_text(text, other, one.nouns), other, one, passage, start, end)


def _are_about_others(
    profile: QuestionProfile,
    own: Citation,
    text: str,
    passage: Passage,
    pair: tuple[StatedValue, StatedValue],
) -> bool:
    """True if quote and sentence are about things with other numbers or names, by their titles too."""
    values = [stated.value.value for stated in pair if isinstance(stated.value, Figure)]
    ours, theirs = f"{own.article.title}\n{own.quote}", f"{passage.article.title}\n{text}"
    return are_told_apart(ours, theirs, profile.weights.keys(), values)


def _similar_size(one: StatedValue, other: StatedValue) -> bool:
    """True unless both are figures and one is more than MAX_RATIO times the other."""
    if not isinstance(one.value, Figure) or not isinstance(other.value, Figure):
        return True
    small, large = sorted((abs(one.value.value), abs(other.value.value)))
    return large <= MAX_RATIO * small


def _same_topic(profile: QuestionProfile, own: Citation, text: str, passage: Passage) -> bool:
    """True if a sentence shares enough words with the quote, both those of the question and others."""
    ours, theirs = _stems(own.quote), _stems(text)
    shared = ours & theirs
    if len(shared) < MIN_SHARED_STEMS or len(shared) < MIN_OVERLAP * min(len(ours), len(theirs)):
        return False
    missing = profile.weights.keys() - theirs - _stems(passage.head)
    return not missing & ours and (not missing or len(shared - profile.weights.keys()) >= MIN_OTHER_STEMS)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem for stem in content_stems(text) if not re.match(r"\d", stem))


def _states_any(profile: QuestionProfile, values: Sequence[StatedValue], hits: Sequence[Hit]) -> bool:
    """True if one of the passages states one of the values."""
    return any(compatible_values(stated_values(profile, hit.passage.text), values) for hit in hits)
