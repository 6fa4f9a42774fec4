"""Questions about the articles, and those that only look like them."""

from __future__ import annotations

import time
from datetime import date

import pytest

from bot.catalogue_answers.catalogue_names import Sources
from bot.catalogue_answers.catalogue_request import CatalogueRequest, catalogue_request

SOURCES = Sources(("The Kestrel Wire", "Saltmarsh Technology Journal"), ("Ines Haldane", "Tobias Renn"))


def parse(question: str) -> CatalogueRequest | None:
    return catalogue_request(question, SOURCES, date(2024, 6, 1))


@pytest.mark.parametrize(
    ("question", "fact", "subject"),
    [
        ("Which articles mention deepfakes?", "list", "deepfakes"),
        ("any articles about the ferry trial", "list", "ferry trial"),
        ("how many stories are about gulls", "count", "gulls"),
        ("who wrote the article about the fine?", "author", "fine"),
        ("when was the ferry story published", "date", "ferry"),
        ("latest article on gulls", "newest", "gulls"),
        ("what's the oldest article", "oldest", ""),
        ("which newspapers covered the fine", "publishers", "fine"),
        ("what are the main topics", "topics", ""),
        ("how far back does the archive go", "span", ""),
        ("and which articles mention gulls?", "list", "gulls"),
        ("how often is the mayor mentioned", "count", "mayor"),
        ("most recent stories on gulls", "list", "gulls"),
        ("did you write anything about gulls", "list", "gulls"),
        ("can you pull up the stories that talk about gulls", "list", "gulls"),
        ("which of your articles contain the word Greyline", "list", "Greyline"),
        ("have any reports been written about the ferry", "list", "ferry"),
        ("has Ines Haldane written anything?", "list", ""),
        ("list whatever the Kestrel Wire published", "list", ""),
        ("number of articles from the Kestrel Wire", "count", ""),
        ("publication date of the ferry story", "date", "ferry"),
        ("what's the most recent thing from the Kestrel Wire?", "newest", ""),
        ("show me all the work by Ines Haldane", "list", ""),
        ("what sort of things can I ask about?", "topics", ""),
        ("show me kestrel wire articles about gulls", "list", "gulls"),
    ],
)
def test_facts_and_subjects(question: str, fact: str, subject: str) -> None:
    """What is asked of which articles."""
    request = parse(question)
    assert request is not None
    assert (request.fact, request.subject) == (fact, subject)


@pytest.mark.parametrize(
    ("question", "publishers", "authors"),
    [
        ("anything by Haldane?", (), ("Ines Haldane",)),
        ("what did tobias renn write about gulls", (), ("Tobias Renn",)),
        ("what did the Saltmarsh Journal publish in 2023?", ("Saltmarsh Technology Journal",), ()),
        ("what's the latest from the kestrel wire?", ("The Kestrel Wire",), ()),
        ("kestrel wire stories", ("The Kestrel Wire",), ()),
        ("articles from kestrel by renn", ("The Kestrel Wire",), ("Tobias Renn",)),
    ],
)
def test_publishers_and_authors(question: str, publishers: tuple[str, ...], authors: tuple[str, ...]) -> None:
    """Part of a name is enough after "by" and "from"."""
    request = parse(question)
    assert request is not None
    assert (request.publishers, request.authors) == (publishers, authors)


@pytest.mark.parametrize(
    ("question", "is_true"),
    [
        ("what can I ask about?", True),
        ("which stories mention gulls?", True),
        ("anything by Haldane?", True),
        ("is there anything about gulls?", False),
        ("who covered the fine?", False),
    ],
)
def test_some_questions_can_also_continue_a_conversation(question: str, is_true: bool) -> None:
    """Those that name no article, publisher or author, and do not ask for the topics."""
    request = parse(question)
    assert request is not None
    assert request.names_articles is is_true


def test_a_publisher_named_like_a_day() -> None:
    """ "Today" is part of the name; the month is the time."""
    sources = Sources(("usatoday.com",))
    request = catalogue_request("What did USA Today publish in May 2022?", sources, date(2024, 6, 1))
    assert request is not None
    assert request.publishers == ("usatoday.com",)
    assert request.window is not None
    assert (request.window.since, request.window.until) == (date(2022, 5, 1), date(2022, 5, 31))


@pytest.mark.parametrize(
    "question",
    [
        "who reported this?",
        "source?",
        "when was it published",
        "and who wrote that?",
        "where did you get that",
        "which newspaper says so",
        "who says so?",
        "when was the article published?",
        "according to whom?",
        "who's the source for that?",
    ],
)
def test_questions_about_the_last_answer(question: str) -> None:
    """They name no article, only "this" or nothing."""
    request = parse(question)
    assert request is not None
    assert request.of_answer


@pytest.mark.parametrize(
    "question",
    [
        "Who stopped the listing?",
        "when was it released",
        "who said that",
        "What did the Kestrel Wire write about gulls?",
        "anything",
        "How many articles of the treaty were broken by Corvane?",
        "When was the book published?",
        "what is the topic of the trial",
        "which article is the longest",
        "Does the article about the ferry say that gulls fly?",
        "Are there any other songs mentioned?",
        "What includes the cost of the ferry?",
        "",
    ],
)
def test_other_questions(question: str) -> None:
    """They are answered from the texts of the articles."""
    assert parse(question) is None


@pytest.mark.parametrize("words", ["have you got ", "list all ", "what did the articles ", "is there any "])
def test_repeated_words_are_parsed_fast(words: str) -> None:
    """No phrase backtracks exponentially; it took minutes."""
    started = time.perf_counter()
    parse((words * 30)[:300])
    assert time.perf_counter() - started < 2
