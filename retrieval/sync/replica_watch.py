"""Keeps an open replica in touch with its server: fetches what is newer, and notices when it is outdated."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass

from retrieval.errors import IndexFailure
from retrieval.index.generations import Generations
from retrieval.index.server_store import ServerStore
from retrieval.sync.replica import update_replica
from retrieval.sync.shared_server import SharedServer

_EVERY = 2.0  # seconds between two looks at the server
_WAIT = 60.0  # seconds to wait for another process that is fetching the first replica
_SHORT = 2.0  # seconds to wait when there is a replica to go on with


@dataclass(frozen=True, slots=True)
class SharedIndex:
    """An index on a Chroma server that the local folder is a replica of."""

    url: str
    token: str | None
    fingerprint: str

    def bring_up(self, generations: Generations) -> None:
        """Make the local replica that of the server's current generation.

        An unreachable server is ignored when there is a replica already. Raises IndexFailure.
        """
        try:
            with closing(SharedServer(self.url, self.token, self.fingerprint)) as server:
                current = generations.trusted()
                if current is None or current.server != server.version():
                    with generations.writing(_WAIT if current is None else _SHORT):
                        update_replica(server, generations, self.fingerprint)
        except IndexFailure:
            current = generations.trusted()
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
        self._over = threading.Event()
        arguments = (url, token, fingerprint, version)
        threading.Thread(target=self._look, args=arguments, daemon=True, name="server-watch").start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def _look(self, url: str, token: str | None, fingerprint: str, version: str) -> None:
        while not self._over.is_set():
            try:
                with closing(SharedServer(url, token, fingerprint)) as server:
                    while not self._over.wait(_EVERY):
                        if server.generation() and server.version() != version:
                            self.outdated = True
                            return
            except IndexFailure:
                self._over.wait(_EVERY)  # it may be starting again
