"""Whatever goes wrong with a model: a retry while nothing is shown, else one sentence; no half answer."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from chain_world import HITS, Pauses, chain, drafts, request, until
from openai_stand_in import OpenAIStandIn

from bot.errors import ModelFailed, SettingsInvalid
from bot.model.usage_meter import UsageMeter
from bot.reply.answer_parser import Draft

GOOD = "The council banned delivery drones on Friday. [1] Gulls had attacked 14 of them. [3]"


@pytest.fixture
def server(server: OpenAIStandIn) -> OpenAIStandIn:
    server.reset()
    return server


async def fails(chain_: Any) -> tuple[list[Draft], ModelFailed]:
    seen: list[Draft] = []
    try:
        async for item in chain_.answer(request(), UsageMeter()):
            seen += [item] if isinstance(item, Draft) else []
    except ModelFailed as error:
        failed = error
    else:
        raise AssertionError("it did not fail")
    assert str(failed).endswith(".")
    assert "\n" not in str(failed)
    return seen, failed


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "invalid_api_key", "rejected the API key"),
        (402, None, "no credit left"),
        (403, None, "no access to the model stand-in"),
        (404, "model_not_found", "has no model stand-in"),
        (404, None, "no language model at this address"),
        (429, "insufficient_quota", "quota of the API key is used up"),
        (400, "invalid_request_error", "rejected the request (HTTP 400)"),
        (422, None, "rejected the request (HTTP 422)"),
        (400, "context_length_exceeded", "too long for stand-in"),
    ],
)
async def test_what_no_further_try_can_help_fails_at_once(
    server: OpenAIStandIn, status: int, code: str | None, says: str
) -> None:
    """One request, one sentence, no waiting."""
    words = "context_length_exceeded: too many" if code and "context" in code else f"No. {code or ''}"
    server.fail_all(status, code, words)
    pauses = Pauses()
    seen, failed = await fails(chain(server, pauses, context_tokens=500))
    assert says in str(failed)
    assert failed.help
    assert (seen, pauses) == ([], [])
    assert len(server.requests) == (2 if code and "context" in code else 1)


@pytest.mark.parametrize("key", ["sk-ключ", "sk-abc\ndef"])
async def test_a_key_that_cannot_be_sent_is_told_without_the_key(server: OpenAIStandIn, key: str) -> None:
    """No header can carry it, so the server never hears of the question."""
    pauses = Pauses()
    _, failed = await fails(chain(server, pauses, OPENAI_API_KEY=key))
    assert "contains invalid characters" in str(failed)
    assert key not in f"{failed} {failed.help}"
    assert "OPENAI_API_KEY" in str(failed.help)
    assert (server.requests, pauses) == ([], [])


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_what_may_pass_is_tried_again(server: OpenAIStandIn, status: int) -> None:
    """Two failures, then the answer: the person sees only the answer."""
    server.fail(status)
    server.fail(status)
    server.say(GOOD)
    pauses = Pauses()
    seen = await drafts(chain(server, pauses))
    assert seen[-1].complete
    assert [sentence.hits for sentence in seen[-1].sentences] == [(0,), (2,)]
    assert pauses == [0.375, 0.75], "half a second, then a second, a quarter off by jitter"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_that_stays_down_is_given_up(server: OpenAIStandIn, status: int) -> None:
    """After the tries that the settings allow: one sentence."""
    server.fail_all(status)
    _, failed = await fails(chain(server, retries=2))
    assert len(server.requests) == 3
    assert "HTTP" in str(failed) or "Rate limited" in str(failed)


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "2"}, [2.1]),
        ({"retry-after-ms": "1500"}, [1.575]),
        ({"Retry-After": "soon"}, [0.375]),
        ({"Retry-After": "-5"}, [0.375]),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, [0.0]),
    ],
)
async def test_what_the_server_asks_to_wait_is_waited(
    server: OpenAIStandIn, headers: dict[str, str], waited: list[float]
) -> None:
    """Retry-After as seconds, milliseconds or a date; nonsense counts as not said."""
    server.fail(429, "rate_limit_exceeded", headers=headers)
    server.say(GOOD)
    pauses = Pauses()
    assert (await drafts(chain(server, pauses)))[-1].complete
    assert pauses == pytest.approx(waited)


async def test_a_server_that_hangs_gets_a_second_chance(server: OpenAIStandIn) -> None:
    """However many retries are allowed: nobody waits for five time-outs."""
    server.answer_all(GOOD, fault="hang")
    _, failed = await fails(chain(server, timeout=0.4, retries=9))
    assert "in time" in str(failed)
    assert len(server.requests) <= 2


async def test_nobody_waits_for_minutes(server: OpenAIStandIn) -> None:
    """A server that asks for more than half a minute is given up at once."""
    server.fail(429, headers={"Retry-After": "3600"})
    await fails(chain(server, pauses := Pauses()))
    assert pauses == []


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"fault": "cut before"}, "connection was lost"),
        ({"fault": "hang"}, "in time"),
        ({"fault": "html"}, "not a language model's answer"),
        ({"fault": "error body", "error": {"message": "Busy", "code": 503}}, "not a language model's answer"),
        ({"text": ""}, "empty answer"),
        ({"text": " \n "}, "empty answer"),
        ({"text": "<think>Should I?</think>"}, "contains no sentence"),
        ({"text": "", "refusal": "I cannot."}, "may have refused"),
        ({"text": "", "finish": "length"}, "length limit before it wrote"),
        ({"text": GOOD, "finish": "content_filter", "cut": 1000}, "withheld"),
        ({"text": "", "finish": "content_filter"}, "withheld"),
    ],
)
async def test_an_answer_that_never_begins_is_one_sentence(
    server: OpenAIStandIn, how: dict[str, Any], says: str
) -> None:
    """Nothing complete comes out, however the server manages to say nothing."""
    server.answer_all(how.pop("text", GOOD), **how)
    timeout = 0.3 if how.get("fault") == "hang" else 60.0
    seen, failed = await fails(chain(server, timeout=timeout, retries=1))
    assert says in str(failed)
    assert not any(draft.complete for draft in seen)


@pytest.mark.parametrize("fault", ["cut", "end early", "garbage", "error in stream", "hang in stream"])
async def test_a_stream_that_breaks_is_never_a_whole_answer(server: OpenAIStandIn, fault: str) -> None:
    """What was shown stays unfinished, the failure is told, and nobody starts over before one's eyes."""
    server.answer_all(GOOD, fault=fault)
    seen, failed = await fails(chain(server, timeout=1.0 if "hang" in fault else 60.0))
    assert seen
    assert not any(draft.complete for draft in seen)
    assert len(server.requests) == 1
    assert failed.help or str(failed)


