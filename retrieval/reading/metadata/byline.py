"""Extracts authors and publishers from the lines around an article's title and at its end."""

from __future__ import annotations

import re

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


def author_line(words: str) -> str | None:
    """The authors of a byline ("By Jane Roe, Reuters", "Reported by: Jane Roe"); None for other lines.

    >>> author_line("By Jane Roe and A. B. Poe | Reuters"), author_line("By the end of March it was over.")
    ('Jane Roe and A. B. Poe', None)
    """
    if len(words) > 160:
        return None
    credit = _CREDIT.match(words)
    if not credit:
        return None
    return author_names(words[credit.end() :])


def author_names(words: str) -> str | None:
    """The names that *words* start with, without job titles and agencies; None if other words follow."""
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
    joined = ", ".join(kept).strip(" .,-")
    return joined if 1 <= joined.count(" ") <= 20 else None


def is_masthead(words: str) -> bool:
    """True if a line is the name of a publisher and nothing else ("THE NORTHGATE DISPATCH")."""
    names = words.split()
    if not 1 < len(names) <= 5 or not _MEDIA.search(words) or not re.fullmatch(r"[\w'’&. -]+", words):
        return False
    return all(name[0].isupper() or name in ("of", "the", "and", "&", "for") for name in names)


def publisher_line(words: str) -> str | None:
    """The publisher in a labelled line ("Source: The Example Times"); None for other lines."""
    match = _LABELLED_PUBLISHER.fullmatch(words)
    return match[1].strip(" .") if match and match[1].count(" ") <= 5 and match[1][:1].isupper() else None


def copyright_holder(words: str) -> str | None:
    """The name in "© 2021 The Example Times. All rights reserved."; None for other lines."""
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
