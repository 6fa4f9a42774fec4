"""Groups articles by story: later versions that replace earlier ones, and copies. Pure.

A later version has the same URL, or the same publisher and nearly the same title, as an earlier one, and
contains enough of its text. A title alone is not enough: "Morning briefing" is a different article each day.
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
from retrieval.similarity.shingles import containment
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from retrieval.similarity.shingles import Sketch

# Minimum share of the earlier text that the later one contains.
MIN_OVERLAP_SAME_URL = 0.3  # a rewritten page keeps some of its background
MIN_OVERLAP_SAME_TITLE = 0.6
MIN_OVERLAP_OTHER_URL = 0.8  # recurring items made from a template share less
MIN_OVERLAP_COPY = 0.5  # of the shorter of two articles
MIN_SHARED_SHINGLES = 3  # fewer can be chance
# Minimum share of common words (stems without stop words): of the shorter title, and of both together.
_MIN_SHARE_OF_SHORTER = 0.6
_MIN_SHARE_OF_BOTH = 0.4
_UPDATE_MARKS = re.compile(
    r"^\W*(?:(?:live|updated?|breaking|exclusive|correct(?:ed|ion)|refile|wrapup|recap)\b\W*\d{0,2}\W*)+|"
    r"\W*\b(?:updated?|corrected)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StoryArticle:
    """An article with its sketch; *key* is its key in the catalogue."""

    key: int
    info: ArticleInfo
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Relations:
    """``newer``: key of an article -> key of the newest later version found. ``stories``: key -> a number
    shared by all versions and copies of one story; articles without any have no entry."""

    newer: dict[int, int]
    stories: dict[int, int]


def relate(articles: Sequence[StoryArticle]) -> Relations:
    """Find versions and copies. O(n log n) in the number and length of the articles."""
    ranked = sorted(
        articles,
        key=lambda article: (article.info.publisher or "", version_time(article.info), article.key),
    )
    newer: dict[int, StoryArticle] = {}
    stories: dict[int, int] = {}
    for one, two in _overlapping(ranked):
        pair = _in_order(one, two)
        if pair and _is_version(*pair):
            earlier, later = pair
            newest = newer.get(earlier.key)
            if newest is None or version_time(later.info) > version_time(newest.info):
                newer[earlier.key] = later
            _join(stories, one.key, two.key)
        elif _overlap_of_shorter(one.sketch, two.sketch) >= MIN_OVERLAP_COPY:
            _join(stories, one.key, two.key)
    roots = {key: _root(stories, key) for key in stories}
    return Relations({key: article.key for key, article in newer.items()}, roots)


def version_time(info: ArticleInfo) -> tuple[str, bool]:
    """A sort key: when the article got its present form, in UTC if the zone is known; ("", False) if not
    known at all. Of two articles with the same time, the one with an update time is later."""
    stamp = info.updated or info.published or ""
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp, False
    if len(stamp) > 10 and at.tzinfo is not None:
        stamp = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return stamp, info.updated is not None


def _in_order(one: StoryArticle, two: StoryArticle) -> tuple[StoryArticle, StoryArticle] | None:
    """The two articles, the earlier first; None if their order is unknown."""
    first, second = version_time(one.info), version_time(two.info)
    if not first[0] or not second[0]:
        return None
    if 10 in (len(first[0]), len(second[0])):  # only the date of one is known
        first, second = (first[0][:10], first[1]), (second[0][:10], second[1])
    if first == second:
        return None
    return (one, two) if first < second else (two, one)


def _overlap_of_shorter(one: Sketch, two: Sketch) -> float:
    return max(containment(one, two), containment(two, one))


def _is_version(earlier: StoryArticle, later: StoryArticle) -> bool:
    overlap = containment(earlier.sketch, later.sketch)
    one, two = normalized_url(earlier.info.url), normalized_url(later.info.url)
    if one and one == two:
        return overlap >= MIN_OVERLAP_SAME_URL
    if earlier.info.publisher != later.info.publisher:
        return False
    threshold = MIN_OVERLAP_OTHER_URL if one and two else MIN_OVERLAP_SAME_TITLE
    return overlap >= threshold and titles_match(earlier.info.title, later.info.title, later.info.publisher)


def normalized_url(url: str | None) -> str | None:
    """A URL without scheme, "www.", trailing slash, fragment and tracking parameters.

    >>> normalized_url("https://www.quay.example/harbour/?utm_source=mail#fees")
    'quay.example/harbour'
    """
    if not url:
        return None
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        return url
    parameters = [
        parameter
        for parameter in parts.query.split("&")
        if parameter and not parameter.startswith(("utm_", "fbclid="))
    ]
    host = parts.netloc.casefold().removeprefix("www.")
    return "?".join(filter(None, (host + parts.path.rstrip("/"), "&".join(parameters)))) or None


def titles_match(one: str, other: str, publisher: str | None = None) -> bool:
    """True if two titles can belong to versions of one story: most of their words are the same.

    >>> titles_match("UPDATE 2-Three hurt in ferry crash", "Five hurt in ferry crash, one missing")
    True
    >>> titles_match("Harbour fees rise", "Harbour master resigns")
    False
    """
    first, second = _title_stems(one, publisher), _title_stems(other, publisher)
    shared = len(first & second)
    return first == second or (
        shared >= 2
        and shared >= _MIN_SHARE_OF_SHORTER * min(len(first), len(second))
        and shared >= _MIN_SHARE_OF_BOTH * len(first | second)
    )


def _title_stems(title: str, publisher: str | None) -> frozenset[str]:
    """The stems of a title without update marks and the site's name after the last bar or dash."""
    head, bar, tail = title.rpartition(" | ") if " | " in title else title.rpartition(" - ")
    if bar and (" | " in title or _letters_only(tail) == _letters_only(publisher or "")):
        title = head
    return frozenset(content_stems(_UPDATE_MARKS.sub("", title) or title))


def _letters_only(name: str) -> str:
    return "".join(re.findall(r"\w+", name.casefold()))


def _overlapping(ranked: Sequence[StoryArticle]) -> Iterator[tuple[StoryArticle, StoryArticle]]:
    """Pairs that share many shingles. Of all articles with a shingle, only neighbours in the given order are
    compared, so that a line shared by thousands costs no more than any other."""
    sizes = np.array([len(article.sketch) for article in ranked], np.int64)
    if not sizes.sum():
        return
    values = np.concatenate([article.sketch for article in ranked])
    owners = np.repeat(np.arange(len(ranked)), sizes)
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    same = values[1:] == values[:-1]
    pairs, counts = np.unique(owners[:-1][same] * len(ranked) + owners[1:][same], return_counts=True)
    ones, twos = np.divmod(pairs, len(ranked))
    required = np.maximum(MIN_SHARED_SHINGLES, MIN_OVERLAP_SAME_URL * np.minimum(sizes[ones], sizes[twos]))
    for at in np.flatnonzero(counts >= required).tolist():
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
