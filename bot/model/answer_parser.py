"""From a model's text, as it streams, to sentences with the hits that they cite; no marker is left in them.

Everything is a function of the text so far, so how a stream is cut into pieces cannot matter.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.answer import Usage
from bot.model import source_lists
from bot.model.marker_forms import Clean, without_markers
from bot.model.output_cleanup import unwrap
from bot.model.passage_prompt import readable
from bot.model.streaming_tail import without_open_tail
from retrieval.splitting.sentences import sentence_spans

NOT_FOUND = "NOT_FOUND"  # the word that prompts/answer.md asks for when the passages hold no answer


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence without markers; ``hits`` are 0-based places in the hits given, in the order cited.

    ``lead`` is the white space and list mark before it.
    """

    text: str
    hits: tuple[int, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A model's answer so far. While it is not ``complete`` its last sentence may grow and get more hits.

    ``not_found``: the model said that the passages do not hold the answer. ``notice``: one line for the
    person about how the answer came to be.
    """

    sentences: tuple[DraftSentence, ...] = ()
    complete: bool = False
    usage: Usage = field(default_factory=Usage)
    not_found: bool = False
    notice: str | None = None


class AnswerParser:
    """Collects the pieces of a stream and gives a Draft whenever there is something new to show."""

    def __init__(self, count: int, titles: Sequence[str] = ()) -> None:
        self._count = count
        self._titles = titles
        self._text = ""
        self._read = 0  # characters of the text that the last Draft knew
        self._last = Draft()

    @property
    def text(self) -> str:
        """All that the model wrote so far."""
        return self._text

    def feed(self, piece: str) -> Draft | None:
        """Add a piece; the new Draft, or None when nothing new can be shown."""
        self._text += piece
        if len(self._text) - self._read <= len(self._text) // 100:
            return None  # long answers are read again only every hundredth part, so the work stays linear
        self._read = len(self._text)
        draft = read_draft(self._text, self._count, self._titles, complete=False)
        if draft == self._last:
            return None
        self._last = draft
        return draft

    def finish(self, usage: Usage) -> Draft:
        """The whole answer, with what it cost."""
        return replace(read_draft(self._text, self._count, self._titles), usage=usage)


def read_draft(text: str, count: int, titles: Sequence[str] = (), complete: bool = True) -> Draft:
    """Read a model's text that may cite the passages 1 to *count*; numbers of others are dropped.

    >>> read_draft("It met 11 firms [1, 2]. It fined none.[9]", count=3).sentences
    (DraftSentence(text='It met 11 firms.', hits=(0, 1), lead=''), \
DraftSentence(text='It fined none.', hits=(), lead=' '))
    """
    plain = _MANY_LINES.sub("\n\n", _LONG_GAP.sub(" ", readable(text.replace("\r\n", "\n"))))
    shown = unwrap(plain, complete)
    if not complete:
        shown = without_open_tail(shown)
    found = source_lists.body(shown, titles, complete)
    plain, denied = _without_token(found.text, complete)
    sentences = tuple(_sentences(without_markers(plain, count, found.labels if complete else None)))
    if complete and found.listed and not any(sentence.hits for sentence in sentences):
        listed = tuple(dict.fromkeys(n - 1 for n in found.listed if 1 <= n <= count))
        sentences = tuple(replace(sentence, hits=listed) for sentence in sentences)
    cited = any(sentence.hits for sentence in sentences)
    if (denied or (complete and _is_denial(sentences))) and not cited:
        return Draft((), complete, not_found=True)
    return Draft(sentences, complete)


_LONG_GAP = re.compile(r"[^\S\n]{20,}")
_MANY_LINES = re.compile(r"\n{4,}")
_TOKEN = re.compile(
    r"(?<!\w)[*_`\"'\[(]{0,4}(?:NOT[_ ]FOUND|not_found|Not_Found)[*_`\"'\])]{0,4}(?!\w)[.:!]?[ \t]*"
)
_HALF_TOKEN = re.compile(r"(?<!\w)[*_`\"'\[(]{0,4}(?:N|NO|NOT|NOT[_ ]F?O?U?N?D?|not_f?o?u?n?)\Z")
_LABEL = re.compile(
    r"\A\s*\**(?:final answer|answer|antwort|réponse|respuesta|risposta)\s*\**\s*:\**[ \t]*", re.IGNORECASE
)
# What taking a marker out of the midst of brackets may leave behind.
_LEFTOVER = re.compile(
    r"[\[［【〔]\s*[\^#]?\d{1,4}\s*[\]］】〕]|[\[［【〔]+(?=\s*[\^#]?\d(?![^\[\]\n]{0,200}\]))"
)
_MARK = re.compile(r"(?:(?:[-*+•–—▪●]|\d{1,2}[.)]|#{1,6}|>)[ \t]+|\|[ \t]*)+")
_FENCE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_DENIAL = re.compile(
    r"(?:unfortunately|sorry|i(?:'m| am) sorry|i apologi[sz]e)?\W*(?:but )?\W*(?:"
    r"(?:the|these|none of the|your|any of the)?\s*(?:provided |given |numbered |supplied |available )?"
    r"(?:passages?|articles?|sources?|context|documents?|texts?|information)(?: provided| given)?"
    r"(?: (?:do|does|did|is|are)(?: not|n't)| contains? no| mentions? no| provides? no| says? nothing)\b"
    r"|i (?:do not|don't|cannot|can't|could not|couldn't) (?:know|find|answer|determine)"
    r"|there is no (?:information|mention|answer)|this is not (?:in|mentioned in) the (?:articles|passages))",
    re.IGNORECASE,
)


def _without_token(text: str, complete: bool) -> tuple[str, bool]:
    """The text without the word NOT_FOUND, and whether it was there; half a word is held back."""
    plain, found = _TOKEN.subn("", _LABEL.sub("", text))
    if not complete:
        plain = _HALF_TOKEN.sub("", plain)
    return plain, found > 0


def _is_denial(sentences: Sequence[DraftSentence]) -> bool:
    return 0 < len(sentences) <= 3 and _DENIAL.match(sentences[0].text) is not None


def _sentences(clean: Clean) -> Iterator[DraftSentence]:
    spans = list(_spans(clean.text))
    cited: list[list[int]] = [[] for _ in spans]
    starts = [start for start, _ in spans]
    for place, hits in clean.places:
        if spans:
            cited[_sentence_of(place, starts, clean.text)].extend(hits)
    at = 0
    for (start, end), hits_of in zip(spans, cited, strict=True):
        lead = re.sub(r"\n[ \t]+\Z", "\n", clean.text[at:start].lstrip("[［【〔"))
        text = clean.text[start:end]
        text = _closed(text) if "`" in text else _LEFTOVER.sub("", text)
        yield DraftSentence(text, tuple(dict.fromkeys(hits_of)), lead.lstrip() if not at else lead)
        at = end


def _closed(text: str) -> str:
    """A block of code with its end: an open one would swallow what is shown below it."""
    if text.lstrip().startswith("```") and text.count("```") % 2:
        return text.rstrip() + "\n```"
    return text


def _sentence_of(place: int, starts: Sequence[int], text: str) -> int:
    """The index of the sentence that a marker at *place* belongs to: the one before it, or, at the start
    of a line, the one that follows on that line."""
    before = max(bisect.bisect_left(starts, place) - 1, 0)
    line_start = text.rfind("\n", 0, place) + 1
    line_end = text.find("\n", place)
    after = before + 1 if starts[before] < place else before
    opens_line = place - line_start < 40 and not _MARK.sub("", text[line_start:place]).strip()
    if opens_line and after < len(starts) and (line_end < 0 or starts[after] < line_end):
        return after
    return before


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Sentences without their list marks; a block of code is one; what has no letter or digit is none."""
    at = 0
    for fence in [*_FENCE.finditer(text), None]:
        until = len(text) if fence is None else fence.start()
        for start, end in sentence_spans(text, at, until):
            mark = _MARK.match(text, start, end)
            begins = mark.end() if mark else start
            ends = begins + len(text[begins:end].rstrip("[［【〔 \t"))
            if re.search(r"\w", text[begins:ends]):
                yield begins, ends
        if fence is not None:
            if re.search(r"\w", fence[0]):
                yield fence.span()
            at = fence.end()
