"""The title of a scraped text, the publisher named above it, and what else stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.reading.metadata.byline import author_line, date_line, is_masthead
from retrieval.text_lines import Line, is_prose

_LONGEST, _LEAST = 250, 8  # characters
_HEADER_LINES = 16  # lines with words among which the title is looked for
_WORDS_ENOUGH = 4  # the first line with as many is the title, rather than the name of a section above it
_SITE = re.compile(r"\s+(?:[|–—·»:-]|::)\s+")
_CRUMBS = re.compile(r"\s[|/>›»•·]\s")
_LABEL = re.compile(r"(?:title|headline)\s*:\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """The words of the title and its line; the publisher named beside or above it, when one is.

    ``reasons``: the numbers of all lines that belong to it or stand above it -> why they are not indexed.
    """

    words: str
    number: int
    publisher: str | None
    reasons: Mapping[int, str]


def find_title(lines: Sequence[Line], reasons: Mapping[int, str]) -> Title | None:
    """The title among the first lines; None when the text begins with prose."""
    return _page_title(lines) or _header_title(lines, reasons)


def _page_title(lines: Sequence[Line]) -> Title | None:
    """The first line as "<title>" of a saved page: the title, often with the site, stands again below."""
    if len(lines) < 3 or len(lines[0].words) > _LONGEST + 50:
        return None
    first, below = lines[0].words, lines[1:]
    cuts = [(first[: match.start()], first[match.end() :]) for match in _SITE.finditer(first)][:20]
    longest = len(first) + 10  # marks may differ: a little more than the first line
    keys = {_key(line.words): line for line in reversed(below) if len(line.words) <= longest}
    for words, site in [(first, ""), *reversed(cuts)]:
        again = keys.get(_key(words))
        if again and len(words) >= _LEAST and not is_prose(words):
            publisher = _site_name(_SITE.split(site)[-1])
            reasons = dict.fromkeys((lines[0].number, again.number), "title")
            return Title(again.words, again.number, publisher, reasons)
    for words, site in reversed(cuts):  # another title below, but the site is named there
        if len(words) >= _LEAST and _site_name(site) and any(site in line.words for line in below):
            return Title(words, lines[0].number, site, {lines[0].number: "title"})
    return None


def _key(words: str) -> str:
    """Letters and digits only: marks differ between a page's title and its heading."""
    return "".join(re.findall(r"\w+", words.casefold()))


def _site_name(words: str) -> str | None:
    """A short name, as sites have; what icons and menus were glued to is none."""
    name = words.strip()
    return name if 1 < len(name) <= 40 and name.count(" ") <= 5 and name[0].isalnum() else None


def _header_title(lines: Sequence[Line], reasons: Mapping[int, str]) -> Title | None:
    """The title by its place: above the byline and the first prose, below masthead, menu and section."""
    candidates: list[Line] = []
    above: dict[int, str] = {}
    masthead: Line | None = None
    publisher: str | None = None
    for line in lines[:_HEADER_LINES]:
        if line.number in reasons or date_line(line.words) or author_line(line.words):
            continue
        label = _LABEL.match(line.words)
        if label:
            return Title(line.words[label.end() :], line.number, publisher, {**above, line.number: "title"})
        if not _could_be_title(line.words):
            break
        if len(_CRUMBS.findall(line.words)) > 1:
            above[line.number] = "navigation"
        elif publisher is None and not candidates and is_masthead(line.words):
            masthead, publisher = line, _in_title_case(line.words)
            above[line.number] = "publisher"
        else:
            candidates.append(line)
    if not candidates and masthead is not None:  # nothing else stands there: it is the title
        candidates, publisher = [masthead], None
    if not candidates or not any(
        is_prose(line.words) for line in lines if line.number > candidates[-1].number
    ):
        return None
    best = next((line for line in candidates if line.words.count(" ") + 1 >= _WORDS_ENOUGH), None)
    best = best or max(candidates, key=lambda line: len(line.words))
    above.update((line.number, "above the title") for line in candidates if line.number < best.number)
    return Title(best.words, best.number, publisher, {**above, best.number: "title"})


def _could_be_title(words: str) -> bool:
    if len(words) > _LONGEST or is_prose(words):
        return False
    return any(map(str.isalpha, words)) and not words.endswith((".", ",", ";"))


def _in_title_case(words: str) -> str:
    """A name in capitals as it is written elsewhere: "MERIDALE OBSERVER" -> "Meridale Observer"."""
    return words.title() if words.isupper() else words
