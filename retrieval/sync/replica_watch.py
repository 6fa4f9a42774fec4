"""Keeps a replica up to date with its server: fetches newer generations, and notices when one appears."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass

from retrieval.errors import IndexFailure
from retrieval.index.generations import Generations
from retrieval.index.server_store import ServerStore
from retrieval.sync.replica import update_replica
from retrieval.sync.shared_server import SharedServer

_POLL_SECONDS = 2.0  # between two requests to the server
_FIRST_FETCH_SECONDS = 60.0  # to wait for another process that fetches the first replica
_REFRESH_SECONDS = 2.0  # to wait if there is already a replica to use


@dataclass(frozen=True, slots=True)
class SharedIndex:
    """An index on a Chroma server that a local folder replicates."""

    url: str
    token: str | None
    fingerprint: str

    def fetch_current(self, generations: Generations) -> None:
        """Update the local replica to the server's current generation.

        Errors are ignored if there is a usable replica; otherwise raises IndexFailure.
        """
        try:
            with closing(SharedServer(self.url, self.token, self.fingerprint)) as server:
                current = generations.current_or_none()
                if current is None or current.server != server.version():
                    with generations.writing(_FIRST_FETCH_SECONDS if current is None else _REFRESH_SECONDS):
                        update_replica(server, generations, self.fingerprint)
        except IndexFailure:
            current = generations.current_or_none()
            if current is None or current.fingerprint != self.fingerprint:
                raise

    def store(self) -> ServerStore:
        """The vector store on the server. Raises IndexFailure."""
        return ServerStore.connect(self.url, self.token, self.fingerprint)

    def watch(self, version: str) -> ServerWatch:
        """Watch for generations newer than *version*."""
        return ServerWatch(self.url, self.token, self.fingerprint, version)


class ServerWatch:
    """Polls the server in its own thread until it has a newer generation or the watch is closed."""

    def __init__(self, url: str, token: str | None, fingerprint: str, version: str) -> None:
        self.outdated = False
        self._stop = threading.Event()
        arguments = (url, token, fingerprint, version)
        threading.Thread(target=self._poll, args=arguments, daemon=True, name="server-watch").start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _poll(self, url: str, token: str | None, fingerprint: str, version: str) -> None:
        while not self._stop.is_set():
            try:
                with closing(SharedServer(url, token, fingerprint)) as server:
                    while not self._stop.wait(_POLL_SECONDS):
                        if server.generation() and server.version() != version:
                            self.outdated = True
                            return
            except IndexFailure:
                self._stop.wait(_POLL_SECONDS)  # retry: the server may be restarting
