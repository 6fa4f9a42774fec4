"""Questions to begin with: a few that the articles at hand are known to answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.render import one_line
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.assistant import Assistant

FILE = "questions.jsonl"  # questions that come with a folder of articles, one {"question": …} a line
_TRIED = 12  # questions that are tried at most, to find those that are answered


async def suggest(assistant: Assistant, corpus: Sequence[Path], count: int = 3) -> tuple[str, ...]:
    """Up to *count* questions, each answered by the articles when it was tried just now."""
    good: list[str] = []
    for question in written_questions(corpus)[:_TRIED]:
        if len(good) < count and await _is_answered(assistant, question):
            good.append(question)
    return tuple(good)


def written_questions(corpus: Sequence[Path]) -> list[str]:
    """The questions that come with the folders of a corpus; lines that hold none are passed over."""
    found: list[str] = []
    for folder in corpus:
        try:
            text = (folder / FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            continue
        found += [question for line in text.splitlines() if (question := _question(line))]
    return found


def suggestion_lines(questions: Sequence[str]) -> list[str]:
    """How the chat offers them."""
    return (
        ["You could ask (the Tab key writes them):", *(f"  {question}" for question in questions)]
        if questions
        else []
    )


def _question(line: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    question = row.get("question") if isinstance(row, dict) else None
    return one_line(question) if isinstance(question, str) else ""


async def _is_answered(assistant: Assistant, question: str) -> bool:
    try:
        answers = [answer async for answer in assistant.ask(question)]
    except (BotError, RetrievalError):
        return False
    return bool(answers) and answers[-1].status == "answered"
