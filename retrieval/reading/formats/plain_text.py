"""Reads scraped plain text: finds title, byline and headings, and marks boilerplate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from retrieval.article import Dropped, Heading
from retrieval.reading.document.document import Document, Metadata
from retrieval.reading.metadata.byline import (
    author_line,
    copyright_holder,
    is_masthead,
    publisher_line,
)
from retrieval.reading.metadata.date_labels import is_event_field
from retrieval.reading.metadata.date_line import date_line, dateline
from retrieval.reading.metadata.date_parser import writes_day_first
from retrieval.reading.metadata.language import detect_language
from retrieval.reading.metadata.title import Title, find_title, is_generic_title
from retrieval.reading.page.boilerplate import boilerplate_reason
from retrieval.reading.page.main_text import page_drop_reasons
from retrieval.text_lines import Line, is_prose, is_short_prose, is_shredded, lines_of

_MAX_HEADING_LENGTH = 100
_MAX_HEADER_LINES = 14  # non-blank lines of a header that is not ended by prose


def read_text(text: str) -> Document:
    """The document of a scraped text."""
    if is_shredded(text):
        return Document(text)
    lines = [line for line in lines_of(text) if line.words]
    reasons = boilerplate_reasons(lines)
    title = find_title(lines, reasons)
    title_line = next((line for line in lines if title and line.number == title.number), None)
    outside_article = page_drop_reasons(lines, title_line)
    header = _header_and_footer_lines(lines, title, outside_article)
    metadata = header_metadata(header, reasons, detect_language(text))
    reasons = {**outside_article, **reasons}
    if title:
        metadata = Metadata(title=title.words, publisher=title.publisher).with_fallback(metadata)
        reasons.update(title.reasons)
    _drop_repeated_lead(lines, reasons)
    _drop_tail(lines, reasons)
    if metadata.published is None and metadata.updated is None:
        first = next((line for line in lines if line.number not in reasons and is_prose(line.words)), None)
        metadata = metadata.with_fallback(Metadata(published=dateline(first.words) if first else None))
    return Document(
        text=text,
        metadata=metadata.with_fallback(Metadata(publisher=_copyright_publisher(lines))),
        headings=tuple(_headings(lines, reasons)),
        dropped=dropped_lines(lines, reasons),
    )


def read_structured(text: str, headings: tuple[Heading, ...], metadata: Metadata) -> Document:
    """The document of a text that a reader built, with known headings and possibly incomplete metadata."""
    if is_shredded(text):
        return Document(text, metadata)
    if metadata.title and is_generic_title(metadata.title):
        metadata = replace(metadata, title=None)
    lines = [line for line in lines_of(text) if line.words]
    reasons = boilerplate_reasons(lines)
    language = metadata.language or detect_language(text)
    metadata = metadata.with_fallback(header_metadata(lines[:5], reasons, language))
    if metadata.author:
        bylines = (line for line in lines[:5] if line.words.casefold() == metadata.author.casefold())
        reasons.update((line.number, "byline") for line in bylines)
    if metadata.title:
        title_lines = (line for line in lines[:4] if line.words.casefold() == metadata.title.casefold())
        reasons.update((line.number, "title") for line in title_lines)
    numbers = {line.start: line.number for line in lines}
    kept = tuple(heading for heading in headings if numbers.get(heading.start) not in reasons)
    return Document(text, metadata, kept, dropped_lines(lines, reasons))


def boilerplate_reasons(lines: Sequence[Line]) -> dict[int, str]:
    """Line number -> reason for lines that are boilerplate by their words alone."""
    return {line.number: reason for line in lines if (reason := boilerplate_reason(line.words))}


def dropped_lines(lines: Sequence[Line], reasons: dict[int, str]) -> tuple[Dropped, ...]:
    """The lines that have a reason, in order; *reasons* is keyed by line number."""
    return tuple(
        Dropped(line.number, line.start, line.end, reasons[line.number])
        for line in lines
        if line.number in reasons
    )


def header_metadata(lines: Sequence[Line], reasons: dict[int, str], language: str | None = None) -> Metadata:
    """The metadata in *lines*, from the first date line, byline and publisher line; adds their *reasons*.

    A date beside a field such as "Place: East quay" is that of an event. *language* is a tag such as "en-GB".
    """
    metadata, day_first = Metadata(), writes_day_first(language)
    fields = {line.number for line in lines if is_event_field(line.words)}
    for line in lines:
        is_event = bool(fields & {line.number - 1, line.number + 1})
        dates = None if is_event else date_line(line.words, day_first=day_first)
        author = author_line(line.words) or (author_line(dates.rest) if dates else None)
        publisher = publisher_line(line.words)
        if dates:
            reasons[line.number] = "date"
            metadata = metadata.with_fallback(Metadata(published=dates.published, updated=dates.updated))
        elif author:
            reasons[line.number] = "byline"
        elif publisher:
            reasons[line.number] = "publisher"
        metadata = metadata.with_fallback(Metadata(author=author, publisher=publisher))
    return metadata


def _copyright_publisher(lines: Sequence[Line]) -> str | None:
    """The copyright holder if it is a publisher: named like one, or named elsewhere in the text.

    Otherwise it could be the publisher's owner.
    """
    for line in lines[-12:]:
        name = copyright_holder(line.words)
        if name and (is_masthead(name) or any(name in other.words for other in lines if other is not line)):
            return name
    return None


def _header_and_footer_lines(
    lines: Sequence[Line], title: Title | None, outside_article: Mapping[int, str]
) -> list[Line]:
    """Lines that can contain a byline: from before the title to the first prose, and after the last prose.

    There can be a lead between title and byline, so the header can extend beyond the first prose line.
    """
    prose = [i for i, line in enumerate(lines) if is_prose(line.words) and line.number not in outside_article]
    if not prose:
        return list(lines[:_MAX_HEADER_LINES])
    start = max(0, prose[0] - _MAX_HEADER_LINES)
    if title:
        start = max(0, next(i for i, line in enumerate(lines) if line.number == title.number) - 4)
    first = next((index for index in prose if index >= start), prose[0])
    second = next((index for index in prose if index > first), first)
    end = second if second - first <= 6 else first
    tail = [line for line in lines[prose[-1] + 1 :][:8] if (d := date_line(line.words)) is None or d.labelled]
    return [*lines[start:end], *(line for line in tail if line.number > lines[end].number)]


def _drop_tail(lines: Sequence[Line], reasons: dict[int, str]) -> None:
    """Drop everything after the last prose, starting at the first line with a reason."""
    prose = (i for i, line in enumerate(lines) if line.number not in reasons and is_short_prose(line.words))
    last = max(prose, default=None)
    if last is None:
        return
    dropping = False
    for line in lines[last + 1 :]:
        dropping = dropping or line.number in reasons
        if dropping:
            reasons.setdefault(line.number, "below the article")


def _drop_repeated_lead(lines: Sequence[Line], reasons: dict[int, str]) -> None:
    """Drop a lead that one of the next paragraphs repeats at its start."""
    kept = [line for line in lines if line.number not in reasons][:5]
    for index, lead in enumerate(kept[:2]):
        for paragraph in kept[index + 1 : index + 4]:
            if _repeats(lead.words, paragraph.words):
                reasons[lead.number] = "lead repeated below"
                break


def _repeats(lead: str, paragraph: str) -> bool:
    """True if the paragraph starts with nearly all words of the lead, including all its numbers."""
    if not 40 <= len(lead) <= 600 or len(paragraph) < len(lead) * 0.9:
        return False
    lead_words = re.findall(r"\w+", lead.casefold())
    start_words = re.findall(r"\w+", paragraph.casefold())[: len(lead_words) + 6]
    numbers = {word for word in lead_words if word[0].isdigit()}
    if len(lead_words) < 6 or not numbers <= set(start_words):
        return False
    matcher = SequenceMatcher(None, lead_words, start_words, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) >= 0.9 * len(lead_words)


def _headings(lines: Sequence[Line], reasons: dict[int, str]) -> list[Heading]:
    """Short lines without a full stop, between a longer line and prose."""
    kept = [line for line in lines if line.number not in reasons]
    return [
        Heading(line.start, line.end)
        for before, line, after in zip(kept, kept[1:], kept[2:], strict=False)
        if _could_be_heading(line.words)
        and is_prose(after.words)
        and len(before.words) > _MAX_HEADING_LENGTH // 2
    ]


def _could_be_heading(words: str) -> bool:
    if len(words) > _MAX_HEADING_LENGTH or (not words[0].isupper() and not words[0].isdigit()):
        return False
    return words[-1].isalnum() or words[-1] in "?!\"”’')%"
