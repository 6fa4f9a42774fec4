"""Questions about the articles, and those that only look like them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.question.catalogue_request import CatalogueRequest, Sources, catalogue_request

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
        ("articles from kestrel by renn", ("The Kestrel Wire",), ("Tobias Renn",)),
    ],
)
def test_publishers_and_authors(question: str, publishers: tuple[str, ...], authors: tuple[str, ...]) -> None:
    """Part of a name is enough after "by" and "from"."""
    request = parse(question)
    assert request is not None
    assert (request.publishers, request.authors) == (publishers, authors)


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
        "",
    ],
)
def test_other_questions(question: str) -> None:
    """They are answered from the texts of the articles."""
    assert parse(question) is None
