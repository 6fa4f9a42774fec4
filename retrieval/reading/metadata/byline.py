"""Who wrote an article and when, from the lines around its title and at its end; only what is said there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.reading.metadata.date_parser import Stamp, stamps

_UPDATED = re.compile(r"\b(?:updated?|modified|edited|revised|changed)\b", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"\b(?:published?|posted|created|first published|issued|released|date|on)\b", re.IGNORECASE
)
_LABELS = re.compile(
    r"\b(?:(?:first|last|originally|article|story|post|date|time|page|this) ){0,3}"
    r"(?:updated?|modified|edited|revised|published?|posted|created|issued|released|uploaded|date|time)\b"
    r"(?: (?:on|at|by|date|time))?",
    re.IGNORECASE,
)
_PREPOSITIONS = re.compile(r"\b(?:on|at|and|in)\b", re.IGNORECASE)
_DATELINE = re.compile(
    r"[A-Z][A-Z.'’ /-]{2,40},? ?[(:]?(?P<date>[^()–—]{8,60}?)\)?,? ?(?:\([^()]{2,30}\))? ?(?:-{1,2}|–|—|:) "
)
_DURATION = re.compile(r"\b\d+\s?(?:-\s?)?min(?:ute)?s?\b(?: (?:read|ago))?|\bread time\b", re.IGNORECASE)
_OTHER_WORDS = 8  # that may stand beside the date of a date line: a name, a place, "3 min read"

_NAME_WORD = (
    r"(?:[A-Z][\w'’.-]*|[A-Z]\.|d['’][A-Z]\w+|de|da|del|della|der|den|di|la|le|van|von|bin|ibn|al|el|y|e)"
)
_NAME = rf"[A-Z][\w'’.-]*(?: {_NAME_WORD}){{0,4}}"
_NAMES = re.compile(rf"{_NAME}(?:(?:, | and | & |, and ){_NAME}){{0,5}}")
_CREDIT = re.compile(
    r"(?:(?:reported|written|posted|published|edited|compiled|submitted|story|text|words|article|analysis) )?"
    r"by\b\s*:?\s+"
    r"|(?:authors?|reporters?|writers?|written by|editor|edited by|byline|correspondent)\s*[:|]\s*",
    re.IGNORECASE,
)
_TITLE_WORDS = re.compile(
    r"\b(?:staff|senior|chief|editor|writer|reporter|correspondent|contributor|guest|special|columnist|bureau|desk|team"
    r"|news|agency|agencies|network|associated press|press|reuters|afp|ap|pti|ani|ians|bloomberg|cnn|bbc)\b",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"\b(?:times|post|news|herald|tribune|gazette|daily|chronicle|journal|review|observer|dispatch|wire|courier|mail"
    r"|guardian|telegraph|standard|express|magazine|press|weekly|monthly|sun|star|mirror|record|register|examiner"
    r"|inquirer|sentinel|globe|bulletin|today|world|network|radio|tv|media|report|ledger|independent|reporter|argus)\b",
    re.IGNORECASE,
)
_LABELLED_PUBLISHER = re.compile(
    r"(?:source|publisher|publication|outlet|newspaper|site)\s*:\s*([^,:;()\d]{2,60})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that says when; ``labelled`` when it has a word such as "Published"."""

    published: str | None
    updated: str | None
    labelled: bool
    rest: str


def date_line(words: str, place: str | None = None) -> DateLine | None:
    """The dates of a line that is there to say them; None for prose that mentions a date.

    >>> date_line("Updated March 18th, 2021 at 18:57 IST").updated
    '2021-03-18T18:57:00+05:30'
    """
    if len(words) > 200 or not any(map(str.isdigit, words)):
        return None
    found = list(stamps(words, place))
    if not found:
        return None
    rest = _rest(words, found)
    if _is_prose(rest, words):
        return None
    published = updated = None
    labelled = False
    before = 0
    for stamp in found:
        label = words[before : stamp.start]
        before = stamp.end
        labelled = labelled or bool(_UPDATED.search(label) or _PUBLISHED.search(label))
        if _UPDATED.search(label):
            updated = updated or stamp.iso
        else:
            published = published or stamp.iso
    return DateLine(published, updated, labelled, rest)


