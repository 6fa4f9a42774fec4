"""Where the sentences of a text begin and end, for news prose: abbreviations, initials, quotes, decimals.

Offsets count characters of the text given; a span holds neither the white space before nor after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Words that end in a full stop and are followed by a name or a number, so no sentence ends there.
_TITLES = frozenset(
    "mr mrs ms mx dr prof rev hon gov sen rep gen col lt maj capt cmdr sgt adm pres amb supt sr jr st mt "
    "ft no nos vs v fig figs eq art sec ch vol vols pp p ed eds cf al viz ca approx dept est min max".split()
)
_MONTHS = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun".split()
)
# Words that end in a full stop and may well end a sentence: the next word decides.
_MAYBE_LAST = frozenset(
    "inc corp co ltd llc plc bros etc jr sr ave blvd rd u.s u.k u.n e.u a.m p.m d.c ph.d b.a m.a".split()
)
_NEVER_LAST = frozenset("e.g i.e".split())
_STARTERS = frozenset(
    "the a an in on at it its he she they we i you his her their our this that these those there but "
    "and or if when while after before as for with from since however meanwhile still yet so what "
    "who why how where some many most all both according last next one two several such no not now "
    "then to under by over during despite although because".split()
)
_END = re.compile(
    r"""
    (?: (?<![.!?…]) (?P<stop>[.!?…]+) (?P<close>(?:''|["'”’»)\]])*) (?P<gap>\s+)
      | (?P<wide>[。！？｡]+[」』”’）]*) (?P<widegap>\s*)
      | (?<=[a-z]{2}) (?P<glued>[.!?]["”’]?) (?=[A-Z][a-z]+\s)
    )
    """,
    re.VERBOSE,
)
_PARAGRAPH = re.compile(r"\s*\n[ \t\r\f\v\u00a0]*\n\s*")
_BREAK = re.compile(r"\n\s*")
_BULLET = re.compile(r"(?:[-*•–—▪●]|\d{1,2}[.)])\s")
_SHORT_LINE = 45  # characters: a shorter line that stops without punctuation is not a wrapped one


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The (start, end) of each sentence of ``text[start:end]``, in order; empty for white space.

    >>> [("Dr. A. Roe met 1.5 m users. They left."[a:b]) for a, b in
    ...  sentence_spans("Dr. A. Roe met 1.5 m users. They left.")]
    ['Dr. A. Roe met 1.5 m users.', 'They left.']
    """
    limit = len(text) if end is None else end
    spans = []
    for block_start, block_end in _blocks(text, start, limit):
        at = block_start
        for cut, resume in _cuts(text, block_start, block_end):
            if cut > at:
                spans.append((at, cut))
            at = resume
        if at < block_end:
            spans.append((at, block_end))
    return spans


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses: paragraphs, list items, headings; trimmed, never empty."""
    at = line = start
    for gap in _BREAK.finditer(text, start, end):
        line_end = line + len(text[line : gap.start()].rstrip(" \t\r"))
        line = gap.end()
        if _line_ends_block(text, at, line_end, line, end):
            yield from _trimmed(text, at, line_end)
            at = line
    yield from _trimmed(text, at, end)


def _line_ends_block(text: str, at: int, line_end: int, resume: int, end: int) -> bool:
    if _PARAGRAPH.match(text, line_end, resume) or resume >= end:
        return True
    if text[line_end - 1 : line_end] in '.!?…:”"’)]' or _BULLET.match(text, resume, end):
        return True
    line_start = max(at, text.rfind("\n", at, line_end) + 1)
    return line_end - line_start < _SHORT_LINE


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(end of a sentence, start of the next) for each border inside a block."""
    for match in _END.finditer(text, start, end):
        if match["stop"] is not None:
            if match.end() < end and _is_border(text, start, match, end):
                yield match.start("gap"), match.end()
        elif match["wide"] is not None:
            yield match.end("wide"), match.end()
        else:
            yield match.end("glued"), match.end()


def _is_border(text: str, start: int, match: re.Match[str], end: int) -> bool:
    following = _first_word(text, match.end(), end)
    if not following or following[0].islower():
        return False
    if match["stop"] != "." or match["close"]:
        return True
    before = _last_word(text, start, match.start())
    if before.isdigit() and len(before) <= 2 and not text[start : match.start()].strip(before):
        return False  # the number of a list item
    lowered = before.lower()
    if lowered in _NEVER_LAST or (lowered in _TITLES and lowered not in _MAYBE_LAST):
        return lowered == "no" and not following[0].isdigit()
    if lowered in _MONTHS:
        return not following[0].isdigit() and following.lower() in _STARTERS
    if len(before) == 1 and before.isalpha() and before.isupper() and text[match.start() - 1] == before:
        return following.lower() in _STARTERS and following.lower() not in ("i", "a")
    if lowered in _MAYBE_LAST or re.fullmatch(r"(?:[a-z]\.)+[a-z]", lowered):
        return following.lower() in _STARTERS
    return True


def _first_word(text: str, at: int, end: int) -> str:
    match = re.compile(r"[\"'“‘«(\[`¿¡]*\s?([^\s\"'“”‘’«»()\[\],.;:!?]+)").match(text, at, end)
    return match[1] if match else ""


def _last_word(text: str, start: int, at: int) -> str:
    match = re.compile(r"[^\s\"'“”‘’«»()\[\],;:!?—–-]+$").search(text, max(start, at - 24), at)
    return match[0] if match else ""
