"""Parses a model's text, complete or still streaming, into sentences with the hits they cite.

A Draft depends only on the text so far, never on how the stream was split into pieces.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.looks.look_lines import without_looks
from bot.prompting.escaping import readable
from bot.reply import source_lists
from bot.reply.answer_structure import units, without_open_table
from bot.reply.marker_forms import CleanText, without_markers
from bot.reply.output_cleanup import unwrap
from bot.reply.streaming_tail import without_open_tail

_LONG_GAP = re.compile(r"[^\S\n]{20,}")
_CODE_INDENT = re.compile(r"\n(?: {4,}|[ \t]*\t[ \t]*)\Z")  # would make a paragraph code
_TILDES = re.compile(r"^( {0,3})~{3,}", re.MULTILINE)  # a fence, unknown to Discord
_EXTRA_LINES = re.compile(r"\n{4,}")
# NOT_FOUND: the word that prompts/answer.md asks for when the passages do not contain the answer.
_NOT_FOUND = re.compile(
    r"(?<!\w)[*_`\"'\[(]{0,4}(?:NOT[_ ]FOUND|not_found|Not_Found)[*_`\"'\])]{0,4}(?!\w)"
    r"(?:[ \t]+(?:for|on|about|regarding|concerning|as to)\b[^.!?\n]*)?[.:!]?[ \t]*"
)
_PARTIAL_NOT_FOUND = re.compile(r"(?<!\w)[*_`\"'\[(]{0,4}(?:N|NO|NOT|NOT[_ ]F?O?U?N?D?|not_f?o?u?n?)\Z")
_ANSWER_LABEL = re.compile(
    r"\A\s*\**(?:final answer|answer|antwort|réponse|respuesta|risposta)\s*\**\s*:\**[ \t]*", re.IGNORECASE
)
# Brackets left over when a marker inside brackets was removed.
_LEFTOVER_BRACKETS = re.compile(
    r"[\[［【〔]\s*[\^#]?\d{1,4}\s*[\]］】〕]|[\[［【〔]+(?=\s*[\^#]?\d(?![^\[\]\n]{0,200}\]))"
)
_LINE_MARKS = re.compile(r"(?:(?:[-*+•–—▪●]|\d{1,2}[.)]|#{1,6}|>)[ \t]+|\|[ \t]*)+")
_DENIAL = re.compile(
    r"(?:unfortunately|sorry|i(?:'m| am) sorry|i apologi[sz]e)?\W*(?:but )?\W*(?:"
    r"(?:the|these|none of the|your|any of the)?\s*(?:provided |given |numbered |supplied |available )?"
    r"(?:passages?|articles?|sources?|context|documents?|texts?|information)(?: provided| given)?"
    r"(?: (?:do|does|did|is|are)(?: not|n't)| contains? no| mentions? no| provides? no| says? nothing)\b"
    r"|i (?:do not|don't|cannot|can't|could not|couldn't) (?:know|find|answer|determine)"
    r"|there is no (?:information|mention|answer)|this is not (?:in|mentioned in) the (?:articles|passages))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence without markers; ``hits`` are 0-based indexes into the given hits, in the order cited.

    ``lead`` is the text before it: white space, list marks, headings, table heads. ``tail`` is the text after
    its citations: the pipe that closes a table row. ``spans`` are (hit, start, end) of the sentences that the
    model itself cited, with the offsets of the article's text.
    """

    text: str
    hits: tuple[int, ...] = ()
    lead: str = ""
    tail: str = ""
    spans: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A model's answer so far. Until it is ``complete``, its last sentence can grow and gain hits.

    ``not_found``: the model said that the passages do not contain the answer. ``notice``: one line for the
    user about how the answer was made.
    """

    sentences: tuple[DraftSentence, ...] = ()
    complete: bool = False
    not_found: bool = False
    notice: str | None = None


class AnswerParser:
    """Collects the pieces of a stream and returns a Draft whenever there is something new to show."""

    def __init__(self, count: int, titles: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        self._count = count
        self._titles = titles
        self._names = names
        self._text = ""
        self._parsed_length = 0  # characters of the text at the last parse
        self._last = Draft()

    @property
    def text(self) -> str:
        """The whole text so far."""
        return self._text

    def feed(self, piece: str) -> Draft | None:
        """Add a piece; the new Draft, or None when there is nothing new to show."""
        self._text += piece
        if len(self._text) - self._parsed_length <= len(self._text) // 100:
            return None  # parsing again only after 1 % more text keeps the total work linear
        self._parsed_length = len(self._text)
        draft = read_draft(self._text, self._count, self._titles, self._names, complete=False)
        if draft == self._last:
            return None
        self._last = draft
        return draft

    def finish(self) -> Draft:
        """The complete answer."""
        return read_draft(self._text, self._count, self._titles, self._names)


def read_draft(
    text: str, count: int, titles: Sequence[str] = (), names: Sequence[str] = (), complete: bool = True
) -> Draft:
    """Parse a model's text that cites passages by number, 1 to *count*; other numbers are dropped.

    >>> read_draft("It met 11 firms [1, 2]. It fined none.[9]", count=3).sentences
    (DraftSentence(text='It met 11 firms.', hits=(0, 1), lead='', tail='', spans=()), \
DraftSentence(text='It fined none.', hits=(), lead=' ', tail='', spans=()))
    """
    plain = _EXTRA_LINES.sub("\n\n", _LONG_GAP.sub(" ", readable(text.replace("\r\n", "\n"))))
    plain = without_looks(plain, complete)
    shown = unwrap(plain if "```" in plain else _TILDES.sub(r"\1```", plain), complete)
    if not complete:
        shown = without_open_table(without_open_tail(shown))
    body = source_lists.answer_body(shown, titles, complete)
    plain, not_found = _without_not_found(body.text, complete)
    clean = without_markers(plain, count, body.labels if complete else None, names or titles)
    sentences = tuple(_sentences(clean))
    if complete and body.listed and not any(sentence.hits for sentence in sentences):
        listed = tuple(dict.fromkeys(number - 1 for number in body.listed if 1 <= number <= count))
        sentences = tuple(replace(sentence, hits=listed) for sentence in sentences)
    cited = any(sentence.hits for sentence in sentences)
    if (not_found or (complete and _is_denial(sentences))) and not cited:
        return Draft((), complete, not_found=True)
    return Draft(sentences, complete)


def _without_not_found(text: str, complete: bool) -> tuple[str, bool]:
    """The text without the word NOT_FOUND, and True if it had it; the start of the word is held back."""
    plain, found = _NOT_FOUND.subn("", _ANSWER_LABEL.sub("", text))
    if not complete:
        plain = _PARTIAL_NOT_FOUND.sub("", plain)
    return plain, found > 0


def _is_denial(sentences: Sequence[DraftSentence]) -> bool:
    return 0 < len(sentences) <= 3 and _DENIAL.match(sentences[0].text) is not None


def _sentences(clean: CleanText) -> Iterator[DraftSentence]:
    found = units(clean.text, [offset for offset, _ in clean.citations])
    cited: list[list[int]] = [[] for _ in found]
    starts = [unit.start for unit in found]
    for offset, hits in clean.citations:
        if found:
            cited[_unit_at(offset, starts, clean.text)].extend(hits)
    done = 0  # offset up to which the text is part of a sentence
    for number, (unit, hits_of_unit) in enumerate(zip(found, cited, strict=True), 1):
        lead = _CODE_INDENT.sub("\n", clean.text[done : unit.start].lstrip("[［【〔"))
        text = clean.text[unit.start : unit.end]
        text = _with_closed_fence(text) if "`" in text else _LEFTOVER_BRACKETS.sub("", text)
        rest = clean.text[unit.tail :] if number == len(found) else ""
        tail = clean.text[unit.end : unit.tail] + (rest.rstrip() if re.search(r"\w", rest) else "")
        yield DraftSentence(
            text, tuple(dict.fromkeys(hits_of_unit)), lead.lstrip("\n ") if not done else lead, tail.rstrip()
        )
        done = unit.tail


def _with_closed_fence(text: str) -> str:
    """Close an open code block, which would otherwise include the text shown below it."""
    if text.lstrip().startswith("```") and text.count("```") % 2:
        return text.rstrip() + "\n```"
    return text


def _unit_at(offset: int, starts: Sequence[int], text: str) -> int:
    """The index of the unit that a marker at *offset* belongs to.

    That is the unit before the marker, or, for a marker that opens a line, the next one on that line.
    """
    before = max(bisect.bisect_left(starts, offset) - 1, 0)
    line_start = text.rfind("\n", 0, offset) + 1
    line_end = text.find("\n", offset)
    after = before + 1 if starts[before] < offset else before
    opens_line = offset - line_start < 40 and not _LINE_MARKS.sub("", text[line_start:offset]).strip()
    if opens_line and after < len(starts) and (line_end < 0 or starts[after] < line_end):
        return after
    return before
