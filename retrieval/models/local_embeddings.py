"""The default embedding model, all-MiniLM-L6-v2, or another in the user's folder, with token vectors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelMissing
from retrieval.models import model_files
from retrieval.models.bert_graph import ARITHMETIC_VERSION
from retrieval.models.embeddings import TokenVectors
from retrieval.models.onnx_embeddings import OnnxEmbeddings
from retrieval.recent_cache import RecentCache

if TYPE_CHECKING:
    from retrieval.models.bert_graph import Precision

MAX_CACHED_SENTENCES = 400  # about 45 kB each; they recur in questions about the same articles


class LocalEmbeddings(OnnxEmbeddings):
    """The packaged model, or one like it in *model_dir*.

    Other models have no token vectors: what is computed from them was fitted on those of all-MiniLM-L6-v2.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        model_dir: Path | None = None,
        precision: Precision = "int8",
        threads: int | None = None,
    ) -> None:
        self._packaged = model_dir is None

        def find_files() -> model_files.ModelFiles:
            if model_dir is None:
                return model_files.packaged_files()
            files = model_files.custom_files(model_dir.expanduser(), cache_dir)
            if files.layout.query_prompt or files.layout.passage_prompt:
                raise ModelMissing(
                    f"The model in {model_dir} has prompts, which FOOTNOTE_MODEL_DIR does not support.",
                    f"Set FOOTNOTE_EMBEDDINGS={model_dir} instead.",
                )
            return files

        name = model_files.NAME if self._packaged else "own"
        super().__init__(find_files, cache_dir, name=name, precision=precision, threads=threads)

    @property
    def fingerprint(self) -> str:
        """As above. Touches no file for the packaged model, whose hash is checked when it is loaded."""
        revision, dimension = model_files.WEIGHTS_SHA256, model_files.DIMENSION
        if not self._packaged and self._files.revision != revision:
            return super().fingerprint
        return f"local:{model_files.NAME}@{revision[:12]}/{dimension}/{self._precision}/{ARITHMETIC_VERSION}"

    @property
    def dimension(self) -> int:
        """384 for the packaged model."""
        return model_files.DIMENSION if self._packaged else super().dimension

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """See `TokenEmbeddings`."""
        found = self._sentences.get(texts)
        return [found[text] for text in texts]

    @cached_property
    def _sentences(self) -> RecentCache[TokenVectors]:
        def embed(texts: Sequence[str]) -> dict[str, TokenVectors]:
            return {texts[number]: vectors for number, vectors in self._map(self._token_vectors, texts)}

        return RecentCache(embed, MAX_CACHED_SENTENCES)

    def _token_vectors(self, text: str) -> TokenVectors:
        loaded = self._load()
        encoding = loaded.encode(text)
        ids = np.array([encoding.ids], np.int64)
        vectors, words = loaded.session.run(["vectors", "words"], {"ids": ids})
        inner = slice(1, len(encoding.ids) - 1)  # without the start and end tokens
        pieces = words[0][inner]
        lengths = np.linalg.norm(pieces, axis=1, keepdims=True)
        return TokenVectors(
            matrix=pieces / np.maximum(lengths, 1e-9),
            spans=np.array(encoding.offsets[inner], np.int32).reshape(-1, 2),
            ids=tuple(encoding.ids[inner]),
            pooled=vectors[0],
        )
