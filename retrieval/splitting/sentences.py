"""Finds sentence boundaries in news prose: handles abbreviations, initials, quotes and decimals.

Abbreviations are those of the text's language; without a known one, those of English.

Offsets count characters of the given text; spans exclude surrounding whitespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.calendar_terms import GERMAN_MONTHS, MONTH_ABBREVIATIONS, WEEKDAY_ABBREVIATIONS
from retrieval.splitting.foreign_abbreviations import ABBREVIATIONS, CAN_END_SENTENCE
from retrieval.text_analysis import count_function_words

# Abbreviations followed by a name or a number: no sentence ends after them.
_TITLES = frozenset(
    "mr mrs ms mx dr prof rev hon gov sen rep gen col lt maj capt cmdr sgt adm pres amb supt sr jr st mt "
    "ft no nos vs v fig figs eq art sec ch vol vols pp p ed eds cf al viz ca approx dept est min max".split()
)
_MONTHS_AND_DAYS = frozenset({*MONTH_ABBREVIATIONS, *WEEKDAY_ABBREVIATIONS})
# Abbreviations that can end a sentence: the next word decides.
_AMBIGUOUS_ABBREVIATIONS = frozenset(
    "inc corp co ltd llc plc bros etc jr sr ave blvd rd u.s u.k u.n e.u a.m p.m d.c ph.d b.a m.a".split()
)
_NEVER_SENTENCE_FINAL = frozenset("e.g i.e".split())
_SENTENCE_STARTERS = frozenset(
    "the a an in on at it its he she they we i you his her their our this that these those there but "
    "and or if when while after before as for with from since however meanwhile still yet so what "
    "who why how where some many most all both according last next one two several such no not now "
    "then to under by over during despite although because".split()
)
_SENTENCE_END = re.compile(
    r"""
    (?: (?<![.!?…؟۔।։]) (?P<stop>[.!?…؟۔।։]+) (?P<close>(?:''|["'”’»)\]])*) (?P<gap>\s+)
      | (?P<wide>[。！？｡]+[」』”’）]*) (?P<widegap>\s*)
      | (?<=[a-z]{2}) (?P<glued>[.!?]["”’]?) (?=[A-Z][a-z]+\s)
    )
    """,
    re.VERBOSE,
)
# Thai has no final punctuation: spaces separate clauses and sentences.
_THAI_GAP = re.compile(r"(?<=[\u0e00-\u0e7f]{20})\s+(?=[\u0e00-\u0e7f])")
_PARAGRAPH = re.compile(r"\s*\n[ \t\r\f\v\u00a0]*\n\s*")
_BREAK = re.compile(r"\n\s*")
_BULLET = re.compile(r"(?:[-*•–—▪●]|\d{1,2}[.)])\s")
_OPENING_WORD = re.compile(r"[\"'“‘«(\[`¿¡]*\s?([^\s\"'“”‘’«»()\[\],.;:!?]+)")
_CLOSING_WORD = re.compile(r"[^\s\"'“”‘’«»()\[\],;:!?—–-]+$")
_ORDINAL_STOP = frozenset("cs da de fi no".split())  # languages that write ordinals with a full stop
_MIN_WRAPPED_LINE_LENGTH = 45  # characters: a shorter line without final punctuation is not a wrapped one


def sentence_spans(
    text: str, start: int = 0, end: int | None = None, language: str | None = None
) -> list[tuple[int, int]]:
    """The (start, end) of each sentence of ``text[start:end]``, in order; empty for whitespace.

    >>> [("Dr. A. Roe met 1.5 m users. They left."[a:b]) for a, b in
    ...  sentence_spans("Dr. A. Roe met 1.5 m users. They left.")]
    ['Dr. A. Roe met 1.5 m users.', 'They left.']
    """
    limit = len(text) if end is None else end
    spans = []
    for block_start, block_end in _blocks(text, start, limit):
        sentence_start = block_start
        for sentence_end, next_start in _boundaries(text, block_start, block_end, language):
            if sentence_end > sentence_start:
                spans.append((sentence_start, sentence_end))
            sentence_start = next_start
        if sentence_start < block_end:
            spans.append((sentence_start, block_end))
    return spans


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans that no sentence crosses: paragraphs, list items, headings; trimmed, never empty."""
    block_start = line_start = start
    for gap in _BREAK.finditer(text, start, end):
        line_end = line_start + len(text[line_start : gap.start()].rstrip(" \t\r"))
        line_start = gap.end()
        if _line_ends_block(text, block_start, line_end, line_start, end):
            yield from _trimmed(text, block_start, line_end)
            block_start = line_start
    yield from _trimmed(text, block_start, end)


def _line_ends_block(text: str, block_start: int, line_end: int, next_line: int, end: int) -> bool:
    if _PARAGRAPH.match(text, line_end, next_line) or next_line >= end:
        return True
    if text[line_end - 1 : line_end] in '.!?…:”"’)]' or _BULLET.match(text, next_line, end):
        return True
    line_start = max(block_start, text.rfind("\n", block_start, line_end) + 1)
    return line_end - line_start < _MIN_WRAPPED_LINE_LENGTH


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _boundaries(text: str, start: int, end: int, language: str | None) -> Iterator[tuple[int, int]]:
    """(end of a sentence, start of the next) for each boundary inside a block."""
    if language == "th":
        yield from (match.span() for match in _THAI_GAP.finditer(text, start, end))
        return
    for match in _SENTENCE_END.finditer(text, start, end):
        if match["stop"] is not None:
            if match.end() < end and _is_boundary(text, start, match, end, language):
                yield match.start("gap"), match.end()
        elif match["wide"] is not None:
            yield match.end("wide"), match.end()
        else:
            yield match.end("glued"), match.end()


def _is_boundary(text: str, start: int, match: re.Match[str], end: int, language: str | None) -> bool:
    following = _word_after(text, match.end(), end)
    if not following or following[0].islower():
        return False
    if match["stop"] != "." or match["close"]:
        return True
    before = _word_before(text, start, match.start())
    if before.isdigit() and len(before) <= 2 and not text[start : match.start()].strip(before):
        return False  # a list item's number
    if before.isdigit() and len(before) <= 2 and following.lower() in GERMAN_MONTHS:
        return False  # "am 18. März"
    lowered = before.lower()
    if language is not None and language in ABBREVIATIONS:
        return _is_foreign_boundary(lowered, following, language)
    if lowered in _NEVER_SENTENCE_FINAL or (lowered in _TITLES and lowered not in _AMBIGUOUS_ABBREVIATIONS):
        return lowered == "no" and not following[0].isdigit()
    if lowered in _MONTHS_AND_DAYS:
        return not following[0].isdigit() and following.lower() in _SENTENCE_STARTERS
    if len(before) == 1 and before.isalpha() and before.isupper() and text[match.start() - 1] == before:
        return following.lower() in _SENTENCE_STARTERS and following.lower() not in ("i", "a")
    if lowered in _AMBIGUOUS_ABBREVIATIONS or re.fullmatch(r"(?:[a-z]\.)+[a-z]", lowered):
        return following.lower() in _SENTENCE_STARTERS
    return True


def _is_foreign_boundary(before: str, following: str, language: str) -> bool:
    """True if a sentence ends after the word *before* and its full stop, in another language than English."""
    starts = bool(count_function_words(following, language))
    if before in ABBREVIATIONS[language]:
        return starts and before in CAN_END_SENTENCE
    if re.fullmatch(r"(?:[^\W\d_]\.\s?)*[^\W\d_]", before):  # initials, and "z. B."
        return starts
    if language in _ORDINAL_STOP and before.isdigit() and len(before) <= 2:  # "im 19. Jahrhundert"
        return starts
    return True


def _word_after(text: str, offset: int, end: int) -> str:
    match = _OPENING_WORD.match(text, offset, end)
    return match[1] if match else ""


def _word_before(text: str, start: int, offset: int) -> str:
    match = _CLOSING_WORD.search(text, max(start, offset - 24), offset)
    return match[0] if match else ""
