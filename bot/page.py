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

from bot.answer import Citation, Sentence
from bot.checking import locate
from bot.export import is_web_address
from bot.missing import pieces
from bot.records import Record
from retrieval.article import Article, ArticleInfo

STYLE = """
:root { color-scheme: light dark; --line: #8884; --hit: #fd6; }
body { margin: 0; font: 16px/1.55 Georgia, serif; }
main { display: grid; grid-template-columns: minmax(20rem, 1fr) minmax(24rem, 1.3fr); height: 100vh; }
main > * { overflow-y: auto; padding: 1rem 1.5rem; }
#articles { border-left: 1px solid var(--line); }
h1, h2, h3, .about, nav { font-family: system-ui, sans-serif; }
h1 { font-size: 1.1rem; } h2 { font-size: 1.05rem; margin-bottom: .2rem; } h3 { margin-bottom: .2rem; }
.about, .gone { font-size: .8rem; opacity: .75; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
section, .article { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
a.marker { font: .75rem system-ui; vertical-align: super; text-decoration: none; padding: 0 .15rem; }
a.marker.on { background: var(--hit); color: #000; border-radius: .2rem; }
mark { background: none; color: inherit; border-bottom: 1px dotted; }
mark.on, mark:target { background: var(--hit); color: #000; }
.unsupported { text-decoration: underline wavy #c338; } .partly { text-decoration: underline dotted #a508; }
@media (max-width: 60rem) { main { display: block; height: auto; } #articles { border: 0; } }
"""

SCRIPT = """
document.addEventListener("click", event => {
  const marker = event.target.closest("a.marker");
  if (!marker) return;
  event.preventDefault();
  document.querySelectorAll(".on").forEach(each => each.classList.remove("on"));
  marker.classList.add("on");
  const marks = document.getElementsByClassName(marker.dataset.quote);
  for (const mark of marks) mark.classList.add("on");
  if (marks.length) marks[0].scrollIntoView({ block: "center", behavior: "smooth" });
});
"""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quote with its place in its article now, and the name that marker and mark share."""

    name: str
    citation: Citation
    start: int
    end: int


def page(records: Sequence[Record], find: Callable[[ArticleInfo], Article | None]) -> str:
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
        f"<title>Footnote: {len(records)} answers</title><style>{STYLE}</style></head>\n"
        f"<body><main><div id=answers><h1>Answers</h1>{answers}</div>"
        f"<div id=articles><h1>Articles</h1>{articles}</div></main>"
        f"<script>{SCRIPT}</script></body></html>\n"
    )


def quote_name(answer_id: str, number: int) -> str:
    """The name that a marker and its mark share; letters, digits and "-" only."""
    return f"q-{re.sub(r'[^A-Za-z0-9]', '-', answer_id)}-{number}"


def _answer(record: Record) -> str:
    answer = record.answer
    sentences = "".join(_sentence(record.id, sentence) for sentence in answer.sentences)
    writer = answer.model or "selected from the articles"
    return (
        f'<section><h2 dir="auto">{_text(answer.question)}</h2>'
        f'<div class="about">{_text(record.asked_at[:16])} UTC · {_text(writer)} · {_text(record.id)}</div>'
        f'<p class="text" dir="auto">{sentences or "Nothing in the articles answers this."}</p></section>'
    )


def _sentence(answer_id: str, sentence: Sentence) -> str:
    markers = "".join(
        f'<a class="marker" href="#{name}" data-quote="{name}">{number}</a>'
        for number in sentence.citations
        for name in (quote_name(answer_id, number),)
    )
    words = "".join(
        f'<u class="missing" title="in no passage that is cited here">{_text(part)}</u>'
        if missing
        else _text(part)
        for part, missing in pieces(sentence)
    )
    verdict = "" if sentence.support == "supported" else f' class="{sentence.support}"'
    return f"{_text(sentence.lead)}<span{verdict}>{words}</span>{markers}"


def _article(number: int, article: Article | None, quotes: Sequence[_Quote]) -> str:
    info = article.info if article else quotes[0].citation.article
    known = [_text(each) for each in (info.publisher, info.author, info.date, info.path) if each]
    if info.url and is_web_address(info.url):
        known.append(f'<a href="{escape(info.url)}" rel="noopener noreferrer">original</a>')
    lost = "".join(_lost(quote, article) for quote in quotes if quote.start < 0)
    text = _marked(article.text, quotes) if article else ""
    return (
        f'<div class="article" id="article-{number}"><h3 dir="auto">{_text(info.title)}</h3>'
        f'<div class="about">{" · ".join(known)}</div>{lost}<div class="text" dir="auto">{text}</div></div>'
    )


def _lost(quote: _Quote, article: Article | None) -> str:
    why = "The article has changed since; it said:" if article else "The article is gone; it said:"
    words = f'<mark id="{quote.name}" class="{quote.name}">{_text(quote.citation.quote)}</mark>'
    return f'<p class="gone">{why}</p><blockquote dir="auto">{words}</blockquote>'


def _marked(text: str, quotes: Iterable[_Quote]) -> str:
    """The text as HTML, each stretch marked with all quotes that cover it."""
    held = [quote for quote in quotes if quote.start >= 0]
    borders = sorted({0, len(text)} | {quote.start for quote in held} | {quote.end for quote in held})
    parts = []
    for start, end in pairwise(borders):
        covering = [quote for quote in held if quote.start <= start and end <= quote.end]
        parts.append(_stretch(_text(text[start:end]), covering, start))
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
