"""The bot's log on standard error: one line each, discord.py's too; no traceback for lost connections."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OneLine(logging.Filter):
    """Lost connections mend themselves: they are told in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record; take the traceback from those about connections."""
        if record.name.startswith("discord.") and record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            if isinstance(error, (OSError, TimeoutError)) or "attempting a reconnect" in record.msg.lower():
                record.msg = f"{record.msg} ({type(error).__name__})"
                record.exc_info = None
        return True


def set_up_logging() -> None:
    """Log to standard error with the time, in place of what the command line set up; safe to call again."""
    root = logging.getLogger()
    for other in [each for each in root.handlers if type(each) in {logging.StreamHandler, _Handler}]:
        root.removeHandler(other)
    handler = _Handler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(OneLine())
    root.addHandler(handler)
    logging.getLogger("footnote").setLevel(logging.INFO)
    if root.level > logging.INFO:  # without --verbose
        logging.getLogger("discord").setLevel(logging.WARNING)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Ours, so that it is known when it is there."""
