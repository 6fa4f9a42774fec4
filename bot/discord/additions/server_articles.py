"""Adds and removes the articles of single servers: each has its own folder in the corpus."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import secrets
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.discord.additions.addition_state import AdditionState, addition_states
from bot.discord.additions.addition_store import Addition, AdditionStore
from bot.discord.additions.attachment_name import SUFFIXES, can_be_added, file_name
from bot.localization import localized
from retrieval.errors import RetrievalError
from retrieval.hit import Filters
from retrieval.index.durable_files import fsync_folder
from retrieval.web.added_folder import ADDED_ON_DISCORD, first_folder
from retrieval.web.public_download import MAX_BYTES, download

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.web.add_url import Added, Failure

log = logging.getLogger("footnote.discord")
PARALLEL = 2  # additions at the same time, all servers combined
MAX_SECONDS = 300.0  # for all downloads of one addition
WRONG_TYPE = "I cannot add files of this type. I can read: {types}."
TOO_LARGE = "The file is larger than {limit} MB."
NO_ROOM = "This server has added {limit} MB of articles, which is the limit. Remove some with `/remove`."
TOO_SLOW = "The download took longer than {minutes} minutes. Nothing was added."
NOT_SAVED = "I cannot save articles at the moment. Please tell the people who run me."
NOT_A_LINK = "A link starts with https:// or http://."


class NotAdded(Exception):
    """Nothing was added; the text tells the person why."""


@dataclass(frozen=True, slots=True)
class AddResult:
    """What was added, None if nothing was, and why the rest was not."""

    addition: Addition | None
    failed: tuple[Failure, ...]


class ServerArticles:
    """``is_enabled``: articles can be added. *max_bytes*: of all articles that a server adds; 0: none."""

    def __init__(self, library: Library, store: AdditionStore, max_bytes: int) -> None:
        root = first_folder(library.corpus)
        self.is_enabled = max_bytes > 0 and root is not None and os.access(root, os.W_OK)
        self._folder = (root or Path()) / ADDED_ON_DISCORD
        self._library = library
        self._store = store
        self._max_bytes = max_bytes
        self._has_files = any((folder / ADDED_ON_DISCORD).is_dir() for folder in library.corpus.roots)
        self._slots = asyncio.Semaphore(PARALLEL)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def scope(self, server: int, limits: Filters | None) -> Filters | None:
        """The articles used in a server (0: direct messages): those within its *limits*, and what it added.

        What other servers added is never used.
        """
        if not self._has_files:
            return limits
        own = (f"**/{ADDED_ON_DISCORD}/{server}",) if server else ()
        inner = replace(limits or Filters(), without_paths=(ADDED_ON_DISCORD,), own_paths=own)
        return Filters(within=inner)

    def recover(self) -> None:
        """Remove the files of additions and removals that were interrupted."""
        for addition in self._store.incomplete():
            try:
                self._undo(addition)
            except OSError as error:
                log.warning("an interrupted addition cannot be removed: %s", error)
        for staging in self._folder.glob("*/.*"):
            shutil.rmtree(staging, ignore_errors=True)

    async def add_link(self, server: int, person: int, url: str) -> AddResult:
        """Add a web page, or the articles of a feed. Raises NotAdded."""
        from retrieval.web.add_url import add_url

        if not url.lower().startswith(("https://", "http://")):
            raise NotAdded(localized(NOT_A_LINK))
        limit = self._max_bytes
        return await self._add(server, person, url, lambda staging: add_url(url, staging, max_bytes=limit))

    async def add_attachment(self, server: int, person: int, name: str, url: str, size: int) -> AddResult:
        """Add a file of *size* bytes that Discord keeps at *url*. Raises NotAdded."""
        if not can_be_added(name):
            raise NotAdded(localized(WRONG_TYPE, types=", ".join(SUFFIXES)))
        if size > MAX_BYTES:
            raise NotAdded(localized(TOO_LARGE, limit=MAX_BYTES // 10**6))
        shown = file_name(name)
        return await self._add(server, person, shown, lambda staging: _save_attachment(shown, url, staging))

    async def _add(
        self, server: int, person: int, source: str, save: Callable[[Path], Awaitable[Added]]
    ) -> AddResult:
        """Save files in a hidden folder, and move them to their place when all are complete."""
        key, time = secrets.token_hex(8), datetime.now(UTC).isoformat(timespec="seconds")
        addition = Addition(key, server, person, source, time)
        staging = self._folder / str(server) / f".{key}"
        async with self._locks[server], self._slots:
            await asyncio.to_thread(self._require_room, staging.parent, 1)
            try:
                async with asyncio.timeout(MAX_SECONDS):
                    added = await save(staging)
                published = await asyncio.to_thread(self._publish, addition, staging)
            except TimeoutError:
                raise NotAdded(localized(TOO_SLOW, minutes=int(MAX_SECONDS // 60))) from None
            finally:
                shutil.rmtree(staging, ignore_errors=True)
        return AddResult(published, added.failed)

    def _require_room(self, folder: Path, size: int, replaced: Collection[Path] = ()) -> None:
        """Raise NotAdded if *size* more bytes are too many in the folder of a server."""
        others = (path for path in _files(folder) if path not in replaced)
        if sum(path.stat().st_size for path in others) + size > self._max_bytes:
            raise NotAdded(localized(NO_ROOM, limit=self._max_bytes // 10**6))

    def _publish(self, addition: Addition, staging: Path) -> Addition | None:
        """Move staged files to their place, and return the addition with their paths; None without any."""
        folder, staged = staging.parent, _files(staging)
        if not staged:
            return None
        paths = [path.relative_to(staging) for path in staged]
        size = sum(path.stat().st_size for path in staged)
        self._require_room(folder, size, [folder / path for path in paths])
        addition = replace(addition, paths=tuple(path.as_posix() for path in paths))
        self._has_files = True
        self._store.begin(addition)  # before the files: what is not in the store cannot be removed
        try:
            for source, path in zip(staged, paths, strict=True):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)
                fsync_folder(target.parent)
        except OSError as error:
            self._undo(addition)
            log.warning("articles cannot be saved in %s: %s", folder, error)
            raise NotAdded(localized(NOT_SAVED)) from error
        self._store.complete(addition)
        log.info(
            "added server=%d user=%d source=%r files=%d bytes=%d",
            addition.server,
            addition.person,
            addition.source,
            len(paths),
            size,
        )
        return addition

    async def remove(self, server: int, person: int, addition_id: str) -> Addition | None:
        """Remove the files of an addition; None if the server has no such addition."""
        async with self._locks[server]:
            addition = await asyncio.to_thread(self._store.find, server, addition_id)
            if addition is not None:
                await asyncio.to_thread(self._remove, addition, person)
        return addition

    def _remove(self, addition: Addition, person: int) -> None:
        self._store.begin_removal(addition.id)
        self._undo(addition)
        log.info("removed server=%d user=%d source=%r", addition.server, person, addition.source)

    def _undo(self, addition: Addition) -> None:
        """Delete the files of an addition that no complete one has, and forget it."""
        folder = self._folder / str(addition.server)
        kept = {path for other in self._store.of_server(addition.server) for path in other.paths}
        for path in set(addition.paths) - kept:
            file = folder / path
            file.unlink(missing_ok=True)
            with suppress(OSError):  # other files are in it
                file.parent.rmdir()
        self._store.delete(addition.id)

    def states(self, additions: Sequence[Addition]) -> list[AdditionState]:
        """What the index has of some additions; blocks on the disk. Raises RetrievalError."""
        states = addition_states(self._library, additions)
        for state in states:
            if len(state.titles) == 1 and state.titles[0] != state.addition.title:
                self._store.set_title(state.addition.id, state.titles[0])
        return states

    def of_server(self, server: int) -> list[Addition]:
        """What was added in a server, newest first; blocks on the disk."""
        return self._store.of_server(server)

    def find(self, server: int, addition_id: str) -> Addition | None:
        """An addition of a server; blocks on the disk."""
        return self._store.find(server, addition_id)


def _files(folder: Path) -> list[Path]:
    """The files in a folder that are not hidden."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(map(_is_hidden, path.relative_to(folder).parts)))


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


async def _save_attachment(name: str, url: str, staging: Path) -> Added:
    """Download an attachment and save it in *staging*, in a folder for its content."""
    from retrieval.web.add_url import Added, failure

    try:
        found = await download(url)
    except RetrievalError as error:
        return Added(failed=(failure(name, error),))
    return await asyncio.to_thread(_save_file, found.data, name, staging)


def _save_file(data: bytes, name: str, staging: Path) -> Added:
    from retrieval.web.add_file import add_file
    from retrieval.web.add_url import Added

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        added = add_file(file, staging / hashlib.sha256(data).hexdigest()[:12])
    return Added(added.paths, tuple(replace(failed, source=name) for failed in added.failed))
