"""What is stored about people is deleted after the number of days in the settings."""

from __future__ import annotations

import asyncio
import logging
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.answer import Answer
from bot.discord import daily_deletion
from bot.discord.daily_deletion import delete_expired_daily
from bot.discord.handlers.discord_store import DiscordStore, store_path
from bot.discord.journal.question_journal import QuestionJournal, journal_path
from bot.errors import RecordsFailure
from bot.records.answer_store import AnswerStore, records_path
from bot.records.record import Feedback
from bot.records.retention import CHAT_HISTORY, delete_expired
from bot.settings import Settings

QUESTION = "Who asked the secret question?"
LATER = datetime.now(UTC) + timedelta(days=30)


def store_answer(state: Path) -> str:
    records = AnswerStore(records_path(state))
    stored = records.add(
        Answer(QUESTION, QUESTION, "not_found", complete=True), as_of=date.today(), person="7"
    )
    records.add_feedback(Feedback(stored, "7", helpful=True))
    records.close()
    return stored


def count(state: Path) -> int:
    records = AnswerStore(records_path(state))
    try:
        assert len(records.feedback()) == records.count()
        return records.count()
    finally:
        records.close()


def test_expired_answers_are_deleted_with_their_feedback(tmp_path: Path) -> None:
    """Newer ones are kept; so is everything without the setting. Nothing remains in the file."""
    store_answer(tmp_path)
    assert delete_expired(Settings(state=tmp_path), LATER) == 0
    assert delete_expired(Settings(state=tmp_path, keep_days=31), LATER) == 0
    assert count(tmp_path) == 1
    assert delete_expired(Settings(state=tmp_path, keep_days=29), LATER) == 1
    assert count(tmp_path) == 0
    assert not any(b"secret" in path.read_bytes() for path in tmp_path.iterdir())


def test_the_chat_history_is_shortened(tmp_path: Path) -> None:
    """Whole entries, also of several lines; the file stays private."""
    path = tmp_path / CHAT_HISTORY
    today = datetime.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    path.write_text(
        f"\n# 2020-01-01 10:00:00.000001\n+an old question\n+of two lines\n\n# {today}\n+a new one\n",
        encoding="utf-8",
    )
    delete_expired(Settings(state=tmp_path, keep_days=5))
    assert path.read_text(encoding="utf-8") == f"# {today}\n+a new one\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    delete_expired(Settings(state=tmp_path, keep_days=5), LATER)
    assert path.read_text(encoding="utf-8") == ""


def test_nothing_is_created_where_nothing_is_stored(tmp_path: Path) -> None:
    """A read-only command leaves no empty database."""
    assert delete_expired(Settings(state=tmp_path, keep_days=1)) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_shortened_is_an_error(tmp_path: Path) -> None:
    """One sentence with its path."""
    (tmp_path / CHAT_HISTORY).mkdir()
    with pytest.raises(RecordsFailure, match="chat_history cannot be shortened"):
        delete_expired(Settings(state=tmp_path, keep_days=1))


async def test_the_discord_bot_deletes_every_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers, lists of passages and the journal of questions; it logs how many."""
    monkeypatch.setattr(daily_deletion, "DAY_SECONDS", 0.05)
    monkeypatch.setattr("bot.discord.daily_deletion.timedelta", lambda days: timedelta(days=days - 30))
    store = DiscordStore(store_path(tmp_path))
    store.save_list("old", Answer(QUESTION, QUESTION, "not_found", complete=True))
    journal = QuestionJournal(journal_path(tmp_path))
    journal.handled(1)
    with caplog.at_level(logging.INFO, "footnote.discord"):
        settings = Settings(state=tmp_path, keep_days=1)
        deleting = asyncio.create_task(delete_expired_daily(settings, store, journal))
        await asyncio.sleep(0.3)
        deleting.cancel()
    assert not journal.knows(1)
    store.close()
    journal.close()
    assert len(caplog.records) >= 2
    store = DiscordStore(store_path(tmp_path))
    assert store.load_list("old") is None
    store.close()


async def test_without_the_setting_the_bot_deletes_nothing(tmp_path: Path) -> None:
    """The task ends at once."""
    store, journal = DiscordStore(store_path(tmp_path)), QuestionJournal(journal_path(tmp_path))
    await asyncio.wait_for(delete_expired_daily(Settings(state=tmp_path), store, journal), 1)
    store.close()
    journal.close()
