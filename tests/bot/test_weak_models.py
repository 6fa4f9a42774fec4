"""Models with few parameters: what they write wrong is noticed, and the reader still gets an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_world import DAY, make_assistant, make_library
from openai_stand_in import OpenAIStandIn

from bot.answer import Answer
from bot.assistant import Assistant
from retrieval.library import Library

DRONES = """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
BANNED = "The council of Larkhaven banned delivery drones on Friday."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = make_library(tmp_path_factory.mktemp("weak"), {"drones.txt": DRONES})
    yield library
    library.close()


async def follow_up(assistant: Assistant, question: str) -> Answer:
    """The answer to *question* after a first one in the same conversation."""
    for asked in ("When did Larkhaven ban drones?", question):
        *_, answer = [answer async for answer in assistant.ask(asked, conversation="chat", as_of=DAY)]
    return answer


async def test_a_rewriting_that_is_an_answer_is_discarded(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """The local interpretation is searched and asked instead; the tokens of the rewriting still count."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(f"{BANNED} [1]")
    server.say("The council stopped it, and it was worth 2026-11-28.")
    server.say("Seven of nine members voted for the ban. [1]")
    answer = await follow_up(assistant, "And how many voted for it?")
    assert "2026-11-28" not in answer.standalone_question
    assert "Larkhaven" in answer.standalone_question
    assert answer.standalone_question in server.answers[-1].prompt
    assert answer.usage.input_tokens > len(server.answers[-1].prompt) // 4


async def test_a_model_that_repeats_itself_is_stopped(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """At the third occurrence of a sentence; the answer ends before the second, and says so."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(
        f"Larkhaven did. [1] {' '.join([f'{BANNED} [1]', 'It starts in May. [1]'] * 200)}", pause=0.001
    )
    answers = [answer async for answer in assistant.ask("Who banned drones?", as_of=DAY)]
    assert [sentence.text for sentence in answers[-1].sentences] == [
        "Larkhaven did.",
        BANNED,
        "It starts in May.",
    ]
    assert "repeated itself" in (answers[-1].notice or "")
    assert max(len(answer.sentences) for answer in answers) <= 7
    for _ in range(200):
        await asyncio.sleep(0.01)
        if server.left_early:
            break
    assert server.left_early == 1
