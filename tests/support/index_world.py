"""A corpus folder, embeddings without a model, and an index, for the index tests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.index.index_reader import Index
from retrieval.library import Library
from retrieval.models.embeddings import FootnoteEmbeddings
from retrieval.reading.corpus import Corpus
from retrieval.sync.replica_watch import SharedIndex
from retrieval.sync.sync_index import SyncReport, sync

DIMENSION = 32


class HashEmbeddings(FootnoteEmbeddings):
    """Each word adds a fixed vector: equal texts have equal vectors, texts with common words near ones."""

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.texts = 0  # number embedded so far

    @property
    def fingerprint(self) -> str:
        return f"test:{self.name}/{DIMENSION}"

    @property
    def dimension(self) -> int:
        return DIMENSION

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        self.texts += len(texts)
        return np.stack([vector(text) for text in texts])

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def vector(text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The vector of a text, of length 1."""
    total = np.full(DIMENSION, 1e-3, np.float32)
    for word in text.casefold().split():
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
        total += np.random.default_rng(seed).standard_normal(DIMENSION, np.float32)
    return total / np.linalg.norm(total)


def article(number: int, version: int = 1, sentences: int = 24) -> str:
    """The text of an article; its words contain the number and the version."""
    lines = [f"Report number{number} of the council", ""]
    lines += [
        f"In part {part} the council of town{number} decided matter{number}x{part}v{version} after a debate."
        for part in range(sentences)
    ]
    return "\n".join(lines)


@dataclass
class World:
    """A corpus folder and its index."""

    root: Path
    embeddings: HashEmbeddings = field(default_factory=HashEmbeddings)
    url: str | None = field(default_factory=lambda: os.environ.get("INDEX_TEST_SERVER"))
    # Machines share the articles; each has its own index folder.
    machine: str = field(default_factory=lambda: os.environ.get("INDEX_TEST_MACHINE", ""))

    @property
    def corpus(self) -> Path:
        return self.root / "articles"

    @property
    def folder(self) -> Path:
        return self.root / f"index{self.machine}"

    @property
    def fingerprint(self) -> str:
        return f"{self.embeddings.fingerprint}/passages"

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        backdate(path)
        return path

    def fill(self, count: int) -> None:
        for number in range(count):
            self.write(f"a{number:04}.txt", article(number))

    def sync(self, **options: Any) -> SyncReport:
        return sync(
            Corpus([self.corpus]),
            self.folder,
            lambda: self.embeddings,
            self.fingerprint,
            chroma_url=self.url,
            **options,
        )

    def library(self) -> Library:
        return Library(
            Corpus([self.corpus]),
            self.folder,
            embeddings=lambda: self.embeddings,
            fingerprint=lambda: self.fingerprint,
        )

    def open(self) -> Index:
        shared = SharedIndex(self.url, None, self.fingerprint) if self.url else None
        return Index.open(self.folder, self.fingerprint, shared)

    def contents(self) -> dict[str, tuple[str, str, str]]:
        """All passages, read through each store: passage id -> (article id, path, text)."""
        index = self.open()
        try:
            return contents(index)
        finally:
            index.close()


def backdate(path: Path) -> None:
    """Set a file's times 10 seconds back, since most files of a corpus are not brand-new."""
    past = path.stat().st_mtime_ns - 10_000_000_000
    os.utime(path, ns=(past, past))


def contents(index: Index) -> dict[str, tuple[str, str, str]]:
    """See ``World.contents``. Fails unless every passage is found by its own vector."""
    found = {}
    passages = [passage for info in index.articles() for passage in index.article_passages(info.id)]
    assert index.lexical.count() == len(passages) == index.status().passages
    for passage in passages:
        nearest = dict(index.nearest(vector(f"{passage.head}\n{passage.text}"), 3))
        assert nearest[passage.id] > 0.999
        found[passage.id] = (passage.article.id, passage.article.path, passage.text)
    return found
