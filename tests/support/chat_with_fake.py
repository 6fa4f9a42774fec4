"""Runs `footnote` with the fake Assistant: INDEX_FOLDER PAUSE_SECONDS [CLI ARGUMENTS...]."""

from __future__ import annotations

import sys
from pathlib import Path

from fakes import FakeAssistant

from bot.terminal.commands.cli import main

if __name__ == "__main__":
    folder, pause, *arguments = sys.argv[1:]
    main(arguments, obj=lambda settings: FakeAssistant(folder=Path(folder), pause=float(pause)))
