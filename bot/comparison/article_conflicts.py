"""Articles that give another figure or date than the answer does: told with their outlets and dates.

Careful rather than frequent: a false alarm costs more trust than a conflict that nobody was told of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answer import Answer, Citation
from bot.checking.figures import Figure
from bot.citations import quote
from bot.comparison.contradictions import FoundContradiction
from bot.comparison.stated_values import (
    StatedValues,
    agreeing,
    comparable,
    differ,
    read_question,
    stated_values,
    worded,
)
from bot.question.question_profile import QuestionProfile
from bot.rendering.also_in import publisher_or_site
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems

MOST = 2  # other articles that are named
ALIKE = 0.5  # share of the shorter sentence's stems: from it on two sentences speak of the same thing
LEAST = 4  # stems shared, at least
OTHER_WORDS = 3  # shared, that are none of the question's, where its words are in neither ("meet": "met")
TWICE = 2.0
APART = 60  # days between two articles, beyond which another figure is a later state of things


@dataclass(frozen=True, slots=True)
class DifferingArticle:
    """What one article says otherwise: the value as it is written there, and the span of its sentence."""

    value: str
    stated: StatedValues
    instead: StatedValues  # of the values in the answer's quote
    passage: Passage
    start: int
    end: int


def article_conflict(answer: Answer, hits: Sequence[Hit]) -> FoundContradiction | None:
    """What other articles say instead of the figure or date that the answer's first sentence gives.

    None when nobody says otherwise, or the question asks for no figure and no date.
    """
    first = answer.sentences[0] if answer.sentences else None
    if first is None or not first.citations or first.support == "unsupported":
        return None
    asked = read_question(answer.standalone_question)
    own = next(each for each in answer.citations if each.number == first.citations[0])
    ours = agreeing(stated_values(asked, own.quote), stated_values(asked, first.text, bare=True))
    others = list(_others(asked, own, ours, hits))[:MOST] if ours else []
    if not others:
        return None
    value = worded(own.quote, others[0].instead, others[0].stated.nouns)
    says = [(own.article, value), *((each.passage.article, each.value) for each in others)]
    text = (
        "Articles differ: "
        + ", ".join(f"{publisher_or_site(info)} says {' '.join(v.split())}" for info, v in says)
        + "."
    )
    quotes = tuple(quote(each.passage, each.start, each.end, 0) for each in others)
    return FoundContradiction("articles", text, (own, *quotes))


def _others(
    asked: QuestionProfile, own: Citation, ours: Sequence[StatedValues], hits: Sequence[Hit]
) -> Iterator[DifferingArticle]:
    known = {own.article.id} | _copies(own.article, hits)
    mine = [hit for hit in hits if hit.passage.article.id in known]
    for hit in hits:
        info = hit.passage.article
        if info.id in known or not _near_in_time(own.article, info):
            continue
        differing = next(_differing_in(asked, own, ours, hit.passage), None)
        its_own = [each for each in hits if each.passage.article.id == info.id]
        if differing is None or _says(asked, ours, its_own) or _says(asked, [differing.stated], mine):
            continue
        known |= {info.id} | _copies(info, hits)
        yield differing


def _copies(info: ArticleInfo, hits: Sequence[Hit]) -> set[str]:
    """The ids of the articles that hold the same text."""
    groups = ({hit.passage.article.id, *(each.id for each in hit.also_in)} for hit in hits)
    return set().union(*(group for group in groups if info.id in group))


def _near_in_time(one: ArticleInfo, other: ArticleInfo) -> bool:
    return one.day is None or other.day is None or abs((one.day - other.day).days) <= APART


def _differing_in(
    asked: QuestionProfile, own: Citation, ours: Sequence[StatedValues], passage: Passage
) -> Iterator[DifferingArticle]:
    for start, end in passage.sentences:
        text = passage.text[start - passage.start : end - passage.start]
        theirs = stated_values(asked, text)
        if differ(ours, theirs) and _same_thing(asked, own, text, passage):
            pairs = ((one, other) for one in ours for other in theirs if comparable(one, other))
            pair = next((pair for pair in pairs if _alike_in_size(*pair)), None)
            if pair is not None:
                one, other = pair
                yield DifferingArticle(worded(text, other, one.nouns), other, one, passage, start, end)


def _alike_in_size(one: StatedValues, other: StatedValues) -> bool:
    """Figures that differ by a greater factor than TWICE are of different things."""
    if not isinstance(one.value, Figure) or not isinstance(other.value, Figure):
        return True
    small, large = sorted((abs(one.value.value), abs(other.value.value)))
    return large <= TWICE * small


def _same_thing(asked: QuestionProfile, own: Citation, text: str, passage: Passage) -> bool:
    """Whether a sentence speaks of what the quote speaks of, in the words of the question and in others."""
    ours, theirs = _words(own.quote), _words(text)
    shared = ours & theirs
    if len(shared) < LEAST or len(shared) < ALIKE * min(len(ours), len(theirs)):
        return False
    lacking = asked.weights.keys() - theirs - _words(passage.head)
    return not lacking & ours and (not lacking or len(shared - asked.weights.keys()) >= OTHER_WORDS)


def _words(text: str) -> frozenset[str]:
    return frozenset(stem for stem in content_stems(text) if not re.match(r"\d", stem))


def _says(asked: QuestionProfile, values: Sequence[StatedValues], hits: Sequence[Hit]) -> bool:
    """Whether one of the passages gives one of the values."""
    return any(agreeing(stated_values(asked, hit.passage.text), values) for hit in hits)
