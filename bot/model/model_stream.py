"""Reads the stream of a model: its text, its token counts, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, TypeVar

from bot.answer import Usage
from bot.errors import ModelFailed
from bot.localization import localized
from bot.looks.look import Look
from bot.looks.look_lines import looks_in
from bot.looks.look_tools import read_calls
from bot.reply.answer_parser import AnswerParser, Draft
from bot.reply.native_citations import CitedReply
from bot.reply.prompt_echoes import PromptInstructions
from bot.reply.repetition import repetition_start

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

_Message = TypeVar("_Message")

_MAX_CHARACTERS = 12_000  # of an answer; longer ones are stopped
_MAX_CALL_CHUNKS = 2_000  # of tool calls; longer ones are stopped
_REASON_KEYS = ("finish_reason", "stop_reason", "done_reason", "status")
_LENGTH_REASONS = frozenset(
    {"length", "max_tokens", "incomplete", "MAX_TOKENS", "model_length", "model_context_window_exceeded"}
)
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "”", ")")
_FILTER_REASONS = frozenset(
    {"content_filter", "refusal", "SAFETY", "safety", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION"}
)
# Providers whose complete answers always have a reason for their end.
_GIVE_REASONS = frozenset({"openai", "anthropic", "google_genai", "mistralai", "ollama"})

_REPETITION = "repetition"  # why a stream was closed

_REPHRASE = "Rephrase the question."


@dataclass(frozen=True, slots=True)
class Phase:
    """What is being done while there is no text, for the user: "Writing…"."""

    text: str


@dataclass(frozen=True, slots=True)
class LookRequest:
    """The looks that a reply asks for; none if they are unusable.

    ``shown`` are the indexes of the hits of the request that the model has read.
    """

    looks: tuple[Look, ...]
    shown: frozenset[int] = frozenset()


@dataclass(slots=True)
class StreamEnding:
    """How a stream ended, its token counts so far, and the pieces of its tool calls."""

    reason: str | None = None
    usage: Usage = field(default_factory=Usage)
    call_chunks: list[AIMessageChunk] = field(default_factory=list)

    def note(self, message: AIMessageChunk, counts_add_up: bool) -> None:
        """Read a chunk's metadata; *counts_add_up*: each chunk counts its own tokens, not all so far."""
        for key in _REASON_KEYS:
            reason = message.response_metadata.get(key)
            if isinstance(reason, str) and reason != "in_progress":
                self.reason = reason
        details = message.response_metadata.get("incomplete_details")
        if isinstance(details, Mapping) and details.get("reason") in _FILTER_REASONS:
            self.reason = str(details["reason"])
        counted = message.usage_metadata
        if counted:
            usage = Usage(counted.get("input_tokens", 0), counted.get("output_tokens", 0))
            self.usage = self.usage + usage if counts_add_up else usage
        if message.tool_call_chunks:
            self.call_chunks.append(message)

    def looks(self) -> tuple[Look, ...]:
        """The looks that its tool calls ask for."""
        if not self.call_chunks:
            return ()
        message = reduce(add, self.call_chunks)
        return read_calls([*map(dict, message.tool_calls), *map(dict, message.invalid_tool_calls)])

    def check(self, text: str, must_end: bool) -> None:
        """Raise ModelFailed unless the answer is complete; *must_end*: a reason for its end is required."""
        if self.reason in _FILTER_REASONS:
            raise ModelFailed("The model server withheld the answer.", _REPHRASE)
        if self.reason is None and must_end:
            raise ModelFailed(
                "The connection to the language model was lost during the answer.",
                "Ask again.",
                retryable=True,
            )
        if not text.strip() and not self.call_chunks:
            if self.reason in _LENGTH_REASONS:
                raise ModelFailed(
                    "The language model reached its length limit before it wrote an answer.",
                    "Ask a narrower question, or use another model.",
                )
            raise ModelFailed("The language model gave an empty answer; it may have refused.", _REPHRASE)


@dataclass(frozen=True, slots=True)
class StreamReading:
    """How a stream is read: its provider, and the timeout between two chunks in seconds.

    ``spend`` gets the server's token counts and the whole text, however the stream ends.
    """

    provider: str
    chunk_timeout: float
    spend: Callable[[Usage, str], None]


