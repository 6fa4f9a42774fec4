"""A conversation with a model: which turns search, how many requests each sends, and what the model reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from index_world import HashEmbeddings
from model_world import DAY, make_assistant
from openai_stand_in import OpenAIStandIn, Request

from bot.answer import Answer
from bot.assistant import Assistant
from retrieval.hit import Filters, Hit
from retrieval.library import Library
from retrieval.reading.corpus import Corpus
from retrieval.search.typos import SpellingCorrection

ARTICLES = {
    "drones.txt": """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
""",
    "ferry.txt": """Ferry line tests an electric boat

May 11, 2022

The ferry line tests an electric boat between Larkhaven and Tern Island. It carries 120 passengers.
""",
}
BANNED = "The council of Larkhaven banned delivery drones on Friday."


class CountingLibrary(Library):
    """Counts the searches, and keeps them."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.asked: list[tuple[str, Filters | None]] = []

    @property
    def searches(self) -> int:
        return len(self.asked)

    def search_corrected(
        self, question: str, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> tuple[list[Hit], SpellingCorrection]:
        self.asked.append((question, filters))
        return super().search_corrected(question, limit, filters, as_of)


@pytest.fixture
def server() -> Iterator[OpenAIStandIn]:
    with OpenAIStandIn() as server:
        yield server


@pytest.fixture
def library(tmp_path: Path) -> Iterator[CountingLibrary]:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    corpus, index = Corpus([folder]), tmp_path / "index"
    library = CountingLibrary(corpus, index, embeddings=HashEmbeddings, fingerprint=lambda: "t")
    library.sync()
    yield library
    library.close()


@pytest.fixture
def assistant(server: OpenAIStandIn, library: CountingLibrary, tmp_path: Path) -> Assistant:
    return make_assistant(server, library, tmp_path, check="model")


async def ask(assistant: Assistant, question: str) -> Answer:
    *_, answer = [answer async for answer in assistant.ask(question, conversation="talk", as_of=DAY)]
    return answer


async def test_a_conversation_of_twelve_turns(
    assistant: Assistant, library: CountingLibrary, server: OpenAIStandIn
) -> None:
    """One request for a self-contained question, two for one that needs the conversation; no search for the
    same answer in another form, and none for a question about the conversation."""
    turns = [  # question, requests apart from the check, searches
        ("Who banned delivery drones in Larkhaven?", 1, 1),
        ("Shorter, please", 1, 0),
        ("Translate that into German", 1, 0),
        ("And as a table?", 1, 0),
        ("How many passengers does the electric ferry of Tern Island carry?", 1, 1),
        ("And in 2021?", 2, None),
        ("in one sentence", 1, 0),
        ("What was my first question?", 1, 0),
        ("When did the council of Larkhaven ban delivery drones?", 1, 1),
        ("Why did it do that?", 2, None),
        ("make it simpler", 1, 0),
        ("How many drones had gulls attacked according to Mayor Odile Brandt?", 1, 1),
    ]
    for question, requests, searches in turns:
        before, searched = len(server.answers), library.searches
        if requests == 2:
            server.say("Why did the council of Larkhaven ban delivery drones in 2021?")
        server.say(f"{BANNED} [1]")
        answer = await ask(assistant, question)
        assert answer.status == "answered", question
        assert len(server.answers) - before == requests, question
        assert searches is None or library.searches - searched == searches, question


async def test_another_form_is_written_from_the_same_passages(
    assistant: Assistant, server: OpenAIStandIn
) -> None:
    """With the conversation, without markers; the quotes are checked like any others."""
    server.say("Seven of nine members voted for the ban. [1] It carries 120 passengers. [2]")
    first = await ask(assistant, "How many voted, and how many passengers does the ferry carry?")
    server.say("Sieben von neun Mitgliedern stimmten dafür. [1]")
    answer = await ask(assistant, "Translate that into German")
    request = server.answers[-1]
    assert set(request.passages.values()) <= set(server.answers[-2].passages.values())
    said = request.prompt.partition("<conversation>")[2].partition("</conversation>")[0]
    assert "Question: How many voted, and how many passengers does the ferry carry?" in said
    assert "Answer: Seven of nine members voted for the ban. It carries 120 passengers." in said
    assert "Question: Translate that into German" in request.prompt.rpartition("</conversation>")[2]
    assert answer.citations[0].article == first.citations[0].article
    assert answer.standalone_question == first.standalone_question


async def test_a_follow_up_is_searched_with_the_queries_of_the_model(
    assistant: Assistant, library: CountingLibrary, server: OpenAIStandIn
) -> None:
    """The request that rewrites it returns them; they find what the question alone does not."""
    server.say(f"{BANNED} [1]")
    await ask(assistant, "Who banned delivery drones in Larkhaven?")
    asked = "Why did the council of Larkhaven ban delivery drones in 2022?"
    server.say(
        f"{asked}\nSEARCH: passengers of the electric boat | since 2022-05 | publisher Nobody\nSEARCH: gulls"
    )
    server.say("Gulls had attacked 14 drones. [1]")
    answer = await ask(assistant, "And why did it do that?")
    assert answer.standalone_question == asked
    queries = [query for query, _ in library.asked]
    assert queries[-2:] == ["passengers of the electric boat", "gulls"]
    assert library.asked[-2][1] == Filters(since=date(2022, 5, 1))
    assert any("120 passengers" in text for text in server.answers[-1].passages.values())
    assert len(server.answers) == 3


async def test_the_search_does_not_wait_for_the_rewriting(
    assistant: Assistant, library: CountingLibrary, server: OpenAIStandIn
) -> None:
    """The local interpretation is searched before the model has answered, and used if that fails."""
    server.say(f"{BANNED} [1]")
    await ask(assistant, "Who banned delivery drones in Larkhaven?")
    before = library.searches
    seen = []

    def nonsense(request: Request) -> str:
        deadline = time.monotonic() + 5
        while library.searches == before and time.monotonic() < deadline:
            time.sleep(0.01)
        seen.append(library.searches)
        return "Because gulls attacked them.\nSEARCH: passengers"

    server.say(nonsense)
    server.say("Gulls had attacked 14 drones. [1]")
    answer = await ask(assistant, "And why did it do that?")
    assert seen[0] > before
    assert library.searches == seen[0]
    assert answer.standalone_question == "why did Larkhaven do that?"


async def test_what_was_asked_needs_no_source(assistant: Assistant, server: OpenAIStandIn) -> None:
    """An answer from the conversation is neither checked against the articles nor marked."""
    server.say(f"{BANNED} [1]")
    await ask(assistant, "Who banned delivery drones in Larkhaven?")
    server.check_all(lambda request: "1 | - | - | NOT SAID")
    server.say("You first asked who banned delivery drones in Larkhaven.")
    answer = await ask(assistant, "What was my first question?")
    assert answer.text == "You first asked who banned delivery drones in Larkhaven."
    assert not answer.sentences[0].is_marked
    assert len(server.checks) == 1


async def test_without_known_citations_the_last_question_is_searched_again(
    assistant: Assistant, library: CountingLibrary, server: OpenAIStandIn
) -> None:
    """A history given as text has no citations, and cited articles can be gone."""
    from bot.question.conversation import Turn

    server.say("The ban is theirs. [1]")
    asked = "Who banned delivery drones in Larkhaven?"
    turns = [Turn(asked, "The council.", asked)]
    *_, answer = [item async for item in assistant.ask("longer, please", history=turns, as_of=DAY)]
    assert answer.status == "answered"
    assert library.searches == 1
    assert any(BANNED in text for text in server.answers[-1].passages.values())
