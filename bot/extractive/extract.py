"""Answers without a model: the sentences that answer, verbatim, each cited. No invention is possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.citations import CitationList, selected
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.confidence import THRESHOLD, Confidence, confidence
from bot.extractive.corroboration import corroborations
from bot.extractive.embedding_cache import EmbeddingCache
from bot.extractive.overview_answer import overview_answer
from bot.extractive.report_date import needs_report_date, with_report_date
from bot.extractive.sentence_choice import MOST_SENTENCES, choose_sentences
from bot.extractive.sentence_ranking import Scored, leans, rank
from bot.question.publisher_question import split_publisher
from bot.question.question_profile import QuestionProfile, WordCounts, question_profile, questions_in
from retrieval.hit import Hit

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from retrieval.models.embeddings import FootnoteEmbeddings

OWN_WORDS = 0.34  # share of the weight of a follow-up's own words that the hits must hold
PART = 0.5  # share of the least confidence that a part of a question must reach to count as answered


def extract(
    question: str,
    hits: Sequence[Hit],
    embeddings: FootnoteEmbeddings,
    counts: WordCounts,
    as_of: date,
    least: float = THRESHOLD,
    typed: str | None = None,
    judge: Answerability | None = None,
) -> Answer:
    """The answer of one to three sentences of the hits, or not_found with the reason.

    *least* is the confidence (0..1) below which nothing is answered. *typed* is the question as it was typed
    when *question* is its standalone form: what was added to it must not answer for its own words. *judge*
    reads the best sentences together with the question. Raises ModelMissing, EmbeddingError.
    """
    if hits and hits[0].listed:
        return overview_answer(question, hits)
    plain, hits = split_publisher(question, hits)
    typed = typed and split_publisher(typed, hits)[0]
    reader = _Reader(hits, candidates(hits), EmbeddingCache(embeddings), counts, as_of, judge)
    asked, ranked, sure = reader.judged(plain, least)
    if typed and sure.reason is None and not reader.holds(typed):
        sure = Confidence(0.0, "nothing near")
    parts = [part for part in reader.parts(plain, sure, least) if not typed or reader.holds(typed)]
    answered = [part for part in parts if part.sure.reason is None]
    if sure.reason and answered:
        ranked, sure = [answered[0].best], answered[0].sure
    chosen = choose_sentences(asked, ranked, [part.best for part in answered]) if sure.reason is None else []
    open_parts = [part.question for part in parts if part not in answered] if chosen else []
    numbered = CitationList()
    sentences = tuple(_sentences(_blocks(chosen, reader.found), numbered, question, as_of))
    sentences = _backed(sentences, chosen, numbered, hits)
    reason = "only part answered" if open_parts else sure.reason
    notice = _only_part(open_parts) if open_parts else None
    return selected(question, sentences, numbered, sure.value, reason, notice)


def _backed(
    sentences: tuple[Sentence, ...], chosen: Sequence[Scored], numbered: CitationList, hits: Sequence[Hit]
) -> tuple[Sentence, ...]:
    """The sentences, the best of them citing the other articles that say the same too."""
    if not chosen:
        return sentences
    best = " ".join(chosen[0].candidate.text.split())
    found = corroborations(best, chosen[0].candidate.hit.passage.article.id, hits)
    numbers = tuple(numbered.number(*place) for place in found)
    return tuple(
        replace(each, citations=each.citations + numbers) if each.text == best else each for each in sentences
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the questions in a question, the sentence that answers it best, and how sure that is."""

    question: str
    best: Scored
    sure: Confidence


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the parts of a question are answered from."""

    hits: Sequence[Hit]
    found: Sequence[Candidate]
    readings: EmbeddingCache
    counts: WordCounts
    as_of: date
    judge: Answerability | None

    def judged(self, question: str, least: float) -> tuple[QuestionProfile, list[Scored], Confidence]:
        """The sentences by how well they answer, and how sure it is that the first one does."""
        asked = question_profile(question, self.counts.document_frequency, self.counts.documents)
        ranked = rank(asked, self.found, self.readings, self.judge)
        return asked, ranked, confidence(asked, ranked, self.hits, self.counts, self.as_of, least)

    def holds(self, typed: str) -> bool:
        """Whether the hits hold the words of a question of two and more, those that weigh most above all."""
        asked = question_profile(typed, self.counts.document_frequency, self.counts.documents)
        held = frozenset().union(*(each.known for each in self.found))
        return len(asked.weights) < 2 or asked.coverage(held) >= OWN_WORDS

    def parts(self, question: str, whole: Confidence, least: float) -> list[_Part]:
        """The questions in a question; none when it is one. Where the *whole* is sure, its first part is,
        and the others, which lean on it, need less."""
        questions = questions_in(question)
        if len(questions) == 1 or not self.found:
            return []
        if whole.reason is None:
            questions, least = questions[1:], least * PART
        judged = [(part, *self.judged(part, least)) for part in questions]
        return [_Part(part, ranked[0], sure) for part, _, ranked, sure in judged]


def _only_part(unanswered: Sequence[str]) -> str:
    parts = "; ".join(f"“{part.rstrip('?')}”" for part in unanswered)
    return f"The articles that were found answer only part of this; not: {parts}."


def _blocks(chosen: Sequence[Scored], found: Sequence[Candidate]) -> list[list[Candidate]]:
    """The chosen sentences as runs of neighbours, each run one quotation: the best one's first, then those
    of its article as they stand there, then the others. A best run that leans begins one sentence earlier."""
    if not chosen:
        return []
    blocks: list[list[Candidate]] = []
    for candidate in sorted((each.candidate for each in chosen), key=lambda each: (each.rank, each.start)):
        if blocks and blocks[-1][-1].adjoins(candidate):
            blocks[-1].append(candidate)
        else:
            blocks.append([candidate])
    best = chosen[0].candidate
    first = next(block for block in blocks if best in block)
    article = best.hit.passage.article.id
    same = [b for b in blocks if b is not first and b[0].hit.passage.article.id == article]
    rest = [b for b in blocks if b is not first and b[0].hit.passage.article.id != article]
    return [_with_context(first, found), *sorted(same, key=lambda block: block[0].start), *rest]


def _with_context(block: list[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    first = block[0]
    if len(block) >= MOST_SENTENCES or not leans(first.text):
        return block
    return [each for each in found if each.adjoins(first) and each.at < first.at] + block


def _sentences(
    blocks: Sequence[Sequence[Candidate]], numbered: CitationList, question: str, as_of: date
) -> Iterator[Sentence]:
    """The sentences, a citation for each block, and the day of an article where it is needed."""
    days = {block[0].hit.passage.article.day for block in blocks}
    said = None
    for place, block in enumerate(blocks):
        passage = block[0].hit.passage
        number = numbered.number(passage, block[0].start, block[-1].end)
        dated = len(days) > 1 or any(needs_report_date(question, as_of, each.text) for each in block)
        for at, candidate in enumerate(block):
            lead = " " if place or at else ""
            if passage.article.id != said and dated:
                lead, said = lead + with_report_date(passage.article), passage.article.id
            yield Sentence(" ".join(candidate.text.split()), (number,), "supported", lead)
