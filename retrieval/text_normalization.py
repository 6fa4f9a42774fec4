"""Spells text the same way for comparisons, whatever its encoding: NFC, without ligatures and wide letters.

Articles and quotes keep their characters; only words that are compared, indexed or embedded are normalized.
Unicode's NFKC is not used for everything: it turns "48³" into "483" and "1½" into "11⁄2".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category, is_normalized, normalize

# Characters that stand for other characters: Latin, Armenian, Hebrew and Arabic ligatures and letter forms,
# wide Latin letters and narrow Korean and Japanese ones, and letters styled with mathematical symbols.
_COMPATIBLE = (
    "\u0132\u0133\u01c4-\u01cc\u01f1-\u01f3\u24b6-\u24e9\u2f00-\u2fd5\ufb00-\ufdff\ufe70-\ufefc\uff01-\uffee"
    "\U0001d400-\U0001d7ff"
)
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_RAISED_DIGITS = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079"  # after a digit: a footnote mark, or a power
_SPECIAL = re.compile(f"[{_COMPATIBLE}{_INVISIBLE}]|\\d[{_RAISED_DIGITS}]")
_INVISIBLE_CHARACTER = re.compile(f"[{_INVISIBLE}]")
_COMPATIBLE_CHARACTER = re.compile(f"[{_COMPATIBLE}]")
_RAISED_AFTER_DIGIT = re.compile(f"(?<=\\d)[{_RAISED_DIGITS}]+")
_RUN = re.compile(r"\S+|\s+")
_MAX_MARKS = 30  # on one letter: to sort a long run of marks takes quadratic time


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """A normalized ``text``, and for its characters the span of the original that they come from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original for a span of at least one character."""
        return self.starts[start], self.ends[end - 1]


def normalized(text: str) -> str:
    """The text in NFC, with the letters that ligatures and wide letters stand for, without invisible ones.

    >>> normalized("Cafe\u0301 \ufb01nance \uff2e\uff2f\uff34 in\u00advisible")
    'Café finance NOT invisible'
    >>> normalized("It cost 48³ million for 6 km²")
    'It cost 48  million for 6 km²'
    """
    if _is_normalized(text):
        return text
    return "".join(part for part, _, _ in _parts(text))


def normalize_with_offsets(text: str) -> NormalizedText:
    """As `normalized`, with offsets.

    >>> normalize_with_offsets("the o\ufb03ce").span(4, 10)
    (4, 8)
    """
    if _is_normalized(text):
        return NormalizedText(text, range(len(text)), range(1, len(text) + 1))
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for part, start, end in _parts(text):
        parts.append(part)
        starts += [start] * len(part)
        ends += [end] * len(part)
    return NormalizedText("".join(parts), starts, ends)


def _is_normalized(text: str) -> bool:
    return text.isascii() or (is_normalized("NFC", text) and not _SPECIAL.search(text))


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """Normalized parts, each with the span of the original that it comes from."""
    for run in _RUN.finditer(text):
        if _is_normalized(run[0]):
            yield from ((char, start, start + 1) for start, char in enumerate(run[0], run.start()))
            continue
        raised = {offset for match in _RAISED_AFTER_DIGIT.finditer(run[0]) for offset in range(*match.span())}
        for start, end in _letters(run[0]):
            part = " " if start in raised else _letter(run[0][start:end])
            yield part, run.start() + start, run.start() + end


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """The spans of letters, each with the marks that can compose with it."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _is_mark(text[end]) or end - start > _MAX_MARKS:
            yield start, end
            start = end


def _is_mark(char: str) -> bool:
    """True for accents, vowel signs, the later letters of a Korean syllable, and voiced marks."""
    return category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or char in "\uff9e\uff9f"


def _letter(text: str) -> str:
    plain = _INVISIBLE_CHARACTER.sub("", text)
    return normalize("NFKC" if _COMPATIBLE_CHARACTER.search(plain) else "NFC", plain)
