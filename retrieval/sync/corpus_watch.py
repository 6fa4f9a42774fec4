"""Notices when articles were saved, added or deleted, once they are quiet again.

Events of the system where there are any, else a look at all files every two seconds. Bursts are taken
together; a file that is still being written is waited for, but not for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError

if TYPE_CHECKING:
    from retrieval.reading.corpus import Corpus

_QUIET = 0.8  # seconds without a change after which files count as wholly written
_MOST = 5.0  # seconds that changes are taken together at most
_LOOK = 2.0  # seconds between two looks where the system tells nothing
_ANYWAY = 30.0  # seconds after which to look although nothing was told: some file systems forget to

Signature = tuple[tuple[str, int, int], ...]


def changes(corpus: Corpus, over: threading.Event) -> Iterator[None]:
    """Yield at once, and after each burst of changes, until *over* is set."""
    before = _signature(corpus)
    yield
    for _ in _hints(corpus, over):
        after = _settled(corpus, over)
        if after != before:
            before = after
            yield


def _hints(corpus: Corpus, over: threading.Event) -> Iterator[None]:
    """Yield when something may have changed."""
    if all(root.is_dir() for root in corpus.roots):
        with suppress(OSError):  # too many folders for the system's events, or none to be had
            yield from _events(corpus, over)
    while not over.wait(_LOOK):
        yield


def _events(corpus: Corpus, over: threading.Event) -> Iterator[None]:
    from watchfiles import watch

    told = watch(
        *corpus.roots,
        watch_filter=None,
        step=50,
        debounce=200,
        rust_timeout=int(_ANYWAY * 1_000),
        yield_on_timeout=True,
        stop_event=over,
        ignore_permission_denied=True,
    )
    for _ in told:
        yield


def _settled(corpus: Corpus, over: threading.Event) -> Signature:
    """The files as they are once they have been the same for a moment, or after the longest wait."""
    before, after = None, _signature(corpus)
    waited = 0.0
    while after != before and waited < _MOST and not over.wait(_QUIET):
        waited += _QUIET
        before, after = after, _signature(corpus)
    return after


def _signature(corpus: Corpus) -> Signature:
    """Changes whenever a file does that may hold articles; temporary files are none of them."""
    try:
        return tuple((file.path, file.size, file.mtime_ns) for file in corpus.scan().files)
    except CorpusError:
        return ()
