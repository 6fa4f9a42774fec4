"""Splits an article into passages: consecutive whole sentences, sized for the embedding model.

A passage never crosses a section heading or a dropped line, so it is always one contiguous span of the
article's text. Passages end at paragraph breaks where possible. Consecutive passages of a segment overlap by
one sentence, so that a sentence that depends on the one before it is found together with it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.article import Article, Heading
from retrieval.passage import Passage
from retrieval.splitting.sentences import sentence_spans
from retrieval.text_lines import is_shredded

SPLITTING_VERSION = "passages-4"  # change it whenever the same article would give different passages

# Characters. English news averages about 4.5 characters per MiniLM word piece, and the model's window is
# 256 word pieces: 900 characters are about 200 word pieces, which leaves room for the head.
TARGET_LENGTH = 900
MAX_OVERLAP = 250
MIN_LENGTH = 200  # a shorter remainder is merged into the passage before it
MAX_SENTENCE_LENGTH = 2_000  # a longer "sentence" is a table or a list: cut at whitespace


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    starts_paragraph: bool


def split(article: Article) -> list[Passage]:
    """The passages of an article in text order; empty for an article without sentences.

    Text that an article repeats becomes one passage, at its first occurrence: thousands of equal vectors
    (ten megabytes of one letter) would make other passages unreachable in Chroma's graph.
    """
    line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", article.text))]
    passages: dict[str, Passage] = {}
    for start, end, section in _segments(article):
        for group in _group_sentences(_sentences(article.text, start, end, article.info.language)):
            passage = _passage(article, group, section, line_starts)
            passages.setdefault(passage.text, passage)
    return list(passages.values())


def _passage(
    article: Article, group: list[_Sentence], section: str | None, line_starts: list[int]
) -> Passage:
    start, end = group[0].start, group[-1].end
    return Passage(
        article=article.info,
        text=article.text[start:end],
        start=start,
        end=end,
        line=bisect_right(line_starts, start),
        section=section,
        sentences=tuple((sentence.start, sentence.end) for sentence in group),
    )


def _segments(article: Article) -> Iterator[tuple[int, int, str | None]]:
    """(start, end, section) of each span of text between dropped lines and headings."""
    breaks: list[tuple[int, int, Heading | None]] = [(h.start, h.end, h) for h in article.headings]
    breaks += [(drop.start, drop.end, None) for drop in article.dropped]
    segment_start, section = 0, None
    for start, end, heading in sorted(breaks, key=lambda item: item[:2]):
        if start > segment_start:
            yield segment_start, start, section
        if heading is not None:
            section = " ".join(article.text[heading.start : heading.end].split()) or section
        segment_start = max(segment_start, end)
    if segment_start < len(article.text):
        yield segment_start, len(article.text), section


def _sentences(text: str, start: int, end: int, language: str | None) -> list[_Sentence]:
    if is_shredded(text[start:end]):  # no sentences: cut anywhere
        return [_Sentence(*span, starts_paragraph=False) for span in _cut_to_length(text, start, end)]
    sentences: list[_Sentence] = []
    previous_end = start
    for sentence_start, sentence_end in sentence_spans(text, start, end, language):
        if not any(map(str.isalnum, text[sentence_start:sentence_end])):
            continue
        starts_paragraph = not sentences or "\n" in text[previous_end:sentence_start]
        for span in _cut_to_length(text, sentence_start, sentence_end):
            sentences.append(_Sentence(*span, starts_paragraph))
            starts_paragraph = False
        previous_end = sentence_end
    return sentences


def _cut_to_length(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of at most MAX_SENTENCE_LENGTH characters, cut at whitespace where there is any."""
    while end - start > MAX_SENTENCE_LENGTH:
        limit = start + MAX_SENTENCE_LENGTH
        cut = max(text.rfind(space, start + MAX_SENTENCE_LENGTH // 2, limit) for space in " \n\t")
        cut = cut if cut > start else limit
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _group_sentences(sentences: list[_Sentence]) -> Iterator[list[_Sentence]]:
    """Groups of similar length, about TARGET_LENGTH characters, split at a paragraph break if one is near."""
    start = 0
    while start < len(sentences):
        end = _group_end(sentences, start)
        overlaps = start > 0 and sentences[start - 1].end - sentences[start - 1].start <= MAX_OVERLAP
        yield sentences[start - overlaps : end]
        start = end


def _group_end(sentences: list[_Sentence], first: int) -> int:
    """The index after the last sentence of the group that starts at *first*."""
    remaining = sentences[-1].end - sentences[first].start
    if remaining <= TARGET_LENGTH + MIN_LENGTH:
        return len(sentences)
    target = remaining / -(-remaining // TARGET_LENGTH)  # divides the remaining characters evenly
    best, best_cost = first + 1, float("inf")
    for index in range(first + 1, len(sentences)):
        length = sentences[index - 1].end - sentences[first].start
        if length > TARGET_LENGTH and index > first + 1:
            break
        cost = abs(target - length) - (target / 3 if sentences[index].starts_paragraph else 0)
        if cost <= best_cost:
            best, best_cost = index, cost
    return best
