"""Builds the chat model's client, with LangChain."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import ModelFailed, SettingsInvalid
from bot.model.client_options import client_options, close, own_connections
from bot.model.model_errors import server_message
from bot.model.retry_policy import PromptFit
from bot.providers import OPENAI, split_name

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.settings import Settings

# The newest small chat model in openai 3.56. Pinned, so that an upgrade changes neither answers nor costs.
# FOOTNOTE_CHAT_MODEL overrides it; a new default also goes into .env.example, README.md and CHANGELOG.md.
DEFAULT_CHAT_MODEL = "gpt-5.4-mini"
_TRIED_TOKENS = 16  # the least that some servers accept


def chosen_model(settings: Settings) -> str:
    """The model's name as set ("NAME" or "PROVIDER:NAME"), else the default model."""
    return settings.chat_model or DEFAULT_CHAT_MODEL


def check_reachable(settings: Settings, name: str) -> None:
    """Raise SettingsInvalid if the settings cannot reach the model *name*: its address, key or package.

    Imports no client and sends no request.
    """
    provider, _ = split_name(name)
    url = settings.openai_base_url
    if provider is OPENAI and url is not None and urlsplit(url).scheme not in {"http", "https"}:
        raise SettingsInvalid(
            "OPENAI_BASE_URL is not the address of a server.",
            "It starts with http:// or https:// and usually ends in /v1.",
        )
    is_keyless = not provider.keys or (provider is OPENAI and url is not None)
    if not is_keyless and settings.key_of(provider) is None:
        raise SettingsInvalid(
            f"The language model {name} needs an API key.",
            f"Set {' or '.join(provider.keys)}, or set FOOTNOTE_MODE=extractive to answer without a model.",
        )
    if not provider.is_installed:
        raise SettingsInvalid(
            f"The language model {name} needs the package {provider.package}, which is not installed.",
            f"Run `{provider.install_command}`.",
        )


def load(name: str) -> None:
    """Import what building the model *name* needs."""
    import langchain.chat_models  # noqa: F401

    with suppress(ImportError):  # `build` reports it
        import_module(split_name(name)[0].module)


def build(settings: Settings, name: str, fit: PromptFit | None = None) -> BaseChatModel:
    """The chat model *name*, for one event loop, which owns its connections.

    *fit* leaves out settings that the model or server rejects. Raises SettingsInvalid or ModelFailed.
    """
    from langchain.chat_models import init_chat_model

    check_reachable(settings, name)
    provider, model = split_name(name)
    settings.export_variables(provider)
    try:
        built: BaseChatModel = init_chat_model(
            model, model_provider=provider.name, **client_options(provider, settings, fit or PromptFit())
        )
    except ImportError as error:
        raise SettingsInvalid(
            f"The packages of the model {name} are incomplete.", f"Run `{provider.install_command}`."
        ) from error
    except Exception as error:
        raise ModelFailed(
            f"The model {name} cannot be initialized.",
            f"Check the settings of its provider: {server_message(error, settings.key_of(provider) or '')}",
        ) from error
    return own_connections(built, provider, settings)


async def try_model(settings: Settings, name: str) -> None:
    """Send a short request to the model *name*; raises SettingsInvalid or ModelFailed."""
    from bot.model.model_errors import failure

    model = build(settings, name, PromptFit(temperature=False, answer_tokens=_TRIED_TOKENS))
    try:
        async with asyncio.timeout(settings.timeout):
            async for _ in model.astream("Reply with one word: ready."):
                pass
    except Exception as error:
        raise failure(error, name, settings.key_of(split_name(name)[0]) or "") from error
    finally:
        await close(model)


def context_window(model: BaseChatModel) -> int | None:
    """The model's maximum input tokens, None if LangChain does not know them."""
    profile = getattr(model, "profile", None) or {}
    window = profile.get("max_input_tokens")
    return window if isinstance(window, int) and window > 0 else None


def has_structured_output(model: BaseChatModel) -> bool:
    """True if the client is OpenAI's, and LangChain knows that the model follows a JSON schema."""
    profile = getattr(model, "profile", None) or {}
    return bool(profile.get("structured_output")) and hasattr(model, "http_async_client")
