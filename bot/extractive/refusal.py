"""Calibrated confidence that the best sentence answers the question, and the reason when it is low."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.extractive.candidate_sentences import passage_stems
from bot.extractive.question_details import affirms_negated, has_details
from bot.extractive.sentence_ranking import ScoredSentence
from bot.question.answer_kind import answer_kind_score
from bot.question.question_phrases import ACCOUNT_KINDS, COMPOSED_KINDS
from bot.question.question_profile import QuestionProfile, WordCounts
from retrieval.calendar_terms import MONTHS, WEEKDAYS
from retrieval.hit import Hit
from retrieval.language_words import ENGLISH, UNSPACED, language_code
from retrieval.search.date_window import date_window
from retrieval.text_analysis import STOP_WORDS, stems

# A logistic model of "the articles contain the answer", fitted by tests/benchmarks/fit_selection.py on
# development sets with answerable and unanswerable questions: .3 on small corpora whose articles are all near
# the question, .7 on small corpora of arbitrary articles.
BIAS = -9.16
WEIGHTS = {
    "coverage": 0.21,  # of the question's words by the best sentence
    "coverage_passage": 2.23,  # … and by its whole passage and head
    "names_passage": 0.73,  # share of the question's names and figures in that passage
    "gives": 0.52,  # the best sentence has what is asked for: a number, a date, a name, a reason
    "cosine": 4.28,  # between question and best sentence
    "similarity": 6.59,  # between question and closest passage
    "names_all": 2.81,  # share of its names and figures that occur in any hit
    "has_names": 0.95,  # half if their capitals were restored
    "title": 1.5,  # share of its words in the article's title, for questions about a whole story
    "pairs": -0.37,  # share of the question's adjacent word pairs that are adjacent in the best sentence
    "words": 0.07,  # number of content words in the question
    "outside": -0.87,  # how far the best article lies outside the days asked for
    "weakest": 1.5,  # cosine of the question's words that match least in the best sentence
    "size": -0.39,  # log of the passages in the index: among many, one is near by chance
}
THRESHOLD = 0.285  # below it the question is not answered
MAX_REFUSED_SHARE = 0.5  # of the threshold: the most confidence if something rules out an answer
MIN_ABSENT_WORDS, MIN_ABSENT_SHARE = 4, 0.6
MIN_DAYS_EARLY = 14  # an article so long before the days that a question about the past names tells nothing
MAX_DAYS_OUTSIDE = 60.0
# With answerability, both "it is near" (the log-odds of the above, plus NEAR_SHIFT) and "it answers" (the
# log-odds of the window, plus ANSWER_SHIFT) must hold, so their probabilities are multiplied. The product is
# then scaled to the same threshold, and to the share of right answers on four development sets.
NEAR_SHIFT, ANSWER_SHIFT = 1.5, 2.0
SCALE, SHIFT = 0.75, -0.8
# In a small corpus what is near is more likely the answer. ANSWER_SHIFT grows by SMALL_SHIFT for each unit of
# "size" below 6 (400 passages) down to 3 (20), times the coverage of the question by the passage; chosen on
# corpora of 20 articles of three sets.
SMALL_SIZES, SMALL_SHIFT = (3.0, 6.0), 0.8
ABSENT_DETAIL_SHIFT = -1.5  # of what is near if the question has a detail that the best article lacks
AFFIRMED_SHIFT = -2.0  # of an answer that affirms what the question negates
YES_NO_SHIFT = 0.3  # of the answers to yes-no questions, for which the model was not trained
_NOT_PAST = re.compile(
    r"\b(?:is|are|do|does|can|could|will|would|should|may|might|going to|gonna|plan\w*|expect\w*|scheduled"
    r"|set to|due|upcoming|forecast\w*)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(r"\bwho (?:is|was) (?:the|an?) ((?:[\w-]+ ){1,3}?)(?:of|at|for|in)\b", re.IGNORECASE)
MAX_ROLE_WORDS = 6  # content words; longer questions describe the person in other ways
ROLE_PREFIX = 5  # letters: a "leader" has the "leadership"
_LEADERS = frozenset(
    "ceo cfo chief head boss leader lead led direct chair president manage run ran executive found govern "
    "commissioner minister".split()
)
_CALENDAR_STEMS = frozenset(stems(" ".join((*MONTHS, *WEEKDAYS))))
DEFAULT_WEAKEST = 0.42  # "weakest" of embeddings without token vectors: the mean of the local ones

# The default embeddings find any two texts in some languages similar. A question in another language than
# English must also share words with a passage in the same language: at HALF_COVERAGE the confidence is at
# most .5. Set by hand on the German, Spanish and Chinese articles of tests/data/languages.
HALF_COVERAGE, COVERAGE_SHARPNESS = 0.52, 15.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """``value`` from 0 to 1; ``reason`` says in a few words why it is low, None when it is not."""

    value: float
    reason: str | None


def confidence(
    profile: QuestionProfile,
    ranked: Sequence[ScoredSentence],
    hits: Sequence[Hit],
    counts: WordCounts,
    as_of: date,
    threshold: float = THRESHOLD,
) -> Confidence:
    """The confidence in the best of the ranked sentences, given all hits and its answerability, if scored.

    A value below *threshold* comes with a reason. *as_of* is the day on which the question is asked.
    """
    if not ranked:
        return Confidence(0.0, "nothing near")
    leaders = (sentence for sentence in ranked if sentence.values.get("ranked_first"))
    best = next(leaders, max(ranked, key=lambda sentence: sentence.score))
    values = confidence_features(profile, best, hits, counts, as_of)
    odds = BIAS + sum(WEIGHTS[name] * value for name, value in values.items())
    near = value = _logistic(odds)
    if (window_odds := ranked[0].values.get("window_odds")) is not None:
        shift = SMALL_SHIFT * _smallness(values["size"]) * values["coverage_passage"]
        shift += YES_NO_SHIFT * (profile.kind == "yes_no")
        if profile.kind == "fact" and affirms_negated(profile.text, ranked[0].candidate.text):
            shift += AFFIRMED_SHIFT
        value = _combined(odds + _detail_shift(profile, best, hits), window_odds + shift)
    written_in = best.candidate.hit.passage.article.language or profile.language
    if profile.language != ENGLISH and profile.language == language_code(written_in):
        coverage = values["coverage_passage"] - HALF_COVERAGE
        value = near = min(value, _logistic(COVERAGE_SHARPNESS * coverage))
    if profile.kind == "who_is" and values["pairs"] == 1:  # the whole name is in the best sentence
        value = max(value, threshold)
    if reason := _refusal(profile, best, hits, counts, as_of):
        return Confidence(min(value, threshold * MAX_REFUSED_SHARE), reason)
    if value >= threshold:
        return Confidence(value, None)
    if _has_absent_words(profile, counts):
        return Confidence(value, "words not in the corpus")
    days = [day for hit in hits if (day := hit.passage.article.day)]
    window = date_window(profile.text, as_of, profile.language)
    if days and all(window.distance(day) for day in days):
        return Confidence(value, "outside the dates")
    return Confidence(value, "not said" if near >= threshold else "nothing near")


def _refusal(
    profile: QuestionProfile, best: ScoredSentence, hits: Sequence[Hit], counts: WordCounts, as_of: date
) -> str | None:
    """The reason why no sentence can answer the question, however near it is; else None."""
    if profile.kind == "opinion":
        return "asks for an opinion"
    names = {name for name in profile.names - _CALENDAR_STEMS if not name.isdigit()}
    unknown = {name for name in names if not counts.document_frequency(name)}
    heads = (stems(hit.passage.head, profile.language) for hit in hits) if unknown else ()
    known = frozenset().union(*heads)  # heads are not counted as text
    if unknown - known and not _has_absent_words(profile, counts):
        return "name not in the corpus"
    if _lacks_role(profile, best):
        return "not said"
    window, day = date_window(profile.text, as_of, profile.language), best.candidate.hit.passage.article.day
    has_year = bool(re.search(r"\d{4}", window.text))
    if has_year and window.kind == "soft" and window.since and day and not _NOT_PAST.search(profile.text):
        return "reported before the dates" if (window.since - day).days >= MIN_DAYS_EARLY else None
    return None


def _detail_shift(profile: QuestionProfile, best: ScoredSentence, hits: Sequence[Hit]) -> float:
    """What the log-odds lose if names, years or numbers of the question are not in the best article."""
    is_certain = profile.language == ENGLISH and profile.name_certainty == 1
    return ABSENT_DETAIL_SHIFT * (is_certain and not has_details(profile.text, _article_texts(best, hits)))


def _article_texts(best: ScoredSentence, hits: Sequence[Hit]) -> list[str]:
    """The hits of the best sentence's article, with their heads."""
    own = (hit.passage for hit in hits if hit.passage.article.id == best.candidate.hit.passage.article.id)
    return [f"{passage.head} {passage.text}" for passage in own]


