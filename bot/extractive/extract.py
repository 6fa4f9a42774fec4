"""Answers without a model: the sentences that answer the question, quoted verbatim, each cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.citations import CitationList, extractive_answer
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.corroboration import corroborations
from bot.extractive.embedding_cache import EmbeddingCache
from bot.extractive.overview_answer import overview_answer
from bot.extractive.refusal import THRESHOLD, Confidence, confidence
from bot.extractive.report_date import needs_report_date, report_date_lead
from bot.extractive.sentence_choice import MAX_SENTENCES, choose_account, choose_sentences
from bot.extractive.sentence_ranking import ScoredSentence, rank, starts_with_reference
from bot.extractive.subject_article import PassagesOf, subject_article
from bot.question.parsed_question import parse_question
from bot.question.publisher_question import split_publisher
from bot.question.question_kind import ACCOUNT_KINDS
from bot.question.question_profile import QuestionProfile, WordCounts, question_profile
from bot.question.true_case import with_capitals
from retrieval.hit import Hit

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from retrieval.models.embeddings import FootnoteEmbeddings

MIN_ORIGINAL_COVERAGE = 0.34  # weighted share of a follow-up's original words that the hits must contain
RESTORED_NAME_CERTAINTY = 0.25  # of names in a question typed without capitals
PART_THRESHOLD = 0.5  # share of the threshold that further parts of a question must reach


def extract(
    question: str,
    hits: Sequence[Hit],
    embeddings: FootnoteEmbeddings,
    counts: WordCounts,
    as_of: date,
    threshold: float = THRESHOLD,
    original: str | None = None,
    answerability: Answerability | None = None,
    passages_of: PassagesOf | None = None,
) -> Answer:
    """An answer of one to three sentences of the hits, or not_found with the reason.

    *threshold* is the confidence (0..1) below which nothing is answered. *original* is the question as asked
    when *question* is its standalone form: the hits must cover its words too, not only those that were added.
    *answerability* reranks the best sentences. Raises ModelMissing, EmbeddingError.
    """
    if hits and hits[0].listed:
        return overview_answer(question, hits)
    plain, hits = split_publisher(question, hits)
    typed, plain = plain, with_capitals(plain, (hit.passage.text for hit in hits))
    original = original and split_publisher(original, hits)[0]
    profile = question_profile(plain, counts.document_frequency, counts.documents)
    is_open = bool(hits) and passages_of is not None and profile.kind in ACCOUNT_KINDS
    read = subject_article(profile, hits, passages_of) if is_open and passages_of else hits
    certainty = RESTORED_NAME_CERTAINTY if typed[1:].islower() else 1.0
    ranker = _Ranker(
        hits, candidates(read), EmbeddingCache(embeddings), counts, as_of, answerability, certainty
    )
    profile, ranked, judgement = ranker.rank(plain, threshold)
    if original and judgement.reason is None and not ranker.covers(original):
        judgement = Confidence(0.0, "nothing near")
    parts = [
        part for part in ranker.parts(plain, judgement, threshold) if not original or ranker.covers(original)
    ]
    answered = [part for part in parts if part.confidence.reason is None]
    if judgement.reason and answered:
        ranked, judgement = [answered[0].best], answered[0].confidence
    chosen: list[Candidate] = []
    if judgement.reason is None:
        if is_open:
            chosen = choose_account(profile, ranked, ranker.candidates)
        else:
            chosen = [
                s.candidate for s in choose_sentences(profile, ranked, [part.best for part in answered])
            ]
    unanswered = [part.question for part in parts if part not in answered] if chosen else []
    citations = CitationList()
    blocks = _blocks(chosen, ranker.candidates, in_order=is_open)
    sentences = tuple(_sentences(blocks, citations, question, as_of))
    sentences = _with_corroborations(sentences, chosen, citations, hits)
    reason = "only part answered" if unanswered else judgement.reason
    notice = _unanswered_notice(unanswered) if unanswered else None
    return extractive_answer(question, sentences, citations, judgement.value, reason, notice)


def _with_corroborations(
    sentences: tuple[Sentence, ...],
    chosen: Sequence[Candidate],
    citations: CitationList,
    hits: Sequence[Hit],
) -> tuple[Sentence, ...]:
    """The sentences, the best of them also citing the articles that corroborate it."""
    if not chosen:
        return sentences
    best = " ".join(chosen[0].text.split())
    spans = corroborations(best, chosen[0].hit.passage.article.id, hits)
    numbers = tuple(citations.number(*span) for span in spans)
    return tuple(
        replace(sentence, citations=sentence.citations + numbers) if sentence.text == best else sentence
        for sentence in sentences
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One of several questions in a question, with its best sentence and the confidence in it."""

    question: str
    best: ScoredSentence
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class _Ranker:
    """Ranks the sentences of the hits for the whole question and for its parts."""

    hits: Sequence[Hit]
    candidates: Sequence[Candidate]
    cache: EmbeddingCache
    counts: WordCounts
    as_of: date
    answerability: Answerability | None
    name_certainty: float

    def rank(
        self, question: str, threshold: float
    ) -> tuple[QuestionProfile, list[ScoredSentence], Confidence]:
        """The sentences, best first, and the confidence that the first one answers."""
        profile = question_profile(question, self.counts.document_frequency, self.counts.documents)
        profile = replace(profile, name_certainty=self.name_certainty)
        ranked = rank(profile, self.candidates, self.cache, self.answerability)
        return profile, ranked, confidence(profile, ranked, self.hits, self.counts, self.as_of, threshold)

    def covers(self, question: str) -> bool:
        """True if the hits contain enough of the question's words by weight, or it has fewer than two."""
        profile = question_profile(question, self.counts.document_frequency, self.counts.documents)
        found = frozenset().union(*(candidate.passage_stems for candidate in self.candidates))
        return len(profile.weights) < 2 or profile.coverage(found) >= MIN_ORIGINAL_COVERAGE

    def parts(self, question: str, whole: Confidence, threshold: float) -> list[_Part]:
        """The questions in a question; none when it is a single one.

        If the *whole* is answered, so is its first part; the others depend on it and have a lower threshold.
        """
        questions = parse_question(question).parts
        if len(questions) == 1 or not self.candidates:
            return []
        if whole.reason is None:
            questions, threshold = questions[1:], threshold * PART_THRESHOLD
        ranked_parts = [(part, *self.rank(part, threshold)) for part in questions]
        return [_Part(part, ranked[0], judgement) for part, _, ranked, judgement in ranked_parts]


