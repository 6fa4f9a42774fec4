"""Reads questions with known answers from questions.jsonl, and adds new ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.errors import QuestionSetInvalid
from bot.evaluation.metrics import KnownEvidence, without_space

if TYPE_CHECKING:
    from retrieval.library import Library

QUESTIONS_FILE = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question with its known answers; ``evidence`` names articles by id, path or file stem.

    ``history``: the questions and answers before it. ``day``: the day it is asked, None for today.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[KnownEvidence, ...] = ()
    answerable: bool = True
    day: date | None = None
    history: tuple[tuple[str, str], ...] = ()


def corpus_path(folder: Path) -> Path:
    """The articles for a folder's questions: its corpus.jsonl or corpus/, else the folder itself."""
    for name in ("corpus.jsonl", "corpus"):
        if (folder / name).exists():
            return folder / name
    return folder


def read_questions(folder: Path) -> list[KnownQuestion]:
    """The questions of a folder's questions.jsonl. Raises QuestionSetInvalid with the line number."""
    return [_question(row, number) for number, row in _rows(folder / QUESTIONS_FILE)]


def _rows(path: Path) -> list[tuple[int, dict[str, object]]]:
    """The JSON objects of a file with their line numbers; blank lines are skipped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise QuestionSetInvalid(f"There is no {QUESTIONS_FILE} in {path.parent}.") from None
    except (OSError, UnicodeError) as error:
        raise QuestionSetInvalid(f"{path} cannot be read ({type(error).__name__}).") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise QuestionSetInvalid(f"Line {number} of {path} is not a JSON object.")
            rows.append((number, row))
    return rows


def _question(row: Mapping[str, object], number: int) -> KnownQuestion:
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise QuestionSetInvalid(f'Line {number} of {QUESTIONS_FILE} has no "question".')
    try:
        return KnownQuestion(
            str(row.get("id", number)),
            question,
            tuple(str(answer) for answer in _list(row.get("answers"))),
            tuple(
                KnownEvidence(str(piece["doc"]), str(piece.get("text") or ""))
                for piece in _list(row.get("evidence"))
            ),
            bool(row.get("answerable", True)),
            _day(row.get("date")),
            tuple((str(question), str(answer)) for question, answer in _list(row.get("history"))),
        )
    except (TypeError, ValueError, KeyError, AttributeError):
        raise QuestionSetInvalid(f"Line {number} of {QUESTIONS_FILE} has an invalid field.") from None


def _list(value: object) -> list[dict[str, str]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _day(value: object) -> date | None:
    if not value:
        return None
    return date(*(int(part) for part in str(value)[:10].replace("/", "-").split("-")))


def question_from_answer(answer: Answer, *, correct: str | None = None) -> KnownQuestion:
    """An answer that a user found helpful, or whose *correct* answer is known, as a question to add.

    Its citations become the evidence; a question that was not answered becomes unanswerable.
    """
    evidence = tuple(KnownEvidence(citation.article.id, citation.quote) for citation in answer.citations)
    answerable = answer.status == "answered" or correct is not None
    answers = (correct,) if correct else ()
    return KnownQuestion("", answer.standalone_question, answers, evidence, answerable)


def add_question(folder: Path, new: KnownQuestion, library: Library) -> KnownQuestion:
    """Append a question to a folder's set under a new id, after checking its evidence in the articles.

    Raises QuestionSetInvalid if evidence is not in its article, neither answer nor evidence is given, or the
    same question is already there.
    """
    path = folder / QUESTIONS_FILE
    known = read_questions(folder) if path.exists() else []
    if any(old.question.casefold() == new.question.casefold() and old.day == new.day for old in known):
        raise QuestionSetInvalid(f"This question is already in {path}.", "")
    if new.answerable and not (new.answers or new.evidence):
        raise QuestionSetInvalid(
            "The question has no known answer.", "Give --answer, --evidence, or --unanswerable."
        )
    for piece in new.evidence:
        _check(piece, library)
    ids = {old.id for old in known}
    number = next(n for n in range(len(known) + 1, 2 * len(known) + 2) if f"q{n:02}" not in ids)
    added = replace(new, id=f"q{number:02}")
    _append(path, added)
    return added


def _check(evidence: KnownEvidence, library: Library) -> None:
    article = library.article(evidence.article)
    if article is None:
        raise QuestionSetInvalid(f"There is no article {evidence.article!r}.", "See `footnote articles`.")
    if without_space(evidence.text) not in without_space(article.text):
        raise QuestionSetInvalid(
            f"This text is not in {evidence.article}: {evidence.text!r}.", "Copy it from the article."
        )


def _append(path: Path, added: KnownQuestion) -> None:
    row: dict[str, object] = {
        "id": added.id,
        "question": added.question,
        "answers": list(added.answers),
        "evidence": [{"doc": piece.article, "text": piece.text} for piece in added.evidence],
        "answerable": added.answerable,
    }
    if added.day:
        row["date"] = added.day.isoformat()
    if added.history:
        row["history"] = [list(turn) for turn in added.history]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        has_newline = not path.exists() or path.read_bytes()[-1:] in (b"\n", b"")
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if has_newline else "\n") + json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as error:
        raise QuestionSetInvalid(f"{path} cannot be written ({error.strerror}).", "") from error


def article_ids(evidence: Sequence[KnownEvidence], library: Library) -> dict[str, str]:
    """Each article name in the evidence with its id: looked up by id, then path, then file stem."""
    articles = library.articles()
    by_name = {Path(info.path).stem: info.id for info in articles}
    by_name |= {Path(info.id).stem: info.id for info in articles}
    by_name |= {info.path: info.id for info in articles if not info.path.endswith(".jsonl")}
    by_name |= {info.id: info.id for info in articles}
    return {piece.article: by_name.get(piece.article, piece.article) for piece in evidence}
