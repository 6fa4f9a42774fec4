"""Overview questions: detection, and the articles that answer them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_library import synced_library

from bot.assistant import Assistant
from bot.extractive.overview_answer import MAX_ARTICLES
from retrieval.hit import Filters
from retrieval.library import Library
from retrieval.search.overview import asks_for_news, asks_overview
from retrieval.search.ranking import ranking_query

TODAY = date(2022, 6, 10)
ARTICLES = {  # name: (publisher, day, text)
    "drones": ("The Quay", "2022-06-08", "The council of Larkhaven banned delivery drones. Gulls are glad."),
    "reprint": ("Quayside", "2022-06-07", "The council of Larkhaven banned delivery drones. Gulls are glad."),
    "ferry": ("Northern Ledger", "2022-06-01", "A ferry line tests an electric boat. It carries 120 people."),
    "mill": ("Northern Ledger", "2022-03-15", "The old mill at Orrin burned down in the night."),
    "bridge": ("The Quay", "2022-03-02", "A bridge to Tern Island is to cost 40 million crowns."),
    "school": ("The Quay", "2021-11-20", "A school in Larkhaven teaches pupils to sail."),
    "future": ("The Quay", "2022-07-01", "The first electric ferry left the harbour on Friday."),
    "undated": ("Northern Ledger", None, "Herring is smoked for nine hours over alder wood."),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("overview")
    for name, (publisher, day, text) in ARTICLES.items():
        head = [f"title: About {name}", f"publisher: {publisher}", *([f"date: {day}"] if day else [])]
        path = folder / "articles" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("---\n" + "\n".join(head) + f"\n---\n\n{text}\n", encoding="utf-8")
    library = synced_library(folder / "articles", folder)
    yield library
    library.close()


def found(library: Library, question: str, filters: Filters | None = None) -> list[str]:
    hits = library.search(question, 10, filters, TODAY)
    return [Path(hit.passage.article.path).stem for hit in hits] if hits[0].listed else []


@pytest.mark.parametrize(
    "question",
    [
        "What happened in March 2022?",
        "What happened?",
        "What's new?",
        "What is the latest news?",
        "Show me today's headlines",
        "Any news from The Quay?",
        "What did The Quay report?",
        "What did The Quay write in March?",
        "What are the articles about?",
        "Which articles are there?",
        "which articles are there",
        "What happened last week?",
        "Summarise the news of June 2022",
        "Give me an overview",
        "How many articles are there?",
    ],
)
def test_questions_without_a_topic_ask_for_an_overview(question: str) -> None:
    """Only days and publishers are named, and no word that an article would have to contain."""
    assert asks_overview(ranking_query(question, TODAY, ["The Quay"], lambda stem: 1, 9))


@pytest.mark.parametrize(
    "question",
    [
        "What happened next?",
        "What happened to the mill in March 2022?",
        "Why did it happen?",
        "What is new about it?",
        "When did The Quay report it?",
        "What does The Quay report about ferries?",
        "What did the report say?",
        "What news did the mayor bring?",
        "In which year?",
        "What articles did Ada Brandt write?",
        "How many stories does the tower have?",
    ],
)
def test_questions_with_a_topic_are_searched(question: str) -> None:
    """A content word, or a reference to the conversation, makes it an ordinary question."""
    assert not asks_overview(ranking_query(question, TODAY, ["The Quay"], lambda stem: 1, 9))


def test_the_newest_articles_come_first(library: Library) -> None:
    """Future articles are omitted, a reprint is merged, and undated articles come last."""
    assert found(library, "What is the latest news?") == [
        "drones",
        "ferry",
        "mill",
        "bridge",
        "school",
        "undated",
    ]


def test_days_publishers_and_filters_select_articles(library: Library) -> None:
    """The days and publishers of the question and the filters of the user all apply."""
    assert found(library, "What happened in March 2022?") == ["mill", "bridge"]
    assert found(library, "What did The Quay write in March 2022?") == ["bridge"]
    assert found(library, "Any news from Northern Ledger?") == ["ferry", "mill", "undated"]
    assert found(library, "Any news?", Filters(publishers=("Quayside",))) == ["reprint"]
    assert found(library, "What happened?", Filters(until=date(2022, 1, 1))) == ["school"]


def test_days_without_articles_are_searched(library: Library) -> None:
    """Without articles from those days, an article can still be about them: the normal search runs."""
    assert found(library, "What happened in 1945?") == []


async def test_an_overview_is_answered_with_first_sentences(library: Library) -> None:
    """One line for each of the newest articles: its date and its first sentence, verbatim and cited."""
    answers = [answer async for answer in Assistant(library).ask("What happened in March 2022?", as_of=TODAY)]
    answer = answers[-1]
    assert answer.text == (
        "- Reported on 15 March 2022: The old mill at Orrin burned down in the night. [1]\n"
        "- Reported on 2 March 2022: A bridge to Tern Island is to cost 40 million crowns. [2]"
    )
    assert [citation.quote for citation in answer.citations] == [ARTICLES[n][2] for n in ("mill", "bridge")]
    assert answer.notice is None


async def test_a_notice_counts_the_articles(library: Library) -> None:
    """Only the newest of many articles are listed, with a notice."""
    *_, answer = [answer async for answer in Assistant(library).ask("Any news?", as_of=TODAY)]
    assert len(answer.sentences) == MAX_ARTICLES
    assert answer.notice == "These are the newest of 7 articles."


def test_a_request_for_news_is_standalone() -> None:
    """In a conversation "the headlines" refers to nothing said before; "what happened?" can."""
    assert asks_for_news("What are the headlines?")
    assert not asks_for_news("What happened in 2021?")
    assert not asks_for_news("Any news about it?")
