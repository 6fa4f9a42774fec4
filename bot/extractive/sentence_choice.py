"""Chooses the sentences of the answer: the best-ranked one, and those that belong to it or add to it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from bot.extractive.candidate_sentences import Candidate
from bot.extractive.sentence_ranking import ScoredSentence
from bot.facts.negations import negated
from bot.question.question_phrases import STORY_KINDS
from bot.question.question_profile import QuestionProfile
from retrieval.language_words import ENGLISH

MAX_SENTENCES = 3
MAX_SCORE_GAP = 1.8  # a further sentence can score this much less than the best …
MIN_NEW_COVERAGE = 0.15  # … or twice as much if it adds this share of the question's words to the answer
MAX_NEIGHBOUR_GAP = 3.0  # a neighbour of the best can score this much less: they become one quote
MAX_PRECEDING_GAP = 1.0  # a sentence before the best that it does not refer to can score this much less
MAX_REPEATED = 0.7  # share of a sentence's stems already in the answer, above which it adds nothing
MAX_ACCOUNT_SENTENCES = 6  # of an answer to an open question, with the lead of the article
MAX_ACCOUNT_GAP = 5.0  # a sentence of it can score this much less than the best
MAX_LEAD_OFFSET = 600  # characters that can precede the lead: menus and bylines
MIN_LEAD_WORDS = 8
MAX_LISTED = 8  # lines of a list below the sentence that introduces it


def choose_sentences(
    profile: QuestionProfile, ranked: Sequence[ScoredSentence], parts: Sequence[ScoredSentence] = ()
) -> list[ScoredSentence]:
    """The best sentence, then: the best for each further part of the question, the best with the number or
    date asked for, the best with the question's verb, and the top picks by score and by sentence odds. Up to
    MAX_SENTENCES in all, also those that are neighbours of the best, score nearly as well, or add words that
    the others lack."""
    if not ranked:
        return []
    best = ranked[0]
    chosen = [best]

    def add(sentence: ScoredSentence) -> None:
        if all(sentence.candidate != other.candidate for other in chosen):
            chosen.append(sentence)

    for sentence in (
        *parts,
        *_with_requested_value(profile, ranked),
        *_with_verb(profile, ranked),
        *_top_picks(profile, ranked),
        *_denying(profile, ranked),
    ):
        add(sentence)
    neighbour = next((sentence for sentence in ranked[1:] if _belongs_to(sentence, best)), None)
    if neighbour and best.score - neighbour.score <= MAX_NEIGHBOUR_GAP and len(chosen) < MAX_SENTENCES:
        add(neighbour)
    for sentence in ranked[1:]:
        if len(chosen) >= MAX_SENTENCES or best.score - sentence.score > 2 * MAX_SCORE_GAP:
            break
        if _adds(profile, chosen, sentence, best.score):
            add(sentence)
    return chosen


def _belongs_to(sentence: ScoredSentence, best: ScoredSentence) -> bool:
    """True if a sentence follows the best one, or precedes it and is referred to or scores nearly as well."""
    if not sentence.candidate.adjoins(best.candidate):
        return False
    follows = sentence.candidate.index > best.candidate.index
    return follows or best.values["leans_on"] > 0 or best.score - sentence.score <= MAX_PRECEDING_GAP


def _with_requested_value(profile: QuestionProfile, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """The first sentence with a number or date, if the question asks for one, and the first with exactly what
    is asked for: a number of what is counted, the date of an event to come. In other languages than English,
    the first of the best one's article that gives what is asked for."""
    if profile.language != ENGLISH:
        article = ranked[0].candidate.hit.passage.article.id
        exact = (sentence for sentence in ranked if sentence.values.get(f"gives_{profile.asks}", 0) == 1)
        return [sentence for sentence in exact if sentence.candidate.hit.passage.article.id == article][:1]
    if profile.asks not in ("number", "date"):
        return []
    name, least = f"gives_{profile.asks}", ranked[0].score - 2 * MAX_SCORE_GAP
    giving = [sentence for sentence in ranked if sentence.values[name] > 0]
    full = [sentence for sentence in giving if sentence.values[name] == 1 and sentence.score >= least]
    return [*giving[:1], *full[:1]]


