"""An article becomes passages: runs of whole sentences with exact spans, sized for the embedding model.

Passages keep to their section and, where they fit, to whole paragraphs; none crosses a dropped line, so
that a passage is always one unbroken stretch of the article's text. Consecutive passages of a stretch
share one sentence, so that an answer which leans on the sentence before it is found with it.
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

PASSAGE_RULES = "passages-2"  # changed whenever the same article would give other passages

# Characters. English news has some 4.5 characters to a word piece of MiniLM, whose window is 256 of
# them: 900 characters are about 200 word pieces and leave room for the head.
TARGET = 900
MOST_OVERLAP = 250
LEAST = 200  # a remainder shorter than this joins the passage before it
LONGEST_SENTENCE = 2_000  # beyond this a "sentence" is a table or a list: cut at white space


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    opens_paragraph: bool


def split(article: Article) -> list[Passage]:
    """The passages of an article in the order of its text; none for an article without a sentence.

    A text that an article repeats is one passage, where it stands first: thousands of equal vectors (a
    line of ten megabytes of one letter) would make others unreachable in Chroma's graph.
    """
    line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", article.text))]
    passages: dict[str, Passage] = {}
    for start, end, section in _stretches(article):
        for run in _runs(_sentences(article.text, start, end)):
            passage = _passage(article, run, section, line_starts)
            passages.setdefault(passage.text, passage)
    return list(passages.values())


def _passage(article: Article, run: list[_Sentence], section: str | None, line_starts: list[int]) -> Passage:
    start, end = run[0].start, run[-1].end
    return Passage(
        article=article.info,
        text=article.text[start:end],
        start=start,
        end=end,
        line=bisect_right(line_starts, start),
        section=section,
        sentences=tuple((sentence.start, sentence.end) for sentence in run),
    )


def _stretches(article: Article) -> Iterator[tuple[int, int, str | None]]:
    """(start, end, section) of the text between dropped lines and headings."""
    borders: list[tuple[int, int, Heading | None]] = [(h.start, h.end, h) for h in article.headings]
    borders += [(drop.start, drop.end, None) for drop in article.dropped]
    at, section = 0, None
    for start, end, heading in sorted(borders, key=lambda border: border[:2]):
        if start > at:
            yield at, start, section
        if heading is not None:
            section = " ".join(article.text[heading.start : heading.end].split()) or section
        at = max(at, end)
    if at < len(article.text):
        yield at, len(article.text), section


def _sentences(text: str, start: int, end: int) -> list[_Sentence]:
    if is_shredded(text[start:end]):  # cut anywhere: there are no sentences
        return [_Sentence(first, last, False) for first, last in _short_enough(text, start, end)]
    sentences: list[_Sentence] = []
    before = start
    for first, last in sentence_spans(text, start, end):
        if not any(map(str.isalnum, text[first:last])):
            continue
        opens = not sentences or "\n" in text[before:first]
        for cut_first, cut_last in _short_enough(text, first, last):
            sentences.append(_Sentence(cut_first, cut_last, opens))
            opens = False
        before = last
    return sentences


def _short_enough(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST_SENTENCE:
        cut = max(
            text.rfind(mark, start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE) for mark in " \n\t"
        )
        cut = cut if cut > start else start + LONGEST_SENTENCE
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _runs(sentences: list[_Sentence]) -> Iterator[list[_Sentence]]:
    """Sentences gathered into passages of about TARGET characters, evenly, borders at paragraphs if near."""
    first = 0
    while first < len(sentences):
        last = _last_of_run(sentences, first)
        begin = first
        if begin and sentences[begin - 1].end - sentences[begin - 1].start <= MOST_OVERLAP:
            begin -= 1
        yield sentences[begin:last]
        first = last


def _last_of_run(sentences: list[_Sentence], first: int) -> int:
    """The index after the last sentence of the run that begins at *first*."""
    left = sentences[-1].end - sentences[first].start
    if left <= TARGET + LEAST:
        return len(sentences)
    aim = left / -(-left // TARGET)  # equal shares of what is left
    best, best_cost = first + 1, float("inf")
    for index in range(first + 1, len(sentences)):
        length = sentences[index - 1].end - sentences[first].start
        if length > TARGET and index > first + 1:
            break
        cost = abs(aim - length) - (aim / 3 if sentences[index].opens_paragraph else 0)
        if cost <= best_cost:
            best, best_cost = index, cost
    return best
