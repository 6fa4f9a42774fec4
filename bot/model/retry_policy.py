"""When to try a model again: after what pause, and with what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.errors import ModelFailed

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds
_LONGEST_WAIT = 30.0  # seconds that a server may ask for; nobody waits longer for an answer
_OVERFLOW = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|prompt is too long|too many (?:input )?tokens"
    r"|context the overflows|exceeds? the (?:available )?context|input tokens exceed|reduce the length",
    re.IGNORECASE,
)
_LEAST_BUDGET = 250  # tokens: about one passage


@dataclass(frozen=True, slots=True)
class PromptFit:
    """What a model accepts, as far as is known; ``budget`` is that of the passages, in tokens."""

    temperature: bool = True
    usage: bool = True
    system: bool = True
    budget: int = 6000

    def same_client(self, other: PromptFit) -> bool:
        """Whether one client serves both."""
        return (self.temperature, self.usage) == (other.temperature, other.usage)


def pause(failed: ModelFailed, attempt: int, chance: float) -> float | None:
    """Seconds to wait before try *attempt* + 1 (the first try is 0), None when there is no use in it.

    Exponential backoff with jitter: between half and all of a span that doubles; *chance* is in [0, 1).
    What the server asks for comes on top of nothing: it is kept, plus up to a tenth.
    """
    if not failed.retryable:
        return None
    if failed.retry_after is not None:
        return failed.retry_after * (1 + chance / 10) if failed.retry_after <= _LONGEST_WAIT else None
    span = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt)
    return span * (0.5 + chance / 2)


def is_overflow(status: int | None, words: str) -> bool:
    """Whether a prompt was refused because it is too long, in the *words* of OpenAI, vLLM, llama.cpp, …"""
    return status == 413 or (status in {400, 422, 500} and _OVERFLOW.search(words) is not None)


def refit(fit: PromptFit, status: int | None, words: str) -> PromptFit | None:
    """What to leave out after a refused request, None when the refusal was about something else.

    *words* are the server's.
    """
    said = words.casefold()
    if is_overflow(status, words):
        return replace(fit, budget=fit.budget // 2) if fit.budget // 2 >= _LEAST_BUDGET else None
    if status not in {400, 404, 422, 500}:
        return None
    if status != 404 and fit.usage and ("stream_options" in said or "include_usage" in said):
        return replace(fit, usage=False)
    if status in {400, 422} and fit.temperature and "temperature" in said:
        return replace(fit, temperature=False)
    if status != 404 and fit.system and "system" in said and ("role" in said or "message" in said):
        return replace(fit, system=False)
    return None
