"""The errors of a language model's client, each as one sentence for a person: what failed, and what to do."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.errors import BotError, ModelFailed
from bot.model.passage_prompt import readable
from bot.model.retry_policy import is_overflow

_NO_ANSWER = "Ask again, or set FOOTNOTE_MODE=extractive to answer without a model."
_KEY = re.compile(r"\bsk-[\w*-]{8,}")
_LONGEST_WORDS = 200  # characters of a server's own words that are shown


def failure(error: Exception, model: str, secret: str = "", now: datetime | None = None) -> BotError:
    """What *error*, raised while asking *model*, means: complete, for errors of any client.

    ModelFailed for all but errors of our own, which are given back as they are. *secret* is never in its
    text, also when the server repeats it. *now* is the time that a Retry-After with a date counts from.
    """
    from langchain_core.exceptions import ContextOverflowError, ModelConnectionError, ModelTimeoutError

    if isinstance(error, BotError):
        return error
    if not (secret.isascii() and secret.isprintable()):  # no header can carry it: nothing was sent
        return ModelFailed(
            "The key of the language model has a letter that no key has.",
            "Check OPENAI_API_KEY: copy the key again.",
        )
    status = status_of(error)
    if isinstance(error, ContextOverflowError) or is_overflow(status, words_of(error)):
        return ModelFailed(
            f"The question and its passages are too long for {model}.", "Set FOOTNOTE_CONTEXT_TOKENS lower."
        )
    if isinstance(error, ModelTimeoutError | TimeoutError):
        return ModelFailed(
            "The language model did not answer in time.", "Set FOOTNOTE_TIMEOUT higher.", retryable=True
        )
    if isinstance(error, ModelConnectionError | OSError) or "Connection" in type(error).__name__:
        return ModelFailed(
            "The language model cannot be reached, or the line to it was cut.",
            "Check the network and OPENAI_BASE_URL.",
            retryable=True,
        )
    if status is not None:
        return _of_status(
            status, _Refusal(error, model, secret, _retry_after(error, now or datetime.now(UTC)))
        )
    if isinstance(
        error, json.JSONDecodeError | UnicodeError | ValueError | TypeError | LookupError | AttributeError
    ):
        return ModelFailed(
            "The server sent something that is no answer of a language model.",
            "Check that OPENAI_BASE_URL is the address of an OpenAI-compatible server, mostly ending in /v1.",
            retryable=True,
        )
    return ModelFailed(f"The language model failed ({type(error).__name__}).", _NO_ANSWER)


def status_of(error: Exception) -> int | None:
    """The HTTP status of an error, also when it came as a message inside a stream of status 200."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status
    code, kind = str(getattr(error, "code", "") or ""), str(getattr(error, "type", "") or "")
    if isinstance(error, ValueError):  # how LangChain tells an error event of the Responses API
        code = str(error).partition(":")[0]
    if code.isdigit() and 400 <= int(code) < 600:
        return int(code)
    named = f"{code} {kind}"
    for words, meaning in _NAMED.items():
        if any(word in named for word in words):
            return meaning
    return 500 if hasattr(error, "body") else None


def words_of(error: Exception, secret: str = "") -> str:
    """What the server said about an error, flat, without anything that could act on a screen, or a key."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, Mapping) else None
    if not isinstance(said, str):
        said = str(getattr(error, "message", "") or error)
    flat = _KEY.sub("[key]", " ".join(readable(said).split()))
    flat = flat.replace(secret, "[key]") if secret else flat
    return flat if len(flat) <= _LONGEST_WORDS else flat[: _LONGEST_WORDS - 1] + "…"


_FINAL = {
    401: ("The language model's server does not accept the key.", "Check OPENAI_API_KEY."),
    402: ("The account of the key has no credit left.", "Add credit, or use another key."),
    403: ("The key may not use the model {model}.", "Set FOOTNOTE_CHAT_MODEL, or use another key."),
    404: ("The server knows no model {model}.", "Set FOOTNOTE_CHAT_MODEL."),
}
_NAMED = {
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
    after: float | None


def _of_status(status: int, of: _Refusal) -> ModelFailed:
    if status == 404 and "model" not in words_of(of.error).casefold():
        advice = "Check OPENAI_BASE_URL: it mostly ends in /v1."
        return ModelFailed("The server has no language model at this address.", advice)
    if status in _FINAL:
        message, advice = _FINAL[status]
        return ModelFailed(message.format(model=of.model), advice)
    if status == 429:
        return _of_limit(of)
    if status in {408, 409, 425} or status >= 500:
        message = f"The language model's server failed (HTTP {status})."
        return ModelFailed(message, _NO_ANSWER, retryable=True, retry_after=of.after)
    return ModelFailed(
        f"The server did not accept the request (HTTP {status}).",
        f"The server says: {words_of(of.error, of.secret)}",
    )


def _of_limit(of: _Refusal) -> ModelFailed:
    if "insufficient_quota" in f"{getattr(of.error, 'code', '')} {getattr(of.error, 'type', '')}":
        return ModelFailed(
            "The quota of the key is used up.",
            "Check the billing of the account, or use another key.",
        )
    message = "The language model's server gets more requests than it takes."
    return ModelFailed(message, "Wait a little, then ask again.", retryable=True, retry_after=of.after)


def _retry_after(error: Exception, now: datetime) -> float | None:
    """Seconds that the server asks to wait: Retry-After (RFC 9110, 10.2.3), or OpenAI's form in ms."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    millis, value = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if millis is not None:
            return max(0.0, float(millis) / 1000)
        if value is None:
            return None
        if value.replace(".", "", 1).strip().isdigit():
            return float(value)
        return max(0.0, (email.utils.parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None
