"""Turns sentences that cite hits into an Answer whose citations are exact quotes of the articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.answer import Answer, Citation, Sentence
from bot.reply.answer_parser import Draft, DraftSentence
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems
from retrieval.text_lines import line_at

MAX_QUOTE_SENTENCES = 3
MIN_SENTENCE_GAIN = 0.12  # share of the claim's words that each further sentence of a quote must add
MIN_MATCH = 0.6  # share of the words of a sentence without citation that its source must contain


@dataclass
class CitationList:
    """Numbers citations in the order in which they are first used; the same span has one number."""

    citations: list[Citation] = field(default_factory=list)
    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def number(self, passage: Passage, start: int, end: int) -> int:
        """The number of the quote ``start``..``end`` of the passage's article; a new quote is added."""
        key = (passage.article.id, start, end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(quote_of(passage, start, end, self._numbers[key]))
        return self._numbers[key]


def quote_of(passage: Passage, start: int, end: int, number: int) -> Citation:
    """The citation of a span of a passage; offsets are those of the article's text."""
    return Citation(
        number=number,
        article=passage.article,
        quote=passage.text[start - passage.start : end - passage.start],
        start=start,
        end=end,
        line=passage.line + line_at(passage.text, start - passage.start) - 1,
        section=passage.section,
        passage_start=passage.start,
        passage_end=passage.end,
    )


def extractive_answer(
    question: str,
    sentences: tuple[Sentence, ...],
    numbered: CitationList,
    confidence: float,
    reason: str | None,
    notice: str | None,
) -> Answer:
    """The complete extractive Answer of verbatim sentences; not_found if there are none."""
    return Answer(
        question=question,
        standalone_question=question,
        status="answered" if sentences else "not_found",
        sentences=sentences,
        citations=tuple(numbered.citations),
        confidence=confidence,
        mode="extractive",
        reason=reason,
        notice=notice,
        complete=True,
    )


def cite(draft: Draft, hits: Sequence[Hit], question: str, standalone_question: str) -> Answer:
    """The Answer of a model's Draft, with a quote for each citation; its sentences are not checked yet.

    A sentence without a citation gets one if a passage contains most of its words.
    """
    numbered = CitationList()
    sentences = tuple(_cited(sentence, hits, numbered) for sentence in draft.sentences)
    found = bool(sentences) and not draft.not_found
    return Answer(
        question=question,
        standalone_question=standalone_question,
        status="answered" if found else "not_found",
        sentences=sentences if found else (),
        citations=tuple(numbered.citations) if found else (),
        mode="model",
        complete=draft.complete,
        notice=draft.notice,
    )


def _cited(sentence: DraftSentence, hits: Sequence[Hit], numbered: CitationList) -> Sentence:
    cited = [hits[index] for index in sentence.hits] or _matching(sentence.text, tuple(hits))
    spans = [(hits[index].passage, start, end) for index, start, end in sentence.spans]
    exact = {id(passage) for passage, _, _ in spans}
    spans += [
        (hit.passage, *best_span(sentence.text, hit.passage)) for hit in cited if id(hit.passage) not in exact
    ]
    numbers = tuple(dict.fromkeys(numbered.number(*span) for span in spans))
    return Sentence(sentence.text, numbers, "neutral", sentence.lead, tail=sentence.tail)


@lru_cache(maxsize=1024)
def _matching(claim: str, hits: tuple[Hit, ...]) -> list[Hit]:
    """The hit with most words of a sentence without a citation, if it has enough of them."""
    words = set(content_stems(claim))
    if len(words) < 3:
        return []
    share, best = max(
        ((len(words & set(content_stems(hit.passage.text))) / len(words), hit) for hit in hits),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    return [best] if best is not None and share >= MIN_MATCH else []


@lru_cache(maxsize=4096)  # each Draft of a stream repeats the sentences of the one before
def best_span(claim: str, passage: Passage) -> tuple[int, int]:
    """The span of the one to three consecutive sentences of a passage that best cover a claim's words."""
    words = set(content_stems(claim))
    texts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
    stems = [set(content_stems(text)) for text in texts]
    best, best_gain = (0, 1), -1.0
    for first in range(len(stems)):
        for last in range(first + 1, min(first + MAX_QUOTE_SENTENCES, len(stems)) + 1):
            shared = words & set().union(*stems[first:last])
            gain = len(shared) / max(1, len(words)) - MIN_SENTENCE_GAIN * (last - first)
            if gain > best_gain:
                best, best_gain = (first, last), gain
    return passage.sentences[best[0]][0], passage.sentences[best[1] - 1][1]
