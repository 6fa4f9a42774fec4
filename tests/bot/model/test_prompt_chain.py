"""The prompt chain against a loopback server that streams as OpenAI does, and fails as servers do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import pytest
from chain_world import DAY, HITS, TEXTS, chain, drafts, first_draft, request, until
from openai_stand_in import OpenAIStandIn

from bot.model.model_stream import Phase
from bot.model.usage_meter import UsageMeter
from bot.question.conversation import Turn
from bot.reply.answer_parser import Draft


@pytest.fixture
def server() -> Iterator[OpenAIStandIn]:
    with OpenAIStandIn() as server:
        yield server


async def test_an_answer_streams_as_growing_drafts(server: OpenAIStandIn) -> None:
    """Each Draft goes on where the last one stopped; the last is complete, cited and counted."""
    server.say("The council banned drones [1]. Gulls had attacked 14 of them. [3][9]")
    meter = UsageMeter()
    seen = await drafts(chain(server), meter=meter)
    texts = [" ".join(sentence.text for sentence in draft.sentences) for draft in seen]
    assert len(seen) > 5
    assert all(later.startswith(earlier.rstrip(".")) for earlier, later in pairwise(texts))
    last = seen[-1]
    assert [draft.complete for draft in seen] == [False] * (len(seen) - 1) + [True]
    assert [(each.text, each.hits) for each in last.sentences] == [
        ("The council banned drones.", (0,)),
        ("Gulls had attacked 14 of them.", (2,)),
    ]
    assert meter.total.input_tokens > 100
    assert meter.total.output_tokens > 5


async def test_the_prompt_numbers_the_passages_and_says_the_day(server: OpenAIStandIn) -> None:
    """What the model reads: passages with number, title, publisher and date, the day, the question."""
    server.say("NOT_FOUND")
    assert [draft.not_found for draft in await drafts(chain(server))] == [True]
    (request,) = server.requests
    head = '<article title="The title of article 2" publisher="The Quay" date="2022-03-04" weekday="Friday">'
    assert f'{head}\n<passage number="2">\n' in request.prompt
    assert TEXTS[0] in request.prompt
    assert "Today is 2022-06-01 (Wednesday)." in request.prompt
    assert "Question: Who banned drones?" in request.prompt
    assert request.body["stream_options"] == {"include_usage": True}
    assert "temperature" not in request.body
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]


async def test_what_the_model_does_is_said_until_it_writes(server: OpenAIStandIn) -> None:
    """First what it reads, then that it writes, then its text."""
    server.say("It banned drones. [1]")
    asked = request(hits=[*HITS, HITS[0]])
    items = [item async for item in chain(server).answer(asked, UsageMeter())]
    assert items[:2] == [Phase("Reading 4 passages of 3 articles…"), Phase("Writing…")]
    assert all(isinstance(item, Draft) for item in items[2:])


async def test_a_follow_up_is_made_standalone(server: OpenAIStandIn) -> None:
    """The conversation goes into the prompt, one question comes out, however the model dresses it up."""
    server.say(
        'Rewritten question: "How many votes did the ban of delivery drones get?"\n\nI hope this helps.'
    )
    turns = [Turn("Who banned drones?", "The council did. [1]", "Who banned drones?")]
    meter = UsageMeter()
    rewriting = await chain(server).standalone("How many votes?", turns, DAY, meter)
    assert rewriting.question == "How many votes did the ban of delivery drones get?"
    assert rewriting.queries == ()
    assert meter.total.output_tokens > 0
    assert "Answer: The council did." in server.requests[0].prompt


async def test_closing_the_drafts_closes_the_stream(server: OpenAIStandIn) -> None:
    """Whoever stops reading stops the model: the server sees the connection go."""
    server.say("The council banned drones. [1] " * 100, pause=0.1)
    stream = chain(server).answer(request(), UsageMeter())
    await first_draft(stream)
    await stream.aclose()
    await until(lambda: server.left_early == 1)


async def test_cancelling_the_reader_closes_the_stream(server: OpenAIStandIn) -> None:
    """A cancelled task leaves no stream behind."""
    server.say("The council banned drones. [1] " * 100, pause=0.1)
    task = asyncio.create_task(drafts(chain(server)))
    await until(lambda: len(server.requests) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: server.left_early == 1)


async def test_hidden_reasoning_stays_hidden(server: OpenAIStandIn) -> None:
    """Beside the content or inside it in tags: only the answer is shown, at no moment a thought."""
    server.say("<think>Is it [3]?</think>\n\nIt banned drones. [1]", reasoning="Perhaps the mayor?", cut=3)
    seen = await drafts(chain(server))
    assert all("mayor" not in each.text and "Is it" not in each.text for d in seen for each in d.sentences)
    assert [(each.text, each.hits) for each in seen[-1].sentences] == [("It banned drones.", (0,))]


def test_one_chain_serves_several_event_loops(server: OpenAIStandIn) -> None:
    """Each `asyncio.run` of a program gets connections of its own."""
    server.answer_all("It banned drones. [1]")
    asked = chain(server)

    async def ask() -> None:
        assert (await drafts(asked))[-1].complete
        await asked.close()

    for _ in range(2):
        asyncio.run(ask())
    asyncio.run(drafts(asked))
    assert len(server.requests) == 3


async def test_many_questions_at_once(server: OpenAIStandIn) -> None:
    """Forty answers stream side by side and do not mix."""
    server.answer_all(
        lambda request: f"It is {request.prompt.rsplit('Question: ', 1)[1].split()[0]}. [1]", cut=2
    )
    asked = chain(server)
    seen = await asyncio.gather(*(drafts(asked, f"number{n} ?") for n in range(40)))
    assert [one[-1].sentences[0].text for one in seen] == [f"It is number{n}." for n in range(40)]
