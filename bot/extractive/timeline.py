"""Chooses the sentences of a timeline or a list, and puts them in the order of their days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.extractive.candidate_sentences import Candidate
from bot.extractive.sentence_blocks import Block
from bot.extractive.sentence_choice import repeats
from bot.extractive.sentence_ranking import ScoredSentence
from bot.question.question_profile import QuestionProfile
from retrieval.calendar_terms import YEAR
from retrieval.search.date_phrases import find_date_periods

MAX_EVENTS = 10
MAX_EVENT_GAP = 6.0  # an event can score this much less than the best sentence
MIN_CHRONOLOGY_EVENTS = 4  # dated headings of an article that is a timeline itself
MIN_EVENTS = 2
DAYS_OF_YEAR = 365
_YEAR_HEADING = re.compile(rf"^\W*({YEAR}):")  # in a question the start of a title ("2001: …"), no date


def timeline(ranked: Sequence[ScoredSentence], found: Sequence[Candidate], as_of: date) -> list[Block]:
    """The events in the order of their days: dated sentences, and dated headings with the sentence below.

    If the best article is a timeline itself, its events; else the best dated sentences of all articles.
    Empty if there are too few.
    """
    article = found[0].hit.passage.article.id
    own = sorted((c for c in found if c.hit.passage.article.id == article), key=lambda c: c.start)
    headings = [c for c in own if not c.is_statement and event_day(c, as_of)]
    headings_tell = len(headings) >= MIN_CHRONOLOGY_EVENTS
    if headings_tell:
        scores = {sentence.candidate: sentence.score for sentence in ranked}
        inner = sorted(headings[1:-1], key=lambda heading: -scores.get(heading, 0.0))
        events = [headings[0], headings[-1], *inner]
    else:
        events = [s.candidate for s in ranked if ranked[0].score - s.score <= MAX_EVENT_GAP]
    chosen: list[Candidate] = []
    for event in events:
        if len(chosen) < MAX_EVENTS and event_day(event, as_of) and not repeats(event, chosen):
            chosen.append(event)
    if len(chosen) < MIN_EVENTS:
        return []
    if headings_tell:
        chosen.sort(key=lambda event: event.start)
    else:
        chosen.sort(key=lambda event: (event_day(event, as_of) or date.max, event.start))
    return [_with_text(event, found) for event in chosen]


def list_items(profile: QuestionProfile, ranked: Sequence[ScoredSentence], as_of: date) -> list[Block]:
    """The best sentence of each article that has all words of the subject, in the order of their days.

    Empty if fewer than MIN_EVENTS articles have one.
    """
    chosen: list[Candidate] = []
    for candidate in (sentence.candidate for sentence in ranked):
        articles = {other.hit.passage.article.id for other in chosen}
        is_new = candidate.hit.passage.article.id not in articles and not repeats(candidate, chosen)
        is_item = candidate.is_statement and not candidate.starts_with_reference
        if is_new and is_item and profile.weights.keys() <= candidate.stems:
            chosen.append(candidate)
    if len(chosen) < MIN_EVENTS:
        return []
    chosen.sort(key=lambda item: item.hit.passage.article.day or as_of)
    return [[item] for item in chosen[:MAX_EVENTS]]


def event_day(candidate: Candidate, as_of: date) -> date | None:
    """The first day of the most exact date in a sentence; without a year, the one next to the article's."""
    published = candidate.hit.passage.article.day or as_of
    periods = find_date_periods(_YEAR_HEADING.sub(r"in \1", candidate.text), published)
    exact = min(periods, key=lambda period: period.last - period.first, default=None)
    if exact and exact.yearless and published - exact.first > timedelta(days=DAYS_OF_YEAR / 2):
        return exact.first + timedelta(days=DAYS_OF_YEAR)
    return exact.first if exact else None


def _with_text(event: Candidate, found: Sequence[Candidate]) -> Block:
    """A heading together with the sentence below it."""
    if event.is_statement:
        return [event]
    below = (c for c in found if c.adjoins(event) and c.index > event.index and c.is_statement)
    return [event, *list(below)[:1]]
