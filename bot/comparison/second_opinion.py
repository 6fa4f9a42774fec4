"""The articles' own words beside a model's answer: shown when they give another figure, date or name.

Two engines read the same passages. Where they agree, or say what cannot be compared, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Answer, Citation, Sentence
from bot.checking import figures
from bot.checking.date_mentions import DateMention
from bot.checking.name_mentions import KnownNames, names
from bot.comparison.contradictions import FoundContradiction
from bot.comparison.stated_values import StatedValues, differ, read_question, stated_values
from bot.question.question_profile import QuestionProfile
from retrieval.hit import Hit

DIFFER, INSTEAD = "The articles' own words differ", "In the articles' own words"
SURE = 0.6  # confidence of the extractive answer, from which on it may speak against the model's


def asks_for_fact(question: str) -> bool:
    """Whether a question asks for a figure, a date or a name, and so can be answered twice."""
    return read_question(question).asks in ("number", "date", "name")


def contradicting_statement(
    answer: Answer, own: Answer, hits: Sequence[Hit], *, shown: bool = True
) -> FoundContradiction | None:
    """What the extractive answer *own* says against a model's *answer* to the same question.

    *shown*: the person sees what it is said against; else it stands instead of what was left out.

    A sentence that its own quotes support is not spoken against: who is right would be a guess.
    """
    if not answer.sentences or not own.citations or own.confidence < SURE:
        return None
    asked = read_question(own.standalone_question)
    if all(each.support == "supported" for each in _giving(asked, answer.sentences)):
        return None
    best = _giving(asked, own.sentences)[0]
    quote = next(each for each in own.citations if each.number in best.citations)
    if not contradicts(asked, [each.text for each in answer.sentences], quote.quote, _around(quote, hits)):
        return None
    words = " ".join(quote.quote.split())
    return FoundContradiction("quote", f"{DIFFER if shown else INSTEAD}: “{words}”", (quote,))


def _around(quote: Citation, hits: Sequence[Hit]) -> str:
    """The passages that hold a quote."""
    passages = (hit.passage for hit in hits if hit.passage.article.id == quote.article.id)
    return "\n".join(each.text for each in passages if each.start <= quote.start and quote.end <= each.end)


def _giving(asked: QuestionProfile, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that give what is asked for; all when none does."""
    if asked.asks == "name":
        return list(sentences[:1])
    return [each for each in sentences if stated_values(asked, each.text, bare=True)] or list(sentences)


def contradicts(asked: QuestionProfile, said: Sequence[str], own: str, around: str = "") -> bool:
    """Whether what a model *said* gives another figure, date or name than the sentence *own*.

    *around*: the passage of *own*; what stands in it may be meant, and does not contradict.
    """
    if asked.asks == "name":
        return _other_name(asked.text, said, own, around)
    theirs = [value for text in said for value in stated_values(asked, text, bare=True)]
    return differ(stated_values(asked, own), theirs) and not any(
        _stands_in(each, f"{own}\n{around}") for each in theirs
    )


def _stands_in(value: StatedValues, text: str) -> bool:
    """Whether a figure, or the year or day of a date, stands in a text, whatever it counts there."""
    written = figures.evidence_figures(text)
    if isinstance(value.value, DateMention):
        part = value.value.day or value.value.year
        return any(each.value == part for each in written)
    return figures.is_supported_by(
        replace(value.value, unit=""), [replace(each, unit="") for each in written]
    )


def _other_name(question: str, said: Sequence[str], own: str, around: str) -> bool:
    asked_for = KnownNames([question])
    ours = [name.key for name in names(own) if not asked_for.holds(name.key)]
    theirs = [name.key for text in said[:1] for name in names(text) if not asked_for.holds(name.key)]
    if not ours or not theirs:
        return False
    known, told = KnownNames([own, around]), KnownNames(said)
    return not any(map(known.holds, theirs)) and not any(map(told.holds, ours))
