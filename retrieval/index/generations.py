"""The folder of an index: complete generations side by side, one of them current, one writer at a time.

    lock                     held by the writing process, whose id it contains; released by the system when
                             the process dies
    CURRENT                  names the current generation; replacing this file is the commit
    generations/<number>/    never changed once CURRENT names it (except files.sqlite, the file states)
    building/                unfinished work of a writer; the next writer continues it
    part/                    what a first sync has embedded so far, about to be published

A reader holds a shared lock on the file ``lease`` of its generation; the writer deletes a generation only
when nobody holds its lease.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from retrieval.errors import IndexBusy, IndexDamaged, IndexFailure, IndexMismatch, IndexMissing
from retrieval.index.checksums import write_manifest
from retrieval.index.current_generation import Current, current_text, read_current
from retrieval.index.durable_files import fsync_folder, fsync_tree, write_atomically

_LOCK_POLL_SECONDS = 0.02
_OWN_CURRENT = "current.json"  # in a generation: what CURRENT contains while that generation is current


class Lease:
    """Keeps a generation, in ``folder``, from being deleted."""

    def __init__(self, current: Current, folder: Path, handle: IO[bytes]) -> None:
        self.current = current
        self.folder = folder
        self._handle = handle

    def release(self) -> None:
        """Release the lease: closing the file releases its lock."""
        self._handle.close()

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Generations:
    """The generations in an index folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.building = folder / "building"
        self.part = folder / "part"
        self._all = folder / "generations"
        self._current = folder / "CURRENT"

    def path(self, generation: int) -> Path:
        """The folder of a generation, which need not exist."""
        return self._all / str(generation)

    def stamp(self) -> tuple[int, int]:
        """A value that changes whenever another generation becomes current; (0, 0) without one. One stat."""
        try:
            status = self._current.stat()
        except OSError:
            return (0, 0)
        return (status.st_ino, status.st_mtime_ns)

    def current(self) -> Current | None:
        """The current generation; None if there is no index. Raises IndexFailure, IndexMismatch."""
        try:
            return read_current(self._current)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexDamaged(self.folder, ["CURRENT"]) from error

    def current_or_none(self) -> Current | None:
        """As ``current``, but None also if CURRENT is damaged: for the writer, who replaces it."""
        try:
            return self.current()
        except IndexMismatch:
            raise
        except IndexFailure:
            return None

    def lease(self) -> Lease:
        """Take a lease on the current generation. Raises IndexMissing, IndexFailure."""
        for _ in range(200):  # an attempt fails only if a writer replaced the generation meanwhile
            current = self.current()
            if current is None:
                raise IndexMissing(f"There is no index in {self.folder} yet.")
            lease = self._try_lease(current)
            if lease is not None:
                return lease
            time.sleep(_LOCK_POLL_SECONDS)
        raise IndexFailure(f"The index in {self.folder} is replaced faster than it can be opened.")

    def _try_lease(self, current: Current) -> Lease | None:
        folder = self.path(current.generation)
        try:
            handle = (folder / "lease").open("rb")
        except FileNotFoundError:
            if self.current() == current:  # not replaced meanwhile
                raise IndexDamaged(self.folder, [f"generations/{folder.name}"]) from None
            return None
        except OSError as error:
            raise IndexFailure(f"The index in {self.folder} cannot be read: {error.strerror}.") from error
        if _lock(handle, shared=True) and self.current() == current:
            return Lease(current, folder, handle)
        handle.close()
        return None

    @contextmanager
    def writing(
        self, wait_seconds: float, waiting: Callable[[float, Callable[[], str]], None] | None = None
    ) -> Iterator[None]:
        """Be the only writer while the block runs.

        *waiting* is called while waiting, with the seconds waited and a function that names the other
        writer; it can raise. Raises IndexBusy after *wait_seconds*, IndexFailure when the folder cannot be
        written.
        """
        with ExitStack() as stack:
            try:
                self._all.mkdir(parents=True, exist_ok=True)
                handle = stack.enter_context((self.folder / "lock").open("a+b"))
            except OSError as error:
                raise IndexFailure(
                    f"The index folder {self.folder} cannot be written: {error.strerror}.",
                    "Set a writable folder: --index DIR, or FOOTNOTE_INDEX in .env.",
                ) from error
            started = time.monotonic()
            while not _lock(handle, shared=False):
                waited = time.monotonic() - started
                if waited >= wait_seconds:
                    writer = _writer(handle)
                    raise IndexBusy(f"{writer.capitalize()} is writing the index in {self.folder}.")
                if waiting is not None:
                    waiting(waited, lambda: _writer(handle))
                time.sleep(_LOCK_POLL_SECONDS)
            with suppress(OSError):  # a full disk: the owner is only shown
                handle.truncate(0)
                handle.write(str(os.getpid()).encode())
                handle.flush()
            self._restore_current()
            yield

    def _restore_current(self) -> None:
        """Replace a damaged CURRENT from the newest generation, all of which can be searched."""
        try:
            self.current()
        except IndexMismatch:
            raise
        except IndexFailure:
            for number in reversed(self._numbers()):
                with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, IndexMismatch):
                    own = read_current(self.path(number) / _OWN_CURRENT)
                    write_atomically(self._current, current_text(own))
                    return

    def publish(self, fingerprint: str, server: str = "", pending: int = 0) -> Current:
        """Make the content of ``building`` the current generation, durably, or that of ``part`` if articles
        are *pending* (see ``Current``). Only for the writer."""
        number, folder = self.next_number(), self.part if pending else self.building
        (folder / "lease").touch()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        current = Current(number, fingerprint, now, server=server, pending=pending)
        (folder / _OWN_CURRENT).write_text(current_text(current), encoding="utf-8")
        write_manifest(folder)
        fsync_tree(folder)
        if self.path(number).exists():  # left by a writer that was killed before the commit
            shutil.rmtree(self.path(number))
        folder.rename(self.path(number))
        fsync_folder(self._all)
        write_atomically(self._current, current_text(current))
        self.delete_old()
        return current

    def next_number(self) -> int:
        """A number that no generation has used."""
        numbers = self._numbers()
        current = self.current_or_none()
        return max([*numbers, current.generation if current else 0], default=0) + 1

    def reclaim(self) -> None:
        """Move the generation of a writer that was killed just before its commit back to ``building``."""
        shutil.rmtree(self.part, ignore_errors=True)
        current = self.current_or_none()
        if current and self.path(current.generation).is_dir():
            (self.path(current.generation) / "lease").touch()  # in case it was lost
        newest = max(self._numbers(), default=0)
        if newest > (current.generation if current else 0) and not self.building.exists():
            self.path(newest).rename(self.building)

    def delete_old(self) -> None:
        """Delete all generations that are not current and not leased."""
        current = self.current_or_none()
        for number in self._numbers():
            if current is None or number != current.generation:
                self._delete(self.path(number))

    def tidy(self) -> None:
        """Delete old generations whose readers have closed them, unless another process is writing."""
        if len(self._numbers()) > 1:
            with suppress(IndexFailure), self.writing(0):
                self.delete_old()

    def _delete(self, folder: Path) -> None:
        try:
            with (folder / "lease").open("ab") as handle:
                if _lock(handle, shared=False):
                    shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # partly deleted before

    def _numbers(self) -> list[int]:
        try:
            return sorted(int(path.name) for path in self._all.iterdir() if path.name.isdigit())
        except OSError:
            return []


def _writer(handle: IO[bytes]) -> str:
    """The process that holds the lock, with its id if it can be read."""
    try:
        handle.seek(0)
        number = handle.read(20).decode("ascii")
    except (OSError, ValueError):  # Windows: a locked file cannot be read
        number = ""
    return f"another process ({number})" if number.isdigit() else "another process"


def _lock(handle: IO[bytes], shared: bool) -> bool:
    import portalocker

    kind = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
    try:
        portalocker.lock(handle, kind | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked:
        return False
    except portalocker.LockException as error:
        raise IndexFailure(f"The file system cannot lock {handle.name}: {error}.") from error
    return True
