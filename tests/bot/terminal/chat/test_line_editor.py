"""The history file of the chat is private."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.terminal.chat.line_editor import DeferredHistory


@pytest.mark.parametrize("existing", [False, True])
async def test_only_the_owner_can_read_the_history(tmp_path: Path, existing: bool) -> None:
    """Questions are private; a file of an older version is restricted too."""
    path = tmp_path / "state" / "chat_history"
    if existing:
        path.parent.mkdir()
        path.write_text("\n# 2026-01-01\n+an older question\n", encoding="utf-8")
        path.chmod(0o644)
    settings: asyncio.Future[Settings] = asyncio.get_running_loop().create_future()
    settings.set_result(Settings(state=path.parent))
    history = DeferredHistory(settings)
    lines = [line async for line in history.load()]
    history.store_string("Who pays?")
    assert lines == (["an older question"] if existing else [])
    assert "+Who pays?" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
