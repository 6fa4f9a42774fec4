"""Rewrites a follow-up question as a standalone question, by rules and by scores of the words said before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bot.question.conversation_mentions import Mention, content_words, mentions
from bot.question.ellipsis import fill_ellipsis, is_name_not_date
from bot.question.parsed_question import ParsedQuestion, parse_question
from bot.question.topic import Exchange, begins_topic, current_topic, full_question, word_prefixes
from retrieval.search.overview import asks_for_news
from retrieval.text_analysis import STOP_WORDS, stems

# (question, history) -> word: probability that a person would add it to the question; see `context_words`.
WordProbabilities = Callable[[str, Sequence[Exchange]], Mapping[str, float]]

# Tuned for the best F1 of added words in cross-validation (tests/benchmarks/ablation.md).
MIN_PHRASE_PROBABILITY = 0.28  # mean of its words; a phrase below it is not added
MIN_WORD_PROBABILITY = 0.15  # of every word of a phrase that is not a name
MIN_SINGLE_WORD_PROBABILITY = 0.4  # of a word that is in none of the added phrases
MAX_PHRASES = 3  # added to a question
MAX_QUESTION_LENGTH = 500  # characters; longer questions are never follow-ups
MIN_STANDALONE_WORDS = 3  # content words of a follow-up that can also be read on its own

_PRONOUN = re.compile(
    r"\b(?:(?P<possessive>(?:his|their|its|thier"
    r"|her(?!\s+(?:in|on|at|to|from|with|by|for|about|and|or|as|when|after|before|that)\b))(?=\s+\w))"
    r"|he|him|she|her|they|them|it)\b",
    re.I,
)
_PLACE_PREPOSITIONS = frozenset({"in", "at", "near", "from"})


def _no_probabilities(question: str, history: Sequence[Exchange]) -> Mapping[str, float]:
    """Without a model, a follow-up can refer only to the last question."""
    return {}


def standalone_question(
    question: str, history: Sequence[Exchange], probabilities: WordProbabilities = _no_probabilities
) -> str:
    """*question* with its references to *history* (question, answer; oldest first) resolved.

    A standalone question is returned unchanged. Pronouns are replaced by the most likely name, an ellipsis
    ("And in 2019?") is completed from the previous question, and further phrases follow in brackets.
    """
    stripped = question.strip()
    if not history or not stripped or len(stripped) > MAX_QUESTION_LENGTH:
        return question
    parsed = parse_question(stripped)
    if rest := parsed.after_topic_change:
        return rest
    topic = current_topic(history)
    if parsed.ellipsis:
        previous = standalone_question(topic[-1][0], topic[:-1], probabilities)
        return fill_ellipsis(stripped, full_question(previous), topic[-1][1])
    if _is_standalone(parsed, topic):
        return question
    by_word = probabilities(stripped, topic)
    phrases = _likely_phrases(parsed, topic, by_word)
    words = [
        word
        for word, probability in by_word.items()
        if probability >= MIN_SINGLE_WORD_PROBABILITY and content_words(word) and word != "s"
    ]
    return _with_context(stripped, parsed, phrases, words, topic[-1][1]) if phrases or words else question


def is_standalone(question: str, history: Sequence[Exchange]) -> bool:
    """True if a question can be understood without *history*; False if it is unclear, or not in English."""
    topic, parsed = current_topic(history), parse_question(question)
    if not topic or parsed.after_topic_change:
        return True
    is_english = frozenset(stems(question)) & STOP_WORDS or parsed.text != question
    return bool(is_english) and not parsed.ellipsis and _is_standalone(parsed, topic)


def readings(question: str, resolved: str, history: Sequence[Exchange]) -> tuple[str, ...]:
    """The standalone questions that a follow-up can mean, the likelier first; *resolved* is one.

    It can mean itself if it is long enough to be searched; first, if nothing in it refers to what was said:
    no pronoun, and "the listing" only after a listing was mentioned.
    """
    parsed, topic = parse_question(question), current_topic(history)
    is_new = word_prefixes(" ".join(parsed.content)).isdisjoint(_said(topic))
    points_back = parsed.refers or parsed.ellipsis or ("the" in question.lower().split() and not is_new)
    is_short = len(parsed.content) < MIN_STANDALONE_WORDS - (is_new and not points_back)
    if resolved == question or is_short or _is_standalone(parsed, topic):
        return (resolved,)
    return (resolved, question) if points_back else (question, resolved)


def _is_standalone(parsed: ParsedQuestion, topic: Sequence[Exchange]) -> bool:
    """True if a question is complete, has no unresolved pronoun, and contains a name or begins a topic."""
    if parsed.is_definition or parsed.names_topic or asks_for_news(parsed.asked):
        return True
    if len(parsed.content) < 2 or parsed.asks_more or parsed.has_unresolved_pronoun:
        return False
    return parsed.has_name or begins_topic(parsed, _said(topic))


def _said(topic: Sequence[Exchange]) -> set[str]:
    return {prefix for exchange in topic for prefix in word_prefixes(" ".join(exchange))}


def _likely_phrases(
    parsed: ParsedQuestion, topic: Sequence[Exchange], by_word: Mapping[str, float]
) -> list[Mention]:
    """The phrases that the question most likely refers to, best first.

    If none is likely, a phrase of the last question, if that was not answered or there are no probabilities.
    """
    scored = sorted(
        (
            (_probability(mention, parsed, by_word), mention)
            for mention in mentions(topic)
            if mention.words - parsed.content
        ),
        key=lambda pair: -pair[0],
    )
    likely = [mention for probability, mention in scored if probability >= MIN_PHRASE_PROBABILITY]
    if likely or (by_word and topic[-1][1]):
        return likely[:MAX_PHRASES]
    return [mention for _, mention in scored if _was_asked_last(mention)][:1]


def _probability(mention: Mention, parsed: ParsedQuestion, by_word: Mapping[str, float]) -> float:
    """The mean over a phrase's new words; 0 for a phrase with an unlikely word that is not a name."""
    new = [by_word.get(word, 0.0) for word in mention.words - parsed.content]
    return sum(new) / len(new) if mention.is_name or min(new) >= MIN_WORD_PROBABILITY else 0.0


