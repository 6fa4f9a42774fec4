"""The folder of an index: whole generations side by side, one of them current, one writer at a time.

    lock                     held by the process that writes; the system lets go of it when that dies
    CURRENT                  names the generation that answers; replacing it is the commit
    generations/<number>/    never changed once CURRENT names it (but for files.sqlite, the writer's notes)
    building/                what the writer has done so far; a later writer goes on from there

A reader holds a shared lock on the file ``lease`` of its generation; the writer deletes a generation
only when nothing holds it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from retrieval.errors import IndexBusy, IndexFailure, IndexMismatch, IndexMissing
from retrieval.index.durable_files import fsync_folder, fsync_tree, write_whole

FORMAT = 1  # of the folder and its files
_PAUSE = 0.02  # seconds between two tries for a lock
_MUTABLE = {"lease", "files.sqlite", "files.sqlite-journal", "state.json", "manifest.json"}


@dataclass(frozen=True, slots=True)
class Current:
    """What CURRENT says: the generation that answers, what made it and when (ISO 8601, UTC)."""

    generation: int
    fingerprint: str
    synced_at: str
    format: int = FORMAT
    server: str = ""  # the generation on a server that it is a replica of


class Lease:
    """A generation that is not deleted while this is held. ``folder`` is where it is."""

    def __init__(self, current: Current, folder: Path, handle: IO[bytes]) -> None:
        self.current = current
        self.folder = folder
        self._handle = handle

    def release(self) -> None:
        """Let go; closing the file releases its lock."""
        self._handle.close()

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Generations:
    """The generations in an index folder. The folder need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.building = folder / "building"
        self._all = folder / "generations"
        self._current = folder / "CURRENT"

    def path(self, generation: int) -> Path:
        """Where a generation is, or would be."""
        return self._all / str(generation)

    def stamp(self) -> tuple[int, int]:
        """Changes whenever another generation becomes current; (0, 0) without one. One stat."""
        try:
            status = self._current.stat()
        except OSError:
            return (0, 0)
        return (status.st_ino, status.st_mtime_ns)

    def current(self) -> Current | None:
        """The current generation; None when there is no index. Raises IndexFailure, IndexMismatch."""
        try:
            row = json.loads(self._current.read_text(encoding="utf-8"))
            if row["format"] > FORMAT:
                raise IndexMismatch(f"The index in {self.folder} was made by a newer version of Footnote.")
            return Current(**row)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexFailure(f"The index in {self.folder} cannot be read: CURRENT is damaged.") from error

    def trusted(self) -> Current | None:
        """As ``current``, but None also when CURRENT is damaged: for the writer, who makes it anew."""
        try:
            return self.current()
        except IndexMismatch:
            raise
        except IndexFailure:
            return None

    def lease(self) -> Lease:
        """Hold the current generation. Raises IndexMissing, IndexFailure."""
        for _ in range(200):  # each turn is lost only to a writer that replaced the generation meanwhile
            current = self.current()
            if current is None:
                raise IndexMissing(f"There is no index in {self.folder} yet.")
            lease = self._hold(current)
            if lease is not None:
                return lease
            time.sleep(_PAUSE)
        raise IndexFailure(f"The index in {self.folder} is replaced faster than it can be opened.")

    def _hold(self, current: Current) -> Lease | None:
        folder = self.path(current.generation)
        try:
            handle = (folder / "lease").open("rb")
        except FileNotFoundError:
            if self.current() == current:  # not replaced meanwhile
                raise IndexFailure(
                    f"The index in {self.folder} names a generation that is not there."
                ) from None
            return None
        except OSError as error:
            raise IndexFailure(f"The index in {self.folder} cannot be read: {error.strerror}.") from error
        if _lock(handle, shared=True) and self.current() == current:
            return Lease(current, folder, handle)
        handle.close()
        return None

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[None]:
        """Be the only writer while the block runs.

        Raises IndexBusy after *wait_seconds*, IndexFailure when the folder cannot be written.
        """
        with ExitStack() as stack:
            try:
                self._all.mkdir(parents=True, exist_ok=True)
                handle = stack.enter_context((self.folder / "lock").open("ab"))
            except OSError as error:
                raise IndexFailure(
                    f"The index folder {self.folder} cannot be written: {error.strerror}.",
                    "Name a folder that may be written: --index DIR, or FOOTNOTE_INDEX in .env.",
                ) from error
            end = time.monotonic() + wait_seconds
            while not _lock(handle, shared=False):
                if time.monotonic() >= end:
                    raise IndexBusy(f"Another process is writing the index in {self.folder}.")
                time.sleep(_PAUSE)
            yield

    def publish(self, fingerprint: str, synced_at: str, server: str = "") -> Current:
        """Make what is in ``building`` the current generation, lastingly. For the writer alone."""
        number = self.next_number()
        (self.building / "lease").touch()
        (self.building / "manifest.json").write_text(json.dumps(_sizes(self.building)), encoding="utf-8")
        fsync_tree(self.building)
        if self.path(number).exists():  # left by a writer that was killed before it became current
            shutil.rmtree(self.path(number))
        self.building.rename(self.path(number))
        fsync_folder(self._all)
        current = Current(number, fingerprint, synced_at, server=server)
        write_whole(self._current, json.dumps(asdict(current)))
        self.delete_old()
        return current

    def next_number(self) -> int:
        """A number that no generation has had."""
        numbers = self._numbers()
        current = self.trusted()
        return max([*numbers, current.generation if current else 0], default=0) + 1

    def reclaim(self) -> None:
        """Take back the work of a writer that was killed just before its generation became current."""
        current = self.trusted()
        if current and self.path(current.generation).is_dir():
            (self.path(current.generation) / "lease").touch()  # it may have been lost
        newest = max(self._numbers(), default=0)
        if newest > (current.generation if current else 0) and not self.building.exists():
            self.path(newest).rename(self.building)

    def delete_old(self) -> None:
        """Delete the generations that nothing reads any more."""
        current = self.trusted()
        for number in self._numbers():
            if current is None or number != current.generation:
                self._delete(self.path(number))

    def tidy(self) -> None:
        """Delete what readers held when it was replaced, if there is such and nobody writes just now."""
        if len(self._numbers()) > 1:
            with suppress(IndexFailure), self.writing(0):
                self.delete_old()

    def _delete(self, folder: Path) -> None:
        try:
            with (folder / "lease").open("ab") as handle:
                if _lock(handle, shared=False):
                    shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # half deleted before

    def _numbers(self) -> list[int]:
        try:
            return sorted(int(path.name) for path in self._all.iterdir() if path.name.isdigit())
        except OSError:
            return []


def damage(folder: Path) -> list[str]:
    """The files of a generation that are missing or cut short, relative to *folder*.

    A file may be longer than when it was written: opening Chroma's database writes into it.
    """
    try:
        sizes: dict[str, int] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ["manifest.json"]
    now = _sizes(folder)
    return [name for name, size in sizes.items() if now.get(name, -1) < size]


def _sizes(folder: Path) -> dict[str, int]:
    files = (Path(top) / name for top, _, names in os.walk(folder) for name in names)
    sizes = {file.relative_to(folder).as_posix(): file.stat().st_size for file in sorted(files)}
    return {name: size for name, size in sizes.items() if name not in _MUTABLE and not name.endswith(".lock")}


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
