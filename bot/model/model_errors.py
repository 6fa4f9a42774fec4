"""Translates the errors of a model's client: one sentence on what failed, one on what to do."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.errors import BotError, ModelFailed
from bot.model.retry_policy import is_overflow
from bot.prompting.escaping import readable
from bot.providers import OPENAI, split_name

_RETRY_OR_EXTRACTIVE = "Ask again, or set FOOTNOTE_MODE=extractive to answer without a model."
_CONNECTION = re.compile(r"Connect|ReadError|WriteError|RemoteProtocolError|Disconnected|PayloadError")
_API_KEY = re.compile(r"\b(?:sk-|AIza)[\w*-]{8,}")
_MAX_MESSAGE = 200  # characters of a server's message that are shown


def failure(error: Exception, model: str, secret: str = "", now: datetime | None = None) -> BotError:
    """Translate any *error* raised by a request to *model* to ModelFailed; our own errors are unchanged.

    *secret* is never in the text, even if the server repeats it. *now* is the time from which a Retry-After
    with a date is counted.
    """
    from langchain_core.exceptions import ContextOverflowError, ModelConnectionError, ModelTimeoutError

    provider, _ = split_name(model)

    if isinstance(error, BotError):
        return error
    if not (secret.isascii() and secret.isprintable()):  # invalid in an HTTP header: nothing was sent
        return ModelFailed(
            "The API key of the language model contains invalid characters.",
            f"Copy the key to {provider.key} again.",
        )
    status = status_of(error)
    if isinstance(error, ContextOverflowError) or is_overflow(status, server_message(error)):
        return ModelFailed(
            f"The question and its passages are too long for {model}.", "Lower FOOTNOTE_CONTEXT_TOKENS."
        )
    if isinstance(error, ModelTimeoutError | TimeoutError) or "Timeout" in type(error).__name__:
        return ModelFailed(
            "The language model did not answer in time.",
            "Ask again, or raise FOOTNOTE_TIMEOUT.",
            retryable=True,
        )
    if isinstance(error, ModelConnectionError | OSError) or _CONNECTION.search(type(error).__name__):
        return ModelFailed(
            "The language model cannot be reached, or the connection was lost.",
            f"Check the network and {provider.address}." if provider.address else "Check the network.",
            retryable=True,
        )
    if status is not None:
        retry_after = _retry_after(error, now or datetime.now(UTC))
        return _from_status(status, _Refusal(error, model, secret, retry_after))
    if isinstance(
        error, json.JSONDecodeError | UnicodeError | ValueError | TypeError | LookupError | AttributeError
    ):
        return ModelFailed(
            "The server's reply is not a language model's answer.",
            "OPENAI_BASE_URL must be the address of an OpenAI-compatible server; it usually ends in /v1."
            if provider is OPENAI
            else _RETRY_OR_EXTRACTIVE,
            retryable=True,
        )
    return ModelFailed(f"The language model failed ({type(error).__name__}).", _RETRY_OR_EXTRACTIVE)


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an error, also of an error event inside a stream with status 200."""
    status = getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )
    if isinstance(status, int) and status > 0:
        return status
    code, kind = str(getattr(error, "code", "") or ""), str(getattr(error, "type", "") or "")
    if isinstance(error, ValueError):  # LangChain's form of an error event of the Responses API
        code = str(error).partition(":")[0]
    if code.isdigit() and 400 <= int(code) < 600:
        return int(code)
    for names, named_status in _STATUS_OF_NAMES.items():
        if any(name in f"{code} {kind}" for name in names):
            return named_status
    if error.__cause__ is not None and type(error.__cause__) is not type(error):
        return status_of(error.__cause__)  # LangChain's error, raised from that of Google's client
    return 500 if hasattr(error, "body") or getattr(error, "error", None) else None


