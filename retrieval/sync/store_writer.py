"""Writes the stores of the next generation from its catalogue and vectors: vector file, Tantivy, Chroma.

Intact stores of the base are copied and updated; a store that is damaged, or has the wrong number of
passages afterwards, is rebuilt. Stores left by a killed writer are never reused.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import IndexFailure
from retrieval.index.durable_files import copy_file, copy_tree, link_file
from retrieval.index.generation_state import CHROMA, LEXICAL, MIN_REACH, GenerationState, write_state
from retrieval.index.lexical_index import LexicalIndex
from retrieval.index.nearest_neighbours import MAX_EXACT_PASSAGES
from retrieval.index.related_articles import update_related_articles
from retrieval.index.vector_matrix import ROWS, VECTORS, VectorMatrix
from retrieval.index.vector_store import BATCH, HNSW, UNSEARCHED_HNSW, VectorStore
from retrieval.sync.catalogue_writer import add_words
from retrieval.sync.next_generation import NextGeneration
from retrieval.sync.vector_source import VectorSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.passage import Passage
    from retrieval.sync.shared_server import SharedServer

    Keys = NDArray[np.int64]
    Done = Callable[[int, int], None]

_SAMPLE_SIZE = 50  # passages to measure the recall of Chroma's graph
_MAX_CHURN = 0.5  # share of rows added and deleted since the last rebuild, above which Chroma is rebuilt


def assemble(building: NextGeneration, done: Done, server: SharedServer | None = None) -> str:
    """Write all stores and the state file; with a *server*, Chroma's rows go there.

    Returns the version of the generation on the server, or "". Raises IndexFailure, OSError.
    """
    matrix = write_searched(building)
    if server is not None:
        return server.push(building, matrix, set(VectorSource(building).new_keys().tolist()), done)
    write_state(building.folder, write_chroma(building, matrix, done))
    return ""


def write_searched(building: NextGeneration) -> VectorMatrix:
    """Write all that a search reads: the catalogue's related articles and words, the vector file, the
    lexical index."""
    update_related_articles(building.catalogue)
    add_words(building.catalogue)
    matrix = write_matrix(building)
    write_lexical(building)
    return matrix


def write_matrix(building: NextGeneration) -> VectorMatrix:
    """Write the vector file: the remaining rows of the base, then the new ones, in ascending key order."""
    source = VectorSource(building)
    rows = building.catalogue.query("SELECT key, article FROM passages ORDER BY key")
    np.array(rows, np.int64).reshape(-1, 2).tofile(building.folder / ROWS)
    keys = {row[0] for row in rows}
    with (building.folder / VECTORS).open("wb") as handle:
        if source.matrix is not None:
            kept = np.array([key in keys for key in source.matrix.passage_keys.tolist()], bool)
            for batch in _chunks(np.flatnonzero(kept)):
                source.matrix.vectors[batch].tofile(handle)
        for batch in _chunks(source.new_keys()):
            source.vectors(batch.tolist()).tofile(handle)
    return VectorMatrix(building.folder)


def write_lexical(building: NextGeneration) -> None:
    """Write the lexical index: update a copy of the base's, or build a new one."""
    folder = building.folder / LEXICAL
    expected = building.catalogue.count()[1]
    base = building.base
    if base and LEXICAL not in base.damaged:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            copy_tree(base.folder / LEXICAL, folder, _share_segment)
            if _update_lexical(building, folder) == expected:
                return
        except IndexFailure:
            pass  # damaged although the file sizes are right
    shutil.rmtree(folder, ignore_errors=True)
    lexical = LexicalIndex.create(folder)
    for batch in _passages(building):
        lexical.add(batch)
    lexical.commit()
    if lexical.count() != expected:
        raise IndexFailure(f"The lexical index has {lexical.count()} passages instead of {expected}.")


def _share_segment(source: Path, target: Path) -> None:
    """Link segments, which never change; copy Tantivy's JSON files, which it replaces; skip its locks."""
    if source.suffix == ".json":
        copy_file(source, target)
    elif source.suffix != ".lock":
        link_file(source, target)


def _update_lexical(building: NextGeneration, folder: Path) -> int:
    assert building.base is not None
    lexical = LexicalIndex.open(folder)
    lexical.remove(_removed_ids(building))
    for batch in _passages(building, VectorSource(building).new_keys().tolist()):
        lexical.add(batch)
    lexical.commit()
    return lexical.count()


