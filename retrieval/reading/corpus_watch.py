"""Watches the corpus for saved, added and deleted articles, and reports a change once it has settled.

Uses file system events where available, else scans all files every two seconds. Bursts are combined; a file
that is still being written is waited for, up to a maximum.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from retrieval.errors import CorpusError

if TYPE_CHECKING:
    from retrieval.reading.corpus import Corpus

_SETTLE_SECONDS = 0.8  # without a change, after which files count as completely written
_MAX_SETTLE_SECONDS = 5.0  # after which a burst is reported even if it continues
_POLL_SECONDS = 2.0  # between two scans without file system events
_FALLBACK_POLL_SECONDS = 30.0  # between two scans despite events: some file systems lose events

Signature = tuple[tuple[str, int, int], ...]


def watch_changes(corpus: Corpus, stop: threading.Event) -> Iterator[None]:
    """Yield at once, and after each burst of changes, until *stop* is set."""
    before = _signature(corpus)
    yield
    for _ in _possible_changes(corpus, stop):
        after = _settled(corpus, stop)
        if after != before:
            before = after
            yield


def _possible_changes(corpus: Corpus, stop: threading.Event) -> Iterator[None]:
    """Yield when something might have changed."""
    if all(root.is_dir() for root in corpus.roots):
        with suppress(OSError):  # too many folders to watch, or events are not supported
            yield from _events(corpus, stop)
    while not stop.wait(_POLL_SECONDS):
        yield


def _events(corpus: Corpus, stop: threading.Event) -> Iterator[None]:
    from watchfiles import watch

    events = watch(
        *corpus.roots,
        watch_filter=None,
        step=50,
        debounce=200,
        rust_timeout=int(_FALLBACK_POLL_SECONDS * 1_000),
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    for _ in events:
        yield


def _settled(corpus: Corpus, stop: threading.Event) -> Signature:
    """The signature of the files once it has settled, or after the maximum wait."""
    before, after = None, _signature(corpus)
    waited = 0.0
    while after != before and waited < _MAX_SETTLE_SECONDS and not stop.wait(_SETTLE_SECONDS):
        waited += _SETTLE_SECONDS
        before, after = after, _signature(corpus)
    return after


def _signature(corpus: Corpus) -> Signature:
    """Path, size and time of all files that can contain articles; temporary files are left out."""
    try:
        return tuple((file.path, file.size, file.mtime_ns) for file in corpus.scan().files)
    except CorpusError:
        return ()
