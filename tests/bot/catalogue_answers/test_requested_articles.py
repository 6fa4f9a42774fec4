"""The articles that a question names, and the command that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.build import make_assistant
from bot.catalogue_answers.catalogue_answer import MAX_LISTED, catalogue_answer
from bot.catalogue_answers.requested_articles import listed_articles
from bot.settings import Settings

TODAY = date(2024, 6, 1)
FERRIES = 25


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """25 articles about ferries by two authors and publishers, and one about gulls that mentions a ferry."""
    folder = tmp_path_factory.mktemp("listed")
    for number in range(FERRIES):
        author, publisher = ("Ada Quist", "The Quay") if number % 2 else ("Bo Lind", "Harbour Ledger")
        _write(folder / "corpus" / f"{number}.md", f"Ferry number {number} sails", publisher, author, 2023)
    _write(folder / "corpus" / "gulls.md", "Gulls on the pier", "The Quay", "Ada Quist", 2024)
    settings = Settings(
        corpus=(folder / "corpus",), mode="extractive", cache=folder / "c", state=folder / "s"
    )
    assistant = make_assistant(settings)
    assistant.library.sync()
    yield assistant
    assistant.library.close()


def _write(path: Path, title: str, publisher: str, author: str, year: int) -> None:
    path.parent.mkdir(exist_ok=True)
    head = f"title: {title}\npublisher: {publisher}\nauthor: {author}\ndate: {year}-05-0{1 + len(title) % 8}"
    path.write_text(
        f"---\n{head}\n---\n{title} at dawn. The ferry master of the harbour waved at the crowd.\n"
    )


@pytest.mark.parametrize(
    ("question", "command", "count"),
    [
        ("which articles mention ferries?", "articles mentioning ferries", 26),
        ("list the articles about ferries", "articles about ferries", 25),
        ("how many articles are about the ferry master", "articles about ferry master", 25),
        ("list everything from 2023", "articles in 2023", 25),
        ("list all articles", "articles", 26),
    ],
)
def test_the_named_command_lists_exactly_the_articles(
    assistant: Assistant, question: str, command: str, count: int
) -> None:
    """A list that is too long ends with the command for all of it."""
    answer = catalogue_answer(assistant.library, question, (), None, TODAY)
    assert answer is not None
    assert answer.text.endswith(f"and {count - MAX_LISTED} more.")
    assert answer.notice == f"`/{command}` or `footnote {command}` lists all {count}."
    listed = listed_articles(assistant.library, command.removeprefix("articles").strip(), TODAY)
    assert len(listed) == count
    assert {citation.article.id for citation in answer.citations} <= {info.id for info in listed}


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("by Ada Quist", 13),
        ("by quist in 2023", 12),
        ("about ferries from The Quay", 12),
        ("from the ledger", 13),
        ("mentioning ferries but not gulls", 25),
        ("mentioning both gulls and ferries", 1),
        ("about gulls or ferries", 26),
        ("about the gulls of the harbour", 1),
        ("GULLS quay", 1),
        ("dawn", 0),
        ("", 26),
    ],
)
def test_words_describe_articles_or_are_in_their_metadata(
    assistant: Assistant, words: str, count: int
) -> None:
    """Parts of names are enough; other words are looked up in title, publisher, author and date."""
    assert len(listed_articles(assistant.library, words, TODAY)) == count
