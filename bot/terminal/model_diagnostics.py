"""The checks of `footnote doctor` of the language models: package, key, server and name of each."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from bot.errors import ModelFailed, SettingsInvalid
from bot.providers import OPENAI, split_name
from bot.terminal.doctor_check import Check
from bot.terminal.local_models import find_local_servers, listed_models, ollama_url

if TYPE_CHECKING:
    from bot.settings import Settings

SERVER_TIMEOUT = 5.0  # seconds
TRY_TIMEOUT = 20.0  # seconds, for the first token of a provider's model


def check_models(settings: Settings) -> list[Check]:
    """Can the models that answer and check be used? Without one, the local models that could be."""
    if not settings.uses_model:
        return _without_model(settings)
    from bot.model.chat_model import chosen_model

    name = chosen_model(settings)
    checks = [check_model(settings, name)]
    if settings.check == "model" and settings.check_model not in {None, name}:
        checks.append(check_model(settings, str(settings.check_model), "Check model"))
    return checks


def _without_model(settings: Settings) -> list[Check]:
    """What is missing, or local servers to use; `FOOTNOTE_MODE=extractive` wants neither."""
    if settings.mode == "extractive":
        return [Check("Model", "off", "FOOTNOTE_MODE is extractive: answers quote the articles.")]
    if settings.unused_model:
        return [Check("Model", "warning", settings.unused_model)]
    text = "OPENAI_API_KEY and OPENAI_BASE_URL are not set: answers quote the articles."
    return [Check("Model", "off", "\n".join([text, *(server.line for server in find_local_servers())]))]


def check_model(settings: Settings, name: str, title: str = "Model") -> Check:
    """Does the server of the model *name* respond, accept the key and know the model?"""
    from bot.model.chat_model import check_reachable, try_model

    try:
        check_reachable(settings, name)
    except SettingsInvalid as error:
        return Check(title, "broken", str(error), error.help)
    provider, model = split_name(name)
    if provider is OPENAI:
        return _check_listed(settings, model, title)
    if provider.name == "ollama":
        return _check_ollama(model, title)
    try:
        asyncio.run(try_model(settings.model_copy(update={"timeout": TRY_TIMEOUT}), name))
    except ModelFailed as error:
        return Check(title, "broken", f"{name}: {error}", error.help)
    return Check(title, "ok", f"{name} answers")


def _check_ollama(model: str, title: str) -> Check:
    """Is the model pulled? Nothing is loaded, which could take a minute."""
    url = ollama_url(os.environ.get("OLLAMA_HOST", ""))
    models = listed_models(f"{url}/api/tags", SERVER_TIMEOUT)
    if not models:
        return Check(
            title, "broken", f"{url}: no Ollama with a model.", "Start Ollama, or check OLLAMA_HOST."
        )
    if model not in models and f"{model}:latest" not in models:
        return Check(title, "broken", f"Ollama has no model {model}.", f"Run `ollama pull {model}`.")
    return Check(title, "ok", f"{model} at {url}")


def _check_listed(settings: Settings, name: str, title: str) -> Check:
    base = (settings.openai_base_url or "https://api.openai.com/v1").rstrip("/")
    models, problem = _list_models(base, settings)
    if problem:
        return Check(title, "broken", f"{base}: {problem}", "Check OPENAI_API_KEY and OPENAI_BASE_URL.")
    if models and name not in models:
        return Check(title, "warning", f"{base} does not list the model {name}.", "Set FOOTNOTE_CHAT_MODEL.")
    return Check(title, "ok", f"{name} at {base}")


def _list_models(base: str, settings: Settings) -> tuple[set[str], str]:
    """The models listed by a server (empty if it has no list), and the problem with it ("" if none)."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    request = urllib.request.Request(f"{base}/models", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SERVER_TIMEOUT) as reply:  # noqa: S310 - from the settings
            body = json.load(reply)
    except urllib.error.HTTPError as error:
        if error.code in {401, 403}:
            return set(), "API key rejected."
        return set(), f"server error ({error.code})." if error.code >= 500 else ""
    except ValueError:
        return set(), "the response is not JSON."
    except OSError as error:
        return set(), f"cannot connect ({getattr(error, 'reason', error)})."
    rows = body.get("data", []) if isinstance(body, dict) else []
    return {str(row.get("id")) for row in rows if isinstance(row, dict)}, ""