def _lacks_role(profile: QuestionProfile, best: ScoredSentence) -> bool:
    """True if the best sentence and its neighbours lack the role in "who is the … of", or all words for a
    leader if it is one."""
    is_short = profile.kind == "fact" and len(profile.weights) <= MAX_ROLE_WORDS
    match = _ROLE.search(profile.text) if is_short else None
    role = {word[:ROLE_PREFIX] for word in stems(match[1]) if word not in STOP_WORDS} if match else set()
    if not role:
        return False
    leaders = {word[:ROLE_PREFIX] for word in _LEADERS}
    found = {word[:ROLE_PREFIX] for word in best.candidate.stems | best.candidate.neighbour_stems}
    return not found & (role | leaders if role & leaders else role)


def _has_absent_words(profile: QuestionProfile, counts: WordCounts) -> bool:
    """True if most words of the question are in no article, as those of another language are."""
    if profile.language in UNSPACED:  # pairs of characters
        words, content, least = list(profile.weights), [[pair] for pair in profile.weights], 1
    else:
        words = [word for word in re.findall(r"[^\W\d_]+", profile.text) if len(word) > 1]
        content = [stems(word, profile.language) for word in words if word.lower() not in STOP_WORDS]
        least = MIN_ABSENT_WORDS
    absent = sum(not any(map(counts.document_frequency, stems_of_word)) for stems_of_word in content)
    return absent >= max(least, MIN_ABSENT_SHARE * len(words))


