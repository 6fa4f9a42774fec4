"""Interprets the groups of an RTF file: what is text, in which encoding, and what is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from retrieval.errors import ReadError
from retrieval.reading.document.encoding import replace_surrogates
from retrieval.reading.office.rtf_syntax import (
    SPECIAL_CHARACTERS,
    SYMBOL_CHARSET,
    SYMBOLS,
    codec_of_charset,
    codec_of_code_page,
    tokens,
)

_MAX_DEPTH = 2_000  # open groups
_MAX_ENTRY_LENGTH = 1_000  # characters of a style's name or the title
_SKIPPED = frozenset(
    "colortbl pict header headerl headerr headerf footer footerl footerr footerf annotation fldinst listtext "
    "pntext nonshppict shprslt sp upr xe tc txe tcn rxe nonesttables objdata private mmathpict".split()
)
_TABLES = frozenset({"fonttbl", "stylesheet", "info"})
_OPTIONAL_TEXT = frozenset({"shpinst", "ud", "momath", "momathpara", "footnote"})  # marked with "\*"
_ITEM_MARKS = frozenset({"listtext", "pntext"})
_BREAKS = {"par": "paragraph", "sect": "paragraph", "page": "paragraph", "cell": "cell", "row": "row"}
_SKIP, _TEXT = "skip", "text"


@dataclass(frozen=True, slots=True)
class RtfEvent:
    """``kind``: "text"; the end of a "paragraph", "cell" or "row"; "note" and "note end"; "plain" (properties
    of the paragraph are reset), "heading", "item" and "in table"."""

    kind: str
    text: str = ""
    is_raised: bool = False


@dataclass(slots=True)
class _Group:
    """The state of a group; a nested group starts with a copy."""

    destination: str = _TEXT
    fallback_length: int = 1  # characters after \u that stand for it
    font: int = -1
    style: int = 0
    is_raised: bool = False
    is_hidden: bool = False
    is_deleted: bool = False
    is_note: bool = False  # the group of a footnote itself


class RtfGroups:
    """Converts an RTF file to events; ``info`` has the title and author in its properties."""

    def __init__(self) -> None:
        self.info: dict[str, str] = {}
        self._outer: list[_Group] = []
        self._group = _Group()
        self._codec = "cp1252"
        self._charsets: dict[int, int] = {}
        self._heading_styles: set[int] = set()
        self._bytes = bytearray()  # not yet decoded: a character can have two bytes
        self._high_surrogate = ""
        self._to_skip = 0  # characters that stand for the last \u
        self._is_optional = False  # after "\*"
        self._entry = ""  # of the font table, the style sheet or the properties

    def events(self, source: str) -> Iterator[RtfEvent]:
        """The events of a file that was decoded as Latin-1. Raises ReadError."""
        for token in tokens(source):
            if token.kind in ("byte", "text"):
                skipped = min(self._to_skip, len(token.value))
                self._to_skip -= skipped
                if self._group.destination != _SKIP:
                    self._bytes += token.value[skipped:].encode("latin-1")
                continue
            yield from self._decode()
            if token.kind == "{":
                self._start_group()
            elif token.kind == "}":
                yield from self._end_group()
            elif token.kind == "word":
                yield from self._word(token.value, token.number)
            elif token.value == "*":
                self._is_optional = True
            elif self._to_skip:
                self._to_skip -= 1
            else:
                yield from self._text(SYMBOLS.get(token.value, ""))
        yield from self._decode()

    def _start_group(self) -> None:
        if len(self._outer) >= _MAX_DEPTH:
            raise ReadError("The RTF file is damaged: its groups are nested too deeply.")
        self._outer.append(self._group)
        self._group = replace(self._group, is_note=False)
        self._to_skip = 0
        self._is_optional = False

    def _end_group(self) -> Iterator[RtfEvent]:
        self._to_skip = 0
        if self._group.destination in _TABLES:
            self._end_entry()
        if self._group.is_note:
            yield RtfEvent("note end")
        if self._outer:
            self._group = self._outer.pop()

    def _word(self, word: str, number: int | None) -> Iterator[RtfEvent]:
        is_optional, self._is_optional = self._is_optional, False
        group = self._group
        if word == "u":
            yield from self._unicode(number or 0)
        elif self._to_skip:  # a control word can stand for the last \u
            self._to_skip -= 1
        elif word == "ud":  # the Unicode version of a skipped text
            group.destination = _TEXT
        elif group.destination == _SKIP:
            return
        elif word in _SKIPPED or word in _TABLES or (is_optional and word not in _OPTIONAL_TEXT):
            group.destination = word if word in _TABLES else _SKIP
            if word in _ITEM_MARKS:
                yield RtfEvent("item")
        elif group.destination in _TABLES:
            self._table_word(word, number)
        else:
            yield from self._text_word(word, number)

    def _text_word(self, word: str, number: int | None) -> Iterator[RtfEvent]:
        """A word in the text: a character, the end of a part, or a property of what follows."""
        group = self._group
        if word == "footnote":
            group.is_note, group.is_raised = True, False
            yield RtfEvent("note")
        elif word in SPECIAL_CHARACTERS:
            yield from self._text(SPECIAL_CHARACTERS[word])
        elif word in _BREAKS:
            if not group.is_deleted:
                yield RtfEvent(_BREAKS[word])
        else:
            yield from self._property(word, number)

    def _table_word(self, word: str, number: int | None) -> None:
        """A word in the font table, the style sheet or the properties of the file."""
        if word == "f":
            self._group.font = number or 0
        elif word == "fcharset":
            self._charsets[self._group.font] = number or 0
        elif word == "s":
            self._group.style = number or 0
        elif word in ("title", "author"):
            self._entry = f"{word}:"

    def _end_entry(self) -> None:
        words = self._entry.strip().strip(";").strip()
        if self._group.destination == "stylesheet" and words.lower().startswith(("heading", "title")):
            self._heading_styles.add(self._group.style)
        elif self._group.destination == "info" and words.startswith(("title:", "author:")):
            name, _, value = words.partition(":")
            self.info.setdefault(name, value)
        self._entry = ""

    def _property(self, word: str, number: int | None) -> Iterator[RtfEvent]:
        """A property of the text or the paragraph that follows."""
        group = self._group
        is_on = number != 0
        if word in ("pard", "intbl"):
            yield RtfEvent("plain" if word == "pard" else "in table")
        elif word == "outlinelevel" or (word == "s" and number in self._heading_styles):
            yield RtfEvent("heading")
        elif word == "ls" and is_on:
            yield RtfEvent("item")
        elif word in ("super", "up"):
            group.is_raised = is_on
        elif word in ("nosupersub", "sub", "dn"):
            group.is_raised = False
        elif word == "v":
            group.is_hidden = is_on
        elif word == "deleted":
            group.is_deleted = is_on
        elif word == "plain":
            group.is_raised = group.is_hidden = group.is_deleted = False
        elif word in ("f", "uc"):
            group.font = (number or 0) if word == "f" else group.font
            group.fallback_length = max(number or 0, 0) if word == "uc" else group.fallback_length
        elif word in ("ansicpg", "mac"):
            self._codec = codec_of_code_page(10_000 if word == "mac" else number or 0)

    def _decode(self) -> Iterator[RtfEvent]:
        """The pending bytes as text."""
        if self._bytes:
            charset = self._charsets.get(self._group.font, 1)
            text = bytes(self._bytes).decode(codec_of_charset(charset, self._codec), "replace")
            self._bytes.clear()
            if charset != SYMBOL_CHARSET:
                yield from self._text(text)

    def _unicode(self, number: int) -> Iterator[RtfEvent]:
        """The character of \\u, a signed UTF-16 code unit."""
        self._to_skip = self._group.fallback_length
        unit = chr(number % 0x10000)
        if "\ud800" <= unit <= "\udbff":
            self._high_surrogate = unit
            return
        pair, self._high_surrogate = self._high_surrogate + unit, ""
        text = pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        yield from self._text(replace_surrogates(text))

    def _text(self, text: str) -> Iterator[RtfEvent]:
        group = self._group
        if group.destination in _TABLES:
            self._entry += text[: max(0, _MAX_ENTRY_LENGTH - len(self._entry))]
        elif text and group.destination == _TEXT and not group.is_hidden and not group.is_deleted:
            yield RtfEvent("text", text, group.is_raised)
