"""Reads a model's rewritten question, and what to search for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.looks.look import SearchLook
from bot.looks.look_lines import looks_in, without_looks
from bot.question.parsed_question import parse_question
from bot.question.rewritten_question import can_replace
from bot.reply.output_cleanup import unwrap

MAX_QUERIES = 3
_QUESTION_LABEL = re.compile(
    r"^\W*(?:the )?(?:rewritten|standalone|final|new)?\s*question\s*:\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A standalone question and its ``queries``; None and none if the reply cannot replace the question."""

    question: str | None
    queries: tuple[SearchLook, ...]


def read_rewriting(text: str, question: str) -> Rewriting:
    """The rewriting of *question* in a model's reply.

    >>> reply = "When was Ann Lee elected?\\nSEARCH: Ann Lee elected | since 2022"
    >>> read_rewriting(reply, "And when was she elected?").queries[0].since
    datetime.date(2022, 1, 1)
    """
    text = unwrap(text, complete=True)
    rewritten = _one_question(without_looks(text))
    if not can_replace(rewritten, parse_question(question).plain):
        return Rewriting(None, ())
    queries = tuple(look for look in looks_in(text) if isinstance(look, SearchLook))[:MAX_QUERIES]
    return Rewriting(rewritten, queries)


def _one_question(text: str) -> str:
    """The question in a model's reply; "" if it has none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    line = lines[-1] if _QUESTION_LABEL.match(lines[-1]) else lines[0]
    return _QUESTION_LABEL.sub("", line).strip(" \"'“”*`")