def _is_prose(rest: str, words: str) -> bool:
    if len(re.findall(r"\w+", rest)) > _OTHER_WORDS:
        return True
    return len(re.findall(r"(?<!\S)[a-z]{2,}", rest)) > 1 and not _LABELS.match(words)


def _rest(words: str, found: Iterable[Stamp]) -> str:
    parts, at = [], 0
    for stamp in found:
        parts.append(words[at : stamp.start])
        at = stamp.end
    parts.append(words[at:])
    rest = _PREPOSITIONS.sub(" ", _DURATION.sub(" ", _LABELS.sub(" ", " | ".join(parts))))
    return re.sub(r"\s*[|•·:,()/–—-]+(?=\s|$)|(?<!\S)[|•·:,()/–—-]+\s*", " | ", rest).strip(" |")


def dateline(words: str, place: str | None = None) -> str | None:
    """The day of a paragraph that begins with place and date, as agencies write; None without a year.

    >>> dateline("LONDON, March 3, 2020 (Reuters) - The bank said on Tuesday that it would close.")
    '2020-03-03'
    """
    match = _DATELINE.match(words)
    stamp = next(stamps(match["date"], place), None) if match else None
    return stamp.iso if stamp else None


def author_line(words: str) -> str | None:
    """The author of a line that is there to name one ("By Jane Roe, Reuters", "Reported by: Jane Roe").

    >>> author_line("By Jane Roe and A. B. Poe | Reuters"), author_line("By the end of March it was over.")
    ('Jane Roe and A. B. Poe', None)
    """
    if len(words) > 160:
        return None
    credit = _CREDIT.match(words)
    if not credit:
        return None
    return person(words[credit.end() :])


def person(words: str) -> str | None:
    """The names that *words* begin with, when there is little else; a rank or agency is left out."""
    first = re.split(r"\s*[|•·/(]\s*|\s+[–—-]\s+", words.strip())[0]
    names = _NAMES.match(first)
    if not names:
        return None
    rest = first[names.end() :]
    if rest.strip(" .,") and not _TITLE_WORDS.search(rest):
        return None
    kept = [
        part
        for part in re.split(r", (?:and )?", first[: names.end()])
        if not _TITLE_WORDS.search(part) and not is_masthead(part)
    ]
    found = ", ".join(kept).strip(" .,-")
    return found if 1 <= found.count(" ") <= 20 else None


def is_masthead(words: str) -> bool:
    """Whether a line is the name of a paper and nothing else ("THE NORTHGATE DISPATCH")."""
    names = words.split()
    if not 1 < len(names) <= 5 or not _MEDIA.search(words) or not re.fullmatch(r"[\w'’&. -]+", words):
        return False
    return all(name[0].isupper() or name in ("of", "the", "and", "&", "for") for name in names)


def publisher_line(words: str) -> str | None:
    """The publisher of a line that is there to name one ("Source: The Example Times")."""
    match = _LABELLED_PUBLISHER.fullmatch(words)
    return match[1].strip(" .") if match and match[1].count(" ") <= 5 and match[1][:1].isupper() else None


def copyright_holder(words: str) -> str | None:
    """The name in "© 2021 The Example Times. All rights reserved."; None when the line names none."""
    match = re.fullmatch(
        r"\W*(?:copyright|©|\(c\))\W*(?:copyright|©|\(c\))?\W*"
        r"(?:(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d)?)?\W*(?:by )?"
        r"(?P<name>[A-Z][\w&'’. -]{1,50}?)(?:\W+(?:19|20)\d\d)?\.?,?(?: all rights reserved\.?)?",
        words,
        re.IGNORECASE,
    )
    if not match or not match["name"][:1].isupper() or match["name"].count(" ") > 5:
        return None
    return None if match["name"].lower() in ("all rights reserved", "all rights") else match["name"].strip()