def _smallness(size: float) -> float:
    """How far the size of an index is below the larger of SMALL_SIZES, from the smaller on."""
    smallest, large = SMALL_SIZES
    return large - min(max(size, smallest), large)


def _combined(near: float, answers: float) -> float:
    """The confidence from both log-odds: those of the product of the two probabilities, scaled."""
    near, answers = near + NEAR_SHIFT, answers + ANSWER_SHIFT
    odds = -math.log(math.exp(-near) + math.exp(-answers) + math.exp(-near - answers))
    return _logistic(SCALE * odds + SHIFT)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def confidence_features(
    profile: QuestionProfile,
    best: ScoredSentence,
    hits: Sequence[Hit],
    counts: WordCounts,
    as_of: date,
) -> dict[str, float]:
    """The features of the logistic model, by the names in WEIGHTS."""
    missing = profile.names.difference(*(passage_stems(hit.passage, profile.language) for hit in hits))
    names, title = profile.names, best.candidate.hit.passage.article.title
    coverage_passage = best.values["coverage_passage"]
    if profile.kind in COMPOSED_KINDS:  # made from several passages of an article
        coverage_passage = profile.coverage(frozenset().union(*map(stems, _article_texts(best, hits))))
    return {
        "coverage": best.values["coverage"],
        "coverage_passage": coverage_passage,
        "names_passage": best.values["names_passage"] if names else 1.0,
        "gives": answer_kind_score(profile, best.candidate.text),
        "cosine": best.values["cosine"],
        "similarity": max(hit.similarity or 0.0 for hit in hits),
        "names_all": (len(names) - len(missing)) / len(names) if names else 1.0,
        "has_names": profile.name_certainty * bool(names),
        "title": profile.coverage(frozenset(stems(title))) if profile.kind in ACCOUNT_KINDS else 0.0,
        "pairs": best.values["pairs"],
        "words": float(len(profile.weights)),
        "outside": _outside(profile, best, as_of),
        "weakest": best.values.get("weakest", DEFAULT_WEAKEST),
        "size": math.log(1 + counts.documents),
    }


def _outside(profile: QuestionProfile, best: ScoredSentence, as_of: date) -> float:
    """Days from the best sentence's article to the days asked for, as a share of MAX_DAYS_OUTSIDE, 0..1."""
    day = best.candidate.hit.passage.article.day
    if not day:
        return 0.0
    return min(1.0, date_window(profile.text, as_of, profile.language).distance(day) / MAX_DAYS_OUTSIDE)
