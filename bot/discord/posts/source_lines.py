"""Articles, sources and search results as lines of Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord, safe_url
from bot.discord.posts.quote_link import labelled_link, quote_link
from bot.discord.posts.split_markdown import shorten
from bot.localization import localized
from bot.rendering.also_in import also_in_line, also_in_line_for_citation
from bot.rendering.text_rendering import hit_as_citation
from retrieval.passage import page_of

if TYPE_CHECKING:
    from bot.answer import Citation
    from retrieval.article import ArticleInfo
    from retrieval.hit import Hit

_MAX_NAME = 100  # characters of a title or publisher
_MAX_EXCERPT = 300  # characters of a passage in a list
# Discord shows a time in the reader's time zone. At 10:30 UTC it is the same day from UTC-10:30 to UTC+13:29.
_SAME_DAY_EVERYWHERE = "T10:30:00+00:00"


def source_lines(citations: Sequence[Citation], read: Sequence[Hit] = ()) -> list[str]:
    """The sources of an answer, one line per article: numbers, title, publisher, date, pages, link."""
    return [source_line(group) + _also_in(group, read) for group in by_article(citations)]


def by_article(citations: Sequence[Citation]) -> list[list[Citation]]:
    """The citations grouped by article, in the order of the first of each."""
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.article.id, []).append(citation)
    return list(groups.values())


def source_line(citations: Sequence[Citation]) -> str:
    """The citations of one article on one line."""
    numbers = "".join(f"[{citation.number}]" for citation in citations)
    pages = ", ".join(dict.fromkeys(filter(None, map(page_number, citations))))
    page = localized("p. {page}", page=pages) if pages else ""
    parts = [_details(citations[0].article), page, quote_link(citations[0])]
    return f"**{numbers}** " + " · ".join(part for part in parts if part)


def article_line(info: ArticleInfo, *, linked: bool = True) -> str:
    """An article on one line: title, publisher, date, and a link if wanted."""
    link = labelled_link(safe_url(info.url)) if linked else None
    return " · ".join(part for part in (_details(info), link) if part)


def _details(info: ArticleInfo) -> str:
    parts = [f"**{short_name(info.title or info.id)}**"]
    if info.publisher:
        parts.append(short_name(info.publisher))
    if info.date:
        parts.append(day_stamp(info.date))
    return " · ".join(parts)


def short_name(name: str) -> str:
    """A name from an article on one line, shortened and escaped."""
    return plain_for_discord(shorten(escape_for_discord(name), _MAX_NAME))


def page_number(citation: Citation) -> str | None:
    """The page of a quote in a PDF file; None in other formats."""
    page = page_of(citation.article.path, citation.section)
    return None if page is None else str(page)


def day_stamp(day: str) -> str:
    """A day ("2021-03-18") in Discord's format, which each reader sees in their own language.

    >>> day_stamp("2021-03-18"), day_stamp("spring 2021")
    ('<t:1616063400:D>', 'spring 2021')
    """
    try:
        moment = datetime.fromisoformat(day[:10] + _SAME_DAY_EVERYWHERE)
    except ValueError:
        return plain_for_discord(escape_for_discord(day))
    return f"<t:{int(moment.timestamp())}:D>"


def time_stamp(time: str) -> str:
    """A time in ISO 8601 in Discord's format for relative times, such as "2 hours ago"."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return plain_for_discord(escape_for_discord(time))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"<t:{int(moment.timestamp())}:R>"


def hit_lines(hits: Sequence[Hit]) -> list[str]:
    """Search results, numbered: the source and the beginning of each passage."""
    lines = []
    for number, hit in enumerate(hits, 1):
        citation = hit_as_citation(number, hit)
        excerpt = plain_for_discord(shorten(escape_for_discord(citation.quote), _MAX_EXCERPT))
        lines.append(f"{source_line([citation])}{_also(also_in_line(hit))}\n> {excerpt}")
    return lines


def _also_in(citations: Sequence[Citation], read: Sequence[Hit]) -> str:
    lines = (also_in_line_for_citation(citation, read) for citation in citations)
    return _also(next(filter(None, lines), ""))


def _also(line: str) -> str:
    return f" · {short_name(line)}" if line else ""
