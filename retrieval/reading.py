"""An article as `footnote read --jsonl` prints it: what is known, what would be indexed, what would not."""

from __future__ import annotations

from typing import TypedDict

from retrieval.article import Article


class DroppedLine(TypedDict):
    """A stretch of the text that is not indexed, with its 1-based line."""

    line: int
    text: str
    reason: str


class ReadRow(TypedDict):
    """One article; ``body`` is what is indexed of it, dates are ISO 8601, unknown is None."""

    path: str
    title: str
    publisher: str | None
    author: str | None
    published: str | None
    updated: str | None
    url: str | None
    language: str | None
    body: str
    dropped: list[DroppedLine]


def read_row(article: Article) -> ReadRow:
    """The row of an article."""
    info = article.info
    return {
        "path": info.path,
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "published": info.published,
        "updated": info.updated,
        "url": info.url,
        "language": info.language,
        "body": article.body,
        "dropped": dropped_lines(article),
    }


def dropped_lines(article: Article) -> list[DroppedLine]:
    """What is not indexed of an article and why, in the order of the text."""
    return [
        {"line": drop.line, "text": article.text[drop.start : drop.end], "reason": drop.reason}
        for drop in article.dropped
    ]
