"""`ask` and `search`: one question, or many as JSON Lines."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.terminal.commands import filter_options, options
from bot.terminal.commands.filter_options import Scope
from bot.terminal.unused_model import report_unused_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answer import Answer
    from bot.assistant import Assistant
    from bot.records.answer_store import AnswerStore
    from bot.terminal.commands.output import Row
    from bot.terminal.commands.question_rows import QuestionRow, RowHandler
    from retrieval.hit import Hit


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How to print an answer."""

    as_json: bool
    explain: bool
    mark_missing: bool


question_argument = click.argument("question", required=False)
as_jsonl = click.option(
    "--jsonl",
    "as_jsonl",
    is_flag=True,
    help='Read JSON Lines {"id", "question", "history"?, "date"?} from stdin; print one result per line.',
)
limit = click.option(
    "-k",
    "limit",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="Number of passages.",
)


@click.command(short_help="Answer one question, or many from stdin.")
@question_argument
@click.option(
    "--strict", is_flag=True, help="Leave out sentences of a model that the articles do not support."
)
@click.option(
    "--mark-missing", is_flag=True, help="Mark facts of a model that no source contains: [not in source: …]."
)
@click.option(
    "--explain",
    is_flag=True,
    help="Show how the answer was made: passages read, cited, contradicting, with ranks.",
)
@options.as_json
@as_jsonl
@filter_options.scoped
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
    """Answer QUESTION from the articles, with a source for every sentence.

    Without QUESTION, or with "-", the question is read from stdin.
    """
    from bot.records.record_stream import make_recorder

    text = read_question(question, as_jsonl)
    report_unused_model(options.read_settings(context))
    assistant = options.open_assistant(context)
    assistant.strict = assistant.strict or strict
    recorder = make_recorder(options.read_settings(context))
    output = OutputOptions(as_json, explain, mark_missing)
    asyncio.run(_ask(assistant, text, scope, output, options.wants_sync(context), recorder))


@click.command(short_help="Find passages without generating an answer.")
@question_argument
@limit
@options.as_json
@as_jsonl
@filter_options.scoped
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
    """Find the passages closest to QUESTION, best first.

    Without QUESTION, or with "-", the question is read from stdin.
    """
    text = read_question(question, as_jsonl)
    assistant = options.open_assistant(context)
    asyncio.run(_search(assistant, text, scope, limit, as_json, options.wants_sync(context)))


def read_question(question: str | None, as_jsonl: bool) -> str | None:
    """The question from the command line or stdin; None for JSON Lines."""
    if as_jsonl:
        if question not in (None, "-"):
            raise click.UsageError("--jsonl reads questions from stdin; do not pass QUESTION.")
        return None
    if question is None and sys.stdin.isatty():
        raise click.UsageError('Missing QUESTION. Example: footnote ask "Who stopped the listing?"')
    if question in (None, "-"):
        return sys.stdin.buffer.read().decode("utf-8", "replace").strip()
    return question


async def _ask(
    assistant: Assistant,
    question: str | None,
    scope: Scope,
    output: OutputOptions,
    sync: bool,
    recorder: Callable[[], AnswerStore] | None,
) -> None:
    from bot.records.record_stream import record_stream
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import prepare_index

    await prepare_index(assistant, sync)
    filter_options.warn_unknown_names(assistant, scope.filters)
    if question is None:  # not stored: the calling program keeps what it needs
        await _answer_all(assistant, lambda row: _answer_row(assistant, row, scope))
        return
    stream = assistant.ask(question, filters=scope.filters, as_of=scope.as_of)
    answers = record_stream(stream, recorder, as_of=scope.as_of)
    if output.as_json:
        answer = [answer async for answer in answers][-1]
        print_json(_answer_json(answer, assistant if output.explain else None))
    else:
        from bot.terminal.screen import Screen

        answer = await Screen(mark_missing=output.mark_missing).show(answers)
        if output.explain:
            from bot.records.explain import explain_answer, explanation_lines

            click.echo(
                "\n".join(["", *explanation_lines(explain_answer(answer, assistant.library.status()))])
            )


def _answer_json(answer: Answer, explain: Assistant | None) -> Row:
    """The answer as JSON, with its explanation as "ledger" if an Assistant is given."""
    from bot.answer_json import answer_json

    if explain is None:
        return answer_json(answer)
    from bot.records.explain import explain_answer, explanation_json

    return {
        **answer_json(answer),
        "ledger": explanation_json(explain_answer(answer, explain.library.status())),
    }


async def _answer_row(assistant: Assistant, row: QuestionRow, scope: Scope) -> Row:
    from bot.answer_json import answer_json

    as_of = row.day or scope.as_of
    stream = assistant.ask(row.question, filters=scope.filters, as_of=as_of, history=row.history)
    answer = [answer async for answer in stream][-1]
    return {**answer_json(answer), "id": row.id}


async def _search(
    assistant: Assistant, question: str | None, scope: Scope, limit: int, as_json: bool, sync: bool
) -> None:
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import prepare_index

    await prepare_index(assistant, sync)
    filter_options.warn_unknown_names(assistant, scope.filters)
    if question is None:
        await _answer_all(assistant, lambda row: _search_row(assistant, row, scope, limit))
        return
    hits = await assistant.search(question, limit, scope.filters, scope.as_of)
    if as_json:
        print_json(_hits_json(None, question, hits))
    else:
        from bot.terminal.screen import Screen

        Screen().hits(hits)


async def _search_row(assistant: Assistant, row: QuestionRow, scope: Scope, limit: int) -> Row:
    hits = await assistant.search(row.question, limit, scope.filters, row.day or scope.as_of)
    return _hits_json(row.id, row.question, hits)


def _hits_json(id: object, question: str, hits: list[Hit]) -> Row:
    from bot.answer_json import hit_json

    return {"id": id, "question": question, "passages": [hit_json(hit) for hit in hits]}


async def _answer_all(assistant: Assistant, handler: RowHandler) -> None:
    from bot.terminal.commands.question_rows import MAX_CONCURRENT_QUESTIONS, answer_rows

    concurrency = MAX_CONCURRENT_QUESTIONS if assistant.mode == "model" else 1
    failed = await answer_rows(sys.stdin.buffer, handler, concurrency)
    if failed:
        raise BotError(f"{failed} {'row' if failed == 1 else 'rows'} failed.")
