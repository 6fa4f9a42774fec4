"""Selects the articles that are about a subject or mention it, completely and in the order of their days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval.article import ArticleInfo
from retrieval.hit import Filters
from retrieval.passage import Passage
from retrieval.search.ranking import idf
from retrieval.text_analysis import content_stems, stems

if TYPE_CHECKING:
    from retrieval.index.index_reader import Index

_COMBINED = (
    (re.compile(r"\s+or\s+|\s*/\s*"), set.union),
    (re.compile(r"\s+and\s+|\s*&\s*"), set.intersection),
)
_BOTH = re.compile(r"^(?:both|either)\s+", re.I)
_EXCEPT = re.compile(r"\s+(?:but\s+not|and\s+not|except|without)\s+(?:about\s+|mention\w*\s+)?", re.I)
MIN_IN_TITLE = 0.5  # share of the words of a subject, by idf, in the title of an article about it
MIN_SPLIT_LENGTH = 3  # letters of each part of a compound ("deep" + "fakes")


Match = tuple[ArticleInfo, Passage | None]  # an article, and a passage that contains the subject


@dataclass(frozen=True, slots=True)
class Selection:
    """Articles, newest first, each with a passage that contains the subject; None if only the title does.

    ``mentioned`` is True if the subject is in their texts and not what they are about.
    """

    articles: tuple[Match, ...] = ()
    mentioned: bool = False

    def grouped(self, names_of: Callable[[ArticleInfo], Iterable[str]]) -> Mapping[str, Sequence[Match]]:
        """The articles by the names that *names_of* gives, ignoring case."""
        found: dict[str, list[Match]] = {}
        spelling: dict[str, str] = {}
        for match in self.articles:
            for name in names_of(match[0]):
                found.setdefault(spelling.setdefault(name.casefold(), name), []).append(match)
        return found


def select_articles(
    index: Index, subject: str, filters: Filters, as_of: date, *, mention: bool = False
) -> Selection:
    """The articles that pass *filters* and are about *subject* ("": all).

    An article is about a subject that its title and lead contain, most of it in the title. With *mention*, or
    if no article is about the subject, they are all articles that contain it anywhere, word for word. Words
    match by their stems; "A or B", "A and B" and "A but not B" combine subjects.
    """
    allowed = {info.id: info for info in index.articles() if filters.accept(info)}
    known = {key: info for key, info in allowed.items() if info.day is None or info.day <= as_of}
    infos = known or allowed
    if not subject:
        return Selection(_newest_first(infos, {}))
    found, titled = _matching(index, subject, infos)
    about = {key: found[key] for key in titled}
    if mention or not about:
        return Selection(_newest_first({key: infos[key] for key in found}, found), mentioned=True)
    return Selection(_newest_first({key: infos[key] for key in about}, about))


def _newest_first(
    infos: Mapping[str, ArticleInfo], passages: Mapping[str, Passage | None]
) -> tuple[Match, ...]:
    ordered = sorted(infos.values(), key=lambda info: (-(info.day or date.min).toordinal(), info.path))
    return tuple((info, passages.get(info.id)) for info in ordered)


def _matching(
    index: Index, subject: str, infos: Mapping[str, ArticleInfo]
) -> tuple[dict[str, Passage | None], set[str]]:
    """The articles that contain the subject, and those of them with it in their title."""
    subject, both = _BOTH.subn("", subject)
    subject, excluded = (*_EXCEPT.split(subject, maxsplit=1), "")[:2]
    if excluded:
        without, _ = _matching(index, excluded, infos)
        infos = {key: info for key, info in infos.items() if key not in without}
    found, titled = _containing(index, subject, infos)
    parts = [(combine, separator.split(subject)) for separator, combine in _COMBINED]
    parts = [(combine, names) for combine, names in parts if len(names) > 1]
    if not parts:
        leads = _with_subject_in_lead(index, content_stems(subject), infos)
        return {**leads, **found}, titled | set(leads)
    if found and not both:  # a name with "and": "Trinidad and Tobago"
        return found, titled
    combine, names = parts[0]
    matches = [_matching(index, name, infos) for name in names]
    passages = {key: passage for match, _ in reversed(matches) for key, passage in match.items()}
    found = {key: passages[key] for key in combine(*(set(match) for match, _ in matches))}
    return found, combine(*(match_titled for _, match_titled in matches))


def _containing(
    index: Index, name: str, infos: Mapping[str, ArticleInfo]
) -> tuple[dict[str, Passage | None], set[str]]:
    spellings = list(_spellings(index, name))
    texts: dict[str, Passage | None] = {}
    for words in spellings:
        passages = index.passages(index.lexical.containing(words)).values()
        for passage in sorted(passages, key=lambda passage: passage.start, reverse=True):
            if passage.article.id in infos:
                texts[passage.article.id] = passage
    titled = {
        key
        for key, info in infos.items()
        if any(_title_stems(info.title).issuperset(words) for words in spellings)
    }
    return {**dict.fromkeys(titled), **texts}, titled


def _with_subject_in_lead(
    index: Index, words: Sequence[str], infos: Mapping[str, ArticleInfo]
) -> dict[str, Passage | None]:
    """The articles with all words in the title and first passage, most of them, by idf, in the title."""
    weights = idf(words, index.lexical.document_frequency, index.lexical.count())
    least = MIN_IN_TITLE * sum(weights.values())
    found: dict[str, Passage | None] = {}
    for key, info in infos.items():
        missing = weights.keys() - _title_stems(info.title)
        if sum(weights[word] for word in weights.keys() - missing) >= max(least, 1e-9):
            lead = next(iter(index.article_passages(key)), None) if missing else None
            if not missing or (lead and missing <= set(stems(lead.text))):
                found[key] = lead
    return found


def _spellings(index: Index, name: str) -> Iterable[tuple[str, ...]]:
    """The stems of a name in order, and of its compound spelled apart or together if that occurs."""
    words = tuple(stems(name))
    if not words:
        return
    yield words
    plain = name.replace("-", " ").split()
    variants = [" ".join(plain), "".join(plain)] if len(plain) == 2 else []
    if len(plain) == 1:
        ends = range(MIN_SPLIT_LENGTH, len(name) - MIN_SPLIT_LENGTH + 1)
        variants = [f"{name[:end]} {name[end:]}" for end in ends]
    for variant in variants:
        other = tuple(stems(variant))
        if other != words and index.lexical.containing(other, 1):
            yield other


@lru_cache(maxsize=50_000)
def _title_stems(title: str) -> frozenset[str]:
    return frozenset(stems(title))
