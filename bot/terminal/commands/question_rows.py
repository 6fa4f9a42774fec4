"""`--jsonl`: reads questions as JSON Lines and prints the results in order, each as soon as it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.terminal.commands.options import parse_day
from bot.terminal.commands.output import as_json_text, print_note, print_row
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.question.conversation import Turn

MAX_CONCURRENT_QUESTIONS = (
    4  # with a model, which waits for the network; otherwise 1, so that timings are accurate
)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One line of input. ``id`` can be any JSON value and is returned unchanged."""

    id: object
    question: str
    history: tuple[Turn, ...]
    day: date | None


class RowInvalid(BotError):
    """A line of input is not a question; ``id`` is its id, if it has one."""

    id: object = None


RowHandler = Callable[[QuestionRow], Awaitable[Mapping[str, object]]]


def parse_row(line: bytes, number: int) -> QuestionRow:
    """Parse line *number* (from 1), which is also the default "id". Raises RowInvalid."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowInvalid(f"Not valid JSON ({error}).") from None
    if not isinstance(row, dict):
        raise RowInvalid('Expected a JSON object such as {"id": "1", "question": "…"}.')
    try:
        return QuestionRow(
            row.get("id", number),
            _question(row.get("question")),
            _history(row.get("history")),
            _day(row.get("date")),
        )
    except RowInvalid as error:
        error.id = row.get("id")
        raise


def _question(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RowInvalid('"question" is missing or empty.')
    return value


def _history(pairs: object) -> tuple[Turn, ...]:
    from bot.question.conversation import Turn

    if pairs is None:
        return ()
    if not isinstance(pairs, list) or not all(_is_turn(pair) for pair in pairs):
        raise RowInvalid('"history" must be a list of [question, answer] pairs.')
    return tuple(Turn(question, answer, question) for question, answer in pairs)


def _is_turn(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)


def _day(value: object) -> date | None:
    if value is None or value == "":
        return None
    try:
        return parse_day(str(value))
    except ValueError:
        raise RowInvalid(f'"date" is not a date: {value!r}; use the format 2022-07-08.') from None


@dataclass(frozen=True, slots=True)
class FailedRow:
    """An error for one line, printed to stderr."""

    line: int
    id: object
    error: str


RowResult = Mapping[str, object] | FailedRow


async def answer_rows(lines: Iterable[bytes], handler: RowHandler, concurrency: int) -> int:
    """Print the result of *handler* for each line, in input order; returns the number of failed lines.

    Lines are read as they arrive: a program can write a question, wait for its answer, and ask the next.
    """
    started: asyncio.Queue[asyncio.Task[RowResult] | None] = asyncio.Queue()
    slots = threading.Semaphore(concurrency)

    def start(line: bytes, number: int) -> None:
        started.put_nowait(asyncio.create_task(_handle_line(line, number, handler)))

    _read_in_thread(lines, slots, start, lambda: started.put_nowait(None))
    failed = 0
    while (task := await started.get()) is not None:
        result = await task
        slots.release()
        if isinstance(result, FailedRow):
            print_note(as_json_text({"line": result.line, "id": result.id, "error": result.error}))
            failed += 1
        else:
            print_row(result)
    return failed


async def _handle_line(line: bytes, number: int, handler: RowHandler) -> RowResult:
    row = None
    try:
        row = parse_row(line, number)
        return await handler(row)
    except (BotError, RetrievalError) as error:
        id_ = error.id if isinstance(error, RowInvalid) else row.id if row else None
        return FailedRow(number, id_, str(error))


def _read_in_thread(
    lines: Iterable[bytes],
    slots: threading.Semaphore,
    start: Callable[[bytes, int], None],
    end: Callable[[], None],
) -> None:
    """Read lines in a daemon thread, which does not block the exit of the program."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            for number, line in enumerate(lines, 1):
                if line.strip():
                    slots.acquire()
                    loop.call_soon_threadsafe(start, line, number)
            loop.call_soon_threadsafe(end)

    threading.Thread(target=read, daemon=True, name="questions").start()
