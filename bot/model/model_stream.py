"""What a model streams: its words as they come, its token counts, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from bot.answer import Usage
from bot.errors import ModelFailed
from bot.model.answer_parser import AnswerParser, Draft
from bot.model.prompt_echoes import PromptInstructions

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

_Message = TypeVar("_Message")

_LONGEST = 12_000  # characters of an answer; a model that writes on is stopped
_ENDS = ("finish_reason", "stop_reason", "done_reason", "status")
_CUT = frozenset({"length", "max_tokens", "incomplete", "MAX_TOKENS"})
_STOPS = (".", "!", "?", "…", "。", "！", "？", '"', "”", ")")
_WITHHELD = frozenset({"content_filter", "refusal", "SAFETY", "safety"})


@dataclass(slots=True)
class StreamEnding:
    """How a stream ended, as far as it has been read."""

    reason: str | None = None
    usage: Usage = field(default_factory=Usage)

    def note(self, message: AIMessageChunk, counts_add_up: bool) -> None:
        """Read one chunk's metadata; *counts_add_up*: each chunk counts its own tokens, not all so far."""
        for name in _ENDS:
            reason = message.response_metadata.get(name)
            if isinstance(reason, str) and reason != "in_progress":
                self.reason = reason
        details = message.response_metadata.get("incomplete_details")
        if isinstance(details, Mapping) and details.get("reason") in _WITHHELD:
            self.reason = str(details["reason"])
        counted = message.usage_metadata
        if counted:
            usage = Usage(counted.get("input_tokens", 0), counted.get("output_tokens", 0))
            self.usage = self.usage + usage if counts_add_up else usage

    def check(self, text: str, must_end: bool) -> None:
        """Raise ModelFailed when the stream was no whole answer; *must_end*: an end has to be marked."""
        if self.reason in _WITHHELD:
            raise ModelFailed("The language model's server withheld the answer.", "Ask in other words.")
        if self.reason is None and must_end:
            raise ModelFailed("The line to the language model was cut within the answer.", retryable=True)
        if not text.strip():
            if self.reason in _CUT:
                raise ModelFailed("The model reached its length limit before it wrote an answer.")
            raise ModelFailed("The language model gave an empty answer; it may have refused.")


@dataclass(frozen=True, slots=True)
class StreamReading:
    """How a stream is read: from whom, and how many seconds may pass between two chunks.

    ``spend`` is told at the end, however the stream ends, what the server counted and all that came.
    """

    provider: str
    patience: float
    spend: Callable[[Usage, str], None]


async def drafts(
    messages: AsyncGenerator[AIMessageChunk],
    *,
    titles: Sequence[str],
    instructions: PromptInstructions,
    reading: StreamReading,
) -> AsyncGenerator[Draft]:
    """Read an answer from passages with *titles*: Drafts with something to show, the last complete."""
    parser, ending, shown = AnswerParser(len(titles), titles), StreamEnding(), Draft()
    async with aclosing(_pieces(messages, reading, ending)) as pieces:
        async for piece in pieces:
            draft = parser.feed(piece)
            if (
                draft is not None
                and (draft := instructions.without_echoes(draft)).sentences
                and draft != shown
            ):
                shown = draft
                yield draft
    ending.check(parser.text, must_end=reading.provider == "openai")
    yield _ended(instructions.without_echoes(parser.finish(ending.usage)), ending)


async def line(
    messages: AsyncGenerator[AIMessageChunk], *, reading: StreamReading
) -> AsyncGenerator[tuple[str, Usage]]:
    """Read all of an answer as plain text."""
    ending = StreamEnding()
    async with aclosing(_pieces(messages, reading, ending)) as pieces:
        text = "".join([piece async for piece in pieces])
    ending.check(text, must_end=reading.provider == "openai")
    yield text, ending.usage


async def _pieces(
    messages: AsyncGenerator[AIMessageChunk], reading: StreamReading, ending: StreamEnding
) -> AsyncGenerator[str]:
    """The words as they come, up to the longest answer; *ending* learns the rest."""
    text, begun = "", False
    try:
        async with aclosing(messages), aclosing(_timely(messages, reading.patience)) as timely:
            async for message in timely:
                begun = True
                ending.note(message, counts_add_up=reading.provider != "openai")
                piece = str(message.text)
                text += piece
                if piece:
                    yield piece
                if len(text) > _LONGEST:
                    ending.reason = "length"
                    break
    finally:
        if begun:
            reading.spend(ending.usage, text)


async def _timely(messages: AsyncGenerator[_Message], patience: float) -> AsyncGenerator[_Message]:
    """The messages; TimeoutError when one takes longer than *patience* seconds.

    The client's own time-out counts bytes; comments that keep the line open are bytes without words.
    """
    while True:
        try:
            async with asyncio.timeout(patience):
                message = await anext(messages)
        except StopAsyncIteration:
            return
        yield message


def _ended(draft: Draft, ending: StreamEnding) -> Draft:
    if draft.not_found:
        return draft
    if ending.reason in _CUT:
        is_whole = bool(draft.sentences) and draft.sentences[-1].text.endswith(_STOPS)
        whole = draft.sentences if is_whole else draft.sentences[:-1]
        notice = "The model's answer reached its length limit: what it would have said after this is missing."
        draft = replace(draft, sentences=whole, notice=notice)
    if not draft.sentences:
        raise ModelFailed("The language model's answer holds no sentence.")
    return draft
