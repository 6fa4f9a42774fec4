"""What the command line sets for its process."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from bot.terminal.commands.cli import main


@pytest.mark.parametrize(("set_by_user", "used"), [(None, "1"), ("4", "4")])
def test_numpy_uses_one_thread_unless_the_user_sets_another_number(
    monkeypatch: pytest.MonkeyPatch, set_by_user: str | None, used: str
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")  # restored afterwards
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    if set_by_user:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", set_by_user)
    assert CliRunner().invoke(main, ["--version"]).exit_code == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == used
