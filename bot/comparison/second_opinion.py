"""Compares a model's answer with the extractive one, and reports another figure, date or name.

Both are made from the same passages. Where they agree or cannot be compared, nothing is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Answer, Citation, Sentence
from bot.comparison.contradictions import FoundContradiction
from bot.comparison.stated_values import StatedValue, stated_values, unweighted_profile, values_differ
from bot.facts import figures
from bot.facts.date_mentions import DateMention
from bot.facts.name_mentions import KnownNames, names
from bot.localization import localized
from bot.question.question_profile import QuestionProfile
from retrieval.hit import Hit

DIFFER, INSTEAD = "The articles' own words differ: “{words}”", "In the articles' own words: “{words}”"
MIN_CONFIDENCE = 0.6  # of the extractive answer, to contradict the model's


def asks_for_fact(question: str) -> bool:
    """True if a question asks for a figure, a date or a name, so that two answers can be compared."""
    return unweighted_profile(question).asks in ("number", "date", "name")


def contradicting_statement(
    answer: Answer, extractive: Answer, hits: Sequence[Hit], *, shown: bool = True
) -> FoundContradiction | None:
    """The extractive answer's sentence that contradicts a model's *answer* to the same question.

    *shown*: the contradicted sentence is part of the answer, not left out of a strict one. None if the
    model's sentence is supported by its own quotes: which side is right would be a guess.
    """
    if not answer.sentences or not extractive.citations or extractive.confidence < MIN_CONFIDENCE:
        return None
    profile = unweighted_profile(extractive.standalone_question)
    if not any(sentence.is_marked for sentence in _sentences_with_value(profile, answer.sentences)):
        return None
    best = _sentences_with_value(profile, extractive.sentences)[0]
    quote = next(citation for citation in extractive.citations if citation.number in best.citations)
    texts = [sentence.text for sentence in answer.sentences]
    if not contradicts(profile, texts, quote.quote, _passage_text(quote, hits)):
        return None
    words = " ".join(quote.quote.split())
    return FoundContradiction("quote", localized(DIFFER if shown else INSTEAD, words=words), (quote,))


def _passage_text(quote: Citation, hits: Sequence[Hit]) -> str:
    """The texts of the passages that contain a quote."""
    passages = (hit.passage for hit in hits if hit.passage.article.id == quote.article.id)
    return "\n".join(p.text for p in passages if p.start <= quote.start and quote.end <= p.end)


def _sentences_with_value(profile: QuestionProfile, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that state what is asked for; all of them if none does."""
    if profile.asks == "name":
        return list(sentences[:1])
    stating = [sentence for sentence in sentences if stated_values(profile, sentence.text, bare=True)]
    return stating or list(sentences)


def contradicts(profile: QuestionProfile, texts: Sequence[str], quote: str, passage: str = "") -> bool:
    """True if a model's sentences *texts* give another figure, date or name than *quote*.

    A value that occurs in the *passage* around the quote does not contradict: it can be about something else.
    """
    if profile.asks == "name":
        return _names_differ(profile.text, texts, quote, passage)
    values = [value for text in texts for value in stated_values(profile, text, bare=True)]
    return values_differ(stated_values(profile, quote), values) and not any(
        _occurs_in(value, f"{quote}\n{passage}") for value in values
    )


def _occurs_in(value: StatedValue, text: str) -> bool:
    """True if a figure, or the year or day of a date, is in a text, whatever it counts there."""
    written = figures.evidence_figures(text)
    if isinstance(value.value, DateMention):
        part = value.value.day or value.value.year
        return any(figure.value == part for figure in written)
    return figures.is_supported_by(
        replace(value.value, unit=""), [replace(figure, unit="") for figure in written]
    )


def _names_differ(question: str, texts: Sequence[str], quote: str, passage: str) -> bool:
    in_question = KnownNames([question])
    quoted = [name.key for name in names(quote) if not in_question.holds(name.key)]
    given = [name.key for text in texts[:1] for name in names(text) if not in_question.holds(name.key)]
    if not quoted or not given:
        return False
    in_passage, in_answer = KnownNames([quote, passage]), KnownNames(texts)
    return not any(map(in_passage.holds, given)) and not any(map(in_answer.holds, quoted))