def _was_asked_last(mention: Mention) -> bool:
    return any(place.turn == 1 and not place.in_answer for place in mention.places)


def _with_context(
    question: str, parsed: ParsedQuestion, phrases: Sequence[Mention], words: Sequence[str], last_answer: str
) -> str:
    """The question with its pronoun replaced by the most likely name, and other phrases and words added."""
    names = [mention for mention in phrases if is_name_not_date(mention)]
    name = next((mention.text for mention in sorted(names, key=_is_place)), None)
    if name and parsed.has_unresolved_pronoun:
        question = _PRONOUN.sub(lambda match: name + "'s" * bool(match["possessive"]), question, count=1)
    known = content_words(question)
    besides: list[str] = []
    others: list[str] = []
    for mention in phrases:
        if mention.words - known:
            known |= mention.words
            (besides if parsed.asks_more and mention.text in last_answer else others).append(mention.text)
    others += [word for word in words if word not in known]
    if parsed.asks_more and not besides:
        besides, others = others[:1], others[1:]
    return _add_phrases(question, besides, others)


def _is_place(mention: Mention) -> bool:
    """True if a name only occurs after a preposition of place: no pronoun is likely to refer to it."""
    return all(place.before in _PLACE_PREPOSITIONS for place in mention.places)


def _add_phrases(question: str, besides: Sequence[str], others: Sequence[str]) -> str:
    """ "… besides A, B (C, D)?": the question asks for more than *besides*, in the context of *others*."""
    body = question.rstrip(" ?!.")
    mark = question[len(body) :].strip()
    if besides and re.search(r"\b(?:besides|than)\b", body, re.I):
        besides, others = [], [*besides, *others]
    body += " besides " + ", ".join(besides) if besides else ""
    body += f" ({', '.join(others)})" if others else ""
    return body + mark
