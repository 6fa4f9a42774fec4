"""Kept answers as one self-contained HTML page: a click on a marker highlights the quote in its article.

The page loads nothing and runs one fixed script, by its hash; what articles and models say is only text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bot.answer import Answer, Citation, Sentence
from bot.checking.quote_location import locate
from bot.checking.unsupported_spans import pieces
from bot.records.page_style import SCRIPT, STYLE
from bot.records.record import Record
from bot.records.record_export import is_web_address
from bot.rendering.text_rendering import SUPPORT_NOTES, article_line, not_found_text
from retrieval.article import Article, ArticleInfo

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quote with its place in its article now, and the name that marker and mark share."""

    name: str
    citation: Citation
    start: int
    end: int


def answers_page(records: Sequence[Record], find: Callable[[ArticleInfo], Article | None]) -> str:
    """The page of these answers; *find* gives an article as it is now (``Corpus.find``)."""
    found: dict[str, Article | None] = {}
    quotes: dict[str, list[_Quote]] = {}
    for record in records:
        for citation in record.answer.citations:
            key = citation.article.id
            if key not in found:
                found[key] = find(citation.article)
            place = locate(citation, found[key])
            name = quote_name(record.id, citation.number)
            quotes.setdefault(key, []).append(_Quote(name, citation, place.start, place.end))
    answers = "".join(_answer(record) for record in records)
    articles = "".join(
        _article(number, found[key], each) for number, (key, each) in enumerate(quotes.items())
    )
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_counted(len(records))} · Footnote</title><style>{STYLE}</style></head>\n"
        f"<body><main><div id=answers><h1>{_counted(len(records))}</h1>{answers}</div>"
        f"<div id=articles><h1>Articles</h1>{articles}</div></main>"
        f"<script>{SCRIPT}</script></body></html>\n"
    )


def _counted(number: int) -> str:
    return "1 answer" if number == 1 else f"{number:,} answers"


def quote_name(answer_id: str, number: int) -> str:
    """The name that a marker and its mark share; letters, digits and "-" only."""
    return f"q-{re.sub(r'[^A-Za-z0-9]', '-', answer_id)}-{number}"


def _answer(record: Record) -> str:
    answer = record.answer
    writer = answer.model or "selected from the articles"
    asked = record.asked_at[:16].replace("T", " ")
    said = "".join(_sentence(record.id, sentence) for sentence in answer.sentences)
    notice = f'<p class="about">{_text(answer.notice)}</p>' if answer.notice else ""
    against = "".join(
        f'<p class="against" dir="auto">{_text(each.text)}{_markers(record.id, each.citations)}</p>'
        for each in answer.contradictions
    )
    return (
        f'<section><h2 dir="auto">{_text(answer.question)}</h2>'
        f'<div class="about">{_text(asked)} UTC · {_text(writer)} · {_text(record.id)}</div>{notice}'
        f'<p class="text" dir="auto">{said or _text(not_found_text(answer))}</p>{against}'
        f"{_legend(answer)}{_sources(record)}</section>"
    )


def _sentence(answer_id: str, sentence: Sentence) -> str:
    words = "".join(_piece(part, missing) for part, missing in pieces(sentence))
    sign = ""
    if sentence.support != "supported":
        mark, _, meaning = SUPPORT_NOTES[sentence.support].partition(" ")
        words = f'<span class="{sentence.support}">{words}</span>'
        sign = f'<span class="sign" title="{meaning}">{mark.strip("[]")}</span>'
    return f"{_text(sentence.lead)}{words}{_markers(answer_id, sentence.citations)}{sign}"


def _piece(words: str, missing: bool) -> str:
    shown = _text(words.replace("**", ""))  # a model's emphasis: the words are shown without it
    return f'<u title="in no passage that is cited here">{shown}</u>' if missing else shown


def _markers(answer_id: str, numbers: Iterable[int]) -> str:
    names = ((number, quote_name(answer_id, number)) for number in numbers)
    return "".join(
        f'<a class="marker" href="#{name}" data-quote="{name}">{number}</a>' for number, name in names
    )


def _legend(answer: Answer) -> str:
    """What the signs mean, below an answer that has some."""
    verdicts = {sentence.support for sentence in answer.sentences}
    notes = [note for verdict, note in SUPPORT_NOTES.items() if verdict in verdicts]
    if any(sentence.missing for sentence in answer.sentences):
        notes.append("underlined: in no passage that the sentence cites")
    return f'<div class="about">{"; ".join(map(_text, notes))}</div>' if notes else ""


def _sources(record: Record) -> str:
    rows = "".join(
        f'<li dir="auto">{_markers(record.id, [each.number])} {_text(article_line(each.article))}</li>'
        for each in record.answer.citations
    )
    return f'<ul class="sources">{rows}</ul>' if rows else ""


def _article(number: int, article: Article | None, quotes: Sequence[_Quote]) -> str:
    info = article.info if article else quotes[0].citation.article
    known = [_text(each) for each in (info.publisher, info.author, info.date, info.path) if each]
    if info.url and is_web_address(info.url):
        known.append(f'<a href="{escape(info.url)}" rel="noopener noreferrer">original</a>')
    lost = "".join(_lost(quote, article) for quote in quotes if quote.start < 0)
    text = _marked(article, quotes) if article else ""
    return (
        f'<div class="article" id="article-{number}"><h3 dir="auto">{_text(info.title)}</h3>'
        f'<div class="about">{" · ".join(known)}</div>{lost}<div class="text" dir="auto">{text}</div></div>'
    )


def _lost(quote: _Quote, article: Article | None) -> str:
    why = "The article has changed since; it said:" if article else "The article is gone; it said:"
    words = f'<mark id="{quote.name}" class="{quote.name}">{_text(quote.citation.quote)}</mark>'
    return f'<p class="gone">{why}</p><blockquote dir="auto">{words}</blockquote>'


def _marked(article: Article, quotes: Iterable[_Quote]) -> str:
    """The text as HTML, each stretch marked with all quotes that cover it; clutter is dimmed."""
    text, held = article.text, [quote for quote in quotes if quote.start >= 0]
    clutter = [(each.start, each.end) for each in article.dropped]
    spans = [(quote.start, quote.end) for quote in held] + clutter
    borders = sorted({0, len(text)}.union(*spans) if spans else {0, len(text)})
    parts = []
    for start, end in pairwise(borders):
        covering = [quote for quote in held if quote.start <= start and end <= quote.end]
        words = _stretch(_text(text[start:end]), covering, start)
        dim = any(first <= start and end <= last for first, last in clutter) and not covering
        parts.append(f'<span class="clutter">{words}</span>' if dim else words)
    return "".join(parts)


def _stretch(words: str, covering: Sequence[_Quote], start: int) -> str:
    if not covering:
        return words
    names = " ".join(quote.name for quote in covering)
    anchors = "".join(f'<a id="{quote.name}"></a>' for quote in covering[1:] if quote.start == start)
    first = covering[0]
    own = f' id="{first.name}"' if first.start == start else ""
    return f'{anchors}<mark{own} class="{names}">{words}</mark>'


def _text(text: str) -> str:
    """Text as HTML: nothing in it is markup, a control character or an override of direction."""
    return escape(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n")))
