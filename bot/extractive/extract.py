"""Answers without a model: the sentences that answer the question, quoted verbatim, each cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.citations import CitationList, extractive_answer
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.corroboration import corroborations
from bot.extractive.overview_answer import overview_answer
from bot.extractive.refusal import THRESHOLD, Confidence, confidence
from bot.extractive.sentence_blocks import Block, best_first_blocks, block_sentences, text_order_blocks
from bot.extractive.sentence_choice import MAX_SENTENCES, choose_account, choose_sentences, with_listed
from bot.extractive.sentence_ranking import ScoredSentence, rank
from bot.extractive.sentence_similarity import SentenceSimilarity
from bot.extractive.subject_article import PassagesOf, subject_article
from bot.extractive.timeline import list_items, timeline
from bot.extractive.two_sides import compare, sides
from bot.question.parsed_question import parse_question
from bot.question.publisher_question import split_publisher
from bot.question.question_phrases import ACCOUNT_KINDS
from bot.question.question_profile import QuestionProfile, WordCounts, question_profile
from bot.question.true_case import with_capitals
from retrieval.hit import Hit
from retrieval.question_language import question_language

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from retrieval.models.embeddings import FootnoteEmbeddings

MIN_ORIGINAL_COVERAGE = 0.34  # weighted share of a follow-up's original words that the hits must contain
RESTORED_NAME_CERTAINTY = 0.25  # of names in a question typed without capitals
YES_NO_OPENING = "The articles say: "
PART_THRESHOLD = 0.5  # share of the threshold that further parts of a question must reach


def extract(
    question: str,
    hits: Sequence[Hit],
    embeddings: FootnoteEmbeddings,
    counts: WordCounts,
    as_of: date,
    threshold: float | None = None,
    original: str | None = None,
    answerability: Answerability | None = None,
    passages_of: PassagesOf | None = None,
) -> Answer:
    """An answer of sentences of the hits, or not_found with the reason.

    *threshold* is the confidence (0..1) below which nothing is answered; None: the calibrated one. *original*
    is the question as asked when *question* is its standalone form: the hits must cover its words too, not
    only those that were added.
    *answerability* reranks the best sentences. Raises ModelMissing, EmbeddingError.
    """
    if hits and hits[0].listed:
        return overview_answer(question, hits)
    threshold = THRESHOLD if threshold is None else threshold
    plain, hits = split_publisher(question, hits)
    typed, plain = plain, with_capitals(plain, (hit.passage.text for hit in hits))
    original = original and split_publisher(original, hits)[0]
    language = question_language(plain, counts.languages)
    certainty = RESTORED_NAME_CERTAINTY if typed[1:].islower() else 1.0
    profile = replace(
        question_profile(plain, counts.document_frequency, counts.documents, language),
        name_certainty=certainty,
    )
    is_open = bool(hits) and passages_of is not None and profile.kind in ACCOUNT_KINDS - {"why"}
    read = subject_article(hits, passages_of) if is_open and passages_of else hits
    if profile.kind in ("list", "timeline"):
        read = [*read, *(hit for hit in hits if hit not in read)]
    found, similarity = candidates(read, language), SentenceSimilarity(embeddings, counts.scale)
    ranker = _Ranker(hits, found, similarity, counts, as_of, answerability, certainty, language)
    ranked, judgement = ranker.rank(profile, threshold)
    if original and judgement.reason is None and not ranker.covers(original):
        judgement = Confidence(0.0, "nothing near")
    parts = [
        part for part in ranker.parts(plain, judgement, threshold) if not original or ranker.covers(original)
    ]
    answered = [part for part in parts if part.confidence.reason is None]
    if judgement.reason and answered:
        ranked, judgement = [answered[0].best], answered[0].confidence
    chosen = _Choice([])
    if judgement.reason is None:
        chosen = ranker.choose(profile, ranked, [part.best for part in answered])
    unanswered = [part.question for part in parts if part not in answered] if chosen.blocks else []
    citations = CitationList()
    sentences = tuple(
        block_sentences(chosen.blocks, citations, question, as_of, chosen.opening, chosen.separator)
    )
    if chosen.blocks:
        sentences = _with_corroborations(sentences, ranked[0].candidate, citations, hits)
    reason = "only part answered" if unanswered or chosen.missing else judgement.reason
    notice = _unanswered_notice([*unanswered, *chosen.missing])
    return extractive_answer(question, sentences, citations, judgement.value, reason, notice)


def _with_corroborations(
    sentences: tuple[Sentence, ...],
    best_sentence: Candidate,
    citations: CitationList,
    hits: Sequence[Hit],
) -> tuple[Sentence, ...]:
    """The sentences, the best of them also citing the articles that corroborate it."""
    best = " ".join(best_sentence.text.split())
    spans = corroborations(best, best_sentence.hit.passage.article.id, hits)
    numbers = tuple(citations.number(*span) for span in spans)
    return tuple(
        replace(sentence, citations=sentence.citations + numbers) if sentence.text == best else sentence
        for sentence in sentences
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """The quotes of an answer in their order, and the sides of a comparison without one."""

    blocks: Sequence[Block]
    opening: str = ""
    separator: str = " "
    missing: tuple[str, ...] = ()


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
    similarity: SentenceSimilarity
    counts: WordCounts
    as_of: date
    answerability: Answerability | None
    name_certainty: float
    language: str

    def ranked(self, question: str) -> tuple[QuestionProfile, list[ScoredSentence]]:
        """The profile of a question and the sentences, best first."""
        profile = self.profile(question)
        return profile, rank(profile, self.candidates, self.similarity, self.answerability)

    def rank(self, profile: QuestionProfile, threshold: float) -> tuple[list[ScoredSentence], Confidence]:
        """The sentences, best first, and the confidence that the first one answers."""
        ranked = rank(profile, self.candidates, self.similarity, self.answerability)
        return ranked, confidence(profile, ranked, self.hits, self.counts, self.as_of, threshold)

    def choose(
        self, profile: QuestionProfile, ranked: Sequence[ScoredSentence], parts: Sequence[ScoredSentence]
    ) -> _Choice:
        """The quotes that answer a question of this kind."""
        items: Sequence[Block] = ()
        if profile.kind == "timeline":
            items = timeline(ranked, self.candidates, self.as_of)
        elif profile.kind == "list":
            items = list_items(profile, ranked, self.as_of)
        if items:
            return _Choice(items, "- ", "\n- ")
        if profile.kind in ACCOUNT_KINDS:
            subject = self.candidates[0].hit.passage.article.id
            if profile.kind == "why":  # answered from any article
                subject = ranked[0].candidate.hit.passage.article.id
            told = [s for s in ranked if s.candidate.hit.passage.article.id == subject] or ranked[:1]
            article = told[0].candidate.hit.passage.article.id
            found = [c for c in self.candidates if c.hit.passage.article.id == article]
            account = with_listed(choose_account(profile, told, found), found)
            return _Choice(text_order_blocks(account, found))
        best = [sentence.candidate for sentence in choose_sentences(profile, ranked, parts)]
        chosen = with_listed(best, self.candidates)
        named = sides(profile.text) if profile.kind == "compare" else None
        if named and (comparison := compare(profile.text, named, self.ranked)).chosen:
            others = [candidate for candidate in chosen if candidate not in comparison.chosen]
            count = max(0, MAX_SENTENCES - len(comparison.chosen))
            blocks = [[candidate] for candidate in (*comparison.chosen, *others[:count])]
            return _Choice(blocks, missing=comparison.missing)
        opening = YES_NO_OPENING if profile.kind == "yes_no" else ""
        return _Choice(best_first_blocks(chosen, self.candidates), opening)

    def profile(self, question: str) -> QuestionProfile:
        """The profile of a part of the question."""
        counts = self.counts
        profile = question_profile(question, counts.document_frequency, counts.documents, self.language)
        return replace(profile, name_certainty=self.name_certainty)

    def covers(self, question: str) -> bool:
        """True if the hits contain enough of the question's words by weight, or it has fewer than two."""
        profile = self.profile(question)
        found = frozenset().union(*(candidate.passage_stems for candidate in self.candidates))
        return len(profile.weights) < 2 or profile.coverage(found) >= MIN_ORIGINAL_COVERAGE

    def parts(self, question: str, whole: Confidence, threshold: float) -> list[_Part]:
        """The questions in a question; none when it is a single one.

        If the *whole* is answered, so is its first part; the others depend on it and have a lower threshold.
        """
        questions = parse_question(question, self.language).parts
        if len(questions) == 1 or not self.candidates:
            return []
        if whole.reason is None:
            questions, threshold = questions[1:], threshold * PART_THRESHOLD
        ranked_parts = [(part, *self.rank(self.profile(part), threshold)) for part in questions]
        return [_Part(part, ranked[0], judgement) for part, ranked, judgement in ranked_parts]


def _unanswered_notice(unanswered: Sequence[str]) -> str | None:
    if not unanswered:
        return None
    parts = "; ".join(f"“{part.rstrip('?')}”" for part in unanswered)
    return f"The articles found answer only part of this; not answered: {parts}."
