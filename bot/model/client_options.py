"""The options and connections of each provider's client: key, timeout, retries, length of an answer."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.providers import OPENAI, Provider

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.model.retry_policy import PromptFit
    from bot.settings import Settings

_CONNECT_TIMEOUT = 10.0  # seconds
_NO_KEY = "none"  # local servers need no key, but the client requires one
RULES_TOKENS = 1800  # of a context window, for the rules, the question and the conversation


def client_options(provider: Provider, settings: Settings, fit: PromptFit) -> dict[str, Any]:
    """The arguments of `init_chat_model`. Failed requests are retried by ModelRequests, not by clients."""
    options: dict[str, Any] = {"max_retries": 0, "timeout": settings.timeout}
    if fit.answer_tokens is not None:
        options["max_tokens"] = fit.answer_tokens
    if settings.temperature is not None and fit.temperature:
        options["temperature"] = settings.temperature
    own = _OWN_OPTIONS.get(provider.name)
    return own(settings, fit, options) if own else options


def _openai(settings: Settings, fit: PromptFit, options: dict[str, Any]) -> dict[str, Any]:
    import openai

    url = settings.openai_base_url
    timeout = openai.Timeout(settings.timeout, connect=min(settings.timeout, _CONNECT_TIMEOUT))
    options |= {
        "api_key": settings.key_of(OPENAI) or _NO_KEY,
        "timeout": timeout,
        "stream_chunk_timeout": None,  # its asyncio.wait_for can lose a cancellation when a chunk arrives
        "http_socket_options": (),  # the client's own transport would ignore HTTPS_PROXY
        "http_async_client": openai.DefaultAsyncHttpxClient(timeout=timeout),
        "stream_usage": fit.usage,
    }
    if url is not None:
        options["base_url"] = url
    if url is not None and not (urlsplit(url).hostname or "").endswith("openai.com"):
        options["use_responses_api"] = False  # other servers only support chat completions
        limit = options.pop("max_tokens", None)
        if limit is not None:  # not all know the newer max_completion_tokens, which the client would send
            options["extra_body"] = {"max_tokens": limit}
    return options


def _google(settings: Settings, fit: PromptFit, options: dict[str, Any]) -> dict[str, Any]:
    """Its timeout is that of the whole answer, so the stream's own is used; 0 retries would mean 4."""
    return options | {"max_retries": 1, "timeout": None}


def _mistral(settings: Settings, fit: PromptFit, options: dict[str, Any]) -> dict[str, Any]:
    return options | {"timeout": math.ceil(settings.timeout)}


def _ollama(settings: Settings, fit: PromptFit, options: dict[str, Any]) -> dict[str, Any]:
    """With a context window for the whole prompt: Ollama silently truncates longer ones."""
    limit = options.pop("max_tokens", None)
    window = settings.context_tokens + RULES_TOKENS + (limit or 0)
    del options["max_retries"], options["timeout"]  # it has no such arguments, and never retries
    return options | {
        "client_kwargs": {"timeout": settings.timeout},
        "num_ctx": 2048 * math.ceil(window / 2048),
        "num_predict": limit,
    }


_OWN_OPTIONS = {"openai": _openai, "google_genai": _google, "mistralai": _mistral, "ollama": _ollama}


def own_connections(model: BaseChatModel, provider: Provider, settings: Settings) -> BaseChatModel:
    """The model with connections of its own: those of Anthropic's models are shared by all event loops."""
    if provider.name == "anthropic":
        import anthropic

        client: Any = model
        timeout = anthropic.Timeout(settings.timeout, connect=min(settings.timeout, _CONNECT_TIMEOUT))
        arguments = client._client_params | {"timeout": timeout}
        model.__dict__["_async_client"] = anthropic.AsyncAnthropic(**arguments)  # a cached property
    return model


async def open_connection(model: BaseChatModel) -> None:
    """Open a connection to the model's server, which the next request then uses.

    A HEAD request without the key, which costs nothing, whatever its status. Raises the client's errors.
    """
    connection = _CONNECTIONS.get(type(model).__name__)
    if connection is not None:
        client, base_url = connection(model)
        await client.head(str(base_url), follow_redirects=False)


_CONNECTIONS: Mapping[str, Callable[[Any], tuple[Any, Any]]] = {  # HTTP client and base URL
    "ChatOpenAI": lambda model: (model.http_async_client, model.root_async_client.base_url),
    "ChatAnthropic": lambda model: (model._async_client._client, model._async_client.base_url),
    "ChatMistralAI": lambda model: (model.async_client, model.async_client.base_url),
}


async def close(model: BaseChatModel) -> None:
    """Close the connections of a model, which cannot be used again."""
    closing = _CLOSING.get(type(model).__name__)
    if closing is not None:
        await closing(model)


_CLOSING: Mapping[str, Callable[[Any], Awaitable[None]]] = {
    "ChatOpenAI": lambda model: model.http_async_client.aclose(),
    "ChatAnthropic": lambda model: model._async_client.close(),
    "ChatMistralAI": lambda model: model.async_client.aclose(),
    "ChatGoogleGenerativeAI": lambda model: model.client.aio.aclose(),
}
