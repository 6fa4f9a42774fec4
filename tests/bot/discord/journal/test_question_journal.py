"""The journal knows after a restart which questions are unfinished, and which can be asked again."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.discord.journal import question_journal
from bot.discord.journal.asked_question import Question
from bot.discord.journal.question_journal import QuestionJournal, save
from bot.errors import RecordsFailure
from retrieval.hit import Filters


def question(id_: int, *, server: int = 7) -> Question:
    filters = Filters(since=date(2021, 3, 18), publishers=("The Quay",))
    return Question("Why?", 1, server, 2, "c", "mention", filters, context="Because.", id=id_, origin=9)


@pytest.fixture
def journal(tmp_path: Path) -> QuestionJournal:
    return QuestionJournal(tmp_path / "journal.sqlite3")


def test_unfinished_questions_survive_a_restart(journal: QuestionJournal, tmp_path: Path) -> None:
    """With everything needed to answer them; finished and interrupted ones are not among them."""
    for id_ in (1, 2, 3):
        journal.begin(question(id_), f"token {id_}")
    journal.add_message(2, 20, 200)
    journal.add_message(2, 20, 201)
    journal.finish(1)
    journal.finish(3, "interrupted", "answer")
    journal.close()
    later = QuestionJournal(tmp_path / "journal.sqlite3")
    (unfinished,) = later.unfinished()
    assert unfinished.question == question(2)
    assert (unfinished.token, unfinished.messages) == ("token 2", ((20, 200), (20, 201)))
    assert later.started == journal.started
    assert stat.S_IMODE((tmp_path / "journal.sqlite3").stat().st_mode) == 0o600


def test_an_interrupted_question_is_taken_once(journal: QuestionJournal) -> None:
    """Its text is deleted with that."""
    journal.begin(question(1))
    assert journal.interrupted(1) is None
    journal.finish(1, "interrupted", "answer")
    assert journal.interrupted(1) == question(1)
    assert [journal.take(1), journal.take(1)] == [True, False]
    assert journal.interrupted(1) is None


def test_a_person_can_be_forgotten(journal: QuestionJournal, tmp_path: Path) -> None:
    """In some conversations or in all; nothing of the text is left in the files."""
    for id_, person, conversation in ((1, 1, "c"), (2, 1, "d"), (3, 2, "c")):
        asked = replace(question(id_), person=person, conversation=conversation, text=f"Secret {id_}?")
        journal.begin(asked)
        journal.finish(id_, "interrupted")
    journal.forget(1, ["c"])
    assert [bool(journal.interrupted(id_)) for id_ in (1, 2, 3)] == [False, True, True]
    journal.forget(1)
    assert [bool(journal.interrupted(id_)) for id_ in (1, 2, 3)] == [False, False, True]
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Secret 3?" in stored
    assert b"Secret 1?" not in stored
    assert b"Secret 2?" not in stored
    journal.forget(None, ["c"])
    assert journal.interrupted(3) is None


def test_handled_messages_are_known(journal: QuestionJournal) -> None:
    """Whether they had a question or not; a question in one stays unfinished."""
    journal.handled(1)
    journal.begin(question(2))
    journal.handled(2)
    assert [journal.knows(id_) for id_ in (1, 2, 3)] == [True, True, False]
    assert [row.question.id for row in journal.unfinished()] == [2]


def test_direct_channels_are_remembered(journal: QuestionJournal) -> None:
    """Those with the newest messages first."""
    journal.handled(1, 50)
    journal.begin(question(2, server=0))
    journal.handled(3, 50)
    journal.begin(question(4))
    assert journal.direct_channels() == [50, 9]


def test_old_questions_are_deleted(journal: QuestionJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the messages that answer them."""
    monkeypatch.setattr(question_journal, "MAX_QUESTIONS", 2)
    for id_ in (1, 2, 3):
        journal.begin(question(id_))
        journal.add_message(id_, 20, 100 + id_)
        journal.finish(id_, "interrupted", f"answer {id_}")
    journal.delete_old()
    assert [journal.knows(id_) for id_ in (1, 2, 3)] == [False, True, True]
    assert [journal.messages_of_answer(f"answer {id_}") for id_ in (1, 2)] == [(), ((20, 102),)]
    journal.delete_before(3)
    assert [journal.knows(id_) for id_ in (2, 3)] == [False, True]


async def test_a_failure_is_logged_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Questions are answered without a journal."""
    broken = QuestionJournal(tmp_path / "journal.sqlite3")
    broken.close()
    with pytest.raises(RecordsFailure, match="cannot be used"):
        broken.begin(question(1))
    await save(lambda: broken.begin(question(1)))
    assert len(caplog.messages) == 1
