"""Renders answers as a self-contained HTML page: clicking a marker highlights the quote in its article.

The page loads nothing and its content security policy allows one script, by hash. Text of articles and
models is always escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bot.answer import Answer, Citation
from bot.checking.quote_location import locate
from bot.records.answer_html import answer_html, escaped, markers_html, quote_anchor
from bot.records.page_style import SCRIPT, STYLE
from bot.records.record import Record
from bot.records.record_export import is_web_address
from bot.rendering.text_rendering import (
    UNDERLINE_NOTE,
    article_line,
    legend_lines,
    not_found_text,
)
from retrieval.article import Article, ArticleInfo


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quote with its current span in the article (-1 if lost) and the anchor shared by marker and mark."""

    anchor: str
    citation: Citation
    start: int
    end: int


def answers_page(records: Sequence[Record], find: Callable[[ArticleInfo], Article | None]) -> str:
    """Render the page; *find* returns the current version of an article (``Corpus.find``)."""
    articles: dict[str, Article | None] = {}
    quotes: dict[str, list[_Quote]] = {}
    for record in records:
        for citation in record.answer.citations:
            article_id = citation.article.id
            if article_id not in articles:
                articles[article_id] = find(citation.article)
            located = locate(citation, articles[article_id])
            anchor = quote_anchor(record.id, citation.number)
            quotes.setdefault(article_id, []).append(_Quote(anchor, citation, located.start, located.end))
    answers_html = "".join(_answer_html(record) for record in records)
    articles_html = "".join(
        _article_html(number, articles[article_id], cited)
        for number, (article_id, cited) in enumerate(quotes.items())
    )
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_count_text(len(records))} · Footnote</title><style>{STYLE}</style></head>\n"
        f"<body><main><div id=answers><h1>{_count_text(len(records))}</h1>{answers_html}</div>"
        f"<div id=articles><h1>Articles</h1>{articles_html}</div></main>"
        f"<script>{SCRIPT}</script></body></html>\n"
    )


def _count_text(number: int) -> str:
    return "1 answer" if number == 1 else f"{number:,} answers"


def _answer_html(record: Record) -> str:
    answer = record.answer
    writer = answer.model or "selected from the articles"
    asked = record.asked_at[:16].replace("T", " ")
    text = answer_html(record.id, answer) if answer.sentences else f"<p>{escaped(not_found_text(answer))}</p>"
    notice = f'<p class="about">{escaped(answer.notice)}</p>' if answer.notice else ""
    contradictions = "".join(
        f'<p class="against" dir="auto">{escaped(contradiction.text)}'
        f"{markers_html(record.id, contradiction.citations)}</p>"
        for contradiction in answer.contradictions
    )
    return (
        f'<section><h2 dir="auto">{escaped(answer.question)}</h2>'
        f'<div class="about">{escaped(asked)} UTC · {escaped(writer)} · {escaped(record.id)}</div>{notice}'
        f"{text}{contradictions}{_legend(answer)}{_sources(record)}</section>"
    )


def _legend(answer: Answer) -> str:
    """What the marks below an answer mean; "" if it has none."""
    notes = legend_lines(answer)
    if any(sentence.missing for sentence in answer.sentences):
        notes.append(UNDERLINE_NOTE)
    return f'<div class="about">{"; ".join(map(escaped, notes))}</div>' if notes else ""


def _sources(record: Record) -> str:
    rows = "".join(
        f'<li dir="auto">{markers_html(record.id, [citation.number])} '
        f"{escaped(article_line(citation.article))}</li>"
        for citation in record.answer.citations
    )
    return f'<ul class="sources">{rows}</ul>' if rows else ""


def _article_html(number: int, article: Article | None, quotes: Sequence[_Quote]) -> str:
    info = article.info if article else quotes[0].citation.article
    details = [escaped(value) for value in (info.publisher, info.author, info.date, info.path) if value]
    if info.url and is_web_address(info.url):
        details.append(f'<a href="{escape(info.url)}" rel="noopener noreferrer">original</a>')
    lost = "".join(_lost_quote_html(quote, article) for quote in quotes if quote.start < 0)
    text = _marked_text(article, quotes) if article else ""
    return (
        f'<div class="article" id="article-{number}"><h3 dir="auto">{escaped(info.title)}</h3>'
        f'<div class="about">{" · ".join(details)}</div>{lost}<div class="text" dir="auto">{text}</div></div>'
    )


def _lost_quote_html(quote: _Quote, article: Article | None) -> str:
    reason = "The article has changed" if article else "The article was deleted"
    mark = f'<mark id="{quote.anchor}" class="{quote.anchor}">{escaped(quote.citation.quote)}</mark>'
    return f'<p class="gone">{reason}. The cited quote was:</p><blockquote dir="auto">{mark}</blockquote>'


def _marked_text(article: Article, quotes: Iterable[_Quote]) -> str:
    """The article text as HTML: each span is marked with all quotes that cover it, boilerplate is dimmed."""
    text, located = article.text, [quote for quote in quotes if quote.start >= 0]
    clutter = [(dropped.start, dropped.end) for dropped in article.dropped]
    spans = [(quote.start, quote.end) for quote in located] + clutter
    boundaries = sorted({0, len(text)}.union(*spans) if spans else {0, len(text)})
    parts = []
    for start, end in pairwise(boundaries):
        covering = [quote for quote in located if quote.start <= start and end <= quote.end]
        html = _marked_span(escaped(text[start:end]), covering, start)
        dim = any(first <= start and end <= last for first, last in clutter) and not covering
        parts.append(f'<span class="clutter">{html}</span>' if dim else html)
    return "".join(parts)


def _marked_span(html: str, covering: Sequence[_Quote], start: int) -> str:
    if not covering:
        return html
    anchors = " ".join(quote.anchor for quote in covering)
    targets = "".join(f'<a id="{quote.anchor}"></a>' for quote in covering[1:] if quote.start == start)
    first = covering[0]
    id_attribute = f' id="{first.anchor}"' if first.start == start else ""
    return f'{targets}<mark{id_attribute} class="{anchors}">{html}</mark>'
