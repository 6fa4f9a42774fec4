"""Sends requests to the chat model: its client, retries, adaptation to what it accepts, the daily budget."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import prompts
from bot.answer import Usage
from bot.errors import BotError, ModelFailed, SettingsInvalid
from bot.model import chat_model, client_options
from bot.model.budget import Budget, read_prices
from bot.model.retry_policy import PromptFit, pause, refit
from bot.model.usage_meter import UsageMeter
from bot.providers import split_name
from bot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage, AIMessageChunk
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import Runnable

    from bot.model.model_stream import StreamReading

_Out = TypeVar("_Out")
Reader = Callable[["AsyncGenerator[AIMessageChunk]"], AsyncGenerator[_Out]]
Documents = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Prepared(Generic[_Out]):
    """A request: the prompt's variables, the reader of the reply, documents, tools, text after the prompt."""

    variables: dict[str, str]
    read: Reader[_Out]
    documents: Documents = field(default_factory=list)
    tools: Sequence[Mapping[str, Any]] = ()
    tail: str = ""


Prepare = Callable[[PromptFit], Prepared[_Out]]  # for what the model accepts

_CHUNK_TIMEOUT_FACTOR = 3  # timeouts without a chunk while the connection stays open
_MAX_RETRY_TIME_FACTOR = 1.9  # timeouts after which no attempt starts: a hanging server gets two
_MIN_BUDGET = 300


