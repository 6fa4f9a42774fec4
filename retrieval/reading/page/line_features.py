"""What can be seen of each line of a scraped page: its shape, its words, its place, its neighbours.

The numbers go into the line model of page.py. They know no site and, but for some English words that
menus and adverts use, no language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log1p

from retrieval.reading.metadata.byline import author_line, date_line
from retrieval.reading.page.boilerplate import clutter_reason
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

_BREAKS = frozenset({"related link", "comments", "newsletter", "copyright", "share link"})
_WINDOWS = (3, 8)  # lines before and after that are summed up


@dataclass(frozen=True, slots=True)
class _Seen:
    """A line as seen alone."""

    words: str
    tokens: tuple[str, ...]
    ends: bool
    prose: bool
    reason: str | None
    mass: int  # characters, when it may be a paragraph
    end_mark: bool

    @property
    def content(self) -> list[str]:
        return [token for token in self.tokens if len(token) > 3 and token not in FUNCTION_WORDS]


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of a page and what needs all of them."""

    lines: list[_Seen]
    title: int | None  # its index
    title_words: frozenset[str]
    core: tuple[int, int]  # first and last index of the stretch with most prose
    core_words: Counter[str]
    times: Counter[str]  # how often each line stands on the page
    mass: list[int]  # before each line, each paragraph counted up to 800 characters
    end_marks: list[int]  # before each line


def page_features(lines: Sequence[Line], title: Line | None) -> list[list[float]]:
    """One vector for each line, all of the same length; *title* is one of the lines."""
    page = _page(lines, title)
    since, breaks = 99, 0
    vectors = []
    for index, line in enumerate(page.lines):
        if line.reason in _BREAKS and not line.prose:
            since, breaks = 0, breaks + 1
        else:
            since += 1
        vectors.append([
            *_shape(line), *_words(line), *_on_page(page, index), *_place(page, index),
            1 / (1 + since), since < 4, since < 10, log1p(breaks) if index > page.core[0] else 0,
        ])  # fmt: skip
    around = _neighbours(page)
    return [
        [float(value) for value in (*vector, *more)] for vector, more in zip(vectors, around, strict=True)
    ]


def prose_core(lines: Sequence[Line]) -> tuple[int, int]:
    """First and last index of the stretch with most prose; (0, -1) when there is none."""
    return _densest([_mass(line.words) for line in lines])


def _page(lines: Sequence[Line], title: Line | None) -> _Page:
    seen = [_see(line.words) for line in lines]
    first, last = _densest([line.mass for line in seen])
    core_words = Counter(word for line in seen[first : last + 1] if line.mass for word in line.content)
    index = next((at for at, line in enumerate(lines) if title and line.number == title.number), None)
    return _Page(
        lines=seen,
        title=index,
        title_words=frozenset(seen[index].content if index is not None else ()),
        core=(first, last),
        core_words=core_words,
        times=Counter(line.words.casefold() for line in seen),
        mass=[0, *accumulate(min(line.mass, 800) for line in seen)],
        end_marks=[0, *accumulate(line.end_mark for line in seen)],
    )


def _see(words: str) -> _Seen:
    tokens = tuple(re.findall(r"\w+", words.casefold()))
    ends = ends_sentence(words)
    return _Seen(
        words=words,
        tokens=tokens,
        ends=ends,
        prose=is_prose(words),
        reason=clutter_reason(words),
        mass=_mass(words),
        end_mark=len(words) < 60 and not ends and bool(END_MARK.match(words)),
    )


def _mass(words: str) -> int:
    """The characters of a line that may be a paragraph, else 0."""
    return len(words) if ends_sentence(words) and len(re.findall(r"\w+", words)) >= 8 else 0


def _densest(masses: Sequence[int]) -> tuple[int, int]:
    """The stretch in which paragraphs outweigh other lines most (a line costs 60 characters)."""
    best, core, current, start = 0, (0, -1), 0, 0
    for index, mass in enumerate(masses):
        if current <= 0:
            current, start = 0, index
        current += min(mass, 600) - 60
        if current > best:
            best, core = current, (start, index)
    return core


