"""Builds the chat model's client, with LangChain and OpenAI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.errors import ModelFailed, SettingsInvalid

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.settings import Settings

# The newest small chat model in openai 3.56. Pinned, so that an upgrade changes neither answers nor costs.
# FOOTNOTE_CHAT_MODEL overrides it; a new default also goes into .env.example, README.md and CHANGELOG.md.
DEFAULT_CHAT_MODEL = "gpt-5.4-mini"
_NO_KEY = "none"  # local servers need no key, but the client requires one


def chosen_model(settings: Settings) -> str:
    """The model's name as set ("NAME" or "PROVIDER:NAME"), else the default model."""
    return settings.chat_model or DEFAULT_CHAT_MODEL


def check_reachable(settings: Settings) -> None:
    """Raise SettingsInvalid if the settings name no model; imports nothing and sends no request."""
    url = settings.openai_base_url
    if url is not None and urlsplit(url).scheme not in {"http", "https"}:
        raise SettingsInvalid(
            "OPENAI_BASE_URL is not the address of a server.",
            "It starts with http:// or https:// and usually ends in /v1.",
        )
    provider, colon, _ = (settings.chat_model or "").partition(":")
    if settings.openai_api_key is None and url is None and (not colon or provider == "openai"):
        raise _key_missing()


def _key_missing() -> SettingsInvalid:
    return SettingsInvalid(
        "The language model needs an API key.",
        "Set OPENAI_API_KEY, or set FOOTNOTE_MODE=extractive to answer without a model.",
    )


def split_name(name: str) -> tuple[str, str]:
    """(provider, model) of a name; without a provider that LangChain supports, the whole name is OpenAI's.

    >>> split_name("openai:gpt-5.4-mini"), split_name("llama3.2:3b")
    (('openai', 'gpt-5.4-mini'), ('openai', 'llama3.2:3b'))
    """
    from langchain.chat_models import base

    provider, colon, model = name.partition(":")
    known: Iterable[str] = getattr(base, "_BUILTIN_PROVIDERS", ())
    if colon and model and provider.replace("-", "_").lower() in known:
        return provider.replace("-", "_").lower(), model
    return "openai", name


def load(name: str) -> None:
    """Import what building the model *name* needs."""
    import langchain.chat_models  # noqa: F401

    if split_name(name)[0] == "openai":
        import langchain_openai  # noqa: F401


def build(settings: Settings, name: str, *, temperature: bool = True, usage: bool = True) -> BaseChatModel:
    """The chat model *name*, for one event loop, which owns its connections.

    *temperature* False leaves out that setting, *usage* False requests no token counts: some models and
    servers reject them. Raises SettingsInvalid or ModelFailed.
    """
    from langchain.chat_models import init_chat_model

    provider, model = split_name(name)
    options: dict[str, Any] = {"max_retries": 0}  # ModelRequests retries, but only while nothing is shown
    if settings.temperature is not None and temperature:
        options["temperature"] = settings.temperature
    if provider == "openai":
        options |= _openai_options(settings, usage)
    try:
        built: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        raise SettingsInvalid(
            f"The model {name} needs a package that is not installed.", f"Run pip install {package}."
        ) from error
    except Exception as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise ModelFailed(
            f"The model {name} cannot be initialized.", f"Check the settings of its provider: {reason}"
        ) from error
    return built


def context_window(model: BaseChatModel) -> int | None:
    """The model's maximum input tokens, None if LangChain does not know them."""
    profile = getattr(model, "profile", None) or {}
    window = profile.get("max_input_tokens")
    return window if isinstance(window, int) and window > 0 else None


def has_structured_output(model: BaseChatModel) -> bool:
    """True if the client is OpenAI's, and LangChain knows that the model follows a JSON schema."""
    profile = getattr(model, "profile", None) or {}
    return bool(profile.get("structured_output")) and hasattr(model, "http_async_client")


async def close(model: BaseChatModel) -> None:
    """Close the connections of a model, which cannot be used again."""
    client = getattr(model, "http_async_client", None)
    if client is not None:
        await client.aclose()


def _openai_options(settings: Settings, usage: bool) -> dict[str, Any]:
    import openai

    url = settings.openai_base_url
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    if key is None and url is None:
        raise _key_missing()
    timeout = openai.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))
    options: dict[str, Any] = {
        "api_key": key or _NO_KEY,
        "timeout": timeout,
        "stream_chunk_timeout": None,  # its asyncio.wait_for can lose a cancellation when a chunk arrives
        "http_socket_options": (),  # the client's own transport would ignore HTTPS_PROXY
        "http_async_client": openai.DefaultAsyncHttpxClient(timeout=timeout),
        "stream_usage": usage,
    }
    if url is not None:
        options["base_url"] = url
        if not (urlsplit(url).hostname or "").endswith("openai.com"):
            options["use_responses_api"] = False  # other servers only support chat completions
    return options
