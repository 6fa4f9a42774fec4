"""Which model is asked, and how its client is built."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, get_args

import pytest
from repository import ROOT

from bot.errors import ModelFailed, SettingsInvalid
from bot.model.chat_model import DEFAULT_CHAT_MODEL, build, chosen_model, context_window
from bot.model.model_errors import failure
from bot.model.model_stream import StreamEnding
from bot.model.retry_policy import PromptFit, pause, refit
from bot.providers import split_name
from bot.settings import Settings


def settings(key: str | None = "sk-test", **given: Any) -> Settings:
    return Settings(**{"OPENAI_API_KEY": key, **given})


def test_the_default_model_exists_at_openai() -> None:
    """The pinned default is among the chat models that the installed openai package lists."""
    from openai.types import ChatModel

    assert DEFAULT_CHAT_MODEL in get_args(ChatModel)


def test_knowing_the_default_model_loads_no_client() -> None:
    """The chat's greeting names the model before anything heavy is imported."""
    code = (
        "import sys; from bot.model.prompt_chain import ModelChain; from bot.settings import Settings; "
        "ModelChain(Settings(OPENAI_API_KEY='k')).model_name; "
        "print(sorted({'openai', 'langchain', 'langchain_core', 'langchain_openai'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpt-5.4-mini", ("openai", "gpt-5.4-mini")),
        ("openai:gpt-5.4-mini", ("openai", "gpt-5.4-mini")),
        ("llama3.2:3b", ("openai", "llama3.2:3b")),
        ("openai:qwen3:8b", ("openai", "qwen3:8b")),
        ("anthropic:claude-x", ("anthropic", "claude-x")),
        ("org/model:free", ("openai", "org/model:free")),
    ],
)
def test_a_name_may_name_its_provider(name: str, expected: tuple[str, str]) -> None:
    """A colon belongs to the name unless a provider that LangChain knows stands before it."""
    provider, model = split_name(name)
    assert (provider.name, model) == expected


def test_a_client_is_built_as_set() -> None:
    """No retries of its own, token counts, no temperature unless set, no key needed with a base URL."""
    model: Any = build(settings(timeout=7.0), "gpt-5.4-mini")
    assert (model.max_retries, model.temperature, model.stream_usage) == (0, None, True)
    assert model.request_timeout.read == 7.0
    assert (context_window(model) or 0) > 100_000
    keyless = settings(None, OPENAI_BASE_URL="http://127.0.0.1:9/v1", temperature=0.1)
    local: Any = build(keyless, "llama3.2:3b", PromptFit(usage=False))
    assert (local.model_name, local.temperature, local.stream_usage) == ("llama3.2:3b", 0.1, False)
    assert local.use_responses_api is False
    assert context_window(local) is None


def test_a_model_without_a_key_says_which_to_set() -> None:
    """Neither key nor base URL: one sentence that names the variable."""
    with pytest.raises(SettingsInvalid) as caught:
        build(settings(None, mode="model"), "gpt-5.4-mini")
    assert "OPENAI_API_KEY" in caught.value.help


def test_settings_that_can_reach_no_model_are_refused_at_once() -> None:
    """Before anything is read or indexed: no key at all, and an address that is none."""
    from bot.model.prompt_chain import ModelChain

    with pytest.raises(SettingsInvalid) as caught:
        ModelChain(settings(None, mode="model"))
    assert "OPENAI_API_KEY" in caught.value.help
    with pytest.raises(SettingsInvalid, match="OPENAI_BASE_URL") as caught:
        ModelChain(settings(OPENAI_BASE_URL="localhost:11434"))
    assert "http://" in caught.value.help


def test_the_model_set_is_the_one_asked() -> None:
    """FOOTNOTE_CHAT_MODEL goes before the default."""
    assert chosen_model(settings(chat_model="llama3.2:3b")) == "llama3.2:3b"
    assert chosen_model(settings()) == DEFAULT_CHAT_MODEL


def test_pauses_double_up_to_a_limit_with_jitter() -> None:
    """Half to all of 0.5, 1, 2, 4, 8, 8 seconds; what the server asks for is kept."""
    may_pass = ModelFailed("It failed.", retryable=True)
    assert [pause(may_pass, attempt, 0.0) for attempt in range(6)] == [0.25, 0.5, 1, 2, 4, 4]
    assert pause(may_pass, 9, 0.999) == pytest.approx(8, abs=0.01)
    assert pause(ModelFailed("No."), 0, 0.5) is None
    assert pause(ModelFailed("Wait.", retryable=True, retry_after=7), 0, 0.0) == 7
    assert pause(ModelFailed("Wait.", retryable=True, retry_after=300), 0, 0.0) is None


def test_only_what_was_refused_is_left_out() -> None:
    """A refusal that is about something else changes nothing, and none is learnt twice."""
    assert refit(PromptFit(), 400, "Invalid 'messages'") is None
    assert refit(PromptFit(), 401, "temperature") is None
    assert refit(PromptFit(temperature=False), 400, "temperature") is None
    assert refit(PromptFit(budget=1000), 413, "") == PromptFit(budget=500)
    assert refit(PromptFit(budget=400), 413, "") is None


@pytest.mark.parametrize(
    "words",
    [
        "context_length_exceeded",
        "This model's maximum context length is 4096 tokens. However, you requested 6000 tokens.",
        "the request exceeds the available context size. try increasing the context size",
        "Trying to keep the first 5000 tokens when context the overflows.",
        "Input tokens exceed the configured limit of 4096 tokens.",
        "Please reduce the length of the messages.",
    ],
)
def test_a_prompt_that_is_too_long_is_known_in_the_words_of_many_servers(words: str) -> None:
    """OpenAI, vLLM, llama.cpp, LM Studio and gateways say it each in their way: fewer passages."""
    assert refit(PromptFit(budget=4000), 400, words) == PromptFit(budget=2000)


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"status": "completed"}, None),
        ({"finish_reason": "stop"}, None),
        ({"stop_reason": "end_turn"}, None),
        ({"status": "in_progress"}, "lost"),
        ({}, "lost"),
        ({"finish_reason": "content_filter"}, "withheld"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "withheld"),
    ],
)
def test_an_end_is_known_in_the_words_of_each_protocol(metadata: dict[str, Any], says: str | None) -> None:
    """Chat completions, the Responses API and other providers mark a whole answer each in their way."""
    from langchain_core.messages import AIMessageChunk

    ending = StreamEnding()
    ending.note(AIMessageChunk(content="It left.", response_metadata=metadata), counts_add_up=False)
    if says is None:
        ending.check("It left.", must_end=True)
    else:
        with pytest.raises(ModelFailed, match=says):
            ending.check("It left.", must_end=True)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("rate_limit_exceeded: Slow down."), "Rate limited"),
        (ValueError("server_error: It broke."), "HTTP 500"),
        (ValueError("invalid literal"), "not a language model's answer"),
        (TimeoutError(), "in time"),
        (ConnectionRefusedError(), "cannot be reached"),
        (RuntimeError("sk-secret"), "failed (RuntimeError)"),
    ],
)
def test_errors_without_a_status_are_told_too(error: Exception, says: str) -> None:
    """Events of a stream, time-outs, the network, and what nobody thought of."""
    told = failure(error, "stand-in")
    assert says in str(told)
    assert "sk-secret" not in str(told) + told.help
