"""Kept answers as Markdown and JSON, for reading and for other programs; a page: `answers_page`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bot.answer import answer_json, markers
from bot.checking.unsupported_spans import pieces
from bot.rendering.text_rendering import SUPPORT_MARKS, answer_notes, spelled

if TYPE_CHECKING:
    from bot.answer import Citation, Sentence
    from bot.records.record import Feedback, Record

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def record_json(record: Record, feedback: Sequence[Feedback] = ()) -> dict[str, Any]:
    """A kept answer in the form of `footnote ask --json`, with what a record knows besides."""
    row = answer_json(record.answer)
    for citation, digest in zip(row["citations"], record.quote_hashes, strict=False):
        citation["quote_sha256"] = digest
    kept = {
        "asked_at": record.asked_at,
        "as_of": record.as_of.isoformat(),
        "conversation": record.conversation,
        "person": record.person,
        "feedback": [feedback_json(each) for each in feedback],
    }
    return {**row, **kept}


def feedback_json(feedback: Feedback) -> dict[str, Any]:
    """One opinion as JSON output shows it."""
    return {
        "answer": feedback.answer_id,
        "person": feedback.person,
        "helpful": feedback.helpful,
        "reason": feedback.reason,
        "words": feedback.words,
        "given_at": feedback.given_at,
    }


def markdown(records: Iterable[Record]) -> str:
    """Kept answers as one Markdown text, each with its quotes below it; what articles say is only text."""
    return "\n\n".join(_section(record) for record in records) + "\n"


def _section(record: Record) -> str:
    answer = record.answer
    lines = [f"## {_plain(answer.question)}", "", f"*{record.asked_at[:10]}, answer {record.id}*", ""]
    said = "".join(_sentence(sentence) for sentence in answer.sentences).strip()
    lines.append(said or "Nothing in the articles answers this.")
    for each in answer.contradictions:
        lines += ["", _plain(each.text) + markers(each.citations)]
    notes = [_plain(note) for note in answer_notes(answer)]
    lines += ["", "\\\n".join(notes)] if notes else []
    for citation in answer.citations:
        lines += ["", f"[{citation.number}] {source_line(citation)}", f"> {_plain(citation.quote)}"]
    return "\n".join(lines)


def _sentence(sentence: Sentence) -> str:
    """A sentence with its markers and signs; words that no source has are marked in place."""
    words = "".join(spelled(part) if missing else part for part, missing in pieces(sentence))
    return sentence.lead + _plain(words) + markers(sentence.citations) + _escaped(sentence)


def _escaped(sentence: Sentence) -> str:
    """The sign of a verdict below "supported", which Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", SUPPORT_MARKS[sentence.support])


def source_line(citation: Citation) -> str:
    """Title, publisher, date, url and place of a citation in one line of Markdown."""
    info = citation.article
    address = f"<{info.url}>" if is_web_address(info.url) else None
    known = [_plain(each) for each in (info.title, info.publisher, info.date) if each]
    return " · ".join([*known, *([address] if address else []), f"{_plain(info.path)}:{citation.line}"])


def is_web_address(url: str | None) -> bool:
    """Whether a url may be made a link: http or https, without spaces, quotes, brackets and controls."""
    return (
        url is not None and re.fullmatch(r"https?://[^\s\"'<>()\[\]`\\\x00-\x20\x7f-\x9f]+", url) is not None
    )


def _plain(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
