"""Exports a conversation with its citations as Markdown, for `/save`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Answer, Citation
from bot.rendering.answer_markdown import answer_markdown, escape_markdown
from bot.rendering.sanitize import sanitize_line
from bot.rendering.text_rendering import (
    answer_text,
    contradiction_lines,
    legend_lines,
    not_found_text,
    source_line,
)


def as_markdown(answers: Sequence[Answer]) -> str:
    """The conversation as Markdown, each answer followed by its quotes."""
    return "# Conversation with Footnote\n" + "".join(f"\n{_exchange(answer)}" for answer in answers)


def _exchange(answer: Answer) -> str:
    blocks = [f"## {escape_markdown(sanitize_line(answer.question))}"]
    if answer.notice:
        blocks.append(escape_markdown(sanitize_line(answer.notice)))
    if answer.status == "not_found":
        blocks.append(escape_markdown(not_found_text(answer)))
    else:
        is_model = answer.mode == "model"
        blocks.append(answer_markdown(answer) if is_model else escape_markdown(answer_text(answer)))
        blocks += [escape_markdown(line) for line in contradiction_lines(answer)]
    blocks += [escape_markdown(line) for line in legend_lines(answer)]
    blocks += [_quote(citation) for citation in answer.citations]
    return "\n\n".join(blocks) + "\n"


def _quote(citation: Citation) -> str:
    source = f"[{citation.number}] {source_line(citation)}"
    if citation.article.url:
        source += f" · {sanitize_line(citation.article.url)}"
    return f"{escape_markdown(source)}\n\n> {escape_markdown(sanitize_line(citation.quote))}"
