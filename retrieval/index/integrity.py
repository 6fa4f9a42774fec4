"""Looks for what is wrong with an index: its files, its stores against each other and against the files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from retrieval.errors import IndexFailure
from retrieval.index.generation_state import CATALOGUE, CHROMA, LEXICAL
from retrieval.index.generations import damage
from retrieval.index.vector_matrix import ROWS, VECTORS
from retrieval.index.vector_store import VectorStore
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
_SAMPLE = 200  # passages that are looked for, articles that are compared with their files


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: in which part of the index (one of PARTS), and what, in one sentence."""

    part: str
    text: str


def check_index(index: Index, corpus: Corpus) -> list[Finding]:
    """All that is wrong with an open index; nothing when it is sound.

    The stores are compared as a whole, texts and searches by a sample.
    """
    findings = [_damaged(name) for name in damage(index.folder)]
    for look in (_catalogue, _vectors, _lexical, _chroma, lambda each: _texts(each, corpus)):
        try:
            findings += look(index)
        except IndexFailure as error:
            findings.append(Finding(_part_of(str(error)), str(error)))
    return findings


def check_files(generations: Generations, error: IndexFailure) -> list[Finding]:
    """What is wrong with an index that cannot be opened because of *error*."""
    current = generations.trusted()
    names = damage(generations.path(current.generation)) if current else []
    return [_damaged(name) for name in names] or [Finding(_part_of(str(error)), str(error))]


def _damaged(name: str) -> Finding:
    part = name.split("/")[0]
    part = VECTORS if part == ROWS else part
    return Finding(part if part in PARTS else CATALOGUE, f"The file {name} is missing or cut short.")


def _part_of(text: str) -> str:
    """The part that an error is about, by the file that it names."""
    return next((part for part in PARTS if part in text), CATALOGUE)


def _catalogue(index: Index) -> Iterator[Finding]:
    found = index.catalogue.query("PRAGMA integrity_check(1)")
    if found != [("ok",)]:
        yield Finding(CATALOGUE, f"The catalogue is damaged: {found[0][0]}.")


def _vectors(index: Index) -> Iterator[Finding]:
    keys = [row[0] for row in index.catalogue.query("SELECT key FROM passages ORDER BY key")]
    if keys != index.matrix.passage_keys.tolist():
        yield Finding(VECTORS, "The vectors are not those of the passages.")
    for at in range(0, len(index.matrix), 10_000):
        lengths = np.linalg.norm(index.matrix.vectors[at : at + 10_000], axis=1)
        if not np.allclose(lengths, 1, atol=1e-2):
            yield Finding(VECTORS, "Some vectors have not length 1.")
            return


def _lexical(index: Index) -> Iterator[Finding]:
    count = index.catalogue.count()[1]
    if index.lexical.count() != count:
        yield Finding(
            LEXICAL, f"The lexical index holds {index.lexical.count()} passages instead of {count}."
        )
        return
    lost = [each for each in _sample(index) if not _is_found(index, each)]
    if lost:
        yield Finding(LEXICAL, f"{len(lost)} passages are not found by their own words.")


def _is_found(index: Index, passage: Passage) -> bool:
    words = content_stems(passage.text)[:40]
    found = index.lexical.search(words, 20)
    return passage.id in {each for each, _ in found} or any(
        other.text == passage.text for other in index.passages([each for each, _ in found]).values()
    )


def _chroma(index: Index) -> Iterator[Finding]:
    folder = index.folder / CHROMA
    if not folder.is_dir():
        return  # on a server
    with ExitStack() as stack:
        store = VectorStore.open(folder)
        stack.callback(store.close)
        ids = {row[0] for row in index.catalogue.query("SELECT id FROM passages")}
        if store.ids() != ids:
            yield Finding(CHROMA, "Chroma does not hold the passages of the catalogue.")
            return
        rows = store.rows([each.id for each in _sample(index)])
        vectors = index.vectors([row.id for row in rows])
        wrong = sum(not _agree(row.vector, vector) for row, vector in zip(rows, vectors, strict=True))
        lost = sum(store.nearest(row.vector, 1)[0][1] < 0.999 for row in rows)
        if wrong or lost > len(rows) // 10:  # the graph is approximate
            yield Finding(CHROMA, f"Chroma has lost or changed {wrong + lost} of {len(rows)} vectors.")


def _agree(stored: Vector, mapped: Vector) -> bool:
    """Whether Chroma's vector is right, as far as the vector file, if that is right, can tell."""
    mapped_is_right = abs(np.linalg.norm(mapped) - 1) < 1e-2
    return bool(np.allclose(stored, mapped, atol=1e-4) if mapped_is_right else np.isfinite(stored).all())


def _texts(index: Index, corpus: Corpus) -> Iterator[Finding]:
    """Passages that are not in their files although these have not changed since they were read."""
    notes = index.notes()
    files = {file.path: file for file in corpus.scan().files}
    for info in _some(index.articles()):
        file, note = files.get(info.path), notes.get(info.path)
        if file is None or note is None or (file.size, file.mtime_ns) != (note.size, note.mtime_ns):
            continue  # the next sync will see to it
        article = corpus.find(info)
        for each in index.article_passages(info.id):
            if article is not None and article.text[each.start : each.end] != each.text:
                yield Finding(CATALOGUE, f"A passage of {info.path} is not in its file.")
                break


def _sample(index: Index) -> list[Passage]:
    keys = _some(index.matrix.passage_keys.tolist())
    return [each.passage for each in index.catalogue.by_keys(keys)]


def _some(things: list[_T]) -> list[_T]:
    return random.Random(0).sample(things, min(_SAMPLE, len(things)))  # noqa: S311 - the same each time
