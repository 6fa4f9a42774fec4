"""Kept answers checked against today's articles: does each quote still stand where it stood?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from bot.answer import Citation, citation_json
from bot.checking.quote_location import locate
from bot.checking.word_alignment import align, keys_of, span_of
from bot.errors import BotError
from retrieval.article import Article, ArticleInfo

if TYPE_CHECKING:
    from bot.records.record import Record

State = Literal["unchanged", "moved", "changed", "deleted"]
HOLDS: frozenset[State] = frozenset({"unchanged", "moved"})
_LIKE = 0.5  # the least similarity at which what an article says now is shown as the changed quote


class AnswersInvalid(BotError):
    """A file holds no answers as `footnote ask --json` prints them."""

    help = "Give a file that `footnote ask --json`, `ask --jsonl` or `history --json` has printed."


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A quote looked up today. ``start`` and ``end`` are where it, or what it became, stands; else -1.

    ``now`` is what the article says there; None when nothing like the quote is left.
    """

    citation: Citation
    state: State
    start: int = -1
    end: int = -1
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """All quotes of one answer, looked up today. ``intact`` is False when the record itself was altered."""

    id: str
    question: str
    checks: tuple[QuoteCheck, ...]
    intact: bool = True

    @property
    def holds(self) -> bool:
        """Whether every quote still stands in its article."""
        return self.intact and all(check.state in HOLDS for check in self.checks)


def verify_record(record: Record, find: Callable[[ArticleInfo], Article | None]) -> Verification:
    """Check a kept answer; *find* gives an article as it is now (``Corpus.find``)."""
    checks = _checks(record.answer.citations, find)
    return Verification(record.id, record.answer.question, checks, record.intact)


def verify_row(row: Mapping[str, Any], find: Callable[[ArticleInfo], Article | None]) -> Verification:
    """Check an answer in the form of `footnote ask --json`. Raises AnswersInvalid."""
    try:
        citations = [_citation(each) for each in row["citations"]]
        return Verification(str(row.get("id") or ""), str(row["question"]), _checks(citations, find))
    except (KeyError, TypeError, ValueError) as error:
        raise AnswersInvalid(f"An answer lacks what is needed to check it ({error!r}).") from error


def answer_rows(text: str) -> Iterator[Mapping[str, Any]]:
    """The answers in a file: one JSON value, a list of them, or one a line. Raises AnswersInvalid."""
    rows = _json_values(text)
    if len(rows) == 1 and isinstance(rows[0], list):
        rows = rows[0]
    if not rows:
        raise AnswersInvalid("The file holds no answers.")
    for row in rows:
        if not isinstance(row, dict) or "citations" not in row:
            raise AnswersInvalid("The file holds JSON, but not of answers.")
        yield row


def verification_json(verification: Verification) -> dict[str, Any]:
    """A verification as `footnote verify --json` shows it."""
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
    found = locate(citation, article)
    if found.state in HOLDS:
        return QuoteCheck(citation, found.state, found.start, found.end, citation.quote)
    if article is None:
        return QuoteCheck(citation, "deleted")
    place = align(keys_of(citation.quote), keys_of(article.text))
    if place.similarity < _LIKE or place.first == place.last:
        return QuoteCheck(citation, "changed")
    start, end = span_of(article.text, place.first, place.last)
    return QuoteCheck(citation, "changed", start, end, article.text[start:end])


def _citation(row: Mapping[str, Any]) -> Citation:
    known = {name: row["article"].get(name) for name in ArticleInfo.__dataclass_fields__}
    start, end = int(row["start"]), int(row["end"])
    return Citation(
        number=int(row["number"]),
        article=ArticleInfo(
            **{**known, "id": str(row["article"]["id"]), "path": str(row["article"]["path"])}
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
        raise AnswersInvalid(f"The file is no JSON ({error}).") from error
