"""`ask` and `search`: one question, or many as lines of JSON."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.terminal.commands import options
from bot.terminal.commands.options import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answer import Answer
    from bot.assistant import Assistant
    from bot.question.conversation import Turn
    from bot.records.answer_store import AnswerStore
    from bot.terminal.commands.output import Row
    from bot.terminal.commands.question_rows import QuestionRow, Work
    from retrieval.hit import Hit


@dataclass(frozen=True, slots=True)
class Show:
    """How an answer is to be shown."""

    as_json: bool
    explain: bool
    mark_missing: bool


question_argument = click.argument("question", required=False)
as_jsonl = click.option(
    "--jsonl",
    "as_jsonl",
    is_flag=True,
    help='Read rows {"id", "question", "history"?, "date"?} from standard input; print a row for each.',
)
limit = click.option(
    "-k", "limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages."
)


@click.command(short_help="Answer one question, or rows of them.")
@question_argument
@click.option("--strict", is_flag=True, help="Leave out what a model says and the articles do not support.")
@click.option(
    "--mark-missing", is_flag=True, help="Write [not in source: …] round words of a model that no source has."
)
@click.option("--explain", is_flag=True, help="Say what the answer rests on: read, cited, dissenting, ranks.")
@options.as_json
@as_jsonl
@options.scoped
@options.no_sync
@options.shared
@click.pass_context
def ask(
    context: click.Context,
    question: str | None,
    strict: bool,
    mark_missing: bool,
    explain: bool,
    as_json: bool,
    as_jsonl: bool,
    scope: Scope,
) -> None:
    """Answer QUESTION from the articles, each sentence with its sources.

    Without QUESTION, or with "-", the question is read from standard input.
    """
    from bot.records.record_stream import make_recorder

    text = read_question(question, as_jsonl)
    assistant = options.open_assistant(context)
    assistant.strict = assistant.strict or strict
    keep = make_recorder(options.read_settings(context))
    show = Show(as_json, explain, mark_missing)
    asyncio.run(_ask(assistant, text, scope, show, options.wants_sync(context), keep))


@click.command(short_help="Find passages without an answer.")
@question_argument
@limit
@options.as_json
@as_jsonl
@options.scoped
@options.no_sync
@options.shared
@click.pass_context
def search(
    context: click.Context,
    question: str | None,
    limit: int,
    as_json: bool,
    as_jsonl: bool,
    scope: Scope,
) -> None:
    """Find the passages nearest to QUESTION, the best first.

    Without QUESTION, or with "-", the question is read from standard input.
    """
    text = read_question(question, as_jsonl)
    assistant = options.open_assistant(context)
    asyncio.run(_search(assistant, text, scope, limit, as_json, options.wants_sync(context)))


def read_question(question: str | None, as_jsonl: bool) -> str | None:
    """The question of the command line or of standard input; None for rows of JSON."""
    if as_jsonl:
        if question not in (None, "-"):
            raise click.UsageError("With --jsonl the questions are read from standard input.")
        return None
    if question is None and sys.stdin.isatty():
        raise click.UsageError('What is the question? For example: footnote ask "Who stopped the listing?"')
    if question in (None, "-"):
        return sys.stdin.buffer.read().decode("utf-8", "replace").strip()
    return question


async def _ask(
    assistant: Assistant,
    question: str | None,
    scope: Scope,
    show: Show,
    sync: bool,
    keep: Callable[[], AnswerStore] | None,
) -> None:
    from bot.records.record_stream import record_stream
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import sync_first

    if sync:
        await sync_first(assistant)
    _warn(assistant, scope)
    if question is None:  # rows are another program's: it keeps what it needs
        await _answer_all(assistant, lambda row: _answer_row(assistant, row, scope))
        return
    stream = assistant.ask(question, filters=scope.filters, as_of=scope.as_of)
    kept = record_stream(stream, keep, as_of=scope.as_of)
    if show.as_json:
        print_json(_row([answer async for answer in kept][-1], assistant if show.explain else None))
    else:
        from bot.terminal.screen import Screen

        answer = await Screen(spell_missing=show.mark_missing).show(kept)
        if show.explain:
            from bot.records.explain import explain_answer, explanation_lines

            click.echo(
                "\n".join(["", *explanation_lines(explain_answer(answer, assistant.library.status()))])
            )


def _warn(assistant: Assistant, scope: Scope) -> None:
    """Say on standard error which names of the filters no article has: else nothing found means nothing."""
    from bot.terminal.commands.unknown_names import unknown_lines

    for line in unknown_lines(scope.filters, assistant.library):
        click.echo(line, err=True)


def _row(answer: Answer, explain: Assistant | None) -> Row:
    """The answer as JSON shows it, with its ledger when it is to be explained."""
    from bot.answer import answer_json

    if explain is None:
        return answer_json(answer)
    from bot.records.explain import explain_answer, explanation_json

    return {
        **answer_json(answer),
        "ledger": explanation_json(explain_answer(answer, explain.library.status())),
    }


async def _answer_row(assistant: Assistant, row: QuestionRow, scope: Scope) -> Row:
    from bot.answer import answer_json

    answer = await _last(assistant, row.question, Scope(scope.filters, row.day or scope.as_of), row.history)
    return {**answer_json(answer), "id": row.id}


async def _last(
    assistant: Assistant, question: str, scope: Scope, history: tuple[Turn, ...] | None = None
) -> Answer:
    """The complete answer at the end of the stream."""
    stream = assistant.ask(question, filters=scope.filters, as_of=scope.as_of, history=history)
    return [answer async for answer in stream][-1]


async def _search(
    assistant: Assistant, question: str | None, scope: Scope, limit: int, as_json: bool, sync: bool
) -> None:
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import sync_first

    if sync:
        await sync_first(assistant)
    _warn(assistant, scope)
    if question is None:
        await _answer_all(assistant, lambda row: _search_row(assistant, row, scope, limit))
        return
    hits = await assistant.search(question, limit, scope.filters, scope.as_of)
    if as_json:
        print_json(_found(None, question, hits))
    else:
        from bot.terminal.screen import Screen

        Screen().hits(hits)


async def _search_row(assistant: Assistant, row: QuestionRow, scope: Scope, limit: int) -> Row:
    hits = await assistant.search(row.question, limit, scope.filters, row.day or scope.as_of)
    return _found(row.id, row.question, hits)


def _found(id: object, question: str, hits: list[Hit]) -> Row:
    from bot.answer import hit_json

    return {"id": id, "question": question, "passages": [hit_json(hit) for hit in hits]}


async def _answer_all(assistant: Assistant, work: Work) -> None:
    from bot.terminal.commands.question_rows import ASKED_AT_ONCE, answer_rows

    at_once = ASKED_AT_ONCE if assistant.mode == "model" else 1
    failed = await answer_rows(sys.stdin.buffer, work, at_once)
    if failed:
        raise BotError(f"{failed} {'row' if failed == 1 else 'rows'} could not be answered.")