async def drafts(
    messages: AsyncGenerator[AIMessageChunk],
    *,
    titles: Sequence[str],
    names: Sequence[str] = (),
    instructions: PromptInstructions,
    reading: StreamReading,
    opening: Phase,
    cited: CitedReply | None = None,
    passages: str | None = None,
) -> AsyncGenerator[Draft | Phase | LookRequest]:
    """The Drafts of a growing answer, the last one complete; *titles* and *names* (publishers) by passage.

    *opening* comes first, and another Phase with the first text. *cited* reads the model's own citations.
    With *passages*, which the model reads, it can ask for looks, and a LookRequest comes last; a line copied
    from the passages is none.
    """
    yield opening
    parser, ending, shown = AnswerParser(len(titles), titles, names), StreamEnding(), Draft()
    async with aclosing(_pieces(messages, reading, ending, cited)) as pieces:
        async for piece in pieces:
            if not parser.text:
                yield Phase(localized("Writing…"))
            parsed = parser.feed(piece)
            draft = instructions.without_echoes(parsed) if parsed else None
            if draft is not None and draft.sentences and draft != shown:
                if repetition_start(draft.sentences[:-1]) is not None:  # the last one can grow
                    ending.reason = _REPETITION
                    break
                shown = draft
                yield cited.with_spans(draft) if cited else draft
    ending.check(parser.text, must_end=reading.provider in _GIVE_REASONS)
    looks = (ending.looks() or looks_in(parser.text, passages)) if passages is not None else ()
    if looks or (ending.call_chunks and passages is not None):
        yield LookRequest(looks)
        return
    final = _finished(instructions.without_echoes(parser.finish()), ending)
    yield cited.with_spans(final) if cited else final


async def whole_text(
    messages: AsyncGenerator[AIMessageChunk], *, reading: StreamReading
) -> AsyncGenerator[str]:
    """One item: the whole reply as plain text."""
    ending = StreamEnding()
    async with aclosing(_pieces(messages, reading, ending)) as pieces:
        text = "".join([piece async for piece in pieces])
    ending.check(text, must_end=reading.provider in _GIVE_REASONS)
    yield text


async def _pieces(
    messages: AsyncGenerator[AIMessageChunk],
    reading: StreamReading,
    ending: StreamEnding,
    cited: CitedReply | None = None,
) -> AsyncGenerator[str]:
    """The text as it arrives, up to the maximum length; metadata is added to *ending*."""
    text, started = "", False
    try:
        async with aclosing(messages), aclosing(_with_timeout(messages, reading.chunk_timeout)) as chunks:
            async for message in chunks:
                started = True
                ending.note(message, counts_add_up=reading.provider != "openai")
                piece = cited.read(message.content) if cited else str(message.text)
                text += piece
                if piece:
                    yield piece
                if len(text) > _MAX_CHARACTERS or len(ending.call_chunks) > _MAX_CALL_CHUNKS:
                    ending.reason = "length"
                    break
        if cited and (piece := cited.close()):
            yield piece
    finally:
        if started:
            reading.spend(ending.usage, text)


async def _with_timeout(messages: AsyncGenerator[_Message], seconds: float) -> AsyncGenerator[_Message]:
    """The messages; raises TimeoutError if one takes longer than *seconds*.

    The client's own timeout is reset by any bytes, including keep-alive comments without text.
    """
    while True:
        try:
            async with asyncio.timeout(seconds):
                message = await anext(messages)
        except StopAsyncIteration:
            return
        yield message


def _finished(draft: Draft, ending: StreamEnding) -> Draft:
    """The last Draft, without repetitions and a sentence that the length limit cut.

    Raises ModelFailed if it is empty.
    """
    if draft.not_found:
        return draft
    if ending.reason in _LENGTH_REASONS:
        is_whole = bool(draft.sentences) and draft.sentences[-1].text.endswith(_SENTENCE_ENDS)
        whole = draft.sentences if is_whole else draft.sentences[:-1]
        notice = localized("The model's answer reached its length limit, so its end is missing.")
        draft = replace(draft, sentences=whole, notice=notice)
    repeated = repetition_start(draft.sentences)
    if repeated is not None:
        notice = localized("The model repeated itself, so its answer was cut.")
        draft = replace(draft, sentences=draft.sentences[:repeated], notice=notice)
    if not draft.sentences:
        raise ModelFailed("The language model's answer contains no sentence.", _REPHRASE)
    return draft
