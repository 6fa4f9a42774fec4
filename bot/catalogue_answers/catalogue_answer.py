"""Answers a question about the articles: lists, counts, authors, dates, publishers, topics, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.catalogue_answers.article_selection import Match, Selection
from bot.catalogue_answers.cited_articles import cited_articles
from bot.catalogue_answers.metadata_quotes import date_span, name_span, opening_span, subject_span
from bot.catalogue_answers.requested_articles import listing_words, requested_articles, sources_of
from bot.catalogue_answers.title_topics import title_topics
from bot.checking.quote_location import without_lost_quotes
from bot.citations import CitationList, extractive_answer
from bot.question.catalogue_request import CatalogueRequest, Sources, catalogue_request
from bot.question.conversation import Turn
from bot.question.parsed_question import without_opening
from retrieval.hit import Filters

if TYPE_CHECKING:
    from retrieval.article import Article, ArticleInfo
    from retrieval.index.index_reader import Index
    from retrieval.library import Library
    from retrieval.passage import Passage

MAX_LISTED = 20
MAX_TOPIC_QUOTES = 3
CONFIDENCE = 0.95
WHICH_ARTICLE = "Which article? Name it: “When was the article about … published?”"
NO_SOURCE = "The last answer does not cite an article."


def catalogue_answer(
    library: Library, question: str, turns: Sequence[Turn], filters: Filters | None, as_of: date
) -> Answer | None:
    """The answer to a question about the articles, its quotes checked; None for any other question.

    *turns* is the conversation, oldest first. Raises IndexMissing, IndexFailure.
    """
    with library.index() as index:
        sources = sources_of(index.articles())
        request = catalogue_request(without_opening(question), sources, as_of)
        if request is None or (turns and not request.names_articles and not request.of_answer):
            return None
        writer = _Catalogue(library, index, question, request, sources, filters or Filters(), as_of)
        answer = writer.answer(turns)
    return without_lost_quotes(answer, library.corpus.find) if answer and answer.sentences else answer


@dataclass
class _Catalogue:
    """Writes the answer to one request."""

    library: Library
    index: Index
    question: str
    request: CatalogueRequest
    sources: Sources
    filters: Filters
    as_of: date
    citations: CitationList = field(default_factory=CitationList)
    sentences: list[Sentence] = field(default_factory=list)
    notice: str | None = None

    def answer(self, turns: Sequence[Turn]) -> Answer | None:
        request = self.request
        if request.of_answer:
            selection = cited_articles(self.library, self.index, turns, self.as_of)
            reason, self.notice = "no article named", NO_SOURCE if turns else WHICH_ARTICLE
        else:
            selection = requested_articles(self.library, self.index, request, self.filters, self.as_of)
            reason, self.notice = "name not in the corpus", f"No article mentions “{request.subject}”."
        if not (selection.articles or request.mention or request.of_answer) or self._lacks_author(selection):
            return None
        if selection.articles:
            self.notice = None
            self._WRITERS[request.fact](self, selection)
        return extractive_answer(
            self.question,
            tuple(self.sentences),
            self.citations,
            CONFIDENCE if self.sentences else 0.0,
            None if self.sentences else reason,
            self.notice,
        )

    def _lacks_author(self, selection: Selection) -> bool:
        """True if "Who wrote about X?" more likely asks for what the articles say."""
        request = self.request
        is_vague = request.fact == "author" and not (request.names_articles or request.of_answer)
        return is_vague and not any(info.author for info, _ in selection.articles)

    def _list(self, selection: Selection) -> None:
        count = len(selection.articles)
        self._say(f"{self._what(selection)}:")
        for match in selection.articles[:MAX_LISTED]:
            self._say(_label(match[0]), [self._quote(*match)], "\n- ")
        if count > MAX_LISTED:
            self._say(f"and {count - MAX_LISTED:,} more.", lead="\n- ")
            words = None if self.filters else listing_words(self.request, self.sources, self.as_of)
            if words is not None:
                command = f"articles {words}".strip()
                self.notice = f"`/{command}` or `footnote {command}` lists all {count:,}."

    def _newest(self, selection: Selection) -> None:
        self._extreme(selection.articles[0], "newest", selection)

    def _oldest(self, selection: Selection) -> None:
        dated = [match for match in selection.articles if match[0].day] or list(selection.articles)
        self._extreme(dated[-1], "oldest", selection)

    def _extreme(self, match: Match, kind: str, selection: Selection) -> None:
        what = self._what(selection).partition(" ")[2].replace("articles", "article", 1)
        text = f"The {kind} {what.replace(' mention ', ' that mentions ')} is {_label(match[0])}."
        self._say(text, [self._quote(*match)])

    def _author(self, selection: Selection) -> None:
        for info, passage in selection.articles[:MAX_LISTED]:
            by = f"written by {info.author}" if info.author else "author unknown"
            quote = self._stated_name(info, info.author) or passage or opening_span(self.index, info)
            self._say(f"{_label(info)}, {by}.", [quote], _bullet(selection))

    def _date(self, selection: Selection) -> None:
        for info, passage in selection.articles[:MAX_LISTED]:
            when = f"was published on {_day(info.day)}" if info.day else "has no date"
            if info.published and info.updated_day and info.updated_day != info.day:
                when += f" and updated on {_day(info.updated_day)}"
            by = f" by {info.publisher}" if info.publisher else ""
            quote = self._stated(info, date_span) or passage or opening_span(self.index, info)
            self._say(f"“{info.title}” {when}{by}.", [quote], _bullet(selection))

    def _publishers(self, selection: Selection) -> None:
        by_name: dict[str, list[Match]] = {}
        for info, passage in selection.articles:
            by_name.setdefault(info.publisher or "unknown publisher", []).append((info, passage))
        names = sorted(by_name, key=lambda name: (-len(by_name[name]), name))
        about = f" on “{self.request.subject}”" if self.request.subject else ""
        self._say(f"{_count(len(by_name), 'publisher')}{about}:")
        for name in names[:MAX_LISTED]:
            shown = by_name[name][: MAX_LISTED if self.request.subject else 1]
            quotes = [self._quote(*match) for match in shown]
            self._say(f"{name}, {_count(len(by_name[name]), 'article')}", quotes, "\n- ")
        if len(names) > MAX_LISTED:
            self._say(f"and {len(names) - MAX_LISTED:,} more.", lead="\n- ")

    def _topics(self, selection: Selection) -> None:
        articles = [info for info, _ in selection.articles]
        topics = title_topics(articles)
        if not topics:
            return self._list(selection)
        self._say(f"The words that most titles of the {_count(len(articles), 'article')} share:")
        for topic in topics:
            count = _count(len(topic.articles), "article")
            text = f"{topic.name}: {count}, for example {_label(topic.articles[0])}"
            shown = topic.articles[:MAX_TOPIC_QUOTES]
            quotes = [self._stated_name(info, info.title) or opening_span(self.index, info) for info in shown]
            self._say(text, quotes, "\n- ")
        return None

    def _span(self, selection: Selection) -> None:
        dated = [match for match in selection.articles if match[0].day]
        if not dated:
            return
        newest, oldest = dated[0], dated[-1]
        years = Counter(info.day.year for info, _ in dated if info.day)
        by_year = ", ".join(f"{year} ({count:,})" for year, count in sorted(years.items()))
        days = f"from {_day(oldest[0].day)} to {_day(newest[0].day)}"
        text = f"{self._what(selection)}, {days}; by year: {by_year}."
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

    def _quote(self, info: ArticleInfo, passage: Passage | None) -> Passage | None:
        """Where the article has the subject; without one, the line that states what was asked for."""
        request = self.request
        if request.subject:
            quote = subject_span(passage, request.subject)
        elif request.authors:
            quote = self._stated_name(info, info.author)
        elif request.fact == "publishers":
            quote = self._stated_name(info, info.publisher)
        else:
            quote = self._stated(info, date_span)
        return quote or opening_span(self.index, info)

    def _stated_name(self, info: ArticleInfo, name: str | None) -> Passage | None:
        return self._stated(info, lambda article: name_span(article, name)) if name else None

    def _stated(self, info: ArticleInfo, span: Callable[[Article], Passage | None]) -> Passage | None:
        article = self.library.corpus.find(info)
        return span(article) if article else None

    def _say(self, text: str, quotes: Sequence[Passage | None] = (), lead: str = "") -> None:
        numbers = tuple(self.citations.number(span, span.start, span.end) for span in quotes if span)
        self.sentences.append(Sentence(text, numbers, "supported" if numbers else "neutral", lead))


def _label(info: ArticleInfo) -> str:
    return ", ".join(filter(None, (f"“{info.title or info.id}”", info.publisher, _day(info.day))))


def _bullet(selection: Selection) -> str:
    return "\n- " if len(selection.articles) > 1 else ""


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
