"""Verifies stored answers: is each quote still in the current version of its article?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bot.answer import Citation
from bot.answer_json import citation_json
from bot.checking.quote_location import QuoteState, locate
from bot.checking.word_alignment import align, keys_of, span_of
from bot.errors import BotError
from retrieval.article import Article, ArticleInfo

if TYPE_CHECKING:
    from bot.records.record import Record

VALID_STATES: frozenset[QuoteState] = frozenset({"unchanged", "moved"})
MIN_QUOTE_SIMILARITY = 0.5  # for a passage to be shown as the new wording of a changed quote


class AnswersInvalid(BotError):
    """A file does not contain answers as `footnote ask --json` prints them."""

    help = "Pass the output of `footnote ask --json`, `ask --jsonl` or `history --json`."


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A quote looked up in its current article.

    ``start`` and ``end`` are the span of the quote or of its new wording, ``now`` is the text of that span;
    -1 and None if the article has nothing similar.
    """

    citation: Citation
    state: QuoteState
    start: int = -1
    end: int = -1
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The checks of all quotes of one answer. ``intact`` is False if the record itself was altered."""

    id: str
    question: str
    checks: tuple[QuoteCheck, ...]
    intact: bool = True

    @property
    def holds(self) -> bool:
        """True if the record is intact and every quote is still in its article."""
        return self.intact and all(check.state in VALID_STATES for check in self.checks)


def verify_record(record: Record, find: Callable[[ArticleInfo], Article | None]) -> Verification:
    """Check a stored answer; *find* returns the current version of an article (``Corpus.find``)."""
    checks = _checks(record.answer.citations, find)
    return Verification(record.id, record.answer.question, checks, record.intact)


def verify_row(row: Mapping[str, Any], find: Callable[[ArticleInfo], Article | None]) -> Verification:
    """Check an answer as `footnote ask --json` prints it. Raises AnswersInvalid."""
    try:
        citations = [_citation(citation) for citation in row["citations"]]
        return Verification(str(row.get("id") or ""), str(row["question"]), _checks(citations, find))
    except (KeyError, TypeError, ValueError) as error:
        raise AnswersInvalid(f"An answer lacks a required field or value ({error!r}).") from error


def read_answer_rows(text: str) -> Iterator[Mapping[str, Any]]:
    """Parse a file of answers: one JSON object, a list, or JSON Lines. Raises AnswersInvalid."""
    rows = _json_values(text)
    if len(rows) == 1 and isinstance(rows[0], list):
        rows = rows[0]
    if not rows:
        raise AnswersInvalid("The file contains no answers.")
    for row in rows:
        if not isinstance(row, dict) or "citations" not in row:
            raise AnswersInvalid("The file is JSON, but does not contain answers.")
        yield row


def verification_json(verification: Verification) -> dict[str, Any]:
    """A verification as `footnote verify --json` prints it."""
    return {
        "id": verification.id,
        "question": verification.question,
        "holds": verification.holds,
        "intact": verification.intact,
        "citations": [_check_json(check) for check in verification.checks],
    }


def _check_json(check: QuoteCheck) -> dict[str, Any]:
    now = None if check.now is None else {"start": check.start, "end": check.end, "text": check.now}
    return {**citation_json(check.citation), "state": check.state, "now": now}


def _checks(
    citations: Sequence[Citation], find: Callable[[ArticleInfo], Article | None]
) -> tuple[QuoteCheck, ...]:
    return tuple(_check(citation, find(citation.article)) for citation in citations)


def _check(citation: Citation, article: Article | None) -> QuoteCheck:
    located = locate(citation, article)
    if located.state in VALID_STATES:
        return QuoteCheck(citation, located.state, located.start, located.end, citation.quote)
    if article is None:
        return QuoteCheck(citation, "deleted")
    alignment = align(keys_of(citation.quote), keys_of(article.text))
    if alignment.similarity < MIN_QUOTE_SIMILARITY or alignment.first == alignment.last:
        return QuoteCheck(citation, "changed")
    start, end = span_of(article.text, alignment.first, alignment.last)
    return QuoteCheck(citation, "changed", start, end, article.text[start:end])


def _citation(row: Mapping[str, Any]) -> Citation:
    article = {name: row["article"].get(name) for name in ArticleInfo.__dataclass_fields__}
    start, end = int(row["start"]), int(row["end"])
    return Citation(
        number=int(row["number"]),
        article=ArticleInfo(
            **{**article, "id": str(row["article"]["id"]), "path": str(row["article"]["path"])}
        ),
        quote=str(row["quote"]),
        start=start,
        end=end,
        line=int(row.get("line") or 0),
        section=row.get("section"),
        passage_start=start,
        passage_end=end,
    )


def _json_values(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except ValueError:
        pass
    try:
        return [cast(object, json.loads(line)) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise AnswersInvalid(f"The file is not valid JSON ({error}).") from error
