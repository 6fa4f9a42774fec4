"""Keeps an open replica in touch with its server: fetches what is newer, and notices when it is outdated."""

from __future__ import annotations

import threading
from contextlib import closing

from retrieval.errors import IndexFailure
from retrieval.following import follow
from retrieval.generations import Generations
from retrieval.server import Server

_EVERY = 2.0  # seconds between two looks at the server
_WAIT = 60.0  # seconds to wait for another process that is fetching the first replica
_SHORT = 2.0  # seconds to wait when there is a replica to go on with


def bring_up(generations: Generations, fingerprint: str, url: str, token: str | None) -> None:
    """Make the replica of this machine that of the server's current generation.

    A server that cannot be reached is passed over when a replica is here. Raises IndexFailure.
    """
    try:
        with closing(Server(url, token, fingerprint)) as server:
            current = generations.trusted()
            if current is None or current.server != server.version():
                with generations.writing(_WAIT if current is None else _SHORT):
                    follow(server, generations, fingerprint)
    except IndexFailure:
        current = generations.trusted()
        if current is None or current.fingerprint != fingerprint:
            raise


class ServerWatch:
    """Looks at the server now and then, in a thread of its own, until it is outdated or closed."""

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
                with closing(Server(url, token, fingerprint)) as server:
                    while not self._over.wait(_EVERY):
                        if server.generation() and server.version() != version:
                            self.outdated = True
                            return
            except IndexFailure:
                self._over.wait(_EVERY)  # it may be starting again
