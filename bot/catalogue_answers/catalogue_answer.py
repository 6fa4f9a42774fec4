"""Answers a question about the articles: lists, counts, authors, dates, publishers, topics, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Sentence
from bot.catalogue_answers.article_selection import Match, Selection
from bot.catalogue_answers.catalogue_names import Sources
from bot.catalogue_answers.catalogue_request import CatalogueRequest, can_be_request, catalogue_request
from bot.catalogue_answers.catalogue_texts import article_count, authorship, day_text, label_of, publication
from bot.catalogue_answers.cited_articles import cited_articles
from bot.catalogue_answers.metadata_quotes import date_span, name_span, opening_span, subject_span
from bot.catalogue_answers.requested_articles import indexed_sources, listing_words, requested_articles
from bot.catalogue_answers.title_topics import title_topics
from bot.checking.quote_location import without_lost_quotes
from bot.citations import CitationList, extractive_answer
from bot.localization import localized, localized_count
from bot.question.conversation import Turn
from retrieval.hit import Filters
from retrieval.tags import matches_tag, with_parents

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
NEWEST, OLDEST = "The newest article{which} is {label}.", "The oldest article{which} is {label}."
ABOUT = " about “{subject}”"
MORE = "and {count} more."
LISTS_ALL = "`/{command}` or `footnote {command}` lists all {count}."
EXAMPLE = "{name}: {articles}, for example {label}"
SHARED_WORDS = "The words that most titles of the {articles} share:"


def catalogue_answer(
    library: Library, question: str, turns: Sequence[Turn], filters: Filters | None, as_of: date
) -> Answer | None:
    """The answer to a question about the articles, its quotes checked; None for any other question.

    *turns* is the conversation, oldest first. Raises IndexMissing, IndexFailure.
    """
    if not can_be_request(question):
        return None
    with library.index() as index:
        sources = indexed_sources(index)
        request = catalogue_request(question, sources, as_of)
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
        request, reason = self.request, "name not in the corpus"
        if request.of_answer:
            selection = cited_articles(self.library, self.index, turns, self.as_of)
            reason, self.notice = "no article named", localized(NO_SOURCE if turns else WHICH_ARTICLE)
        else:
            selection = requested_articles(self.library, self.index, request, self.filters, self.as_of)
            self.notice = localized("No article mentions “{subject}”.", subject=request.subject)
            if request.tags:
                self.notice = localized("No article has the tag “{name}”.", name=request.tags[0])
        if selection.articles:
            if self._lacks_author(selection):
                return None
            self.notice = None
            self._write(selection)
        elif not (request.mention or request.of_answer or request.tags):
            return None
        found = bool(self.sentences)
        return extractive_answer(
            self.question,
            tuple(self.sentences),
            self.citations,
            CONFIDENCE * found,
            None if found else reason,
            self.notice,
        )

    def _lacks_author(self, selection: Selection) -> bool:
        """True if "Who wrote about X?" more likely asks for what the articles say."""
        request = self.request
        is_vague = request.fact == "author" and not (request.names_articles or request.of_answer)
        return is_vague and not any(info.author for info, _ in selection.articles)

    def _write(self, selection: Selection) -> None:
        match self.request.fact:
            case "list" | "count":
                self._list(selection)
            case "newest":
                self._extreme(selection.articles[0], NEWEST, selection)
            case "oldest":
                dated = [match for match in selection.articles if match[0].day] or selection.articles
                self._extreme(dated[-1], OLDEST, selection)
            case "author" | "date":
                self._each(selection)
            case "publishers":
                by_name = selection.grouped(lambda info: [info.publisher or localized("unknown publisher")])
                self._groups(
                    localized_count("{count} publisher", "{count} publishers", len(by_name)), by_name
                )
            case "tags":
                by_name = selection.grouped(lambda info: with_parents(info.tags))
                self._groups(localized_count("{count} tag", "{count} tags", len(by_name)), by_name)
            case "topics":
                self._topics(selection)
            case "span":
                self._span(selection)

    def _list(self, selection: Selection) -> None:
        count = len(selection.articles)
        self._say(f"{self._what(selection)}:")
        for match in selection.articles[:MAX_LISTED]:
            self._say(label_of(match[0]), [self._quote(*match)], "\n- ")
        self._say_more(count)
        words = None if self.filters else listing_words(self.request, self.sources, self.as_of)
        if count > MAX_LISTED and words is not None:
            command = f"articles {words}".strip()
            self.notice = localized(LISTS_ALL, command=command, count=count)

    def _extreme(self, match: Match, text: str, selection: Selection) -> None:
        mention = " that mentions “{subject}”" if selection.mentioned else ABOUT
        text = localized(text, which=self._which(mention), label=label_of(match[0]))
        self._say(text, [self._quote(*match)])

    def _each(self, selection: Selection) -> None:
        """Who wrote each article, or when it was published."""
        lead = "\n- " if len(selection.articles) > 1 else ""
        for info, passage in selection.articles[:MAX_LISTED]:
            if self.request.fact == "author":
                text, quote = authorship(info), self._stated_name(info, info.author)
            else:
                text, quote = publication(info), self._stated(info, date_span)
            self._say(text, [quote or passage or opening_span(self.index, info)], lead)

    def _groups(self, count: str, by_name: Mapping[str, Sequence[Match]]) -> None:
        names = sorted(by_name, key=lambda name: (-len(by_name[name]), name))
        subject = self.request.subject
        self._say(f"{count}{localized(' on “{subject}”', subject=subject) if subject else ''}:")
        for name in names[:MAX_LISTED]:
            shown = by_name[name][: MAX_LISTED if self.request.subject else 1]
            quotes = [self._quote(*match) for match in shown]
            self._say(f"{name}, {article_count(len(by_name[name]))}", quotes, "\n- ")
        self._say_more(len(names))

    def _topics(self, selection: Selection) -> None:
        articles = [info for info, _ in selection.articles]
        topics = title_topics(articles)
        if not topics:
            self._list(selection)
            return
        self._say(localized(SHARED_WORDS, articles=article_count(len(articles))))
        for topic in topics:
            count, example = article_count(len(topic.articles)), label_of(topic.articles[0])
            text = localized(EXAMPLE, name=topic.name, articles=count, label=example)
            shown = topic.articles[:MAX_TOPIC_QUOTES]
            quotes = [self._stated_name(info, info.title) or opening_span(self.index, info) for info in shown]
            self._say(text, quotes, "\n- ")

    def _span(self, selection: Selection) -> None:
        dated = [match for match in selection.articles if match[0].day]
        if not dated:
            return
        newest, oldest = dated[0], dated[-1]
        years = Counter(info.day.year for info, _ in dated if info.day)
        by_year = ", ".join(f"{year} ({count:,})" for year, count in sorted(years.items()))
        text = localized(
            "{articles}, from {first} to {last}; by year: {years}.",
            articles=self._what(selection),
            first=day_text(oldest[0].day),
            last=day_text(newest[0].day),
            years=by_year,
        )
        self._say(text, [self._quote(*oldest), self._quote(*newest)])

    def _what(self, selection: Selection) -> str:
        """ "3 articles about ferries by The Quay in March 2022"."""
        count = len(selection.articles)
        mention = " mention “{subject}”" if count > 1 else " mentions “{subject}”"
        return article_count(count) + self._which(mention if selection.mentioned else ABOUT)

    def _which(self, mention: str) -> str:
        """ " from The Quay (in March 2022) about “ferries”"; *mention* is how the subject is named."""
        request = self.request
        names = localized(" and ").join((*request.publishers, *request.authors))
        return (
            (localized(" from {names}", names=names) if names else "")
            + (f" ({request.window.text})" if request.window else "")
            + (localized(" tagged “{tag}”", tag=request.tags[0]) if request.tags else "")
            + (localized(mention, subject=request.subject) if request.subject else "")
        )

    def _quote(self, info: ArticleInfo, passage: Passage | None) -> Passage | None:
        """Where the article has the subject; without one, the line that states what was asked for."""
        request = self.request
        if request.subject:
            quote = subject_span(passage, request.subject)
        elif request.authors:
            quote = self._stated_name(info, info.author)
        elif request.fact == "publishers":
            quote = self._stated_name(info, info.publisher)
        elif request.fact == "tags" or request.tags:
            tags = (tag for tag in info.tags if matches_tag((tag,), request.tags or (tag,)))
            quote = self._stated_name(info, next(tags, None))
        else:
            quote = self._stated(info, date_span)
        return quote or opening_span(self.index, info)

    def _stated_name(self, info: ArticleInfo, name: str | None) -> Passage | None:
        return self._stated(info, lambda article: name_span(article, name)) if name else None

    def _stated(self, info: ArticleInfo, span: Callable[[Article], Passage | None]) -> Passage | None:
        article = self.library.corpus.find(info)
        return span(article) if article else None

    def _say_more(self, count: int) -> None:
        if count > MAX_LISTED:
            self._say(localized(MORE, count=count - MAX_LISTED), lead="\n- ")

    def _say(self, text: str, quotes: Sequence[Passage | None] = (), lead: str = "") -> None:
        numbers = tuple(self.citations.number(span, span.start, span.end) for span in quotes if span)
        self.sentences.append(Sentence(text, numbers, "supported" if numbers else "neutral", lead))
