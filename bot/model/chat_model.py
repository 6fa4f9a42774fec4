"""The language model: the one file that knows LangChain's and OpenAI's clients."""

from __future__ import annotations

import contextlib
import importlib.util
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from bot.errors import ModelFailed, SettingsInvalid

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.settings import Settings

_SMALL_CHAT = re.compile(r"gpt-(\d+(?:\.\d+)?)o?-mini")
_NO_KEY = "none"  # local servers want no key, but the client wants one


def default_model(names: Iterable[str] | None = None) -> str:
    """The newest small chat model of OpenAI among *names*: by default all that the openai package knows.

    Of the names "gpt-VERSION-mini", without a date or a purpose after them, the highest version wins.

    >>> default_model(["gpt-4o-mini", "gpt-5.4", "gpt-5.4-mini", "gpt-5-mini-2025-08-07", "gpt-audio-mini"])
    'gpt-5.4-mini'
    """
    known = _known_names() if names is None else names
    small = [(_version(match[1]), name) for name in known if (match := _SMALL_CHAT.fullmatch(name))]
    if not small:
        raise SettingsInvalid(
            "The installed openai package names no small chat model: set FOOTNOTE_CHAT_MODEL."
        )
    return max(small)[1]


def _version(written: str) -> tuple[int, ...]:
    return tuple(int(part) for part in written.split("."))


def chosen_model(settings: Settings) -> str:
    """The model's name as set ("NAME" or "PROVIDER:NAME"), else the default one."""
    return settings.chat_model or default_model()


def check_reachable(settings: Settings) -> None:
    """Raise SettingsInvalid when the settings cannot lead to a model; imports and asks nothing."""
    url = settings.openai_base_url
    if url is not None and urlsplit(url).scheme not in {"http", "https"}:
        raise SettingsInvalid(
            "OPENAI_BASE_URL is no address of a server.",
            "It begins with http:// or https://, and mostly ends in /v1.",
        )
    provider, colon, _ = (settings.chat_model or "").partition(":")
    if settings.openai_api_key is None and url is None and (not colon or provider == "openai"):
        raise SettingsInvalid(
            "The language model needs a key.", "Set OPENAI_API_KEY, or FOOTNOTE_MODE=extractive."
        )


def split_name(name: str) -> tuple[str, str]:
    """(provider, model) of a name; without a provider that LangChain knows, all of it is OpenAI's.

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
    """Import what building the model *name* needs, as far as it is installed."""
    import langchain.chat_models  # noqa: F401

    if split_name(name)[0] == "openai":
        import langchain_openai  # noqa: F401


def build(settings: Settings, name: str, *, temperature: bool = True, usage: bool = True) -> BaseChatModel:
    """The chat model *name*, for one event loop (its connections belong to that).

    *temperature* False leaves the setting out, *usage* False asks for no token counts: some models and
    servers accept one or the other not. Raises SettingsInvalid or ModelFailed.
    """
    from langchain.chat_models import init_chat_model

    provider, model = split_name(name)
    options: dict[str, Any] = {"max_retries": 0}  # we try again ourselves, and only while nothing is shown
    if settings.temperature is not None and temperature:
        options["temperature"] = settings.temperature
    if provider == "openai":
        options |= _openai_options(settings, usage)
    try:
        built: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        raise SettingsInvalid(
            f"The model {name} needs a package that is not installed.",
            f"Install {package}, for example with pip.",
        ) from error
    except Exception as error:
        raise ModelFailed(f"The model {name} cannot be set up.", _first_line(error)) from error
    return built


def context_window(model: BaseChatModel) -> int | None:
    """How many tokens the model reads at most, where LangChain knows it."""
    profile = getattr(model, "profile", None) or {}
    window = profile.get("max_input_tokens")
    return window if isinstance(window, int) and window > 0 else None


async def close(model: BaseChatModel) -> None:
    """Close the model's connections; the next use needs a new one."""
    client = getattr(model, "http_async_client", None)
    if client is not None:
        await client.aclose()


def _known_names() -> Iterable[str]:
    """The chat models that the openai package lists; read from its file, since importing it takes 0.7 s."""
    spec = importlib.util.find_spec("openai")
    if spec is not None and spec.origin is not None:
        source = Path(spec.origin).parent / "types" / "shared" / "chat_model.py"
        with contextlib.suppress(OSError, UnicodeError):
            return re.findall(r'^ {4}"([\w.-]+)",$', source.read_text(encoding="utf-8"), re.MULTILINE)
    from openai.types import ChatModel

    return get_args(ChatModel)


def _openai_options(settings: Settings, usage: bool) -> dict[str, Any]:
    import openai

    url = settings.openai_base_url
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    if key is None and url is None:
        raise SettingsInvalid(
            "The language model needs a key.", "Set OPENAI_API_KEY, or FOOTNOTE_MODE=extractive."
        )
    timeout = openai.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))
    options: dict[str, Any] = {
        "api_key": key or _NO_KEY,
        "timeout": timeout,
        "stream_chunk_timeout": None,  # its asyncio.wait_for loses a cancellation that meets a chunk
        "http_socket_options": (),  # a transport of its own would ignore HTTPS_PROXY
        "http_async_client": openai.DefaultAsyncHttpxClient(timeout=timeout),
        "stream_usage": usage,
    }
    if url is not None:
        options["base_url"] = url
        if not (urlsplit(url).hostname or "").endswith("openai.com"):
            options["use_responses_api"] = False  # other servers speak chat completions
    return options


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