def _with_verb(profile: QuestionProfile, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """The first sentence with all words that are not names ("heads"), if the best has none of them."""
    words = profile.weights.keys() - profile.names
    if not words or words & ranked[0].candidate.stems:
        return []
    near = (sentence for sentence in ranked if ranked[0].score - sentence.score <= 2 * MAX_SCORE_GAP)
    return [sentence for sentence in near if words <= sentence.candidate.stems][:1]


def _top_picks(profile: QuestionProfile, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """The sentence ranked first by score and the one with the highest sentence odds, which can differ; for a
    yes-no question also the most similar one, which can decide it in other words."""
    judged = [sentence for sentence in ranked if "sentence_odds" in sentence.values]
    if not judged:
        return []
    names = ["ranked_first", "sentence_odds", *(["cosine"] if profile.kind == "yes_no" else [])]
    return [max(judged, key=lambda sentence: sentence.values[name]) for name in names]


def _denying(profile: QuestionProfile, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """For a yes-no question the first sentence of the best one's article that negates a word of it."""
    if profile.kind != "yes_no" or negated(profile.text):
        return []
    asked, article = profile.weights.keys() - profile.names, ranked[0].candidate.hit.passage.article.id
    own = (s for s in ranked[1:] if s.candidate.hit.passage.article.id == article)
    return [s for s in own if any(stem in asked for *_, stem in negated(s.candidate.text))][:1]


def _adds(
    profile: QuestionProfile,
    chosen: Sequence[ScoredSentence],
    sentence: ScoredSentence,
    best_score: float,
) -> bool:
    """True if a sentence is not mostly repetition, and scores nearly as well as the best or adds coverage."""
    covered = frozenset().union(*(other.candidate.stems for other in chosen))
    stems = sentence.candidate.stems
    if len(stems & covered) > MAX_REPEATED * len(stems):
        return False
    added = profile.coverage(covered | stems) - profile.coverage(covered)
    return best_score - sentence.score <= MAX_SCORE_GAP or added >= MIN_NEW_COVERAGE


def choose_account(
    profile: QuestionProfile, ranked: Sequence[ScoredSentence], found: Sequence[Candidate]
) -> list[Candidate]:
    """The best sentence of an article, then its lead and the next best ones, without repetition.

    *found* are all candidates of the article. A list can consist of lines that are no sentences.
    """
    if profile.kind not in ("list", "timeline"):
        ranked = [sentence for sentence in ranked if sentence.candidate.is_statement] or ranked
    best = ranked[0]
    chosen = [best.candidate]
    lead = _lead(found) if profile.kind in STORY_KINDS else None
    near = (s.candidate for s in ranked[1:] if best.score - s.score <= MAX_ACCOUNT_GAP)
    for candidate in [lead, *near] if lead else near:
        if len(chosen) < MAX_ACCOUNT_SENTENCES and not repeats(candidate, chosen):
            chosen.append(candidate)
    return chosen


def with_listed(chosen: Sequence[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    """The chosen sentences; after one that ends with a colon, what it introduces: a sentence or lines of a
    list, up to MAX_LISTED."""
    extended = list(chosen)
    for candidate in chosen:
        if candidate.text.endswith(":"):
            article = candidate.hit.passage.article.id
            after = (c for c in found if c.hit.passage.article.id == article and c.start > candidate.start)
            first, *others = sorted(after, key=lambda c: c.start)[:MAX_LISTED] or [candidate]
            lines = takewhile(lambda c: not c.is_statement, others if not first.is_statement else ())
            extended += [c for c in (first, *lines) if c not in extended]
    return extended


def _lead(found: Sequence[Candidate]) -> Candidate | None:
    """The first whole sentence of an article, which summarizes a story; None if its beginning is not read."""
    near = [
        c
        for c in found
        if c.start < MAX_LEAD_OFFSET and c.is_statement and len(c.text.split()) >= MIN_LEAD_WORDS
    ]
    return min(near, key=lambda candidate: candidate.start, default=None)


def repeats(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """True if most of a sentence's stems are in one of the chosen sentences."""
    most = MAX_REPEATED * len(candidate.stems)
    return any(candidate == other or len(candidate.stems & other.stems) > most for other in chosen)
