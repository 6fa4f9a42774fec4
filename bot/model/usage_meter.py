"""Adds up what the requests to the language model use."""

from __future__ import annotations

from bot.answer import Usage


class UsageMeter:
    """The usage of all requests for one answer, also of those that failed or were stopped.

    What it counts is also added to *whole*, the meter of the process.
    """

    def __init__(self, whole: UsageMeter | None = None) -> None:
        self.total = Usage()
        self._whole = whole

    def add(self, usage: Usage) -> None:
        """Add the usage of a request."""
        self.total += usage
        if self._whole:
            self._whole.add(usage)
