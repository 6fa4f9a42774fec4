"""Checks an index: its files, and its stores against each other and against the corpus."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from retrieval.errors import IndexDamaged, IndexFailure
from retrieval.index.checksums import covers_chroma, damaged_files
from retrieval.index.generation_state import CATALOGUE, CHROMA, LEXICAL
from retrieval.index.nearest_neighbours import open_chroma
from retrieval.index.vector_matrix import ROWS, VECTORS
from retrieval.language_words import language_code
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.index.generations import Generations
    from retrieval.index.index_reader import Index
    from retrieval.passage import Passage
    from retrieval.reading.corpus import Corpus

    Vector = NDArray[np.float32]

PARTS = (CATALOGUE, VECTORS, LEXICAL, CHROMA)
_T = TypeVar("_T")
_SAMPLE_SIZE = 200  # passages searched for, and articles compared with their files


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: the part of the index (one of PARTS) and what is wrong, in one sentence."""

    part: str
    text: str


def check_index(index: Index, corpus: Corpus) -> list[Finding]:
    """The faults of an open index; none if it is intact.

    Files, ids and counts are compared in full, texts and searches by a sample.
    """
    findings = [_damaged(name) for name in damaged_files(index.folder, everything=True)]
    checks = (_check_catalogue, _check_vectors, _check_lexical, _check_chroma)
    for check in (*checks, lambda index: _check_texts(index, corpus)):
        try:
            findings += check(index)
        except IndexFailure as error:
            findings.append(Finding(_part_of(str(error)), str(error)))
    return findings


def check_files(generations: Generations, error: IndexFailure) -> list[Finding]:
    """The faults of an index that cannot be opened because of *error*."""
    current = generations.current_or_none()
    if not isinstance(error, IndexDamaged) or current is None:
        return [Finding(_part_of(str(error)), str(error))]
    names = damaged_files(generations.path(current.generation), everything=True)
    return [_damaged(name) for name in names] or [Finding(CATALOGUE, str(error))]


def _damaged(name: str) -> Finding:
    part = name.split("/")[0]
    part = VECTORS if part == ROWS else part
    return Finding(part if part in PARTS else CATALOGUE, f"The file {name} is missing or damaged.")


def _part_of(text: str) -> str:
    """The part that an error message is about, by the file that it names."""
    return next((part for part in PARTS if part in text), CATALOGUE)


def _check_catalogue(index: Index) -> Iterator[Finding]:
    found = index.catalogue.query("PRAGMA integrity_check(1)")
    if found != [("ok",)]:
        yield Finding(CATALOGUE, f"The catalogue is damaged: {found[0][0]}.")


def _check_vectors(index: Index) -> Iterator[Finding]:
    if index.catalogue.passage_keys() != index.matrix.passage_keys.tolist():
        yield Finding(VECTORS, "The vectors do not match the passages.")
    for at in range(0, len(index.matrix), 10_000):
        lengths = np.linalg.norm(index.matrix.vectors[at : at + 10_000], axis=1)
        if not np.allclose(lengths, 1, atol=1e-2):
            yield Finding(VECTORS, "Some vectors do not have length 1.")
            return


def _check_lexical(index: Index) -> Iterator[Finding]:
    count = index.catalogue.count()[1]
    if index.lexical.count() != count:
        yield Finding(LEXICAL, f"The lexical index has {index.lexical.count()} passages instead of {count}.")
        return
    lost = [passage for passage in _sample_passages(index) if not _is_found(index, passage)]
    if lost:
        yield Finding(LEXICAL, f"{len(lost)} passages are not found by their own words.")


def _is_found(index: Index, passage: Passage) -> bool:
    words = content_stems(passage.text, language_code(passage.article.language))[:40]
    ids = [passage_id for passage_id, _ in index.lexical.search(words, 20)]
    return passage.id in ids or any(other.text == passage.text for other in index.passages(ids).values())


def _check_chroma(index: Index) -> Iterator[Finding]:
    if covers_chroma(index.folder) or not (index.folder / CHROMA).is_dir():
        return  # compared with their checksums, which opening would change; or on a server
    with ExitStack() as stack:
        store = open_chroma(index.folder)
        stack.callback(store.close)
        ids = {row[0] for row in index.catalogue.query("SELECT id FROM passages")}
        if store.ids() != ids:
            yield Finding(CHROMA, "Chroma and the catalogue do not have the same passages.")
            return
        rows = store.rows([passage.id for passage in _sample_passages(index)])
        vectors = index.vectors([row.id for row in rows])
        wrong = sum(not _vectors_agree(row.vector, vector) for row, vector in zip(rows, vectors, strict=True))
        lost = sum(store.nearest(row.vector, 1)[0][1] < 0.999 for row in rows)
        if wrong or lost > len(rows) // 10:  # the graph is approximate
            yield Finding(CHROMA, f"Chroma has lost or changed {wrong + lost} of {len(rows)} vectors.")


def _vectors_agree(stored: Vector, mapped: Vector) -> bool:
    """True if Chroma's vector equals that of the vector file; if the latter is damaged, if it is finite."""
    mapped_is_right = abs(np.linalg.norm(mapped) - 1) < 1e-2
    return bool(np.allclose(stored, mapped, atol=1e-4) if mapped_is_right else np.isfinite(stored).all())


def _check_texts(index: Index, corpus: Corpus) -> Iterator[Finding]:
    """Find passages that are not in their files, although the files have not changed since they were read."""
    states = index.file_states()
    files = {file.path: file for file in corpus.scan().files}
    for info in _choose_sample(index.articles()):
        file, state = files.get(info.path), states.get(info.path)
        if file is None or state is None or (file.size, file.mtime_ns) != (state.size, state.mtime_ns):
            continue  # the next sync handles it
        article = corpus.find(info)
        for passage in index.article_passages(info.id):
            if article is not None and article.text[passage.start : passage.end] != passage.text:
                yield Finding(CATALOGUE, f"A passage of {info.path} is not in its file.")
                break


def _sample_passages(index: Index) -> list[Passage]:
    keys = _choose_sample(index.matrix.passage_keys.tolist())
    return index.catalogue.by_keys(keys)


def _choose_sample(items: list[_T]) -> list[_T]:
    return random.Random(0).sample(items, min(_SAMPLE_SIZE, len(items)))  # noqa: S311 - the same each time
