"""Finds the title of a scraped text, the publisher named beside or above it, and other header lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.reading.metadata.byline import author_line, is_masthead
from retrieval.reading.metadata.date_labels import is_event_field, is_field, label_kind
from retrieval.reading.metadata.date_line import date_line
from retrieval.reading.metadata.date_parser import find_dates
from retrieval.text_lines import Line, is_prose

_MAX_LENGTH, _MIN_LENGTH = 250, 8  # characters
_MAX_HEADER_LINES = 16  # non-blank lines searched for the title
_MIN_TITLE_WORDS = 4  # the first line with this many is the title; shorter lines above it name sections
_SITE_SEPARATOR = re.compile(r"\s+(?:[|–—·»:-]|::)\s+")
_BREADCRUMB_SEPARATOR = re.compile(r"\s[|/>›»•·]\s")
_LABEL = re.compile(r"(?:title|headline)\s*:\s*(?=\S)", re.IGNORECASE)

_GENERIC = re.compile(
    r"(?:page|seite|página|pagina|стр\.?|страница|slide|folie|sheet|tabelle)\s?[\divxlc]{1,6}"
    r"(?:\s?(?:of|von|de|/)\s?[\divxlc]{1,6})?|第\s?\d+\s?[页頁]|\d+\s?ページ"
    r"|untitled(?: (?:document|page|\d+))?|document\s?\d*|new page\s?\d*|(?:no|without) title|title|headline"
    r"|article|home ?page|home|index|startseite|accueil|inicio|início|welcome",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Title:
    """The title, the number of its line, and the publisher named beside or above it, if any.

    ``reasons`` maps the numbers of the title's and header's lines to the reason why they are not indexed.
    """

    words: str
    number: int
    publisher: str | None
    reasons: Mapping[int, str]


def is_generic_title(words: str) -> bool:
    """True for what programs write where a title is missing: "Untitled", "Home", "Page 1"."""
    return _GENERIC.fullmatch(words.strip(" .-–—|:")) is not None or not any(map(str.isalnum, words))


def find_title(lines: Sequence[Line], reasons: Mapping[int, str]) -> Title | None:
    """The title among the first lines; None if the text starts with prose."""
    return _page_title(lines) or _header_title(lines, reasons)


def _page_title(lines: Sequence[Line]) -> Title | None:
    """The first line if it is the <title> of a saved page, often with the site: the title recurs below."""
    if len(lines) < 3 or len(lines[0].words) > _MAX_LENGTH + 50:
        return None
    first, below = lines[0].words, lines[1:]
    cuts = [(first[: match.start()], first[match.end() :]) for match in _SITE_SEPARATOR.finditer(first)][:20]
    max_length = len(first) + 10  # the punctuation of the two can differ
    lines_by_key = {
        _normalized(line.words): line for line in reversed(below) if len(line.words) <= max_length
    }
    for words, site in [(first, ""), *reversed(cuts)]:
        heading = lines_by_key.get(_normalized(words))
        if heading and len(words) >= _MIN_LENGTH and not is_prose(words):
            publisher = _site_name(_SITE_SEPARATOR.split(site)[-1])
            reasons = dict.fromkeys((lines[0].number, heading.number), "title")
            return Title(heading.words, heading.number, publisher, reasons)
    for words, site in reversed(cuts):  # the title does not recur, but the site does
        if len(words) >= _MIN_LENGTH and _site_name(site) and any(site in line.words for line in below):
            return Title(words, lines[0].number, site, {lines[0].number: "title"})
    return None


def _normalized(words: str) -> str:
    """Letters and digits only: punctuation can differ between a page's title and its heading."""
    return "".join(re.findall(r"\w+", words.casefold()))


def _site_name(words: str) -> str | None:
    """A short site name; None for text with glued icons or menus."""
    name = words.strip()
    return name if 1 < len(name) <= 40 and name.count(" ") <= 5 and name[0].isalnum() else None


def _header_title(lines: Sequence[Line], reasons: Mapping[int, str]) -> Title | None:
    """The title by its position: above the byline and the first prose, below masthead, menu and section."""
    candidates: list[Line] = []
    above: dict[int, str] = {}
    masthead: Line | None = None
    publisher: str | None = None
    for line in lines[:_MAX_HEADER_LINES]:
        if line.number in reasons or date_line(line.words) or author_line(line.words):
            continue
        label = _LABEL.match(line.words)
        if label:
            return Title(line.words[label.end() :], line.number, publisher, {**above, line.number: "title"})
        if _is_data(line.words) or (candidates and _ends_with_other_date(line.words)):
            continue
        if not _could_be_title(line.words):
            break
        if len(_BREADCRUMB_SEPARATOR.findall(line.words)) > 1:
            above[line.number] = "navigation"
        elif publisher is None and not candidates and is_masthead(line.words):
            masthead, publisher = line, _in_title_case(line.words)
            above[line.number] = "publisher"
        else:
            candidates.append(line)
    if not candidates and masthead is not None:  # there is no other line: it is the title
        candidates, publisher = [masthead], None
    if not candidates or not any(
        is_prose(line.words) for line in lines if line.number > candidates[-1].number
    ):
        return None
    best = next((line for line in candidates if line.words.count(" ") + 1 >= _MIN_TITLE_WORDS), None)
    best = best or max(candidates, key=lambda line: len(line.words))
    above.update((line.number, "above the title") for line in candidates if line.number < best.number)
    return Title(best.words, best.number, publisher, {**above, best.number: "title"})


def _is_data(words: str) -> bool:
    """True for "Deadline: 3 June 2021" and "Place: East quay"."""
    return is_field(words) and (is_event_field(words) or any(True for _ in find_dates(words[:200])))


def _ends_with_other_date(words: str) -> bool:
    """True for "Photo taken 2 May 1998"; without a line above it could be a title."""
    dates = list(find_dates(words[:200]))
    return bool(dates) and dates[-1].end == len(words) and label_kind(words[: dates[0].start]) == "other"


def _could_be_title(words: str) -> bool:
    if len(words) > _MAX_LENGTH or is_prose(words):
        return False
    return any(map(str.isalpha, words)) and not words.endswith((".", ",", ";"))


def _in_title_case(words: str) -> str:
    """Converts a name in capitals: "MERIDALE OBSERVER" -> "Meridale Observer"."""
    return words.title() if words.isupper() else words
