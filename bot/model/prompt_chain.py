"""The prompt chain: writes answers, checks their sentences and rewrites follow-ups with a language model."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from bot.errors import ModelFailed
from bot.model.model_requests import ModelRequests, Prepare, Prepared
from bot.prompting.answer_request import AnswerRequest
from bot.question.conversation import Turn
from bot.settings import Settings
from retrieval.hit import Hit

if TYPE_CHECKING:
    from bot.model.model_stream import LookRequest, Phase
    from bot.model.retry_policy import PromptFit
    from bot.model.usage_meter import UsageMeter
    from bot.prompting.passage_prompt import CheckedSentence
    from bot.reply.answer_parser import Draft
    from bot.reply.rewriting import Rewriting
    from bot.reply.verdicts import Verdict

CHECKED_AT_ONCE = 15  # sentences in one check request


class ModelChain:
    """Sends Footnote's three prompts to the chat model of the settings; checks can have their own model.

    What a request uses is added to its *meter*, also if it fails or is stopped.
    *sleep* and *chance* (a number in [0, 1)) are for tests. Raises SettingsInvalid if the settings name no
    reachable model, or for unusable prompts or prices.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._requests = ModelRequests(settings, sleep=sleep, chance=chance)
        self._checks = self._requests
        if settings.check_model:
            self._checks = ModelRequests(settings, model=settings.check_model, sleep=sleep, chance=chance)

    @property
    def model_name(self) -> str:
        """The name of the model that writes answers."""
        return self._requests.model_name

    @property
    def passage_tokens(self) -> int:
        """The token budget of the passages for an answer, as far as is known."""
        return self._requests.passage_tokens

    async def answer(
        self, request: AnswerRequest, meter: UsageMeter
    ) -> AsyncGenerator[Draft | Phase | LookRequest]:
        """Growing Drafts of the answer, the last one complete, or a LookRequest as the last item.

        ``DraftSentence.hits`` are indexes into ``request.hits``. A Phase comes while there is no text.
        Closing the iterator closes the model's stream. Raises ModelFailed when retries are exhausted,
        possibly after some Drafts.
        """
        from bot.model.answer_prompt import prepare_answer

        prepare = partial(prepare_answer, request, self._requests, meter)
        async with aclosing(self._requests.attempts("answer", prepare)) as stream:
            async for item in stream:
                yield item

    async def check(
        self, question: str, hits: Sequence[Hit], sentences: Sequence[CheckedSentence], meter: UsageMeter
    ) -> dict[int, Verdict]:
        """The verdicts on sentences of an answer to *question*, by their 0-based numbers.

        ``CheckedSentence.passages`` are indexes into *hits*. Long answers are checked in parts, concurrently.
        Sentences that the model omits have no verdict. Raises ModelFailed, also if a part has no verdicts.
        """
        starts = range(0, len(sentences), CHECKED_AT_ONCE)
        parts = [
            self._check(question, hits, sentences[start : start + CHECKED_AT_ONCE], meter) for start in starts
        ]
        verdicts: dict[int, Verdict] = {}
        results = await asyncio.gather(*parts, return_exceptions=True)  # waits for all of them
        for start, result in zip(starts, results, strict=True):
            if isinstance(result, BaseException):
                raise result
            verdicts |= {start + index: verdict for index, verdict in result.items()}
        return verdicts

    async def _check(
        self, question: str, hits: Sequence[Hit], sentences: Sequence[CheckedSentence], meter: UsageMeter
    ) -> dict[int, Verdict]:
        from bot.model.model_stream import whole_text
        from bot.prompting.passage_prompt import numbered_passages, numbered_sentences
        from bot.reply.verdicts import read_verdicts

        def prepare(fit: PromptFit) -> Prepared[str]:
            variables = {
                "passages": numbered_passages([hits], fit.budget).text,
                "question": question,
                "sentences": numbered_sentences(sentences),
            }
            reading = self._checks.reading("check", variables, meter)
            return Prepared(variables, partial(whole_text, reading=reading))

        text = await _reply(self._checks, "check", prepare)
        verdicts = read_verdicts(text, len(sentences))
        if not verdicts:
            raise ModelFailed("The language model's reply to the check is unreadable.", "Ask again.")
        return verdicts

    async def standalone(
        self, question: str, turns: Sequence[Turn], as_of: date, meter: UsageMeter
    ) -> Rewriting:
        """The standalone form of *question*, and what to search for it.

        Raises ModelFailed when retries are exhausted.
        """
        from bot.model.model_stream import whole_text
        from bot.prompting.conversation_prompt import conversation
        from bot.reply.rewriting import read_rewriting

        def prepare(fit: PromptFit) -> Prepared[str]:
            history = conversation(turns, fit.budget // 2)
            variables = {"history": history, "question": question, "today": as_of.isoformat()}
            reading = self._requests.reading("standalone", variables, meter)
            return Prepared(variables, partial(whole_text, reading=reading))

        return read_rewriting(await _reply(self._requests, "standalone", prepare), question)

    def warm(self) -> None:
        """Import what a request needs, which takes seconds; safe in any thread."""
        import bot.model.answer_prompt
        import bot.model.model_errors
        import bot.model.model_stream  # noqa: F401

        self._requests.warm()

    def open_connection(self) -> None:
        """Begin to connect to the model's server, so that the next request need not wait for it."""
        self._requests.open_connection()

    async def close(self) -> None:
        """Close the connections to the model's server."""
        await self._requests.close()
        if self._checks is not self._requests:
            await self._checks.close()


async def _reply(requests: ModelRequests, name: str, prepare: Prepare[str]) -> str:
    """The whole reply to the prompt *name*."""
    async with aclosing(requests.attempts(name, prepare)) as stream:
        return await anext(stream)
