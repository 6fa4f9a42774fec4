"""Sentences that cite hits become an Answer: each citation the exact quote that supports its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.answer import Answer, Citation, Sentence, Support, UnsupportedSpan
from bot.checking.attribution import names_speaker, states_as_fact
from bot.checking.hard_facts import unsupported_facts
from bot.checking.support import support
from bot.checking.unsupported_spans import merge_spans
from bot.model.answer_parser import Draft, DraftSentence
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems
from retrieval.text_lines import line_at

LONGEST_QUOTE = 3  # sentences
EXTRA_SENTENCE = 0.12  # share of the claim's words that each further sentence of a quote must bring
LONGEST_LEAD = 3  # words of meaning in a line that leads to a list, and claims nothing
MATCHED = 0.6  # share of the words of a sentence without citation that its source must hold


@dataclass
class CitationList:
    """Numbers citations in the order in which they are first used; the same span has one number."""

    citations: list[Citation] = field(default_factory=list)
    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def number(self, passage: Passage, start: int, end: int) -> int:
        """The number of the quote at ``start``..``end`` of the passage's article, new if need be."""
        key = (passage.article.id, start, end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(quote(passage, start, end, self._numbers[key]))
        return self._numbers[key]


def quote(passage: Passage, start: int, end: int, number: int) -> Citation:
    """The citation of a stretch of a passage; offsets count in the article's text."""
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


def selected(
    question: str,
    sentences: tuple[Sentence, ...],
    numbered: CitationList,
    confidence: float,
    reason: str | None,
    notice: str | None,
) -> Answer:
    """The complete Answer of sentences of the articles, word for word; not_found without any."""
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
    """The Answer of a model's Draft: quotes found for its citations, every sentence judged against them.

    A sentence without a citation is matched with the passages it was given before it counts as unsupported.
    What a sentence says that neither its quotes nor the passages round them hold is marked as missing.
    """
    numbered = CitationList()
    told = names_speaker(standalone_question)  # "What did the mayor say?": the question says whose words
    sentences = tuple(_judged(sentence, hits, numbered, told) for sentence in draft.sentences)
    found = bool(sentences) and not draft.not_found
    return Answer(
        question=question,
        standalone_question=standalone_question,
        status="answered" if found else "not_found",
        sentences=sentences if found else (),
        citations=tuple(numbered.citations) if found else (),
        mode="model",
        usage=draft.usage,
        complete=draft.complete,
        notice=draft.notice,
    )


def _is_lead(text: str, hits: Sequence[Hit]) -> bool:
    """Whether a sentence only leads to a list ("The companies:"): words that were read, and no fact."""
    words = set(content_stems(text))
    if not text.rstrip(" *_").endswith(":") or len(words) > LONGEST_LEAD or unsupported_facts(text, []):
        return False
    return words <= set().union(*(content_stems(hit.passage.text) for hit in hits))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The quotes of a claim in the passages it cites, how far they support it, and what they lack.

    ``as_fact``: it is supported, but tells as a fact what they only report as somebody's words.
    """

    spans: tuple[tuple[Passage, int, int], ...]
    verdict: Support
    missing: tuple[UnsupportedSpan, ...] = ()
    as_fact: bool = False


def _judged(sentence: DraftSentence, hits: Sequence[Hit], numbered: CitationList, told: bool) -> Sentence:
    cited = tuple(hits[place] for place in sentence.hits)
    found = _evidence(sentence.text, cited or tuple(_matching(sentence.text, tuple(hits))), tuple(hits))
    numbers = tuple(dict.fromkeys(numbered.number(*span) for span in found.spans))
    verdict: Support = "partly" if found.as_fact and not told else found.verdict
    if not cited and _is_lead(sentence.text, hits):
        verdict = "supported"
    return Sentence(sentence.text, numbers, verdict, sentence.lead, found.missing)


@lru_cache(maxsize=1024)  # every Draft of a stream holds the sentences of the one before
def _evidence(claim: str, cited: tuple[Hit, ...], hits: tuple[Hit, ...]) -> _Evidence:
    """What the cited passages say for a claim; one that cites nothing lacks what none of the hits holds."""
    spans = tuple((hit.passage, *best_span(claim, hit.passage)) for hit in cited)
    quotes = [p.text[start - p.start : end - p.start] for p, start, end in spans]
    heads = [hit.passage.head for hit in cited]  # the year of "on March 18" often stands only there
    verdict = judge(claim, quotes + heads, [hit.passage.text for hit in cited] + heads)
    around = [text for hit in cited or hits for text in (hit.passage.text, hit.passage.head)]
    if verdict == "supported":
        return _Evidence(spans, verdict, as_fact=states_as_fact(claim, around))
    return _Evidence(spans, verdict, merge_spans(claim, unsupported_facts(claim, around)))


@lru_cache(maxsize=1024)
def _matching(claim: str, hits: tuple[Hit, ...]) -> list[Hit]:
    """The hit that supports a sentence which cites none, if one does."""
    words = set(content_stems(claim))
    if len(words) < 3:
        return []
    share, best = max(
        ((len(words & set(content_stems(hit.passage.text))) / len(words), hit) for hit in hits),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    return [best] if best is not None and share >= MATCHED else []


def best_span(claim: str, passage: Passage) -> tuple[int, int]:
    """The run of one to three sentences of a passage that says most of a claim, as short as will do."""
    words = set(content_stems(claim))
    texts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
    stems = [set(content_stems(text)) for text in texts]
    best, best_gain = (0, 1), -1.0
    for first in range(len(stems)):
        for last in range(first + 1, min(first + LONGEST_QUOTE, len(stems)) + 1):
            held = words & set().union(*stems[first:last])
            gain = len(held) / max(1, len(words)) - EXTRA_SENTENCE * (last - first)
            if gain > best_gain:
                best, best_gain = (first, last), gain
    return passage.sentences[best[0]][0], passage.sentences[best[1] - 1][1]


def judge(claim: str, quotes: Sequence[str], passages: Iterable[str]) -> Support:
    """Whether quotes support a claim: as `support` scores it, and with none of its facts missing.

    A fact that stands in the passage round a quote, but not in the quote, is partly supported.
    """
    if not quotes:
        return "unsupported"
    around = support(claim, list(passages))
    if around.missing or around.verdict == "unsupported":
        return "unsupported"
    near = support(claim, quotes).verdict
    return "partly" if near == "unsupported" else near
