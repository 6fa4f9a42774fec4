"""Every error of the client of a language model is one sentence."""

from __future__ import annotations

from typing import Any

from bot.errors import BotError
from bot.model.model_errors import failure


def test_every_error_of_the_client_is_one_sentence() -> None:
    """Complete: no exception class of openai or of LangChain's models comes out as itself."""
    import langchain_core.exceptions as langchain_errors
    import openai

    for error in _all_errors(openai, openai.OpenAIError) + _all_errors(langchain_errors, Exception):
        told = failure(error, "stand-in")
        assert isinstance(told, BotError)
        assert str(told).endswith(".")


def _all_errors(module: Any, base: type[Exception]) -> list[Exception]:
    found = []
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, base):
            error = value.__new__(value)
            error.args = ("raw words",)
            found.append(error)
    assert len(found) > 5
    return found
