"""Every error of the client of a language model is one sentence."""

from __future__ import annotations

from typing import Any

from bot.errors import BotError
from bot.model.model_errors import failure, server_message


def test_every_error_of_the_client_is_one_sentence() -> None:
    """Complete: no exception class of a client or of LangChain's models comes out as itself."""
    import anthropic
    import langchain_core.exceptions as langchain_errors
    import openai

    clients = _all_errors(openai, openai.OpenAIError) + _all_errors(anthropic, anthropic.APIError)
    for error in clients + _all_errors(langchain_errors, Exception):
        told = failure(error, "stand-in")
        assert isinstance(told, BotError)
        assert str(told).endswith(".")


def test_a_message_inside_an_error_text_is_shown_without_address_and_key() -> None:
    """Mistral's client puts the URL and the JSON body into the text."""
    body = '{"object": "error", "message": "Invalid model: x, key abc-secret"}'
    error = ValueError(f"Error response 400 while fetching https://api.example/v1: {body}")
    assert server_message(error, "abc-secret") == "Invalid model: x, key [key]"
    assert server_message(ValueError("a {broken")) == "a {broken"


def _all_errors(module: Any, base: type[Exception]) -> list[Exception]:
    found = []
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, base):
            error = value.__new__(value)
            error.args = ("raw words",)
            found.append(error)
    assert len(found) > 5
    return found
