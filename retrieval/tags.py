"""Tags of articles: compared ignoring case, and nested as in Obsidian ("news" has "news/tech")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def folded_tag(tag: str) -> str:
    """A tag as it is compared.

    >>> folded_tag(" #News/Tech/ ")
    'news/tech'
    """
    return tag.strip().lstrip("#").strip(" /").casefold()


def with_parents(tags: Iterable[str]) -> list[str]:
    """The tags and those above them, each once, ignoring case.

    >>> with_parents(("News/Tech", "news/Sport"))
    ['News', 'News/Tech', 'news/Sport']
    """
    found: dict[str, str] = {}
    for tag in tags:
        for depth in range(1, tag.count("/") + 2):
            path = "/".join(tag.split("/")[:depth])
            found.setdefault(folded_tag(path), path)
    return list(found.values())


def matches_tag(tags: Sequence[str], wanted: Sequence[str]) -> bool:
    """True if one of the *wanted* tags is among *tags* or above one of them.

    >>> [matches_tag(("News/Tech",), (tag,)) for tag in ("news", "#NEWS/tech", "tech", "new")]
    [True, True, False, False]
    """
    has = {folded_tag(tag) for tag in with_parents(tags)}
    return not has.isdisjoint(map(folded_tag, wanted))


def count_tags(articles: Iterable[Sequence[str]]) -> tuple[tuple[str, int], ...]:
    """The tags of articles, also those above them, each with its number of articles, most frequent first.

    >>> count_tags([("News/Tech", "harbour"), ("news",)])
    (('News', 2), ('harbour', 1), ('News/Tech', 1))
    """
    counts: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    for tags in articles:
        spelled = with_parents(tags)
        counts.update(set(map(folded_tag, spelled)))
        for tag in spelled:
            spellings.setdefault(folded_tag(tag), tag)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((spellings[tag], count) for tag, count in ordered)