@pytest.mark.parametrize("fault", ["cut", "end early", "garbage", "error in stream", "hang in stream"])
async def test_a_stream_that_breaks_unseen_is_tried_again(server: OpenAIStandIn, fault: str) -> None:
    """While the model only thought aloud, a new try costs the reader nothing."""
    server.say("<think>" + GOOD * 3 + "</think>" + GOOD, fault=fault)
    server.say(GOOD)
    seen = await drafts(chain(server, timeout=2.0 if "hang" in fault else 60.0))
    assert len(server.requests) == 2
    assert seen[-1].complete


async def test_an_answer_cut_at_its_length_loses_its_half_sentence(server: OpenAIStandIn) -> None:
    """Whole sentences stay, and a line says that there was more."""
    server.say(GOOD + " The ferry line te", finish="length")
    last = (await drafts(chain(server)))[-1]
    assert last.sentences[-1].text == "Gulls had attacked 14 of them."
    assert last.notice is not None
    assert "length limit" in last.notice
    server.say(GOOD, finish="length")
    assert len((await drafts(chain(server)))[-1].sentences) == 2


async def test_a_model_that_never_stops_is_stopped(server: OpenAIStandIn) -> None:
    """An endless answer ends, with its whole sentences."""
    server.say("It banned drones. [1] " * 5000, cut=500)
    last = (await drafts(chain(server)))[-1]
    assert last.complete
    assert last.notice
    assert len(last.sentences) < 800