def server_message(error: Exception, secret: str = "") -> str:
    """The server's message about an error on one line, truncated, without control characters and keys."""
    body = getattr(error, "body", None)
    body = body.get("error", body) if isinstance(body, Mapping) else None  # Anthropic: {"error": {…}}
    message = body.get("message") if isinstance(body, Mapping) else None
    if not isinstance(message, str):
        message = _embedded_message(str(getattr(error, "message", "") or error))
    line = _API_KEY.sub("[key]", " ".join(readable(message).split()))
    line = line.replace(secret, "[key]") if secret else line
    return line if len(line) <= _MAX_MESSAGE else line[: _MAX_MESSAGE - 1] + "…"


def _embedded_message(text: str) -> str:
    """The message in an error's *text* that ends in the JSON body of a reply; *text* if it does not."""
    try:
        body = json.loads(text[text.index("{") :])
        message = body.get("error", body).get("message")
    except (ValueError, AttributeError, RecursionError):
        return text
    return message if isinstance(message, str) else text


_CHECK_MODEL_SETTINGS = "Check FOOTNOTE_CHAT_MODEL and FOOTNOTE_CHECK_MODEL."
_NOT_RETRYABLE = {
    401: ("The model server rejected the API key.", "Check {key}."),
    402: ("The account of the API key has no credit left.", "Add credit, or use another key."),
    403: ("The API key has no access to the model {model}.", "Use another key, or another model."),
    404: ("The server has no model {model}.", _CHECK_MODEL_SETTINGS),
}
_STATUS_OF_NAMES = {
    ("insufficient_quota", "rate_limit", "too_many_requests", "tokens_exceeded"): 429,
    ("invalid_api_key", "authentication"): 401,
    ("model_not_found", "not_found"): 404,
    ("permission",): 403,
    ("invalid_request", "invalid_value"): 400,
    ("server_error", "overloaded"): 500,
}


@dataclass(frozen=True, slots=True)
class _Refusal:
    error: Exception
    model: str
    secret: str
    retry_after: float | None


def _from_status(status: int, refusal: _Refusal) -> ModelFailed:
    if status == 404 and "model" not in server_message(refusal.error).casefold():
        address = split_name(refusal.model)[0].address
        advice = f"Check {address}" + (", which usually ends in /v1." if address == OPENAI.address else ".")
        return ModelFailed("The server has no language model at this address.", advice)
    if status == 400 and "api key not valid" in server_message(refusal.error).casefold():  # Google
        status = 401
    if status in _NOT_RETRYABLE:
        message, advice = _NOT_RETRYABLE[status]
        provider, name = split_name(refusal.model)
        if status == 404 and provider.name == "ollama":
            advice = f"Run `ollama pull {name}`, or check FOOTNOTE_CHAT_MODEL."
        return ModelFailed(
            message.format(model=refusal.model), advice.format(key=provider.key or "the credentials")
        )
    if status == 429:
        return _from_rate_limit(refusal)
    if status in {408, 409, 425} or status >= 500:
        message = f"The model server failed (HTTP {status})."
        return ModelFailed(message, _RETRY_OR_EXTRACTIVE, retryable=True, retry_after=refusal.retry_after)
    return ModelFailed(
        f"The model server rejected the request (HTTP {status}).",
        f"The server says: {server_message(refusal.error, refusal.secret)}",
    )


def _from_rate_limit(refusal: _Refusal) -> ModelFailed:
    if "insufficient_quota" in f"{getattr(refusal.error, 'code', '')} {getattr(refusal.error, 'type', '')}":
        return ModelFailed(
            "The quota of the API key is used up.", "Check the billing of its account, or use another key."
        )
    message, advice = "Rate limited by the model server.", "Wait a little, then ask again."
    return ModelFailed(message, advice, retryable=True, retry_after=refusal.retry_after)


def _retry_after(error: Exception, now: datetime) -> float | None:
    """Seconds from the server's Retry-After (RFC 9110, 10.2.3) or retry-after-ms (OpenAI), else None."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    milliseconds, value = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
        if value is None:
            return None
        if value.replace(".", "", 1).strip().isdigit():
            return float(value)
        return max(0.0, (email.utils.parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None
