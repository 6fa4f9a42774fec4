"""A conversation with its citations as Markdown, for `/save`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answer, Citation
from bot.rendering.text_rendering import (
    answer_notes,
    answer_text,
    contradiction_lines,
    not_found_text,
    sanitize_line,
    source_line,
    spelled,
)

# What Markdown would read as a mark in words that are not written as Markdown.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_markdown(answers: Sequence[Answer]) -> str:
    """All questions and answers in their order, each with its quotes below it."""
    return "# Conversation with Footnote\n" + "".join(f"\n{_exchange(answer)}" for answer in answers)


def _exchange(answer: Answer) -> str:
    blocks = [f"## {_literal(sanitize_line(answer.question))}"]
    if answer.notice:
        blocks.append(_literal(sanitize_line(answer.notice)))
    if answer.status == "not_found":
        blocks.append(_literal(not_found_text(answer)))
    else:
        text = answer_text(answer, lambda token: _literal(spelled(token)))
        blocks.append(text if answer.mode == "model" else _literal(text))
        blocks += [_literal(line) for line in contradiction_lines(answer)]
    blocks += [_literal(line) for line in answer_notes(answer)]
    blocks += [_quote(citation) for citation in answer.citations]
    return "\n\n".join(blocks) + "\n"


def _quote(citation: Citation) -> str:
    source = f"[{citation.number}] {source_line(citation)}"
    if citation.article.url:
        source += f" · {sanitize_line(citation.article.url)}"
    return f"{_literal(source)}\n\n> {_literal(sanitize_line(citation.quote))}"


def _literal(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
