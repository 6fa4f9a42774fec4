"""When a failed model request is retried, after what delay, and with what changes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.errors import ModelFailed

_FIRST_PAUSE, _MAX_PAUSE = 0.5, 8.0  # seconds
_MAX_RETRY_AFTER = 30.0  # seconds; nobody waits longer for an answer
_OVERFLOW = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|prompt is too long|too many (?:input )?tokens"
    r"|context the overflows|exceeds? the (?:available )?context|input tokens exceed|reduce the length",
    re.IGNORECASE,
)
_MIN_BUDGET = 250  # tokens: about one passage
_ANSWER_LIMIT = re.compile(r"max_(?:completion_|output_)?tokens|in the completion", re.IGNORECASE)
_UNKNOWN_ARGUMENT = re.compile(r"un(?:supported|known|recogni)|not (?:supported|permitted)", re.IGNORECASE)
_TOOLS = re.compile(r"\btools?\b|tool[_ -]|function[_ -]?call", re.IGNORECASE)
_SHORT_ANSWER = 1024  # tokens: fits a context window of 4,096 with the passages


@dataclass(frozen=True, slots=True)
class PromptFit:
    """What a model accepts, as far as is known.

    ``documents``: citations of documents, if the client has them. ``budget`` is the token budget of the
    passages, ``answer_tokens`` the longest answer, None for no limit.
    """

    temperature: bool = True
    usage: bool = True
    schema: bool = True
    system: bool = True
    documents: bool = True
    tools: bool = True
    budget: int = 6000
    answer_tokens: int | None = None

    def same_client(self, other: PromptFit) -> bool:
        """True if one client serves both."""
        named = (self.temperature, self.usage, self.answer_tokens)
        return named == (other.temperature, other.usage, other.answer_tokens)


def pause(failed: ModelFailed, attempt: int, chance: float) -> float | None:
    """Seconds to wait before attempt *attempt* + 1 (the first is 0), None if a retry is useless.

    Exponential backoff with jitter: between half and all of a span that doubles; *chance* is in [0, 1).
    A Retry-After of the server is used as it is, plus up to a tenth.
    """
    if not failed.retryable:
        return None
    if failed.retry_after is not None:
        return failed.retry_after * (1 + chance / 10) if failed.retry_after <= _MAX_RETRY_AFTER else None
    span = min(_MAX_PAUSE, _FIRST_PAUSE * 2.0**attempt)
    return span * (0.5 + chance / 2)


def is_overflow(status: int | None, message: str) -> bool:
    """True if a prompt was rejected as too long, by the *message* of OpenAI, vLLM, llama.cpp and others."""
    return status == 413 or (status in {400, 422, 500} and _OVERFLOW.search(message) is not None)


def refit(fit: PromptFit, status: int | None, message: str, tools_sent: bool = False) -> PromptFit | None:
    """*fit* without what the server rejected, by its *message*; None if it rejected something else.

    A rejection for an unknown reason is blamed on the tools, if any were sent.
    """
    can_leave_tools = tools_sent and fit.tools and status in {400, 404, 405, 422, 500, 501}
    if can_leave_tools and _TOOLS.search(message):
        return replace(fit, tools=False)
    if status in {400, 422} and fit.answer_tokens is not None and _ANSWER_LIMIT.search(message):
        is_known = fit.answer_tokens > _SHORT_ANSWER and not _UNKNOWN_ARGUMENT.search(message)
        return replace(fit, answer_tokens=_SHORT_ANSWER if is_known else None)
    if is_overflow(status, message):
        return replace(fit, budget=fit.budget // 2) if fit.budget // 2 >= _MIN_BUDGET else None
    message = message.casefold()
    if status not in {400, 404, 422, 500}:
        return replace(fit, tools=False) if can_leave_tools else None
    if status != 404 and fit.usage and ("stream_options" in message or "include_usage" in message):
        return replace(fit, usage=False)
    if fit.schema and ("response_format" in message or "json_schema" in message):
        return replace(fit, schema=False)
    if status in {400, 422} and fit.documents and ("citation" in message or "document" in message):
        return replace(fit, documents=False)
    if status in {400, 422} and fit.temperature and "temperature" in message:
        return replace(fit, temperature=False)
    if status != 404 and fit.system and "system" in message and ("role" in message or "message" in message):
        return replace(fit, system=False)
    return replace(fit, tools=False) if can_leave_tools and status in {400, 422} else None
