"""A library with local embeddings over a folder of articles, for tests that search it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrieval.library import Library
from retrieval.models.embedding_factory import make_embeddings
from retrieval.models.embeddings import FootnoteEmbeddings
from retrieval.reading.corpus import Corpus


def synced_library(
    articles: Path, folder: Path, *, sync: bool = True, stop: Callable[[], bool] | None = None
) -> Library:
    """A synced library of *articles*; its index and model cache are in *folder*. *stop*: see `sync`."""

    def embeddings() -> FootnoteEmbeddings:
        return make_embeddings("local", model_dir=None, cache_dir=folder / "cache")

    library = Library(
        Corpus((articles,)),
        folder / "index",
        embeddings=embeddings,
        fingerprint=lambda: embeddings().fingerprint,
    )
    if sync:
        library.sync(stop=stop)
    return library
