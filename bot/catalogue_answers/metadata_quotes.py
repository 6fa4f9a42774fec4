"""The spans of an article that state its metadata, or that show what it is about, as quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.article import Article, Dropped
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems, stems

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.index_reader import Index

MAX_LINE = 200  # characters of a line that states metadata
MIN_OPENING = 30  # characters of the first sentence of an article
_UPDATED = re.compile(r"\b(?:updated|modified|edited)\b", re.I)


def name_span(article: Article, name: str) -> Passage | None:
    """The line that states an author or publisher; None if the text does not name them."""
    lines = [part for part in article.dropped if name.casefold() in _text(article, part).casefold()]
    return _span(article, lines[0].start, lines[0].end) if lines else _line_with(article, name)


def date_span(article: Article) -> Passage | None:
    """The line with the day of publication; None if the text does not state it."""
    lines = [part for part in article.dropped if part.reason == "date"]
    lines += [part for part in article.dropped if _text(article, part).startswith("date:")]
    published = [part for part in lines if not _UPDATED.search(_text(article, part))]
    chosen = published or (lines if article.info.published is None else [])
    return _span(article, chosen[0].start, chosen[0].end) if chosen else None


def subject_span(passage: Passage | None, subject: str) -> Passage | None:
    """The sentence of the passage with most words of the subject; None if it has none of them."""
    if passage is None or not passage.sentences:
        return None
    wanted = set(content_stems(subject))

    def shared(span: tuple[int, int]) -> int:
        return len(wanted & set(stems(passage.text[span[0] - passage.start : span[1] - passage.start])))

    best = max(passage.sentences, key=shared)
    return _part(passage, *best) if shared(best) else None


def opening_span(index: Index, info: ArticleInfo) -> Passage | None:
    """The first sentence of an article that is not only a place or agency ("LONDON —")."""
    opening = next(iter(index.article_passages(info.id)), None)
    if opening is None or not opening.sentences:
        return None
    long = (span for span in opening.sentences if span[1] - span[0] >= MIN_OPENING)
    return _part(opening, *next(long, opening.sentences[0]))


def _part(passage: Passage, start: int, end: int) -> Passage:
    text = passage.text[start - passage.start : end - passage.start]
    line = passage.line + passage.text[: start - passage.start].count("\n")
    return Passage(passage.article, text, start, end, line, passage.section, ((start, end),))


def _line_with(article: Article, name: str) -> Passage | None:
    place = article.text.find(name)
    if place < 0:
        return None
    start = article.text.rfind("\n", 0, place) + 1
    end = article.text.find("\n", place) % (len(article.text) + 1)
    return _span(article, start, end) if end - start <= MAX_LINE else None


def _span(article: Article, start: int, end: int) -> Passage:
    text = article.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    line = 1 + article.text[:start].count("\n")
    return Passage(article.info, text, start, start + len(text), line, None, ((start, start + len(text)),))


def _text(article: Article, part: Dropped) -> str:
    return article.text[part.start : part.end]
