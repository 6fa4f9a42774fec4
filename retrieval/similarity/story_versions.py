"""Which articles tell one story: later versions that replace earlier ones, and copies. Pure.

A later version has the same address, or the publisher and nearly the title, of an earlier one, and holds
enough of its text. A title alone says nothing: "Morning briefing" is another article each day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from retrieval.article import ArticleInfo
from retrieval.similarity.shingles import contained
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from retrieval.similarity.shingles import Sketch

# Shares of the earlier text that stand in the later one, at least.
AT_ONE_ADDRESS = 0.3  # a page that is rewritten keeps some of its background
UNDER_ONE_TITLE = 0.6
AT_OTHER_ADDRESSES = 0.8  # a recurring item made from a template keeps less
COPIED = 0.5  # of the shorter of two articles, for them to be copies
LEAST = 3  # runs of words shared: fewer may be chance
# Shares of the words (stems, without stop words) of the shorter title and of both that both have, at least.
_OF_SHORTER = 0.6
_OF_BOTH = 0.4
_MARKS = re.compile(
    r"^\W*(?:(?:live|updated?|breaking|exclusive|correct(?:ed|ion)|refile|wrapup|recap)\b\W*\d{0,2}\W*)+|"
    r"\W*\b(?:updated?|corrected)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StoryArticle:
    """An article as its story is told in it; *key* is the catalogue's."""

    key: int
    info: ArticleInfo
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Relations:
    """``newer``: key of an article -> key of the next later version of it. ``stories``: key -> the same
    number for all that are versions or copies of one another; articles that stand alone have none."""

    newer: dict[int, int]
    stories: dict[int, int]


def relate(articles: Sequence[StoryArticle]) -> Relations:
    """Find versions and copies. n log n in the number and length of the articles."""
    ranked = sorted(articles, key=lambda told: (told.info.publisher or "", version_time(told.info), told.key))
    newer: dict[int, StoryArticle] = {}
    stories: dict[int, int] = {}
    for one, two in _overlapping(ranked):
        pair = _in_time(one, two)
        if pair and _is_version(*pair):
            earlier, later = pair
            best = newer.get(earlier.key)
            if best is None or version_time(later.info) > version_time(best.info):
                newer[earlier.key] = later
            _join(stories, one.key, two.key)
        elif max(contained(one.sketch, two.sketch), contained(two.sketch, one.sketch)) >= COPIED:
            _join(stories, one.key, two.key)
    roots = {key: _root(stories, key) for key in stories}
    return Relations({key: told.key for key, told in newer.items()}, roots)


def version_time(info: ArticleInfo) -> tuple[str, bool]:
    """When the article got its present form, in UTC where the zone is known, to compare; ("", False) when
    unknown. Of two of the same moment the one that says it was updated is later."""
    stamp = info.updated or info.published or ""
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp, False
    if len(stamp) > 10 and at.tzinfo is not None:
        stamp = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return stamp, info.updated is not None


def _in_time(one: StoryArticle, two: StoryArticle) -> tuple[StoryArticle, StoryArticle] | None:
    """The two, the earlier first; None when it is not known which that is."""
    first, second = version_time(one.info), version_time(two.info)
    if not first[0] or not second[0]:
        return None
    if 10 in (len(first[0]), len(second[0])):  # of one only the day is known
        first, second = (first[0][:10], first[1]), (second[0][:10], second[1])
    if first == second:
        return None
    return (one, two) if first < second else (two, one)


def _is_version(earlier: StoryArticle, later: StoryArticle) -> bool:
    held = contained(earlier.sketch, later.sketch)
    one, two = address(earlier.info.url), address(later.info.url)
    if one and one == two:
        return held >= AT_ONE_ADDRESS
    if earlier.info.publisher != later.info.publisher:
        return False
    enough = AT_OTHER_ADDRESSES if one and two else UNDER_ONE_TITLE
    return held >= enough and titles_alike(earlier.info.title, later.info.title, later.info.publisher)


def address(url: str | None) -> str | None:
    """An address without what does not say which page it is.

    >>> address("https://www.quay.example/harbour/?utm_source=mail#fees")
    'quay.example/harbour'
    """
    if not url:
        return None
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        return url
    asked = [each for each in parts.query.split("&") if each and not each.startswith(("utm_", "fbclid="))]
    host = parts.netloc.casefold().removeprefix("www.")
    return "?".join(filter(None, (host + parts.path.rstrip("/"), "&".join(asked)))) or None


def titles_alike(one: str, other: str, publisher: str | None = None) -> bool:
    """Whether two titles may head versions of one story: most of their words are the same.

    >>> titles_alike("UPDATE 2-Three hurt in ferry crash", "Five hurt in ferry crash, one missing")
    True
    >>> titles_alike("Harbour fees rise", "Harbour master resigns")
    False
    """
    first, second = _words(one, publisher), _words(other, publisher)
    shared = len(first & second)
    return first == second or (
        shared >= 2
        and shared >= _OF_SHORTER * min(len(first), len(second))
        and shared >= _OF_BOTH * len(first | second)
    )


def _words(title: str, publisher: str | None) -> frozenset[str]:
    """The stems of a title without marks of updates and the site's name after the last bar or dash."""
    head, bar, tail = title.rpartition(" | ") if " | " in title else title.rpartition(" - ")
    if bar and (" | " in title or _bare(tail) == _bare(publisher or "")):
        title = head
    return frozenset(content_stems(_MARKS.sub("", title) or title))


def _bare(name: str) -> str:
    return "".join(re.findall(r"\w+", name.casefold()))


def _overlapping(ranked: Sequence[StoryArticle]) -> Iterator[tuple[StoryArticle, StoryArticle]]:
    """Pairs that share many runs of words. Of all that hold a run, only neighbours in the order given are
    compared, so that a line which thousands share costs no more than any other."""
    sizes = np.array([len(told.sketch) for told in ranked], np.int64)
    if not sizes.sum():
        return
    values = np.concatenate([told.sketch for told in ranked])
    owners = np.repeat(np.arange(len(ranked)), sizes)
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    same = values[1:] == values[:-1]
    pairs, counts = np.unique(owners[:-1][same] * len(ranked) + owners[1:][same], return_counts=True)
    ones, twos = np.divmod(pairs, len(ranked))
    least = np.maximum(LEAST, AT_ONE_ADDRESS * np.minimum(sizes[ones], sizes[twos]))
    for at in np.flatnonzero(counts >= least).tolist():
        yield ranked[ones[at]], ranked[twos[at]]


def _join(stories: dict[int, int], one: int, two: int) -> None:
    first, second = sorted((_root(stories, one), _root(stories, two)))
    stories[one] = stories.setdefault(one, first)
    stories[two] = stories.setdefault(two, first)
    stories[first] = stories[second] = first


def _root(stories: dict[int, int], key: int) -> int:
    while stories.get(key, key) != key:
        key = stories[key]
    return key
