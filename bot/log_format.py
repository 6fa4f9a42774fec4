"""Log records as lines: JSON for log collectors, plain text for people."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """One JSON object per record: time (ISO 8601, UTC), level, logger, message, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row = {"time": time, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row)


class TerminalFormatter(logging.Formatter):
    """Footnote's own warnings as sentences; other records with level and logger."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        if record.name.startswith("footnote.") and not record.exc_info:
            return record.getMessage()
        return f"{record.levelname} {record.name}: {super().format(record)}"
