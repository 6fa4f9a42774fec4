"""Answers a question about the articles: lists, counts, authors, dates, publishers, topics, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.catalogue_answers.article_selection import Selection, select_articles
from bot.catalogue_answers.described_articles import described_articles, quoted_article
from bot.catalogue_answers.metadata_quotes import author_span, date_span, subject_span
from bot.catalogue_answers.title_topics import title_topics
from bot.checking.quote_location import without_lost_quotes
from bot.citations import CitationList, extractive_answer
from bot.question.catalogue_request import CatalogueRequest, Sources, catalogue_request, names_of
from bot.question.parsed_question import without_opening
from retrieval.hit import Filters

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.index.index_reader import Index
    from retrieval.library import Library
    from retrieval.passage import Passage

MAX_LISTED = 20
CONFIDENCE = 0.95


def catalogue_answer(
    library: Library,
    question: str,
    history: Sequence[tuple[str, str]],
    filters: Filters | None,
    as_of: date,
) -> Answer | None:
    """The answer to a question about the articles, its quotes checked; None for any other question.

    *history* is the conversation as (question, answer), oldest first. Raises IndexMissing, IndexFailure.
    """
    with library.index() as index:
        articles = index.articles()
        authors = tuple(dict.fromkeys(names_of(info.author for info in articles if info.author)))
        sources = Sources(index.publishers, authors)
        request = catalogue_request(without_opening(question), sources, as_of)
        if request is None or (history and not request.names_articles and not request.of_answer):
            return None
        answer = _Catalogue(library, index, question, request, filters or Filters(), as_of).answer(history)
    return without_lost_quotes(answer, library.corpus.find) if answer and answer.sentences else answer


@dataclass
class _Catalogue:
    """Writes the answer to one request."""

    library: Library
    index: Index
    question: str
    request: CatalogueRequest
    filters: Filters
    as_of: date
    citations: CitationList = field(default_factory=CitationList)
    sentences: list[Sentence] = field(default_factory=list)
    notice: str | None = None

    def answer(self, history: Sequence[tuple[str, str]]) -> Answer | None:
        selection = (
            quoted_article(self.library, self.index, history, self.as_of)
            if self.request.of_answer
            else self._selected()
        )
        if selection is None or not (selection.articles or self.request.mention):
            return None
        if selection.articles:
            self._WRITERS[self.request.fact](self, selection)
        else:
            self.notice = f"No article mentions “{self.request.subject}”."
        return extractive_answer(
            self.question,
            tuple(self.sentences),
            self.citations,
            CONFIDENCE if self.sentences else 0.0,
            None if self.sentences else "name not in the corpus",
            self.notice,
        )

    def _selected(self) -> Selection:
        request, window = self.request, self.request.window
        chosen = replace(
            self.filters,
            since=(window.since if window else None) or self.filters.since,
            until=(window.until if window else None) or self.filters.until,
            publishers=request.publishers or self.filters.publishers,
            authors=self.filters.authors,
        )
        selection = select_articles(self.index, request.subject, chosen, self.as_of, mention=request.mention)
        if request.authors:
            written = [pair for pair in selection.articles if _is_by(pair[0], request.authors)]
            selection = replace(selection, articles=tuple(written))
        one = request.fact in ("author", "date")
        if (
            request.subject
            and not request.mention
            and (not selection.articles or (one and selection.mentioned))
        ):
            return (
                described_articles(self.library, self.index, request.subject, chosen, self.as_of, one=one)
                or selection
            )
        return selection

    def _list(self, selection: Selection) -> None:
        count = len(selection.articles)
        self._say(f"{self._what(selection)}:")
        for info, passage in selection.articles[:MAX_LISTED]:
            self._say(_label(info), [self._quote(info, passage)], "\n- ")
        if count > MAX_LISTED:
            self._say(f"and {count - MAX_LISTED:,} more.", lead="\n- ")
            self.notice = (
                "`footnote articles` lists all articles, `footnote articles WORD` those with a word."
            )

    def _newest(self, selection: Selection) -> None:
        self._extreme(selection.articles[0], "newest", selection)

    def _oldest(self, selection: Selection) -> None:
        dated = [pair for pair in selection.articles if pair[0].day] or list(selection.articles)
        self._extreme(dated[-1], "oldest", selection)

    def _extreme(self, match: tuple[ArticleInfo, Passage | None], kind: str, selection: Selection) -> None:
        what = self._what(selection).partition(" ")[2].replace("articles", "article", 1)
        text = f"The {kind} {what.replace(' mention ', ' that mentions ')} is {_label(match[0])}."
        self._say(text, [self._quote(*match)])

    def _author(self, selection: Selection) -> None:
        for info, passage in selection.articles[:MAX_LISTED]:
            span = self._stated(info, author_span) if info.author else None
            by = f"was written by {info.author}" if info.author else "names no author"
            self._say(f"{_label(info)}, {by}.", [span or self._quote(info, passage)], self._lead())

    def _date(self, selection: Selection) -> None:
        for info, passage in selection.articles[:MAX_LISTED]:
            when = f"was published on {_day(info.day)}" if info.day else "has no date"
            by = f" by {info.publisher}" if info.publisher else ""
            span = self._stated(info, date_span)
            self._say(f"“{info.title}” {when}{by}.", [span or self._quote(info, passage)], self._lead())

    def _source(self, selection: Selection) -> None:
        info, passage = selection.articles[0]
        span = self._stated(info, author_span) if info.author else None
        author = f", written by {info.author}" if info.author else ""
        self._say(f"It was reported in {_label(info)}{author}.", [span or self._quote(info, passage)])

    def _publishers(self, selection: Selection) -> None:
        by_name: dict[str, list[tuple[ArticleInfo, Passage | None]]] = {}
        for info, passage in selection.articles:
            by_name.setdefault(info.publisher or "unknown publisher", []).append((info, passage))
        names = sorted(by_name, key=lambda name: (-len(by_name[name]), name))[:MAX_LISTED]
        about = f" on “{self.request.subject}”" if self.request.subject else ""
        self._say(f"{_count(len(by_name), 'publisher')}{about}:")
        for name in names:
            shown = by_name[name][: MAX_LISTED if self.request.subject else 1]
            quotes = [self._quote(info, passage) for info, passage in shown]
            self._say(f"{name}, {_count(len(by_name[name]), 'article')}", quotes, "\n- ")

    def _topics(self, selection: Selection) -> None:
        articles = [info for info, _ in selection.articles]
        topics = title_topics(articles)
        if not topics:
            return self._list(selection)
        self._say(f"The words that most titles of the {_count(len(articles), 'article')} share:")
        for topic in topics:
            info = topic.articles[0]
            text = f"{topic.name}: {_count(len(topic.articles), 'article')}, for example {_label(info)}"
            self._say(text, [self._quote(info, None)], "\n- ")
        return None

    def _span(self, selection: Selection) -> None:
        dated = [pair for pair in selection.articles if pair[0].day]
        if not dated:
            return
        newest, oldest = dated[0], dated[-1]
        years = Counter(info.day.year for info, _ in dated if info.day)
        busiest = ", ".join(f"{year} ({count:,})" for year, count in sorted(years.items()))
        days = f"from {_day(oldest[0].day)} to {_day(newest[0].day)}"
        text = f"{self._what(selection)}, {days}; by year: {busiest}."
        self._say(text, [self._quote(*oldest), self._quote(*newest)])

    _WRITERS = {  # noqa: RUF012 (constant)
        "list": _list,
        "count": _list,
        "author": _author,
        "date": _date,
        "newest": _newest,
        "oldest": _oldest,
        "publishers": _publishers,
        "topics": _topics,
        "span": _span,
        "source": _source,
    }

    def _what(self, selection: Selection) -> str:
        """ "3 articles about ferries by The Quay in March 2022"."""
        request, count = self.request, len(selection.articles)
        by = " and ".join((*request.publishers, *request.authors))
        verb = ("mention" if count > 1 else "mentions") if selection.mentioned else "about"
        parts = (
            _count(count, "article"),
            f"from {by}" if by else "",
            f"({request.window.text})" if request.window else "",
            f"{verb} “{request.subject}”" if request.subject else "",
        )
        return " ".join(filter(None, parts))

    def _lead(self) -> str:
        return "\n- " if self.sentences else "- " if self.request.subject else ""

    def _stated(self, info: ArticleInfo, span: Callable[..., Passage | None]) -> Passage | None:
        article = self.library.corpus.find(info)
        return span(article) if article else None

    def _quote(self, info: ArticleInfo, passage: Passage | None) -> Passage | None:
        return subject_span(self.index, info.id, passage, self.request.subject)

    def _say(self, text: str, quotes: Sequence[Passage | None] = (), lead: str = "") -> None:
        numbers = tuple(self.citations.number(span, span.start, span.end) for span in quotes if span)
        self.sentences.append(Sentence(text, numbers, "supported" if numbers else "neutral", lead))


def _label(info: ArticleInfo) -> str:
    return ", ".join(filter(None, (f"“{info.title or info.id}”", info.publisher, _day(info.day))))


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _is_by(info: ArticleInfo, authors: Sequence[str]) -> bool:
    return info.author is not None and any(
        name in (info.author, *names_of([info.author])) for name in authors
    )