def _shape(line: _Seen) -> tuple[float, ...]:
    words, length, count = line.words, len(line.words), len(line.tokens)
    parts = words.split()
    capitals = sum(part[:1].isupper() for part in parts) / max(1, len(parts))
    digits = sum(map(str.isdigit, words))
    return (
        min(length, 400) / 100, log1p(length), log1p(count), length < 25, 25 <= length < 60,
        60 <= length < 120, length >= 200, line.ends, words.endswith(":"),
        words.endswith((",", ";")), words.endswith("?"),
        words.endswith(("...", "…")), line.prose, bool(re.search(r"[.!?]\s", words)),
        min(3, words.count(",")) / 3,
        capitals, capitals > 0.7 and count > 3, words.isupper() and count > 1, words[:1].islower(),
        words[:1] in "\"“‘'", bool(BULLET.match(words)), digits > 0,
        digits > length * 0.2, words[:1].isdigit(),
        count == 0 or (count == 1 and length < 4), "©" in words, "|" in words,
        "http" in words or "www." in words or "@" in words,
    )  # fmt: skip


def _words(line: _Seen) -> tuple[float, ...]:
    words, short = line.words, len(line.words) < 160
    function = sum(token in FUNCTION_WORDS for token in line.tokens) / max(1, len(line.tokens))
    promotion, picture = bool(PROMOTION.search(words)), bool(PICTURE.search(words))
    return (
        function, function * log1p(len(line.tokens)), date_line(words) is not None,
        author_line(words) is not None, line.reason is not None, bool(NETWORKS.search(words)),
        promotion, promotion and line.prose, picture, picture and short,
        bool(SPEECH.search(words)), bool(FIRST_WORD.match(words)), bool(STORY.search(words)),
        len(words) < 80 and bool(REACTION.search(words)), short and bool(READER.search(words)),
        line.end_mark, bool(CLICK.search(words)),
    )  # fmt: skip


def _on_page(page: _Page, index: int) -> tuple[float, ...]:
    """Whether other lines say the same, and how much of the line's words the core of the page uses."""
    line = page.lines[index]
    again = page.times[line.words.casefold()] > 1
    content = line.content
    own = 1 if page.core[0] <= index <= page.core[1] and line.mass else 0
    shared = sum(page.core_words[word] > own for word in content) / max(1, len(content))
    titled = sum(token in page.title_words for token in line.tokens) / max(1, len(page.title_words))
    return again, again and len(line.tokens) > 5, shared, shared * log1p(len(line.tokens)), titled


def _place(page: _Page, index: int) -> tuple[float, ...]:
    first, last = page.core
    title, total = page.title, page.mass[-1]
    before, after = page.mass[index], total - page.mass[index + 1]
    below = title is not None and index > title
    return (
        title is None, title is not None and index < title, below, index == title,
        exp((title - index) / 8) if title is not None and below else 0,
        log1p((before - page.mass[title]) / 100) if title is not None and below else 0,
        first <= index <= last, index < first, index > last, log1p(max(0, first - index)),
        log1p(max(0, index - last)), index / len(page.lines), before / max(1, total), after / max(1, total),
        log1p(before / 100), log1p(after / 100),
        log1p(page.end_marks[index] - page.end_marks[first]) if index > first else 0,
    )  # fmt: skip


def _neighbours(page: _Page) -> list[tuple[float, ...]]:
    """The two lines before and after each, and sums over the windows."""
    lines, count = page.lines, len(page.lines)
    small = [
        (
            min(len(line.words), 400) / 100,
            line.prose,
            line.ends,
            len(line.words) < 25,
            line.reason is not None,
            line.mass > 0,
        )
        for line in lines
    ]
    nothing = (-1, 0, 0, 0, 0, 0)
    mass = [0, *accumulate(min(line.mass, 500) for line in lines)]
    stubs = [0, *accumulate(not line.ends and len(line.words) < 80 for line in lines)]

    def mean(sums: list[int], start: int, end: int) -> float:
        start, end = max(0, start), min(count, end)
        return (sums[end] - sums[start]) / (end - start) if end > start else 0

    vectors = []
    for index in range(count):
        vector: list[float] = []
        for at in (index - 2, index - 1, index + 1, index + 2):
            vector += small[at] if 0 <= at < count else nothing
        for width in _WINDOWS:
            vector += (
                mean(mass, index - width, index) / 100,
                mean(mass, index + 1, index + 1 + width) / 100,
                mean(stubs, index - width, index),
                mean(stubs, index + 1, index + 1 + width),
            )
        previous = lines[index - 1].mass if index else 0
        following = lines[index + 1].mass if index + 1 < count else 0
        heads = following > 0 and not lines[index].ends
        vector += (previous > 0 and following > 0, heads, min(previous, following) / 200)
        vectors.append(tuple(vector))
    return vectors
