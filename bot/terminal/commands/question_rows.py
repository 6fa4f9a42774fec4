"""`--jsonl`: questions as lines of JSON on standard input, answered in order, each as soon as it is ready."""

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
from bot.terminal.commands.output import as_json_text, note, print_row
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.question.conversation import Turn

ASKED_AT_ONCE = 4  # of a model, which waits for a network; else one, so that the seconds of each are its own


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One line of input: ``id`` is given back as it came (any JSON value)."""

    id: object
    question: str
    history: tuple[Turn, ...]
    day: date | None


class RowInvalid(BotError):
    """A line of input is no question; ``id`` is its id, when it has one."""

    id: object = None


Work = Callable[[QuestionRow], Awaitable[Mapping[str, object]]]


def parse_row(line: bytes, number: int) -> QuestionRow:
    """Read line *number* (from 1); without an "id" its number is its id. Raises RowInvalid."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowInvalid(f"This line is not JSON ({error}).") from None
    if not isinstance(row, dict):
        raise RowInvalid('This line is no JSON object such as {"id": "1", "question": "…"}.')
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
        raise RowInvalid('This line has no "question".')
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
        raise RowInvalid(f'"date" is no day: {value!r}; write it as 2022-07-08 or 2022/07/08.') from None


@dataclass(frozen=True, slots=True)
class Failed:
    """What is printed on standard error for a line that has no answer."""

    line: int
    id: object
    error: str


Outcome = Mapping[str, object] | Failed


async def answer_rows(lines: Iterable[bytes], work: Work, at_once: int) -> int:
    """Print the outcome of *work* for each line, in their order; the number of lines that failed.

    *at_once* of them are worked on at the same time.
    Lines are read as they come: a program may write a question, wait for its answer, and ask the next.
    """
    started: asyncio.Queue[asyncio.Task[Outcome] | None] = asyncio.Queue()
    room = threading.Semaphore(at_once)

    def start(line: bytes, number: int) -> None:
        started.put_nowait(asyncio.create_task(_outcome(line, number, work)))

    _read_behind(lines, room, start, lambda: started.put_nowait(None))
    failed = 0
    while (task := await started.get()) is not None:
        outcome = await task
        room.release()
        if isinstance(outcome, Failed):
            note(as_json_text({"line": outcome.line, "id": outcome.id, "error": outcome.error}))
            failed += 1
        else:
            print_row(outcome)
    return failed


async def _outcome(line: bytes, number: int, work: Work) -> Outcome:
    row = None
    try:
        row = parse_row(line, number)
        return await work(row)
    except (BotError, RetrievalError) as error:
        id_ = error.id if isinstance(error, RowInvalid) else row.id if row else None
        return Failed(number, id_, str(error))


def _read_behind(
    lines: Iterable[bytes],
    room: threading.Semaphore,
    start: Callable[[bytes, int], None],
    end: Callable[[], None],
) -> None:
    """Read in a thread of its own, which a stopped program does not wait for."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for answers any more
            for number, line in enumerate(lines, 1):
                if line.strip():
                    room.acquire()
                    loop.call_soon_threadsafe(start, line, number)
            loop.call_soon_threadsafe(end)

    threading.Thread(target=read, daemon=True, name="questions").start()
