"""Creates the embedding model that a setting names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import EmbeddingError
from retrieval.models.embeddings import FootnoteEmbeddings

if TYPE_CHECKING:
    from retrieval.models.bert_graph import Precision


def make_embeddings(
    choice: str,
    *,
    model_dir: Path | None,
    cache_dir: Path,
    api_key: str | None = None,
    base_url: str | None = None,
    threads: int | None = None,
) -> FootnoteEmbeddings:
    """Embeddings for a choice: "local", "local:float" (slower, exact) or "openai:MODEL".

    Cheap: model files are opened with the first text. Raises EmbeddingError for any other choice.
    """
    kind, _, name = choice.strip().partition(":")
    if kind == "openai" and name:
        from retrieval.models.service_embeddings import ServiceEmbeddings

        return ServiceEmbeddings(name, api_key=api_key, base_url=base_url)
    if kind == "local" and name in {"", "int8", "float"}:
        from retrieval.models.local_embeddings import LocalEmbeddings

        precision: Precision = "float" if name == "float" else "int8"
        return LocalEmbeddings(cache_dir, model_dir=model_dir, precision=precision, threads=threads)
    raise EmbeddingError(
        f"FOOTNOTE_EMBEDDINGS={choice} is not supported.", 'Set it to "local" or "openai:MODEL".'
    )