def _removed_ids(building: NextGeneration) -> list[str]:
    """The ids of the base's passages that were deleted, or replaced under the same id."""
    assert building.base is not None
    keys = set(building.catalogue.passage_keys())
    rows = building.base.catalogue.query("SELECT id, key FROM passages")
    return [passage_id for passage_id, key in rows if key not in keys]


def write_chroma(building: NextGeneration, matrix: VectorMatrix, done: Done) -> GenerationState:
    """Write the Chroma database: update a copy of the base's, or build a new one. Returns the new state."""
    for leftover in building.folder.glob(f"{CHROMA}*"):
        shutil.rmtree(leftover)
    # Chroma caches databases by path: every attempt needs a new one.
    folder = building.folder / f"{CHROMA}-{secrets.token_hex(4)}"
    state = _update_chroma(building, matrix, folder, done)
    if state is None:
        folder = building.folder / f"{CHROMA}-{secrets.token_hex(4)}"
        state = _fill_chroma(building, matrix, folder, done)
    folder.rename(building.folder / CHROMA)
    return state


def _update_chroma(
    building: NextGeneration, matrix: VectorMatrix, folder: Path, done: Done
) -> GenerationState | None:
    """Copy and update the base's database; None if it must be rebuilt."""
    base, state = building.base, building.state
    if base is None or CHROMA in base.damaged or not (base.folder / CHROMA).is_dir():
        return None
    removed, new = _removed_ids(building), VectorSource(building).new_keys().tolist()
    churn = state.churn + len(removed) + len(new)
    if churn > _MAX_CHURN * max(len(matrix), BATCH):
        return None
    if len(base.matrix) <= MAX_EXACT_PASSAGES < len(matrix):
        return None  # searched from now on
    try:
        copy_tree(base.folder / CHROMA, folder)
        with closing(VectorStore.open(folder)) as store:
            store.delete(removed)
            _upsert(building, matrix, store, new, done)
            reach = _measure_reach(matrix, store)
            if store.count() == len(matrix) and reach >= min(MIN_REACH, state.reach - 0.1):
                return replace(state, churn=churn, reach=reach)
    except IndexFailure:
        pass  # damaged although the file sizes are right
    shutil.rmtree(folder, ignore_errors=True)
    return None


def _fill_chroma(building: NextGeneration, matrix: VectorMatrix, folder: Path, done: Done) -> GenerationState:
    is_searched = len(matrix) > MAX_EXACT_PASSAGES
    with closing(VectorStore.create(folder, HNSW if is_searched else UNSEARCHED_HNSW)) as store:
        _upsert(building, matrix, store, matrix.passage_keys.tolist(), done)
        if store.count() != len(matrix):
            raise IndexFailure(f"Chroma has {store.count()} passages instead of {len(matrix)}.")
        return replace(building.state, churn=0, reach=_measure_reach(matrix, store))


def _upsert(
    building: NextGeneration, matrix: VectorMatrix, store: VectorStore, keys: list[int], done: Done
) -> None:
    done(0, len(keys))
    for at in range(0, len(keys), BATCH):
        batch = keys[at : at + BATCH]
        store.upsert(building.catalogue.by_keys(batch), matrix.vectors[matrix.rows(batch)])
        done(min(at + BATCH, len(keys)), len(keys))


def _measure_reach(matrix: VectorMatrix, store: VectorStore) -> float:
    """The share of sampled passages, including the newest ones, that Chroma's graph finds."""
    last = max(len(matrix) - _SAMPLE_SIZE // 2, 0)
    spread = range(0, last, max(last // (_SAMPLE_SIZE // 2), 1))
    sample = [matrix.vectors[row] for row in (*spread, *range(last, len(matrix)))]
    found = [store.nearest(vector, 1)[0][1] > 0.999 for vector in sample]
    return sum(found) / len(found) if found else 1.0


def _passages(building: NextGeneration, keys: list[int] | None = None) -> Iterator[list[Passage]]:
    if keys is None:
        keys = building.catalogue.passage_keys()
    for at in range(0, len(keys), BATCH):
        yield building.catalogue.by_keys(keys[at : at + BATCH])


def _chunks(values: Keys) -> Iterator[Keys]:
    for at in range(0, len(values), 4_096):
        yield values[at : at + 4_096]
