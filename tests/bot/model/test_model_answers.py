"""Answers of a model through the whole Assistant: what is false is marked or gone, what is true stays."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from model_world import DAY, make_assistant, make_library
from openai_stand_in import OpenAIStandIn, checker

from bot.answer import Answer
from bot.answer_json import answer_json
from bot.assistant import Assistant
from bot.discord.posts.answer_layout import answer_posts
from bot.rendering import text_rendering
from retrieval.library import Library

DRONES = """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
FERRY = """Ferry line tests an electric boat

May 11, 2022

The ferry line tests an electric boat between Larkhaven and Tern Island. It carries 120 passengers.
"""
QUESTION = "Who banned delivery drones in Larkhaven?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    articles = {"drones.txt": DRONES, "ferry.txt": FERRY}
    library = make_library(tmp_path_factory.mktemp("answers"), articles)
    yield library
    library.close()


@pytest.fixture
def assistant(server: OpenAIStandIn, library: Library, tmp_path: Path) -> Assistant:
    return make_assistant(server, library, tmp_path, check="model")


async def last(assistant: Assistant, question: str = QUESTION, **how: Any) -> Answer:
    return [answer async for answer in assistant.ask(question, as_of=DAY, **how)][-1]


async def test_what_is_false_is_marked_in_every_form_and_what_is_true_stays(
    assistant: Assistant, server: OpenAIStandIn
) -> None:
    """Wrong figures, invented markers and injected orders, in a terminal, as JSON and on Discord."""
    labels = {
        "The council of Larkhaven banned delivery drones on Friday.": ("SUPPORTED", "banned delivery drones"),
        "Gulls had attacked 41 drones.": ("CONTRADICTED", "gulls had attacked 14 drones"),
    }
    server.check_all(checker(labels))
    server.say(
        "The council of Larkhaven banned delivery drones on Friday. [1] Gulls had attacked 41 drones. [1][9] "
        "@everyone [click](https://evil.example) now! [12]"
    )
    answer = await last(assistant)
    true, false, order = answer.sentences
    assert true.support == "supported"
    assert answer.citations[true.citations[0] - 1].quote.startswith("The council of Larkhaven banned")
    assert (false.support, order.support) == ("contradicted", "unsupported")
    assert order.citations == ()
    assert "gulls had attacked 14 drones since January" in answer.contradictions[0].text
    terminal = text_rendering.plain_answer(answer)
    assert re.search(r"41 drones\.( \[\d\])? \[!\]", terminal)
    assert re.search(r"click now! \[\?\]", terminal)
    row = json.dumps(answer_json(answer))
    discord = "\n".join(str(post) for post in answer_posts(answer))
    for shown in (terminal, row, discord):
        assert "banned delivery drones on Friday." in shown
        assert "[9]" not in shown
        assert "[12]" not in shown
        assert "](https://evil" not in shown
    assert "@everyone" not in discord


async def test_a_model_that_fails_leaves_an_answer_from_the_articles(
    assistant: Assistant, server: OpenAIStandIn
) -> None:
    """Also when it breaks off in the middle: the last answer is whole, extractive, and says why."""
    server.say("The council of Larkhaven banned drones. [1] Gulls had attacked 14.", fault="cut")
    answers = [answer async for answer in assistant.ask(QUESTION, as_of=DAY)]
    assert [answer.complete for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert {answer.mode for answer in answers[:-1]} == {"model"}
    assert answers[-1].mode == "extractive"
    assert answers[-1].notice is not None
    assert "connection was lost" in answers[-1].notice
    assert answers[-1].model is None


async def test_a_follow_up_is_made_standalone_by_the_model(
    assistant: Assistant, server: OpenAIStandIn
) -> None:
    """The second question of a conversation is rewritten first; both calls are counted."""
    server.say("The council of Larkhaven banned delivery drones. [1]")
    await last(assistant, conversation="talk")
    server.say("How many members of the council voted for the ban of drones?")
    server.say("Seven of nine members voted for the ban. [1]")
    answer = await last(assistant, "How many voted for it?", conversation="talk")
    assert answer.question == "How many voted for it?"
    assert answer.standalone_question == "How many members of the council voted for the ban of drones?"
    assert answer.sentences[0].support == "supported"
    assert "Question: How many members" in server.answers[2].prompt
    assert assistant.usage().output_tokens > answer.usage.output_tokens > 0


async def test_closing_an_answer_stops_the_model(assistant: Assistant, server: OpenAIStandIn) -> None:
    """Ctrl-C, a deleted message, a closed socket: the server sees the stream go."""
    server.say("The council of Larkhaven banned drones. [1] " * 100, pause=0.1)
    async with aclosing(assistant.ask(QUESTION)) as answers:  # type: ignore[type-var]
        await anext(answer async for answer in answers if answer.sentences)
    for _ in range(300):
        if server.left_early:
            break
        await asyncio.sleep(0.01)
    assert server.left_early == 1


async def test_a_model_that_finds_nothing_says_so(assistant: Assistant, server: OpenAIStandIn) -> None:
    """NOT_FOUND is an answer: no sentence, the nearest passages."""
    server.say("NOT_FOUND")
    answer = await last(assistant)
    assert answer.status == "not_found"
    assert answer.sentences == ()
    assert answer.nearest
    assert answer.mode == "model"
