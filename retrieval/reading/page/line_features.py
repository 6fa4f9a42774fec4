"""Features of each line of a scraped page: its shape, words, position and neighbours.

They are the input of the line model in main_text.py. No feature depends on the site, and none on the language
except for some English words used in menus and adverts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log1p

from retrieval.reading.metadata.byline import author_line
from retrieval.reading.metadata.date_line import date_line
from retrieval.reading.page.boilerplate import boilerplate_reason
from retrieval.reading.page.line_vocabulary import (
    BULLET,
    CLICK,
    END_MARK,
    FIRST_WORD,
    FUNCTION_WORDS,
    NETWORKS,
    PICTURE,
    PROMOTION,
    REACTION,
    READER,
    SPEECH,
    STORY,
)
from retrieval.text_lines import Line, ends_sentence, is_prose

_SECTION_BREAKS = frozenset({"related link", "comments", "newsletter", "copyright", "share link"})
_WINDOWS = (3, 8)  # lines before and after that are averaged


@dataclass(frozen=True, slots=True)
class _LineTraits:
    """The properties of a line on its own."""

    words: str
    tokens: tuple[str, ...]
    ends_sentence: bool
    is_prose: bool
    reason: str | None  # if it is boilerplate
    prose_length: int  # characters if it could be a paragraph, else 0
    is_end_mark: bool

    @property
    def content(self) -> list[str]:
        return [token for token in self.tokens if len(token) > 3 and token not in FUNCTION_WORDS]


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of a page, and the properties that depend on all of them."""

    lines: list[_LineTraits]
    title: int | None  # index of the line
    title_words: frozenset[str]
    core: tuple[int, int]  # first and last index of the span with the most prose
    core_words: Counter[str]
    line_counts: Counter[str]  # occurrences of each line on the page
    prose_before: list[int]  # characters of paragraphs before each line, at most 800 of each
    end_marks_before: list[int]  # number before each line


def page_features(lines: Sequence[Line], title: Line | None) -> list[list[float]]:
    """One vector for each line, all of the same length; *title* is one of the lines."""
    page = _page(lines, title)
    since_break, breaks = 99, 0
    vectors = []
    for index, line in enumerate(page.lines):
        if line.reason in _SECTION_BREAKS and not line.is_prose:
            since_break, breaks = 0, breaks + 1
        else:
            since_break += 1
        vectors.append([
            *_shape_features(line), *_word_features(line), *_repetition_features(page, index),
            *_position_features(page, index), 1 / (1 + since_break), since_break < 4, since_break < 10,
            log1p(breaks) if index > page.core[0] else 0,
        ])  # fmt: skip
    return [
        [float(value) for value in (*vector, *neighbours)]
        for vector, neighbours in zip(vectors, _neighbour_features(page), strict=True)
    ]


def prose_core(lines: Sequence[Line]) -> tuple[int, int]:
    """First and last index of the span with the most prose; (0, -1) if there is none."""
    return _densest_span([_prose_length(line.words) for line in lines])


def _page(lines: Sequence[Line], title: Line | None) -> _Page:
    traits = [_line_traits(line.words) for line in lines]
    first, last = _densest_span([line.prose_length for line in traits])
    core = traits[first : last + 1]
    title_index = next((i for i, line in enumerate(lines) if title and line.number == title.number), None)
    return _Page(
        lines=traits,
        title=title_index,
        title_words=frozenset(traits[title_index].content if title_index is not None else ()),
        core=(first, last),
        core_words=Counter(word for line in core if line.prose_length for word in line.content),
        line_counts=Counter(line.words.casefold() for line in traits),
        prose_before=[0, *accumulate(min(line.prose_length, 800) for line in traits)],
        end_marks_before=[0, *accumulate(line.is_end_mark for line in traits)],
    )


def _line_traits(words: str) -> _LineTraits:
    tokens = tuple(re.findall(r"\w+", words.casefold()))
    ends = ends_sentence(words)
    return _LineTraits(
        words=words,
        tokens=tokens,
        ends_sentence=ends,
        is_prose=is_prose(words),
        reason=boilerplate_reason(words),
        prose_length=_prose_length(words),
        is_end_mark=len(words) < 60 and not ends and bool(END_MARK.match(words)),
    )


def _prose_length(words: str) -> int:
    """The length of a line that could be a paragraph, else 0."""
    return len(words) if ends_sentence(words) and len(re.findall(r"\w+", words)) >= 8 else 0


def _densest_span(prose_lengths: Sequence[int]) -> tuple[int, int]:
    """The span with the most prose, at most 600 characters a line, minus a cost of 60 for each line."""
    best, core, current, start = 0, (0, -1), 0, 0
    for index, length in enumerate(prose_lengths):
        if current <= 0:
            current, start = 0, index
        current += min(length, 600) - 60
        if current > best:
            best, core = current, (start, index)
    return core