def _unanswered_notice(unanswered: Sequence[str]) -> str:
    parts = "; ".join(f"“{part.rstrip('?')}”" for part in unanswered)
    return f"The articles found answer only part of this; not answered: {parts}."


def _blocks(
    chosen: Sequence[Candidate], found: Sequence[Candidate], *, in_order: bool
) -> list[list[Candidate]]:
    """The chosen sentences grouped into runs of neighbours, each of which becomes one quote.

    Runs *in_order* follow the text. Otherwise the best sentence's run comes first, then other runs of its
    article in text order, then the rest. If the first run starts with a reference, the sentence before it is
    added.
    """
    if not chosen:
        return []
    blocks: list[list[Candidate]] = []
    for candidate in sorted(chosen, key=lambda c: (0 if in_order else c.rank, c.start)):
        if blocks and blocks[-1][-1].adjoins(candidate):
            blocks[-1].append(candidate)
        else:
            blocks.append([candidate])
    if in_order:
        return [_with_context(blocks[0], found), *blocks[1:]]
    first = next(block for block in blocks if chosen[0] in block)
    article = chosen[0].hit.passage.article.id
    same = [b for b in blocks if b is not first and b[0].hit.passage.article.id == article]
    rest = [b for b in blocks if b is not first and b[0].hit.passage.article.id != article]
    return [_with_context(first, found), *sorted(same, key=lambda block: block[0].start), *rest]


def _with_context(block: list[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    first = block[0]
    if len(block) >= MAX_SENTENCES or not starts_with_reference(first.text):
        return block
    return [other for other in found if other.adjoins(first) and other.index < first.index] + block


def _sentences(
    blocks: Sequence[Sequence[Candidate]], citations: CitationList, question: str, as_of: date
) -> Iterator[Sentence]:
    """The sentences, with one citation per block and the article's report date where it is needed."""
    days = {block[0].hit.passage.article.day for block in blocks}
    dated_article = None
    for block_index, block in enumerate(blocks):
        passage = block[0].hit.passage
        number = citations.number(passage, block[0].start, block[-1].end)
        dated = len(days) > 1 or any(
            needs_report_date(question, as_of, candidate.text) for candidate in block
        )
        for index, candidate in enumerate(block):
            lead = " " if block_index or index else ""
            if passage.article.id != dated_article and dated:
                lead, dated_article = lead + report_date_lead(passage.article), passage.article.id
            yield Sentence(" ".join(candidate.text.split()), (number,), "supported", lead)
