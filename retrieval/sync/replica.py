"""Updates a machine's replica to the server's current generation."""

from __future__ import annotations

import shutil
from contextlib import closing

from retrieval.errors import IndexFailure
from retrieval.index.catalogue import text_hash
from retrieval.index.checksums import damaged_files
from retrieval.index.generations import Generations
from retrieval.sync.catalogue_writer import add_rows, remove_rows
from retrieval.sync.next_generation import NextGeneration, begin_generation
from retrieval.sync.shared_server import SharedServer
from retrieval.sync.store_writer import write_searched
from retrieval.sync.vector_journal import VectorJournal

_MAX_ATTEMPTS = 5  # a writer can commit while rows are fetched


def update_replica(server: SharedServer, generations: Generations, fingerprint: str) -> bool:
    """Update the replica; False if it is up to date. Only for the writer of *generations*.

    Only rows that are missing locally are fetched. Raises IndexFailure.
    """
    for _ in range(_MAX_ATTEMPTS):
        number = server.generation()
        version = server.version(number)
        if number == 0 or _is_replica(generations, version):
            return False
        shutil.rmtree(generations.building, ignore_errors=True)  # started from an older generation
        with closing(VectorJournal(generations.folder, fingerprint)) as journal:
            building = begin_generation(generations, fingerprint, journal, rebuild=False)
            with closing(building):
                if not _fetch(server, number, building):
                    continue
                write_searched(building)
            generations.publish(fingerprint, server=version)
            journal.discard()
        return True
    raise IndexFailure("The index on the server changes faster than it can be fetched.", "Try again later.")


def _is_replica(generations: Generations, version: str) -> bool:
    current = generations.current_or_none()
    return (
        current is not None
        and current.server == version
        and not damaged_files(generations.path(current.generation))
    )


def _fetch(server: SharedServer, number: int, building: NextGeneration) -> bool:
    """Update the catalogue to a server generation; False if that was replaced meanwhile."""
    local = {row[0] for row in building.catalogue.query("SELECT id FROM passages")}
    ids, batches = server.rows(number, local)
    fetched = 0
    for rows in batches:
        add_rows(building.catalogue, [row.passage for row in rows])
        building.journal.write([text_hash(row.passage) for row in rows], [row.vector for row in rows])
        fetched += len(rows)
    if fetched != len(ids - local) or server.generation() != number:
        return False
    remove_rows(building.catalogue, local - ids)
    building.catalogue.commit()
    return True
