"""The publishers that a question names, and the question without saying whose report is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from retrieval.search.sub_questions import sub_questions

SHORT = 8  # characters: a name of so many and fewer counts only with its capitals
ALL_CAPITALS = 4  # letters: the name of a site of so many and fewer is known only by its capitals
_SITE = re.compile(r"(?:www\.)?([a-z0-9-]*[a-z0-9])(?:\.[a-z]{2,6}){1,2}$", re.I)  # "cnn.com"
_REPORTS = r"(?:reports?|sa(?:y|ys|id)|writes?|tells?|told|publish(?:es)?|covers?|claims?|mentions?)"
_REPORTED = r"(?:reported|said|written|told|published|covered|claimed|mentioned)"
_NEWS = r"(?:news|headlines?|stories|articles?|reports?|pieces|new|latest|published|written)"
_ON = r"(?:about|on|of|regarding|concerning)"


def publishers_in(name: str, question: str) -> bool:
    """Whether a publisher's name stands in a question as whole words; short names only with their capitals.

    Of a longer name its "The" may be left out; a site is also known by its name ("CNN" for "cnn.com").

    >>> publishers_in("The Age", "according to The Age"), publishers_in("The Age", "the age of steam")
    (True, False)
    >>> publishers_in("The Quarry Post", "What did Quarry Post report?")
    True
    """
    return _whole(name).search(question) is not None


def without_attribution(question: str, publishers: Iterable[str]) -> str:
    """A question without its words for who reports what it asks, if that is one of *publishers*.

    One of several clauses stays as it is: there each publisher belongs to what it is said to report.

    >>> without_attribution("How many came, according to The Quay?", ["The Quay"])
    'How many came?'
    >>> without_attribution("What does the Northern Ledger report about ferries?", ["Northern Ledger"])
    'ferries?'
    """
    named = {name for name in publishers if publishers_in(name, question)}
    names = [_spelt(name) for name in sorted(named, key=lambda name: (-len(name), name))]
    if not names or len(sub_questions(question)) > 1:
        return question
    name = rf"(?:both\s+)?(?:[Tt]he\s+)?(?:{'|'.join(names)})(?!\w)"
    outlets = rf"{name}(?:(?:\s*,\s*|\s+)(?:(?:and|or|&)\s+)?{name})*"
    apart = (
        rf"^\W*(?i:what|which\s+news)\s+(?i:do|does|did)\s+{outlets}\s+(?i:{_REPORTS}(?:\s+{_ON})?)(?!\w)",
        rf"^\W*(?i:what)\s+(?i:has|have|had)\s+{outlets}\s+(?i:{_REPORTED}(?:\s+{_ON})?)(?!\w)",
        rf"\s*,?\s*\b(?i:according\s+to|(?:as\s+)?reported\s+(?:by|in)|as\s+per)\s+{outlets}",
        rf"^(?i:in|from|for)\s+{outlets}\s*,",
        rf"(?P<kept>\b(?i:{_NEWS})|^\W*(?i:what(?:['’]s|\s+(?:is|stands))))\s+(?i:in|from|by|of)\s+{outlets}(?=[\s?.!)]*$)",
    )
    rest = question
    for pattern in apart:
        rest = re.sub(pattern, lambda found: found.groupdict().get("kept") or "", rest)
    return rest.lstrip(" ,;").strip() if rest != question else question


@lru_cache(maxsize=4096)
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_spelt(name)}(?!\w)")


def _spelt(name: str) -> str:
    """A pattern for a publisher's name; for blanks one that is found nowhere."""
    words = [re.escape(word) for word in name.split()]
    if not words:
        return r"(?!)"
    if len(words) > 2 and words[0].lower() == "the":
        pattern = r"(?:the\s+)?" + r"\s+".join(words[1:])
    else:
        pattern = r"\s+".join(words)
    if site := _SITE.match(name):
        return f"(?:(?i:{pattern})|{_capitalised(site[1])})"
    return pattern if len(name) <= SHORT else f"(?i:{pattern})"


def _capitalised(label: str) -> str:
    """A pattern for how people write a site's name, each word with a capital: "The Week" for theweek; all in
    capitals when it has few letters ("CNN")."""
    letters = label.replace("-", "").upper()
    if len(letters) <= ALL_CAPITALS:
        return letters
    return letters[0] + "".join(rf"(?:\s?{letter}|{letter.lower()})" for letter in letters[1:])
