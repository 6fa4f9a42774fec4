"""Answers without a model: the sentences that answer, verbatim, each cited. No invention is possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.asked import QuestionProfile, profile, questions_in
from bot.citations import CitationList
from bot.confidence import confidence
from bot.selection import Scored, candidates, rank
from retrieval.hit import Hit

if TYPE_CHECKING:
    from retrieval.embeddings import FootnoteEmbeddings, Matrix

MOST_SENTENCES = 3
NEARLY_AS_GOOD = 1.2  # a further sentence may score this much less than the best …
NEW_WORDS = 0.15  # … if it brings this share of the question's words that the answer lacks
REPEATS = 0.7  # share of a sentence's words already said, above which it adds nothing


def extract(
    question: str,
    hits: Sequence[Hit],
    embeddings: FootnoteEmbeddings,
    document_frequency: Callable[[str], int],
    documents: int,
    as_of: date,
) -> Answer:
    """The answer of one to three sentences of the hits, or not_found with the reason."""
    asked = profile(question, document_frequency, documents)
    found = candidates(hits)
    vectors = remembering(embeddings.embed_matrix)
    ranked = rank(asked, found, vectors)
    sure = confidence(asked, ranked, hits, document_frequency)
    numbered = CitationList()
    chosen: list[Scored] = []
    if sure.reason is None:
        first = [
            rank(profile(part, document_frequency, documents), found, vectors)[0]
            for part in questions_in(question)[1:]
        ]
        chosen = _in_reading_order(choose(asked, ranked, first))
    sentences: list[Sentence] = []
    for scored in chosen:
        candidate = scored.candidate
        number = numbered.number(candidate.hit.passage, candidate.start, candidate.end)
        lead = " " if sentences else ""
        sentences.append(Sentence(" ".join(candidate.text.split()), (number,), "supported", lead))
    return Answer(
        question=question,
        standalone_question=question,
        status="answered" if sentences else "not_found",
        sentences=tuple(sentences),
        citations=tuple(numbered.citations),
        confidence=sure.value,
        mode="extractive",
        reason=sure.reason,
        complete=True,
    )


def remembering(vectors: Callable[[Sequence[str]], Matrix]) -> Callable[[Sequence[str]], Matrix]:
    """*vectors* that computes the row of no text twice; for the parts of one question."""
    known: dict[str, Matrix] = {}

    def lookup(texts: Sequence[str]) -> Matrix:
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, vectors(new) if new else (), strict=True))
        return np.stack([known[text] for text in texts])

    return lookup


def choose(asked: QuestionProfile, ranked: Sequence[Scored], parts: Sequence[Scored] = ()) -> list[Scored]:
    """The best sentence, the best for each further part of the question, and up to MOST_SENTENCES in all
    of those that are nearly as good or bring words that the others lack."""
    if not ranked:
        return []
    chosen = [ranked[0]]
    for scored in parts:
        if all(scored.candidate != each.candidate for each in chosen):
            chosen.append(scored)
    for scored in ranked[1:]:
        if len(chosen) >= MOST_SENTENCES or ranked[0].score - scored.score > 2 * NEARLY_AS_GOOD:
            break
        if _adds(asked, chosen, scored, ranked[0].score):
            chosen.append(scored)
    return chosen


def _adds(asked: QuestionProfile, chosen: Sequence[Scored], scored: Scored, best: float) -> bool:
    said = frozenset().union(*(each.candidate.words for each in chosen))
    words = scored.candidate.words
    if len(words & said) > REPEATS * len(words):
        return False
    brings = asked.coverage(said | words) - asked.coverage(said)
    return best - scored.score <= NEARLY_AS_GOOD or brings >= NEW_WORDS


def _in_reading_order(chosen: Sequence[Scored]) -> list[Scored]:
    """The best sentence first; sentences of its article follow as they stand there, then the others."""
    if not chosen:
        return []
    first = chosen[0].candidate.hit.passage.article.id
    same = [each for each in chosen[1:] if each.candidate.hit.passage.article.id == first]
    rest = [each for each in chosen[1:] if each.candidate.hit.passage.article.id != first]
    return [chosen[0], *sorted(same, key=lambda each: each.candidate.start), *rest]
