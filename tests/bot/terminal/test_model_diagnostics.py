"""`doctor` tries each model and says what is missing; local servers are found and never used unasked."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from openai_stand_in import OpenAIStandIn
from provider_stand_ins import AnthropicStandIn, OllamaStandIn

from bot.settings import Settings
from bot.terminal.local_models import find_local_servers, local_model_lines, ollama_url
from bot.terminal.model_diagnostics import check_models

KEY = "sk-ant-secret-of-the-test"


@pytest.fixture
def anthropic(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnthropicStandIn]:
    with AnthropicStandIn() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        yield server


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaStandIn]:
    with OllamaStandIn() as server:
        server.models = ("llama3.1:8b", "nomic-embed-text:latest", "x; rm -rf ~", "qwen3:latest")
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        yield server


def checked(**given: Any) -> list[tuple[str, str, str]]:
    return [(check.state, check.text, check.help) for check in check_models(Settings(**given))]


def test_a_provider_is_tried(anthropic: AnthropicStandIn) -> None:
    """One short request."""
    anthropic.say("ready")
    assert checked(chat_model="anthropic:claude-x") == [("ok", "anthropic:claude-x answers", "")]
    assert anthropic.requests[0]["max_tokens"] == 16


def test_a_rejected_key_is_told_without_the_key(anthropic: AnthropicStandIn) -> None:
    anthropic.say(status=401, message=f"bad key {KEY}")
    ((state, text, advice),) = checked(chat_model="anthropic:claude-x")
    assert (state, advice) == ("broken", "Check ANTHROPIC_API_KEY.")
    assert "rejected the API key" in text
    assert len(anthropic.requests) == 1


def test_what_is_missing_is_told_with_the_command_that_installs_it() -> None:
    """The package and the key; nothing is sent."""
    ((state, text, advice),) = checked(chat_model="anthropic:claude-x")
    assert (state, "needs an API key" in text, "ANTHROPIC_API_KEY" in advice) == ("broken", True, True)
    ((state, text, advice),) = checked(chat_model="mistralai:m", provider_variables={"MISTRAL_API_KEY": "k"})
    assert (state, "langchain-mistralai" in text, "uv sync --extra mistral" in advice) == (
        "broken",
        True,
        True,
    )


def test_the_model_that_checks_is_checked_too(ollama: OllamaStandIn) -> None:
    first, second = checked(chat_model="ollama:llama3.1:8b", check_model="anthropic:claude-x")
    assert first[0] == "ok"
    assert (second[0], "ANTHROPIC_API_KEY" in second[2]) == ("broken", True)
    assert len(checked(chat_model="ollama:llama3.1:8b", check_model="anthropic:claude-x", check="off")) == 1


def test_a_model_that_is_not_pulled_is_told_with_the_command(ollama: OllamaStandIn) -> None:
    """A name without a tag means ":latest". No model is loaded."""
    assert checked(chat_model="ollama:qwen3")[0][0] == "ok"
    assert checked(chat_model="ollama:other") == [
        ("broken", "Ollama has no model other.", "Run `ollama pull other`.")
    ]
    assert ollama.requests == []


def test_a_model_without_a_server_is_told() -> None:
    """FOOTNOTE_CHAT_MODEL alone uses no model, which is easy to miss."""
    ((state, text, _),) = checked(chat_model="gpt-5.4")
    assert (state, "no key is set" in text) == ("warning", True)
    ((state, text, _),) = checked(chat_model="gogle_genai:gemini-x")
    assert (state, "as in google_genai:gemini-x" in text) == ("warning", True)


@pytest.mark.parametrize("name", ["google:gemini-x", "gemini:gemini-x"])
def test_google_is_known_by_its_own_name(name: str) -> None:
    """And its missing key is named."""
    ((state, _, advice),) = checked(chat_model=name)
    assert (state, "GOOGLE_API_KEY" in advice) == ("broken", True)


def test_local_models_are_listed_with_the_line_that_enables_one(ollama: OllamaStandIn) -> None:
    """Models that embed and names that are none are left out."""
    with OpenAIStandIn() as studio:
        found = find_local_servers(lm_studio=studio.base_url.removesuffix("/v1"))
    assert [server.models for server in found] == [("llama3.1:8b", "qwen3:latest"), ("stand-in",)]
    assert "FOOTNOTE_CHAT_MODEL=ollama:llama3.1:8b uv run footnote" in found[0].line
    assert f"OPENAI_BASE_URL={studio.base_url} FOOTNOTE_CHAT_MODEL=stand-in uv run footnote" in found[1].line
    ((state, text, _),) = checked()
    assert (state, found[0].line in text) == ("off", True)
    assert ollama.requests == []


def test_nobody_looks_for_local_models_where_they_are_not_wanted(ollama: OllamaStandIn) -> None:
    assert local_model_lines(Settings()) != []
    assert local_model_lines(Settings(mode="extractive")) == []
    assert local_model_lines(Settings(chat_model="ollama:qwen3")) == []
    assert not Settings().uses_model


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000,
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps({"models": [1, {"name": None}, {"x": 1}]}).encode(),
    ],
)
def test_other_servers_on_the_port_are_no_model_servers(reply: bytes) -> None:
    """Nor are hanging ones, which cost a second at most."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(reply)
                if not reply:
                    time.sleep(2)

        threading.Thread(target=answer, daemon=True).start()
        started = time.monotonic()
        assert find_local_servers(url, "http://127.0.0.1:9") == ()
        assert time.monotonic() - started < 1.5


def test_only_this_machine_is_asked() -> None:
    assert find_local_servers("http://gpu.example:11434", "http://127.0.0.1:9") == ()
    assert ollama_url("gpu.example:99999999") == "http://gpu.example:11434"
