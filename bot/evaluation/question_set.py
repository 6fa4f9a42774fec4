"""Questions with known answers: read from questions.jsonl, and new ones added to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.errors import QuestionSetInvalid
from bot.evaluation.metrics import KnownEvidence

if TYPE_CHECKING:
    from retrieval.library import Library

NAME = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question and what is known of its answer; ``evidence`` names articles by id, path or file stem.

    ``history`` are the questions and answers before it, ``day`` the day it is asked (None: today).
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[KnownEvidence, ...] = ()
    answerable: bool = True
    day: date | None = None
    history: tuple[tuple[str, str], ...] = ()


def corpus_of(folder: Path) -> Path:
    """The articles that go with the questions of a folder: its corpus.jsonl or corpus/, else itself."""
    for name in ("corpus.jsonl", "corpus"):
        if (folder / name).exists():
            return folder / name
    return folder


def read_questions(folder: Path) -> list[KnownQuestion]:
    """The questions of a folder's questions.jsonl. Raises QuestionSetInvalid, naming the line."""
    return [_question(row, number) for number, row in _rows(folder / NAME)]


def _rows(path: Path) -> list[tuple[int, dict[str, object]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise QuestionSetInvalid(f"There is no {NAME} in {path.parent}.") from None
    except (OSError, UnicodeError) as error:
        raise QuestionSetInvalid(f"{path} cannot be read ({type(error).__name__}).") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise QuestionSetInvalid(f"Line {number} of {path} is no JSON object.")
            found.append((number, row))
    return found


def _question(row: Mapping[str, object], number: int) -> KnownQuestion:
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise QuestionSetInvalid(f'Line {number} of {NAME} has no "question".')
    try:
        return KnownQuestion(
            str(row.get("id", number)),
            question,
            tuple(str(each) for each in _list(row.get("answers"))),
            tuple(
                KnownEvidence(str(each["doc"]), str(each.get("text") or ""))
                for each in _list(row.get("evidence"))
            ),
            bool(row.get("answerable", True)),
            _day(row.get("date")),
            tuple((str(asked), str(answered)) for asked, answered in _list(row.get("history"))),
        )
    except (TypeError, ValueError, KeyError, AttributeError):
        raise QuestionSetInvalid(f"Line {number} of {NAME} is not of the form that is read.") from None


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


def from_answer(answer: Answer, *, right: str | None = None) -> KnownQuestion:
    """An answer that a person found helpful (or *right* instead of it) as a question to keep.

    Its evidence are the quotes that were cited; a question that was not answered is kept as unanswerable.
    """
    found = tuple(KnownEvidence(each.article.id, each.quote) for each in answer.citations)
    answerable = answer.status == "answered" or right is not None
    return KnownQuestion("", answer.standalone_question, (right,) if right else (), found, answerable)


def add_question(folder: Path, new: KnownQuestion, library: Library) -> KnownQuestion:
    """Append a question to a folder's set, checked against the articles, and give it an id of its own.

    Raises QuestionSetInvalid when evidence is not in its article, when nothing is known of the answer, or
    when the same question is already there.
    """
    known = [each for _, each in _numbered(folder)]
    if any(each.question.casefold() == new.question.casefold() and each.day == new.day for each in known):
        raise QuestionSetInvalid(f"This question is already in {folder / NAME}.", "")
    if new.answerable and not (new.answers or new.evidence):
        raise QuestionSetInvalid(
            "Nothing is known of the answer.", "Give --answer, --evidence, or --unanswerable."
        )
    for each in new.evidence:
        _check(each, library)
    ids = {each.id for each in known}
    number = next(n for n in range(len(known) + 1, 2 * len(known) + 2) if f"q{n:02}" not in ids)
    added = KnownQuestion(
        f"q{number:02}", new.question, new.answers, new.evidence, new.answerable, new.day, new.history
    )
    _append(folder / NAME, added)
    return added


def _numbered(folder: Path) -> Iterable[tuple[int, KnownQuestion]]:
    if not (folder / NAME).exists():
        return []
    return enumerate(read_questions(folder), 1)


def _check(evidence: KnownEvidence, library: Library) -> None:
    article = library.article(evidence.article)
    if article is None:
        raise QuestionSetInvalid(f"There is no article {evidence.article!r}.", "See `footnote articles`.")
    if "".join(evidence.text.split()) not in "".join(article.text.split()):
        raise QuestionSetInvalid(
            f"These words are not in {evidence.article}: {evidence.text!r}.", "Copy them from the article."
        )


def _append(path: Path, added: KnownQuestion) -> None:
    row: dict[str, object] = {
        "id": added.id,
        "question": added.question,
        "answers": list(added.answers),
        "evidence": [{"doc": each.article, "text": each.text} for each in added.evidence],
        "answerable": added.answerable,
    }
    if added.day:
        row["date"] = added.day.isoformat()
    if added.history:
        row["history"] = [list(turn) for turn in added.history]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ends = not path.exists() or path.read_bytes()[-1:] in (b"\n", b"")
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if ends else "\n") + json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as error:
        raise QuestionSetInvalid(f"{path} cannot be written ({error.strerror}).", "") from error


def article_ids(wanted: Sequence[KnownEvidence], library: Library) -> dict[str, str]:
    """What names an article in evidence -> its id: by id, by path, else by the stem of a file's name."""
    articles = library.articles()
    by_name = {Path(each.path).stem: each.id for each in articles}
    by_name |= {Path(each.id).stem: each.id for each in articles}
    by_name |= {each.path: each.id for each in articles if not each.path.endswith(".jsonl")}
    by_name |= {each.id: each.id for each in articles}
    return {each.article: by_name.get(each.article, each.article) for each in wanted}