async def test_a_closed_port_is_one_sentence() -> None:
    """A server that is not running: tried again, then told."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    server = OpenAIStandIn()
    _, failed = await fails(chain(server, pauses := Pauses(), OPENAI_BASE_URL=url, retries=2))
    assert "cannot be reached" in str(failed)
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("words", "check"),
    [
        (
            "Unsupported value: 'temperature' does not support 0.2 with this model.",
            lambda body: "temperature" not in body,
        ),
        ("Unrecognized request argument: stream_options", lambda body: "stream_options" not in body),
        (
            "System role not supported",
            lambda body: [message["role"] for message in body["messages"]] == ["user"],
        ),
    ],
)
async def test_what_a_model_does_not_accept_is_left_out(
    server: OpenAIStandIn, words: str, check: Any
) -> None:
    """A reasoning model without temperature, a server without token counts: asked again, and remembered."""
    asked = chain(server, temperature=0.2)
    server.fail(400, "unsupported_value", words)
    server.answer_all(GOOD)
    assert (await drafts(asked))[-1].complete
    assert check(server.requests[1].body)
    assert (await drafts(asked))[-1].complete
    assert len(server.requests) == 3, "the second question needs no lesson"


async def test_a_window_that_is_too_small_gets_fewer_passages(server: OpenAIStandIn) -> None:
    """The budget is halved until the prompt fits; numbers that were not shown cite nothing."""
    server.fail(400, "context_length_exceeded", "context_length_exceeded: 4096 tokens at most")
    server.fail(400, "context_length_exceeded", "context_length_exceeded: 4096 tokens at most")
    server.say("The council banned drones. [1] Gulls attacked. [9]")
    long = [*HITS[:1], *[hit for hit in HITS for _ in range(30)]]
    asked = chain(server, context_tokens=2400)
    last = [item async for item in asked.answer(request(hits=long), UsageMeter())][-1]
    sizes = [request.prompt.count("</passage>") for request in server.requests]
    assert sizes[0] > sizes[1] > sizes[2] >= 1
    assert isinstance(last, Draft)
    assert last.complete


async def test_a_model_without_its_package_is_named() -> None:
    """The sentence says what to install."""
    with pytest.raises(SettingsInvalid) as caught:
        await drafts(chain(OpenAIStandIn(), chat_model="litellm:some-model"))
    assert "langchain-litellm" in caught.value.help


async def test_no_key_reaches_a_sentence(server: OpenAIStandIn) -> None:
    """A server that repeats the key in its error does not bring it before anybody's eyes."""
    key = "sk-this-is-secret-1234"
    server.fail_all(400, None, f"Bad request with key {key}")
    _, failed = await fails(chain(server, OPENAI_API_KEY=key))
    assert server.requests[0].headers["Authorization"] == f"Bearer {key}"
    assert key not in str(failed) + failed.help


async def test_the_connection_is_opened_before_the_first_request(server: OpenAIStandIn) -> None:
    """By a request without key and body, whatever its status; the answer uses the same connection."""
    server.say(GOOD)
    asked = chain(server)
    asked.open_connection()
    await until(lambda: bool(server.heads))
    await asyncio.sleep(0.05)
    assert (await drafts(asked))[-1].complete
    assert "authorization" not in {name.lower() for name in server.heads[0].headers}
    assert server.heads[0].peer == server.requests[0].peer
    await asked.close()


async def test_a_connection_that_cannot_be_opened_is_reported_by_the_request(
    server: OpenAIStandIn,
) -> None:
    """Opening it raises nothing."""
    asked = chain(server, OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    asked.open_connection()
    _, failed = await fails(asked)
    assert "cannot be reached" in str(failed)


def test_a_client_built_ahead_serves_the_first_event_loop(server: OpenAIStandIn) -> None:
    """In another thread, before any loop runs; later loops get their own."""
    server.answer_all(GOOD)
    asked = chain(server)
    asked.warm()
    for _ in range(2):
        assert asyncio.run(drafts(asked))[-1].complete
