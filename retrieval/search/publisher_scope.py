"""Detects the publishers that a question names, and removes its words of attribution to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from retrieval.search.sub_questions import sub_questions

MAX_CASE_SENSITIVE_LENGTH = 8  # characters: names up to this length match only with their capitals
MAX_ACRONYM_LENGTH = 4  # letters: the label of a site up to this length matches only in capitals ("CNN")
_SITE = re.compile(r"(?:www\.)?([a-z0-9-]*[a-z0-9])(?:\.[a-z]{2,6}){1,2}$", re.I)  # "cnn.com"
_REPORTS = r"(?:reports?|sa(?:y|ys|id)|writes?|tells?|told|publish(?:es)?|covers?|claims?|mentions?)"
_REPORTED = r"(?:reported|said|written|told|published|covered|claimed|mentioned)"
_NEWS = r"(?:news|headlines?|stories|articles?|reports?|pieces|new|latest|published|written)"
_ON = r"(?:about|on|of|regarding|concerning)"


def is_publisher_named(name: str, question: str) -> bool:
    """True if a question contains a publisher's name as whole words; short names are case-sensitive.

    The "The" of a longer name is optional; a site also matches by its label ("CNN" for "cnn.com").

    >>> is_publisher_named("The Age", "according to The Age")
    True
    >>> is_publisher_named("The Age", "the age of steam")
    False
    >>> is_publisher_named("The Quarry Post", "What did Quarry Post report?")
    True
    """
    return _name_pattern(name).search(question) is not None


def without_attribution(question: str, publishers: Iterable[str]) -> str:
    """A question without its attribution to one of *publishers* ("according to The Quay").

    A compound question is returned unchanged: there each publisher belongs to its own clause.

    >>> without_attribution("How many came, according to The Quay?", ["The Quay"])
    'How many came?'
    >>> without_attribution("What does the Northern Ledger report about ferries?", ["Northern Ledger"])
    'ferries?'
    """
    named = {name for name in publishers if is_publisher_named(name, question)}
    names = [_spelling(name) for name in sorted(named, key=lambda name: (-len(name), name))]
    if not names or len(sub_questions(question)) > 1:
        return question
    name = rf"(?:both\s+)?(?:[Tt]he\s+)?(?:{'|'.join(names)})(?!\w)"
    named_publishers = rf"{name}(?:(?:\s*,\s*|\s+)(?:(?:and|or|&)\s+)?{name})*"
    attributions = (
        rf"^\W*(?i:what|which\s+news)\s+(?i:do|does|did)\s+{named_publishers}\s+(?i:{_REPORTS}(?:\s+{_ON})?)(?!\w)",
        rf"^\W*(?i:what)\s+(?i:has|have|had)\s+{named_publishers}\s+(?i:{_REPORTED}(?:\s+{_ON})?)(?!\w)",
        rf"\s*,?\s*\b(?i:according\s+to|(?:as\s+)?reported\s+(?:by|in)|as\s+per)\s+{named_publishers}",
        rf"^(?i:in|from|for)\s+{named_publishers}\s*,",
        rf"(?P<kept>\b(?i:{_NEWS})|^\W*(?i:what(?:['’]s|\s+(?:is|stands))))\s+(?i:in|from|by|of)\s+{named_publishers}(?=[\s?.!)]*$)",
    )
    plain = question
    for pattern in attributions:
        plain = re.sub(pattern, lambda match: match.groupdict().get("kept") or "", plain)
    return plain.lstrip(" ,;").strip() if plain != question else question


def site_label(publisher: str) -> str | None:
    """The label of a site ("usatoday" for usatoday.com); None for a publisher that is no site."""
    site = _SITE.match(publisher)
    return site[1] if site else None


@lru_cache(maxsize=4096)
def _name_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_spelling(name)}(?!\w)")


def _spelling(name: str) -> str:
    """A pattern for the ways to write a publisher's name; it never matches for a blank name."""
    words = [re.escape(word) for word in name.split()]
    if not words:
        return r"(?!)"
    if len(words) > 2 and words[0].lower() == "the":
        pattern = r"(?:the\s+)?" + r"\s+".join(words[1:])
    else:
        pattern = r"\s+".join(words)
    if site := _SITE.match(name):
        return f"(?:(?i:{pattern})|{_site_label(site[1])})"
    return pattern if len(name) <= MAX_CASE_SENSITIVE_LENGTH else f"(?i:{pattern})"


def _site_label(label: str) -> str:
    """A pattern for a site's label as people write it: "The Week" for theweek, "CNN" for cnn."""
    letters = label.replace("-", "").upper()
    if len(letters) <= MAX_ACRONYM_LENGTH:
        return letters
    return letters[0] + "".join(rf"(?:\s?{letter}|{letter.lower()})" for letter in letters[1:])
