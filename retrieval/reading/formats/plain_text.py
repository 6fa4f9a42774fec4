"""Plain text as scraped -> Document: title, byline and headings are found, clutter is marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from retrieval.article import Dropped, Heading
from retrieval.reading.document.document import Document, Facts
from retrieval.reading.metadata.byline import (
    author_line,
    copyright_holder,
    date_line,
    dateline,
    is_masthead,
    publisher_line,
)
from retrieval.reading.metadata.title import Title, find_title
from retrieval.reading.page.boilerplate import clutter_reason
from retrieval.reading.page.main_text import page_reasons
from retrieval.text_lines import Line, ends_like_prose, is_prose, is_shredded, lines_of

_LONGEST_HEADING = 100
_HEADER_LINES = 14  # lines with words that may be a header when there is no prose to end it


def read_text(text: str, place: str | None = None) -> Document:
    """The document of a scraped text; *place* (a host or country) helps with names of time zones."""
    if is_shredded(text):
        return Document(text)
    lines = [line for line in lines_of(text) if line.words]
    reasons = line_reasons(lines)
    title = find_title(lines, reasons)
    title_line = next((line for line in lines if title and line.number == title.number), None)
    outside = page_reasons(lines, title_line)
    facts = header_facts(_margins(lines, title, outside), reasons, place)
    reasons = {**outside, **reasons}
    if title:
        facts = Facts(title=title.words, publisher=title.publisher).over(facts)
        reasons.update(title.reasons)
    _drop_repeated_lead(lines, reasons)
    _drop_tail(lines, reasons)
    if facts.published is None and facts.updated is None:
        first = next((line for line in lines if line.number not in reasons and is_prose(line.words)), None)
        facts = facts.over(Facts(published=dateline(first.words, place) if first else None))
    return Document(
        text=text,
        facts=facts.over(Facts(publisher=_holder(lines))),
        headings=tuple(_headings(lines, reasons)),
        dropped=dropped_lines(lines, reasons),
    )


def read_structured(text: str, headings: tuple[Heading, ...], facts: Facts) -> Document:
    """The document of a text that a reader built, whose headings and perhaps facts are known."""
    if is_shredded(text):
        return Document(text, facts)
    lines = [line for line in lines_of(text) if line.words]
    reasons = line_reasons(lines)
    facts = facts.over(header_facts(lines[:5], reasons))
    if facts.title:
        same = (line for line in lines[:4] if line.words.casefold() == facts.title.casefold())
        reasons.update((line.number, "title") for line in same)
    numbers = {line.start: line.number for line in lines}
    kept = tuple(heading for heading in headings if numbers.get(heading.start) not in reasons)
    return Document(text, facts, kept, dropped_lines(lines, reasons))


def line_reasons(lines: Sequence[Line]) -> dict[int, str]:
    """Numbers of the lines that are clutter by their words alone -> why."""
    return {line.number: reason for line in lines if (reason := clutter_reason(line.words))}


def dropped_lines(lines: Sequence[Line], reasons: dict[int, str]) -> tuple[Dropped, ...]:
    """The lines that have a reason (by line number), in order."""
    return tuple(
        Dropped(line.number, line.start, line.end, reasons[line.number])
        for line in lines
        if line.number in reasons
    )


def header_facts(lines: Sequence[Line], reasons: dict[int, str], place: str | None = None) -> Facts:
    """The facts of the date lines and bylines among *lines*, the first of each; they get their reasons."""
    facts = Facts()
    for line in lines:
        dates = date_line(line.words, place)
        names = author_line(line.words) or (author_line(dates.rest) if dates else None)
        named = publisher_line(line.words)
        if dates:
            reasons[line.number] = "date"
            facts = facts.over(Facts(published=dates.published, updated=dates.updated))
        elif names:
            reasons[line.number] = "byline"
        elif named:
            reasons[line.number] = "publisher"
        facts = facts.over(Facts(author=names, publisher=named))
    return facts


def _holder(lines: Sequence[Line]) -> str | None:
    """The holder of the copyright, when it is a paper's name or is named elsewhere too: owners are not."""
    for line in lines[-12:]:
        name = copyright_holder(line.words)
        if name and (is_masthead(name) or any(name in other.words for other in lines if other is not line)):
            return name
    return None


def _margins(lines: Sequence[Line], title: Title | None, outside: Mapping[int, str]) -> list[Line]:
    """Lines that may hold a byline: from before the title to the first prose, and after the last prose.

    A lead may stand between title and byline, so that the first prose does not end the header at once.
    """
    prose = [i for i, line in enumerate(lines) if is_prose(line.words) and line.number not in outside]
    if not prose:
        return list(lines[:_HEADER_LINES])
    start = max(0, prose[0] - _HEADER_LINES)
    if title:
        start = max(0, next(i for i, line in enumerate(lines) if line.number == title.number) - 4)
    first = next((index for index in prose if index >= start), prose[0])
    second = next((index for index in prose if index > first), first)
    end = second if second - first <= 6 else first
    tail = [line for line in lines[prose[-1] + 1 :][:8] if (d := date_line(line.words)) is None or d.labelled]
    return [*lines[start:end], *(line for line in tail if line.number > lines[end].number)]


def _drop_tail(lines: Sequence[Line], reasons: dict[int, str]) -> None:
    """What is no prose below the article is not the article's, from the first clutter line on."""
    prose = (i for i, line in enumerate(lines) if line.number not in reasons and ends_like_prose(line.words))
    last = max(prose, default=None)
    if last is None:
        return
    seen = False
    for line in lines[last + 1 :]:
        seen = seen or line.number in reasons
        if seen:
            reasons.setdefault(line.number, "below the article")


def _drop_repeated_lead(lines: Sequence[Line], reasons: dict[int, str]) -> None:
    """A lead that the next paragraphs begin with again says nothing of its own: it is not indexed."""
    kept = [line for line in lines if line.number not in reasons][:5]
    for index, lead in enumerate(kept[:2]):
        for paragraph in kept[index + 1 : index + 4]:
            if _repeats(lead.words, paragraph.words):
                reasons[lead.number] = "lead repeated below"
                break


def _repeats(lead: str, paragraph: str) -> bool:
    """Whether nearly all words of the lead, and all its numbers, begin the paragraph."""
    if not 40 <= len(lead) <= 600 or len(paragraph) < len(lead) * 0.9:
        return False
    ours = re.findall(r"\w+", lead.casefold())
    theirs = re.findall(r"\w+", paragraph.casefold())[: len(ours) + 6]
    numbers = {word for word in ours if word[0].isdigit()}
    if len(ours) < 6 or not numbers <= set(theirs):
        return False
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) >= 0.9 * len(ours)


def _headings(lines: Sequence[Line], reasons: dict[int, str]) -> list[Heading]:
    """Short lines without a stop that stand before prose, and not first."""
    kept = [line for line in lines if line.number not in reasons]
    return [
        Heading(line.start, line.end)
        for before, line, after in zip(kept, kept[1:], kept[2:], strict=False)
        if _could_be_heading(line.words)
        and is_prose(after.words)
        and len(before.words) > _LONGEST_HEADING // 2
    ]


def _could_be_heading(words: str) -> bool:
    if len(words) > _LONGEST_HEADING or (not words[0].isupper() and not words[0].isdigit()):
        return False
    return words[-1].isalnum() or words[-1] in "?!\"”’')%"