def _shape_features(line: _LineTraits) -> tuple[float, ...]:
    words, length, count = line.words, len(line.words), len(line.tokens)
    parts = words.split()
    capitals = sum(part[:1].isupper() for part in parts) / max(1, len(parts))
    digits = sum(map(str.isdigit, words))
    return (
        min(length, 400) / 100, log1p(length), log1p(count), length < 25, 25 <= length < 60,
        60 <= length < 120, length >= 200, line.ends_sentence, words.endswith(":"),
        words.endswith((",", ";")), words.endswith("?"),
        words.endswith(("...", "…")), line.is_prose, bool(re.search(r"[.!?]\s", words)),
        min(3, words.count(",")) / 3,
        capitals, capitals > 0.7 and count > 3, words.isupper() and count > 1, words[:1].islower(),
        words[:1] in "\"“‘'", bool(BULLET.match(words)), digits > 0,
        digits > length * 0.2, words[:1].isdigit(),
        count == 0 or (count == 1 and length < 4), "©" in words, "|" in words,
        "http" in words or "www." in words or "@" in words,
    )  # fmt: skip


def _word_features(line: _LineTraits) -> tuple[float, ...]:
    words, short = line.words, len(line.words) < 160
    function = sum(token in FUNCTION_WORDS for token in line.tokens) / max(1, len(line.tokens))
    promotion, picture = bool(PROMOTION.search(words)), bool(PICTURE.search(words))
    return (
        function, function * log1p(len(line.tokens)), date_line(words) is not None,
        author_line(words) is not None, line.reason is not None, bool(NETWORKS.search(words)),
        promotion, promotion and line.is_prose, picture, picture and short,
        bool(SPEECH.search(words)), bool(FIRST_WORD.match(words)), bool(STORY.search(words)),
        len(words) < 80 and bool(REACTION.search(words)), short and bool(READER.search(words)),
        line.is_end_mark, bool(CLICK.search(words)),
    )  # fmt: skip


def _repetition_features(page: _Page, index: int) -> tuple[float, ...]:
    """Repetition of the line, and the shares of its words found in the core and in the title."""
    line = page.lines[index]
    repeated = page.line_counts[line.words.casefold()] > 1
    content = line.content
    own = 1 if page.core[0] <= index <= page.core[1] and line.prose_length else 0
    shared = sum(page.core_words[word] > own for word in content) / max(1, len(content))
    titled = sum(token in page.title_words for token in line.tokens) / max(1, len(page.title_words))
    return repeated, repeated and len(line.tokens) > 5, shared, shared * log1p(len(line.tokens)), titled


def _position_features(page: _Page, index: int) -> tuple[float, ...]:
    first, last = page.core
    title, total = page.title, page.prose_before[-1]
    before, after = page.prose_before[index], total - page.prose_before[index + 1]
    below = title is not None and index > title
    return (
        title is None, title is not None and index < title, below, index == title,
        exp((title - index) / 8) if title is not None and below else 0,
        log1p((before - page.prose_before[title]) / 100) if title is not None and below else 0,
        first <= index <= last, index < first, index > last, log1p(max(0, first - index)),
        log1p(max(0, index - last)), index / len(page.lines), before / max(1, total), after / max(1, total),
        log1p(before / 100), log1p(after / 100),
        log1p(page.end_marks_before[index] - page.end_marks_before[first]) if index > first else 0,
    )  # fmt: skip


def _neighbour_features(page: _Page) -> list[tuple[float, ...]]:
    """For each line, the two lines before and after it, and means over the windows."""
    lines, count = page.lines, len(page.lines)
    summaries = [
        (
            min(len(line.words), 400) / 100,
            line.is_prose,
            line.ends_sentence,
            len(line.words) < 25,
            line.reason is not None,
            line.prose_length > 0,
        )
        for line in lines
    ]
    missing = (-1, 0, 0, 0, 0, 0)
    prose = [0, *accumulate(min(line.prose_length, 500) for line in lines)]
    stubs = [0, *accumulate(not line.ends_sentence and len(line.words) < 80 for line in lines)]

    def mean(sums: list[int], start: int, end: int) -> float:
        start, end = max(0, start), min(count, end)
        return (sums[end] - sums[start]) / (end - start) if end > start else 0

    vectors = []
    for index in range(count):
        vector: list[float] = []
        for other in (index - 2, index - 1, index + 1, index + 2):
            vector += summaries[other] if 0 <= other < count else missing
        for width in _WINDOWS:
            vector += (
                mean(prose, index - width, index) / 100,
                mean(prose, index + 1, index + 1 + width) / 100,
                mean(stubs, index - width, index),
                mean(stubs, index + 1, index + 1 + width),
            )
        previous = lines[index - 1].prose_length if index else 0
        following = lines[index + 1].prose_length if index + 1 < count else 0
        is_heading = following > 0 and not lines[index].ends_sentence
        vector += (previous > 0 and following > 0, is_heading, min(previous, following) / 200)
        vectors.append(tuple(vector))
    return vectors
