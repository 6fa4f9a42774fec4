"""Models of other providers: settings, keys, and their real LangChain packages against loopback servers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from anthropic.types import MessageParam
from chain_world import HITS, Pauses, drafts, request
from provider_stand_ins import AnthropicStandIn, OllamaStandIn, ProviderStandIn
from pydantic import SecretStr, TypeAdapter

from bot.answer import Answer, Usage
from bot.citations import cite
from bot.errors import ModelFailed, SettingsInvalid
from bot.model.prompt_chain import ModelChain
from bot.model.usage_meter import UsageMeter
from bot.providers import PROVIDERS, Provider, split_name
from bot.reply.answer_parser import Draft
from bot.settings import Settings, read_settings
from retrieval.hit import Hit
from retrieval.passage import Passage

GOOD = "The council banned delivery drones on Friday. [1] Gulls had attacked 14 of them. [3]"
KEY = "sk-ant-secret-of-the-test"


@pytest.fixture(params=["anthropic", "ollama"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderStandIn]:
    """A stand-in for the provider, which the environment names."""
    with AnthropicStandIn() if request.param == "anthropic" else OllamaStandIn() as server:
        for name in ("ANTHROPIC_BASE_URL", "OLLAMA_HOST"):
            monkeypatch.setenv(name, server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        yield server


def chain(server: ProviderStandIn, **given: Any) -> ModelChain:
    name = "anthropic:claude-x" if isinstance(server, AnthropicStandIn) else "ollama:llama-x"
    settings = Settings(**{"chat_model": name, "timeout": 30.0, **given})
    return ModelChain(settings, sleep=Pauses(), chance=lambda: 0.5)


async def failure_of(asked: ModelChain) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await drafts(asked)
    return caught.value


def test_every_provider_of_langchain_is_known() -> None:
    """The table has exactly the providers of the installed version, with its modules."""
    from langchain.chat_models import base

    modules = {name: row[0].partition(".")[0] for name, row in base._BUILTIN_PROVIDERS.items()}
    assert {name: provider.module for name, provider in PROVIDERS.items()} == modules


def test_a_provider_in_the_name_means_a_model() -> None:
    """Without any key too, so that a missing one is an error and not an extractive answer."""
    assert Settings(chat_model="anthropic:claude-x").uses_model
    assert not Settings(chat_model="anthropic:claude-x", mode="extractive").uses_model
    assert not Settings(chat_model="llama3.2:3b").uses_model


@pytest.mark.parametrize(
    "provider", [row for row in PROVIDERS.values() if row.keys], ids=lambda row: row.name
)
def test_a_missing_key_is_named(provider: Provider) -> None:
    """One sentence with the model, one with the variable to set."""
    with pytest.raises(SettingsInvalid, match=f"{provider.name}:some-model needs an API key") as caught:
        ModelChain(Settings(chat_model=f"{provider.name}:some-model"))
    assert provider.key in caught.value.help


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    """The extra of Footnote where it has one."""
    with pytest.raises(SettingsInvalid, match="langchain-mistralai, which is not installed") as caught:
        ModelChain(Settings(chat_model="mistralai:m", provider_variables={"MISTRAL_API_KEY": SecretStr("k")}))
    assert "uv sync --extra mistral" in caught.value.help
    with pytest.raises(SettingsInvalid, match="langchain-groq") as caught:
        ModelChain(Settings(chat_model="groq:m", provider_variables={"GROQ_API_KEY": SecretStr("k")}))
    assert "uv pip install 'langchain-groq'" in caught.value.help


def test_the_model_that_checks_needs_its_key_too() -> None:
    with pytest.raises(SettingsInvalid, match="anthropic:claude-x needs an API key"):
        ModelChain(Settings(chat_model="ollama:llama-x", check_model="anthropic:claude-x"))


def test_keys_are_read_from_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment overrides it; neither is shown."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\nGOOGLE_API_KEY=\nGEMINI_API_KEY=g\nOTHER=1\n")
    settings = read_settings()
    assert settings.key_of(PROVIDERS["anthropic"]) == KEY
    assert settings.key_of(PROVIDERS["google_genai"]) == "g"
    assert settings.key_of(PROVIDERS["ollama"]) is None
    assert {"GOOGLE_API_KEY", "OTHER"}.isdisjoint(settings.provider_variables)
    assert KEY not in repr(settings)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    assert read_settings().key_of(PROVIDERS["anthropic"]) == "another"


async def test_the_env_file_reaches_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key and address."""
    monkeypatch.chdir(tmp_path)
    with AnthropicStandIn() as server:
        server.say(GOOD)
        (tmp_path / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\nANTHROPIC_BASE_URL={server.url}\n")
        monkeypatch.setattr(os, "environ", os.environ.copy())
        assert (await drafts(chain(server)))[-1].complete
        assert any(KEY in value for value in server.headers[0].values())


async def test_an_answer_streams_and_is_counted(server: ProviderStandIn) -> None:
    """As with OpenAI: growing Drafts, the last one complete, with the server's token counts."""
    server.say(GOOD)
    meter = UsageMeter()
    seen = await drafts(chain(server), meter=meter)
    assert len(seen) > 5
    assert [draft.complete for draft in seen] == [False] * (len(seen) - 1) + [True]
    assert [sentence.hits for sentence in seen[-1].sentences] == [(0,), (2,)]
    assert meter.total in {Usage(700, 40), Usage(700, 41)}


async def test_the_settings_reach_the_server(server: ProviderStandIn) -> None:
    """The model without its provider, temperature, the limit of the answer, and Ollama's window."""
    server.say(GOOD)
    await drafts(chain(server, temperature=0.25, answer_tokens=900))
    (body,) = server.requests
    options = body.get("options", body)
    assert body["model"] in {"claude-x", "llama-x"}
    assert options["temperature"] == 0.25
    assert body["stream"] is True
    if "options" in body:
        assert (options["num_predict"], options["num_ctx"]) == (900, 10_240)
    else:
        assert body["max_tokens"] == 900


@pytest.mark.parametrize(
    ("status", "message", "says"),
    [
        (401, "invalid x-api-key", "rejected the API key"),
        (403, "no", "no access to the model"),
        (404, "model 'x' not found", "The server has no model"),
        (400, "prompt is too long: 9 tokens > 8 maximum", "too long for"),
        (400, "Bad.", "rejected the request (HTTP 400)"),
    ],
)
async def test_what_no_retry_can_help_fails_at_once(
    server: ProviderStandIn, status: int, message: str, says: str
) -> None:
    """One sentence and what to do, with the variables of this provider; the key is in neither."""
    server.say(status=status, message=f"{message} {KEY}")
    failed = await failure_of(chain(server, context_tokens=500))
    text = f"{failed} {failed.help}"
    assert says in str(failed)
    assert KEY not in text
    assert "OPENAI" not in text
    assert len(server.requests) == (2 if "too long" in message else 1)


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_only_footnote_retries(server: ProviderStandIn, status: int) -> None:
    """The client's own retries would multiply the requests and the time."""
    server.say(status=status, message="Later.", headers={"Retry-After": "0"})
    failed = await failure_of(chain(server, retries=2))
    assert len(server.requests) == 3
    assert "Rate limited" in str(failed) or f"HTTP {status}" in str(failed)


async def test_a_failure_that_passes_is_not_seen(server: ProviderStandIn) -> None:
    server.say(status=500, message="Later.")
    server.say(GOOD)
    assert (await drafts(chain(server)))[-1].complete


async def test_a_server_that_hangs_ends_in_time(server: ProviderStandIn) -> None:
    server.say(fault="hang")
    assert "in time" in str(await failure_of(chain(server, timeout=0.4, retries=9)))
    assert len(server.requests) <= 2


async def test_a_stream_that_ends_early_is_no_whole_answer(server: ProviderStandIn) -> None:
    """Half an answer is not shown as a whole one."""
    server.say(GOOD, fault="end early")
    seen = []

    async def read() -> None:
        async for draft in chain(server).answer(request(), UsageMeter()):
            seen.append(draft)  # noqa: PERF401 (what came before the failure is wanted)

    with pytest.raises(ModelFailed, match="lost"):
        await read()
    written = [draft for draft in seen if isinstance(draft, Draft)]
    assert written
    assert not any(draft.complete for draft in written)


async def test_an_answer_cut_at_its_length_says_so(server: ProviderStandIn) -> None:
    reason = "max_tokens" if isinstance(server, AnthropicStandIn) else "length"
    server.say(GOOD + " The ferry te", reason=reason)
    last = (await drafts(chain(server)))[-1]
    assert "length limit" in (last.notice or "")


async def test_a_server_that_is_not_running_is_one_sentence(
    server: ProviderStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_BASE_URL", "OLLAMA_HOST"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    failed = await failure_of(chain(server, retries=0))
    assert "cannot be reached" in str(failed)
    assert split_name(chain(server).model_name)[0].address in failed.help


def test_several_event_loops_get_connections_of_their_own(server: ProviderStandIn) -> None:
    """LangChain shares the connections of Anthropic's models between all loops."""
    server.say(GOOD)
    asked = chain(server)

    async def ask() -> None:
        assert (await drafts(asked))[-1].complete
        await asked.close()

    for _ in range(2):
        asyncio.run(ask())
    asyncio.run(drafts(asked))
    assert len(server.requests) == 3


def sentence_hit(number: int, sentences: Sequence[str]) -> Hit:
    """A hit whose passage starts within its article, with the spans of its sentences."""
    offset, spans = 100, []
    for text in sentences:
        spans.append((offset, offset + len(text)))
        offset += len(text) + 1
    text = " ".join(sentences)
    info = HITS[number].passage.article
    return Hit(Passage(info, text, 100, 100 + len(text), 1, None, tuple(spans)), 1.0)


TWO = [
    sentence_hit(0, ["The council met.", "It banned drones <on> Friday [7].", "Nine voted."]),
    sentence_hit(1, ["A ferry line tests a boat.", "It carries 120 passengers."]),
]


def location(document: int, first: int, end: int, **others: Any) -> dict[str, Any]:
    """A citation as Anthropic's API writes it."""
    place = {"document_index": document, "start_block_index": first, "end_block_index": end}
    text = {"cited_text": "Never used.", "document_title": "Passage"}
    return {"type": "content_block_location", **place, **text, **others}


@pytest.fixture
def anthropic(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnthropicStandIn]:
    with AnthropicStandIn() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        yield server


async def cited_answer(server: AnthropicStandIn) -> Answer:
    items = chain(server).answer(request(hits=TWO), UsageMeter())
    found = [item async for item in items if isinstance(item, Draft)]
    return cite(found[-1], TWO, "Who?", "Who?")


async def test_native_citations_become_exact_quotes(anthropic: AnthropicStandIn) -> None:
    """The blocks of each document are the sentences; what is cited is quoted, whatever the words."""
    anthropic.say(
        blocks=[
            ("On Friday, ", ()),
            ("the council decided to ban drones", [location(0, 1, 2)]),
            (".\n\n", ()),
            ("Ferry tests continue with 120 passengers.", [location(1, 0, 2), location(0, 0, 1)]),
            (" The articles do not say why.", ()),
        ]
    )
    answer = await cited_answer(anthropic)
    assert [(sentence.text, sentence.citations) for sentence in answer.sentences] == [
        ("On Friday, the council decided to ban drones.", (1,)),
        ("Ferry tests continue with 120 passengers.", (2, 3)),
        ("The articles do not say why.", ()),
    ]
    assert [citation.quote for citation in answer.citations] == [
        "It banned drones <on> Friday [7].",
        "A ferry line tests a boat. It carries 120 passengers.",
        "The council met.",
    ]
    assert (answer.citations[0].start, answer.citations[0].end) == (117, 150)


async def test_the_passages_are_sent_as_documents(anthropic: AnthropicStandIn) -> None:
    """A block per sentence, escaped as in other prompts; the text of the prompt has no passages."""
    anthropic.say(GOOD)
    await cited_answer(anthropic)
    (message,) = anthropic.requests[0]["messages"]
    TypeAdapter(MessageParam).validate_python(message)
    *documents, prompt = message["content"]
    assert [len(document["source"]["content"]) for document in documents] == [3, 2]
    assert all(document["citations"] == {"enabled": True} for document in documents)
    assert 'publisher="The Quay" date="2022-03-04" weekday="Friday"' in documents[0]["context"]
    assert "[7]" not in documents[0]["source"]["content"][1]["text"]
    assert "Question: Who?" in prompt["text"]
    assert "banned drones" not in prompt["text"]


@pytest.mark.parametrize(
    "wrong",
    [
        location(7, 0, 1),
        location(0, 2, 9),
        location(0, 2, 2),
        location(0, -1, 1),
        {"type": "char_location", "document_index": 0, "start_char_index": 0, "end_char_index": 9,
         "cited_text": "x", "document_title": None},
    ],
)  # fmt: skip
async def test_citations_of_nothing_that_was_sent_are_ignored(
    anthropic: AnthropicStandIn, wrong: dict[str, Any]
) -> None:
    """No quote is invented; the marker that the model wrote still counts."""
    anthropic.say(blocks=[("It carries 120 passengers. [2]", [wrong])])
    answer = await cited_answer(anthropic)
    assert [citation.quote for citation in answer.citations] == ["It carries 120 passengers."]


async def test_a_server_without_citations_gets_the_passages_as_text(anthropic: AnthropicStandIn) -> None:
    """Within the same question, and at once for the next."""
    anthropic.say(status=400, message="messages.0.content.0: document citations are not supported")
    anthropic.say("The ferry carries 120 passengers. [2]")
    asked = chain(anthropic)
    for _ in range(2):
        last = [item async for item in asked.answer(request(hits=TWO), UsageMeter())][-1]
        assert isinstance(last, Draft)
        assert last.complete
    assert len(anthropic.requests) == 3
    assert "120 passengers" in str(anthropic.requests[1]["messages"])
    assert "citations" not in str(anthropic.requests[1])
