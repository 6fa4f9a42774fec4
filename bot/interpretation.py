"""Interprets a question in its conversation: what it asks on its own, and if it needs a search."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.errors import ModelFailed
from bot.question.conversation import Turn
from bot.question.parsed_question import parse_question
from bot.restatement import is_restatement
from retrieval.errors import RetrievalError
from retrieval.library import Library

if TYPE_CHECKING:
    from bot.looks.look import SearchLook
    from bot.model.prompt_chain import ModelChain
    from bot.model.usage_meter import UsageMeter
    from bot.question.context_words import ContextWords
    from bot.question.follow_up import WordProbabilities


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A standalone question, and the error if the model failed.

    ``alternative``: another reading, for which there are answers if there are none for the first.
    ``restated``: the question asks for the answer of this turn in another form, or about the conversation.
    ``is_unclear``: a model can interpret it better. ``queries`` are what the model searches for it.
    """

    standalone: str
    failure: ModelFailed | None = None
    restated: Turn | None = None
    alternative: str | None = None
    is_unclear: bool = False
    queries: tuple[SearchLook, ...] = ()


class Interpreter:
    """Resolves follow-ups: with the model if there is one and they need it, else by rules."""

    def __init__(
        self, library: Library, chain: ModelChain | None, context_words: ContextWords | None
    ) -> None:
        self._library = library
        self._chain = chain
        self._context_words = context_words

    async def interpret(self, question: str, turns: Sequence[Turn]) -> Interpretation:
        """Interpret a question after *turns* without the model."""
        if not turns:
            return Interpretation(parse_question(question).plain)
        if self._chain and is_restatement(question):
            turn = next((turn for turn in reversed(turns) if turn.citations), turns[-1])
            return Interpretation(turn.standalone_question, restated=turn)
        question, said = parse_question(question).plain, history(turns)
        resolved = await asyncio.to_thread(self.resolve, question, said)
        if self._chain is None:
            from bot.question.follow_up import readings

            first, *others = readings(question, resolved, said)
            return Interpretation(first, alternative=others[0] if others else None)
        stands_alone = await asyncio.to_thread(self._stands_alone, question, said)
        return Interpretation(resolved, is_unclear=not stands_alone)

    async def rewrite(
        self, meant: Interpretation, question: str, turns: Sequence[Turn], day: date, meter: UsageMeter
    ) -> Interpretation:
        """The model's interpretation of an unclear question of the day *day*; *meant* if it has none."""
        assert self._chain is not None
        try:
            rewritten = await self._chain.standalone(question, turns, day, meter)
        except ModelFailed as error:
            return replace(meant, failure=error)
        if rewritten.question is None:
            return meant
        return Interpretation(rewritten.question, queries=rewritten.queries)

    def resolve(self, question: str, said: Sequence[tuple[str, str]]) -> str:
        """A follow-up as a standalone question, by rules; *said*: earlier questions and answers."""
        from bot.question.follow_up import standalone_question
        from bot.question.publisher_question import history_without_publishers

        said = history_without_publishers(question, said, self._publishers())
        return standalone_question(question, said, *self._word_probabilities())

    def _stands_alone(self, question: str, said: Sequence[tuple[str, str]]) -> bool:
        from bot.question.follow_up import is_standalone

        return is_standalone(question, said)

    def _publishers(self) -> tuple[str, ...]:
        try:
            return self._library.publishers()
        except RetrievalError:  # the search will raise it
            return ()

    def _word_probabilities(self) -> tuple[WordProbabilities] | tuple[()]:
        return (self._context_words.probabilities,) if self._context_words else ()


def history(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Each turn as its standalone question and its answer."""
    return [(turn.standalone_question, turn.answer) for turn in turns]
