"""Logs to standard error, one line per record; lost connections are logged without a traceback."""

from __future__ import annotations

import logging
import sys

from bot.log_format import JsonFormatter

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class ShortConnectionErrors(logging.Filter):
    """Removes the traceback of connection errors: discord.py reconnects by itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record if it is about a lost connection. Always returns True."""
        if record.name.startswith("discord.") and record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            if isinstance(error, (OSError, TimeoutError)) or "attempting a reconnect" in record.msg.lower():
                record.msg = f"{record.msg} ({type(error).__name__})"
                record.exc_info = None
        return True


def set_up_logging(*, as_json: bool = False) -> None:
    """Log to standard error with timestamps, replacing the command line's handler. Can be called again."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if type(handler) in {logging.StreamHandler, _Handler}:
            root.removeHandler(handler)
    ours = _Handler(sys.stderr)
    ours.setFormatter(JsonFormatter() if as_json else logging.Formatter(FORMAT))
    ours.addFilter(ShortConnectionErrors())
    root.addHandler(ours)
    logging.getLogger("footnote").setLevel(logging.INFO)
    if root.level > logging.INFO:  # without --verbose
        logging.getLogger("discord").setLevel(logging.WARNING)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Marks our handler, so that a second call replaces it."""
