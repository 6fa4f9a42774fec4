"""The phrases of answers about the articles: names, dates and numbers of articles."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.localization import localized, localized_count, localized_day

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo


def label_of(info: ArticleInfo) -> str:
    """Title, publisher and day of an article."""
    title = localized("“{title}”", title=info.title or info.id)
    return ", ".join(filter(None, (title, info.publisher, day_text(info.day))))


def publication(info: ArticleInfo) -> str:
    """When an article was published and updated, and by whom."""
    values = {"title": info.title, "publisher": info.publisher, "day": day_text(info.day)}
    by = localized(" by {publisher}", **values) if info.publisher else ""
    if not info.day:
        return localized("“{title}” has no date{by}.", **values, by=by)
    if info.published and info.updated_day and info.updated_day != info.day:
        update = day_text(info.updated_day)
        text = "“{title}” was published on {day} and updated on {update}{by}."
        return localized(text, **values, by=by, update=update)
    return localized("“{title}” was published on {day}{by}.", **values, by=by)


def authorship(info: ArticleInfo) -> str:
    """Who wrote an article."""
    text = "{label}, written by {author}." if info.author else "{label}, author unknown."
    return localized(text, label=label_of(info), author=info.author)


def day_text(day: date | None) -> str:
    """A day in words; "" if it is unknown."""
    return localized_day(day) if day else ""


def article_count(count: int) -> str:
    """ "3 articles"."""
    return localized_count("{count} article", "{count} articles", count)
