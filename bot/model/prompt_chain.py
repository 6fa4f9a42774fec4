"""The prompt chain: question and hits through a language model to Drafts; follow-ups made standalone."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar, cast

import prompts
from bot.answer import Usage
from bot.errors import ModelFailed, SettingsInvalid
from bot.model.budget import Budget, read_prices
from bot.model.chat_model import check_reachable
from bot.model.output_cleanup import unwrap
from bot.model.retry_policy import PromptFit, pause, refit
from bot.question.conversation import Turn
from bot.settings import Settings
from retrieval.hit import Hit

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from langchain_core.prompts import ChatPromptTemplate

    from bot.model.answer_parser import Draft
    from bot.model.model_stream import StreamReading

_Out = TypeVar("_Out")
_Reader = Callable[["AsyncGenerator[AIMessageChunk]"], AsyncGenerator[_Out]]
# For what a model accepts: the variables of the prompt, and what reads the answer to it.
_Prepare = Callable[[PromptFit], tuple[dict[str, str], _Reader[_Out]]]

_PATIENCE = 3  # times the time-out that may pass without words, while the line is kept open
_PERSISTENCE = 1.9  # time-outs after which no further try begins: a server that hangs gets a second chance
_RESERVE = 1800  # tokens of a small window kept for the rules, the question and the answer
_LEAST_BUDGET = 300
_QUESTION_WORD = re.compile(
    r"^\W*(?:the )?(?:rewritten|standalone|final|new)?\s*question\s*:\s*", re.IGNORECASE
)


class ModelChain:
    """Asks the chat model that the settings name; its client is built when it is first needed.

    *sleep* and *chance* (a number in [0, 1)) are arguments for tests. Raises SettingsInvalid when no model
    can be reached as set, and for prompts or a table of prices that cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        check_reachable(settings)
        self._settings = settings
        self._sleep = sleep
        self._chance = chance
        self._fit = PromptFit(budget=settings.context_tokens)
        self._built: tuple[asyncio.AbstractEventLoop, PromptFit, BaseChatModel] | None = None
        self._price = read_prices(settings.prices).get(self.model_name) if settings.prices else None
        self._budget = Budget(
            settings.state / "model-spending.json",
            tokens=settings.daily_tokens,
            cost=settings.daily_cost,
            price=self._price,
        )
        try:
            self._prompts = {name: prompts.load(name, settings.prompts) for name in prompts.VARIABLES}
        except prompts.PromptInvalid as error:
            raise SettingsInvalid(str(error), "Mend the file, or unset FOOTNOTE_PROMPTS.") from error

    def cost(self, usage: Usage) -> float | None:
        """What *usage* costs by the table of prices; None when the model has no price there."""
        return self._price.of(usage) if self._price else None

    @cached_property
    def model_name(self) -> str:
        """The model's name as set, else the default of the installed openai package."""
        from bot.model.chat_model import chosen_model

        return chosen_model(self._settings)

    async def answer(self, question: str, hits: Sequence[Hit], as_of: date) -> AsyncGenerator[Draft]:
        """Growing Drafts of the answer to a standalone *question* on the day *as_of*, the last complete.

        ``DraftSentence.hits`` are places in *hits*. Closing the iterator closes the model's stream.
        Raises ModelFailed when the model fails for good, also after some Drafts.
        """
        from bot.model.model_stream import drafts
        from bot.model.passage_prompt import numbered_passages
        from bot.model.prompt_echoes import PromptInstructions

        titles = [hit.passage.article.title for hit in hits]

        def prepare(fit: PromptFit) -> tuple[dict[str, str], _Reader[Draft]]:
            shown = numbered_passages(hits, fit.budget)
            told = {"passages": shown.text, "question": question, "today": as_of.isoformat()}
            prompt = self._prompts["answer"]
            instructions = PromptInstructions.of(f"{prompt.system} {prompt.human}", shown.text)
            reading = self._reading("answer", told)
            read = partial(drafts, titles=titles[: shown.count], instructions=instructions, reading=reading)
            return told, read

        async with aclosing(self._attempts("answer", prepare)) as stream:
            async for draft in stream:
                yield draft

    async def standalone(self, question: str, turns: Sequence[Turn], as_of: date) -> tuple[str, Usage]:
        """*question* as it reads without the conversation, and what that cost; itself when nothing helps.

        Raises ModelFailed when the model fails for good.
        """
        from bot.model.model_stream import line
        from bot.model.passage_prompt import conversation

        def prepare(fit: PromptFit) -> tuple[dict[str, str], _Reader[tuple[str, Usage]]]:
            told = {"history": conversation(turns), "question": question, "today": as_of.isoformat()}
            return told, partial(line, reading=self._reading("standalone", told))

        text, usage = "", Usage()
        async with aclosing(self._attempts("standalone", prepare)) as stream:
            async for text, usage in stream:  # noqa: B007 (used below)
                pass
        return _one_question(text, question), usage

    def warm(self) -> None:
        """Import what asking the model needs, which takes seconds; safe in any thread."""
        from bot.model.chat_model import load

        load(self.model_name)

    async def close(self) -> None:
        """Close the connections to the model's server."""
        built, self._built = self._built, None
        if built is not None and built[0] is asyncio.get_running_loop():
            from bot.model.chat_model import close

            await close(built[2])

    @property
    def _secret(self) -> str:
        key = self._settings.openai_api_key
        return key.get_secret_value() if key else ""

    def _reading(self, name: str, told: Mapping[str, str]) -> StreamReading:
        from bot.model.chat_model import split_name
        from bot.model.model_stream import StreamReading

        def spend(usage: Usage, text: str) -> None:
            self._budget.spend(usage if usage != Usage() else self._estimate(name, told, text))

        provider, _ = split_name(self.model_name)
        return StreamReading(provider, self._settings.timeout * _PATIENCE, spend)

    def _estimate(self, name: str, told: Mapping[str, str], text: str) -> Usage:
        """About what was spent, for servers that do not count and answers that were stopped."""
        from bot.model.passage_prompt import count_tokens

        prompt = self._prompts[name]
        sent = count_tokens(" ".join((prompt.system, prompt.human, *told.values())))
        return Usage(sent, count_tokens(text))

    async def _attempts(self, name: str, prepare: _Prepare[_Out]) -> AsyncGenerator[_Out]:
        """Stream through the model, again after failures that may pass, as long as nothing came out."""
        from bot.model.model_errors import failure

        attempt, clock = 0, asyncio.get_running_loop().time
        latest = clock() + self._settings.timeout * _PERSISTENCE
        while True:
            shown = False
            if self._budget.bounded:
                await asyncio.to_thread(self._budget.check)
            try:
                async with aclosing(await self._stream(name, prepare)) as stream:
                    async for each in stream:
                        shown = True
                        yield each
                return
            except Exception as error:
                if not shown and self._adapt(error):
                    continue
                failed = failure(error, self.model_name, self._secret)
                wait = pause(failed, attempt, self._chance()) if isinstance(failed, ModelFailed) else None
                if shown or wait is None or attempt >= self._settings.retries or clock() > latest:
                    raise failed from error
            attempt += 1
            await self._sleep(wait)

    async def _stream(self, name: str, prepare: _Prepare[_Out]) -> AsyncGenerator[_Out]:
        model, fit = await self._model()
        told, read = prepare(fit)
        chain = self._template(name, fit) | model
        return read(cast("AsyncGenerator[AIMessageChunk]", chain.astream(told)))

    def _template(self, name: str, fit: PromptFit) -> ChatPromptTemplate:
        from langchain_core.prompts import ChatPromptTemplate

        prompt = self._prompts[name]
        if fit.system:
            return ChatPromptTemplate.from_messages([("system", prompt.system), ("human", prompt.human)])
        return ChatPromptTemplate.from_messages([("human", f"{prompt.system}\n\n{prompt.human}")])

    async def _model(self) -> tuple[BaseChatModel, PromptFit]:
        """The model's client for this event loop, and the fit with a budget that its window holds."""
        from bot.model.chat_model import build, context_window, load

        await asyncio.to_thread(load, self.model_name)  # takes seconds, once
        loop, fit, built = asyncio.get_running_loop(), self._fit, self._built
        if built is None or built[0] is not loop or not built[1].same_client(fit):
            model = build(self._settings, self.model_name, temperature=fit.temperature, usage=fit.usage)
            built = self._built = (loop, fit, model)
        window = context_window(built[2])
        if window is not None:
            fit = replace(fit, budget=min(fit.budget, max(window - _RESERVE, _LEAST_BUDGET)))
        return built[2], fit

    def _adapt(self, error: Exception) -> bool:
        """Learn from a refused request what the model does not accept; whether to ask anew."""
        from bot.model.model_errors import status_of, words_of

        fit = refit(self._fit, status_of(error), words_of(error))
        if fit is not None:
            self._fit = fit
        return fit is not None


def _one_question(text: str, fallback: str) -> str:
    """The question in a model's *text*; *fallback* when it is none, or far longer than a question."""
    lines = [line.strip() for line in unwrap(text, complete=True).splitlines() if line.strip()]
    if not lines:
        return fallback
    plain = _QUESTION_WORD.sub("", lines[-1] if _QUESTION_WORD.match(lines[-1]) else lines[0]).strip(
        " \"'“”*`"
    )
    return plain if plain and len(plain) <= 3 * len(fallback) + 400 else fallback