class ModelRequests:
    """Sends prompts to the chat model of the settings; its client is built for the first request.

    *model* replaces the settings' chat model. *sleep* and *chance* (a number in [0, 1)) are for tests. Raises
    SettingsInvalid if the settings name no reachable model, or for unusable prompts or prices.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._model_setting = model
        chat_model.check_reachable(settings, self.model_name)
        self._sleep = sleep
        self._chance = chance
        self._fit = PromptFit(budget=settings.context_tokens, answer_tokens=settings.answer_tokens)
        self._connecting: asyncio.Task[None] | None = None
        self._built: tuple[asyncio.AbstractEventLoop | None, PromptFit, BaseChatModel] | None = None
        self._price = read_prices(settings.prices).get(self.model_name) if settings.prices else None
        self._budget = Budget(
            settings.state / "model-spending.json",
            tokens=settings.daily_tokens,
            cost=settings.daily_cost,
            price=self._price,
        )
        try:
            self.prompts = {name: prompts.load(name, settings.prompts) for name in prompts.VARIABLES}
        except prompts.PromptInvalid as error:
            raise SettingsInvalid(str(error), "Correct the file, or unset FOOTNOTE_PROMPTS.") from error

    @cached_property
    def model_name(self) -> str:
        """The model's name as set, else the default model."""
        return self._model_setting or chat_model.chosen_model(self._settings)

    @property
    def passage_tokens(self) -> int:
        """The token budget of the passages that the model is known to accept."""
        return self._fit.budget

    def load(self) -> None:
        """Import what a request needs, which takes seconds; safe in any thread."""
        chat_model.load(self.model_name)

    def warm(self) -> None:
        """Import what a request needs and build the client for the first event loop; safe in any thread."""
        self.load()
        fit = self._fit
        with suppress(BotError):  # the first request will raise it
            client = chat_model.build(self._settings, self.model_name, fit)
            self._built = self._built or (None, fit, client)

    def open_connection(self) -> None:
        """Begin to build the client and to connect it to its server; the next request reports any problem."""
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        with suppress(Exception):
            client, _ = await self._client()
            await client_options.open_connection(client)

    async def close(self) -> None:
        """Close the connections to the model's server."""
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
        built, self._built = self._built, None
        if built is not None and built[0] is asyncio.get_running_loop():
            await client_options.close(built[2])

    def reading(self, name: str, variables: Mapping[str, str], meter: UsageMeter) -> StreamReading:
        """How the reply to the prompt *name* is read; its usage is added to *meter* and the daily budget."""
        from bot.model.model_stream import StreamReading

        def spend(usage: Usage, text: str) -> None:
            meter.add(replace(usage, cost=self._price.of(usage)) if self._price else usage)
            self._budget.spend(usage if usage.tokens else self._estimate(name, variables, text))

        provider, _ = split_name(self.model_name)
        factor = 1 if provider.name == "google_genai" else _CHUNK_TIMEOUT_FACTOR  # its client has no timeout
        return StreamReading(provider.name, self._settings.timeout * factor, spend)

    def _estimate(self, name: str, variables: Mapping[str, str], text: str) -> Usage:
        """The estimated usage, for servers that do not count tokens and for stopped answers."""
        from bot.prompting.token_count import count_tokens

        prompt = self.prompts[name]
        sent = count_tokens(" ".join((prompt.system, prompt.human, *variables.values())))
        return Usage(sent, count_tokens(text))

    async def attempts(self, name: str, prepare: Prepare[_Out]) -> AsyncGenerator[_Out]:
        """Stream the reply to the prompt *name*; failures are retried until an item other than a Phase."""
        from bot.model.model_errors import failure
        from bot.model.model_stream import Phase

        attempt, clock = 0, asyncio.get_running_loop().time
        latest = clock() + self._settings.timeout * _MAX_RETRY_TIME_FACTOR
        while True:
            shown, fit, tools_sent = False, self._fit, False
            if self._budget.is_limited:
                await asyncio.to_thread(self._budget.check)
            try:
                client, known = await self._client()
                prepared = prepare(known)
                tools_sent = bool(prepared.tools)
                async with aclosing(self._stream(client, known, name, prepared)) as stream:
                    async for item in stream:
                        shown = shown or not isinstance(item, Phase)
                        yield item
                return
            except Exception as error:
                if not shown and self._adapt(error, fit, tools_sent):
                    continue
                failed = failure(error, self.model_name, self._secret)
                wait = pause(failed, attempt, self._chance()) if isinstance(failed, ModelFailed) else None
                if shown or wait is None or attempt >= self._settings.retries or clock() > latest:
                    raise failed from error
            attempt += 1
            await self._sleep(wait)

    @property
    def _secret(self) -> str:
        return self._settings.key_of(split_name(self.model_name)[0]) or ""

    def _stream(
        self, client: BaseChatModel, fit: PromptFit, name: str, prepared: Prepared[_Out]
    ) -> AsyncGenerator[_Out]:
        chain = self._template(name, fit, prepared.documents) | self._bound(client, name, fit, prepared.tools)
        variables = {**prepared.variables, "tail": prepared.tail}
        return prepared.read(cast("AsyncGenerator[AIMessageChunk]", chain.astream(variables)))

    def cites_documents(self, fit: PromptFit) -> bool:
        """True if the model can cite sentences of documents itself."""
        return fit.documents and split_name(self.model_name)[0].name == "anthropic"

    def _bound(
        self, client: BaseChatModel, name: str, fit: PromptFit, tools: Sequence[Mapping[str, Any]]
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The client with the tools; for a check with the reply's schema, if the model supports schemas."""
        from bot.reply.verdicts import SCHEMA

        if tools:
            return client.bind_tools([dict(tool) for tool in tools])
        if name == "check" and fit.schema and chat_model.has_structured_output(client):
            return client.bind(response_format={"type": "json_schema", "json_schema": SCHEMA})
        return client

    def _template(self, name: str, fit: PromptFit, documents: Documents | None = None) -> ChatPromptTemplate:
        from langchain_core.messages import HumanMessage
        from langchain_core.prompts import ChatPromptTemplate

        prompt = self.prompts[name]
        sent = [HumanMessage(cast("list[str | dict[Any, Any]]", documents))] if documents else []
        human = prompt.human + "{tail}"
        if fit.system:
            return ChatPromptTemplate.from_messages([("system", prompt.system), *sent, ("human", human)])
        return ChatPromptTemplate.from_messages([*sent, ("human", f"{prompt.system}\n\n{human}")])

    async def _client(self) -> tuple[BaseChatModel, PromptFit]:
        """The model's client for this event loop, and the fit with a budget within its context window."""
        await asyncio.to_thread(self.load)  # takes seconds, once
        loop, fit, built = asyncio.get_running_loop(), self._fit, self._built
        if built is None or built[0] not in {None, loop} or not built[1].same_client(fit):
            client = chat_model.build(self._settings, self.model_name, fit)
            built = self._built = (loop, fit, client)
        elif built[0] is None:
            self._built = (loop, *built[1:])
        window = chat_model.context_window(built[2])
        if window is not None:
            fit = replace(fit, budget=min(fit.budget, max(window - client_options.RULES_TOKENS, _MIN_BUDGET)))
        return built[2], fit

    def _adapt(self, error: Exception, sent: PromptFit, tools_sent: bool) -> bool:
        """Learn from the rejection of *sent* what the model does not accept; True if a retry can succeed."""
        from bot.model.model_errors import server_message, status_of

        if isinstance(error, NotImplementedError) and tools_sent:  # a LangChain model without bind_tools
            fit: PromptFit | None = replace(sent, tools=False)
        else:
            fit = refit(sent, status_of(error), server_message(error), tools_sent)
        if fit is not None and self._fit == sent:  # otherwise a concurrent request has learned something
            self._fit = fit
        return fit is not None
