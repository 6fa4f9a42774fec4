"""Deletes what is stored about people once it is older than the settings allow."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import RecordsFailure
from bot.records.answer_store import AnswerStore, records_path

if TYPE_CHECKING:
    from bot.settings import Settings

CHAT_HISTORY = "chat_history"  # in the state folder, in the format of prompt_toolkit
_ENTRY = re.compile(r"^# (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.M)  # local time, before the lines typed


def delete_expired(settings: Settings, now: datetime | None = None) -> int:
    """Delete stored answers, with their feedback, and chat lines older than ``keep_days``.

    Returns the number of answers deleted; 0 if everything is kept. Raises RecordsFailure.
    """
    if settings.keep_days is None:
        return 0
    before = (now or datetime.now(UTC)) - timedelta(days=settings.keep_days)
    _shorten_history(settings.state.expanduser() / CHAT_HISTORY, before)
    path = records_path(settings.state)
    if not path.exists():
        return 0
    records = AnswerStore(path)
    try:
        return records.forget(before=before)
    finally:
        records.close()


def _shorten_history(path: Path, before: datetime) -> None:
    """Rewrite the history of the chat without entries from before that time."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        kept = _newer_part(text, before)
        if kept == text:
            return
        temporary = path.with_name(f"{path.name}.new")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(kept.encode("utf-8", "surrogateescape"))
        temporary.replace(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecordsFailure(f"{path} cannot be shortened: {error.strerror}.") from error


def _newer_part(text: str, before: datetime) -> str:
    """The entries of a history from that time on; entries are in the order of their times."""
    for entry in _ENTRY.finditer(text):
        if datetime.fromisoformat(entry[1]).astimezone(UTC) >= before:
            return text[entry.start() :]
    return ""
