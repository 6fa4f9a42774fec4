"""Exports stored answers as Markdown and JSON. HTML is in `answers_page`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bot.answer import markers
from bot.answer_json import answer_json
from bot.rendering.answer_markdown import answer_markdown, escape_markdown
from bot.rendering.text_rendering import legend_lines
from retrieval.passage import place_of

if TYPE_CHECKING:
    from bot.answer import Citation, Sentence
    from bot.records.record import Feedback, Record


def record_json(record: Record, feedback: Sequence[Feedback] = ()) -> dict[str, Any]:
    """A stored answer as `footnote ask --json` prints it, plus the fields of its record."""
    row = answer_json(record.answer)
    for citation, digest in zip(row["citations"], record.quote_hashes, strict=False):
        citation["quote_sha256"] = digest
    stored = {
        "asked_at": record.asked_at,
        "as_of": record.as_of.isoformat(),
        "conversation": record.conversation,
        "person": record.person,
        "feedback": [feedback_json(entry) for entry in feedback],
    }
    return {**row, **stored}


def feedback_json(feedback: Feedback) -> dict[str, Any]:
    """Feedback as JSON output shows it."""
    return {
        "answer": feedback.answer_id,
        "person": feedback.person,
        "helpful": feedback.helpful,
        "reason": feedback.reason,
        "words": feedback.words,
        "given_at": feedback.given_at,
    }


def markdown(records: Iterable[Record]) -> str:
    """Answers as one Markdown document, each followed by its quotes.

    Text of articles is escaped; of a model's Markdown the structure is kept and its words are escaped.
    """
    return "\n\n".join(_section(record) for record in records) + "\n"


def _section(record: Record) -> str:
    answer = record.answer
    lines = [f"## {_plain(answer.question)}", "", f"*{record.asked_at[:10]}, answer {record.id}*", ""]
    text = answer_markdown(answer) if answer.mode == "model" else _quoted(answer.sentences)
    lines.append(text or "The articles do not answer this.")
    for contradiction in answer.contradictions:
        lines += ["", _plain(contradiction.text) + markers(contradiction.citations)]
    notes = [_plain(note) for note in legend_lines(answer)]
    lines += ["", "\\\n".join(notes)] if notes else []
    for citation in answer.citations:
        lines += ["", f"[{citation.number}] {markdown_source_line(citation)}", f"> {_plain(citation.quote)}"]
    return "\n".join(lines)


def _quoted(sentences: Iterable[Sentence]) -> str:
    """Sentences of articles with their markers."""
    return "".join(
        escape_markdown(sentence.lead) + _plain(sentence.text) + markers(sentence.citations)
        for sentence in sentences
    ).strip()


def markdown_source_line(citation: Citation) -> str:
    """Title, publisher, date, URL and path:line or page of a citation as one line of Markdown."""
    info = citation.article
    details = [_plain(value) for value in (info.title, info.publisher, info.date) if value]
    link = [f"<{info.url}>"] if is_web_address(info.url) else []
    return " · ".join([*details, *link, _plain(place_of(info.path, citation.line, citation.section))])


def is_web_address(url: str | None) -> bool:
    """True if a URL is safe to link: http(s), without spaces, quotes, brackets or control characters."""
    return (
        url is not None and re.fullmatch(r"https?://[^\s\"'<>()\[\]`\\\x00-\x20\x7f-\x9f]+", url) is not None
    )


def _plain(text: str) -> str:
    """*text* on one line, escaped."""
    return escape_markdown(" ".join(text.split()))
