"""The library: a corpus, its index and the search over it, as one facade for `bot`.

Opens the index on first use, and reopens it when another process has written a newer generation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.article import Article, ArticleInfo
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.open_index import REPAIR_WAIT_SECONDS, OpenIndex

if TYPE_CHECKING:
    from retrieval.index.generation_state import IndexStatus
    from retrieval.index.index_reader import Index
    from retrieval.index.integrity import Finding
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.models.reranker import Reranker
    from retrieval.models.similarity_scale import SimilarityScale
    from retrieval.reading.corpus import Corpus
    from retrieval.search.typos import SpellingCorrection
    from retrieval.sync.replica_watch import SharedIndex
    from retrieval.sync.sync_index import Progress, SyncReport


class Library:
    """Search, sync and articles of one corpus. Thread-safe."""

    def __init__(
        self,
        corpus: Corpus,
        folder: Path,
        *,
        embeddings: Callable[[], FootnoteEmbeddings],
        fingerprint: Callable[[], str],
        chroma_url: str | None = None,
        chroma_token: str | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.corpus = corpus
        self.folder = folder
        self._make_embeddings = embeddings
        self._fingerprint = fingerprint
        self._chroma_url = chroma_url
        self._chroma_token = chroma_token
        self.reranker = reranker
        self._lock = threading.Lock()
        self._embeddings: FootnoteEmbeddings | None = None
        self._opened = OpenIndex(self._open_newest, lambda: self.sync(wait_seconds=REPAIR_WAIT_SECONDS))

    def sync(
        self,
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        allow_empty: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        wait_seconds: float = 60,
        distrust: frozenset[str] = frozenset(),
    ) -> SyncReport:
        """Update the index to the current articles; see `retrieval.sync.sync_index.sync`."""
        from retrieval.sync.sync_index import sync

        return sync(
            self.corpus,
            self.folder,
            self.embeddings,
            self._fingerprint(),
            rebuild=rebuild,
            dry_run=dry_run,
            allow_empty=allow_empty,
            progress=progress,
            stop=stop,
            wait_seconds=wait_seconds,
            distrust=distrust,
            chroma_url=self._chroma_url,
            chroma_token=self._chroma_token,
        )

    def check(self) -> list[Finding]:
        """Find what is wrong with the index. Raises IndexMissing, IndexMismatch."""
        from retrieval.errors import IndexFailure, IndexMismatch, IndexMissing
        from retrieval.index.generations import Generations
        from retrieval.index.integrity import check_files, check_index

        try:
            with self._open_newest() as index:
                return check_index(index, self.corpus)
        except (IndexMissing, IndexMismatch):
            raise
        except IndexFailure as error:
            return check_files(Generations(self.folder), error)

    def repair(self, progress: Callable[[Progress], None] | None = None) -> SyncReport:
        """Update the index to the current articles, and rebuild the parts that are damaged."""
        from retrieval.errors import IndexMismatch, IndexMissing

        try:
            damaged = frozenset(finding.part for finding in self.check())
        except (IndexMissing, IndexMismatch):
            damaged = frozenset()
        return self.sync(progress=progress, distrust=damaged)

    def changes(self, stop: threading.Event) -> Iterator[None]:
        """Yield at once, and after each burst of changes to the articles, until *stop* is set."""
        from retrieval.reading.corpus_watch import watch_changes

        return watch_changes(self.corpus, stop)

    def search(
        self,
        question: str,
        limit: int = 10,
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> list[Hit]:
        """The *limit* best passages for a question asked on the date *as_of* (None: today), best first.

        A question with typos is searched again with the corrected words, if it is in English.

        Raises IndexMissing, IndexMismatch, ModelMissing, EmbeddingError, RerankerUnusable.
        """
        return self.search_corrected(question, limit, filters, as_of)[0]

    def search_corrected(
        self,
        question: str,
        limit: int = 10,
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> tuple[list[Hit], SpellingCorrection]:
        """The hits of `search`, and the question as corrected by them."""
        from retrieval.search.find_hits import search

        embeddings, day, filters = self.embeddings(), as_of or date.today(), filters or Filters()

        def find(index: Index) -> tuple[list[Hit], SpellingCorrection]:
            hits = search(index, embeddings, question, limit, filters, day, self.reranker)
            correction = _correct_spelling(question, hits, index, embeddings)
            if correction.changes:
                hits = search(index, embeddings, correction.text, limit, filters, day, self.reranker)
                correction = _correct_spelling(question, hits, index, embeddings)
            return hits, correction

        return self._opened.read(find)

    def embeddings(self) -> FootnoteEmbeddings:
        """The embedding model, created once."""
        with self._lock:
            if self._embeddings is None:
                self._embeddings = self._make_embeddings()
            return self._embeddings

    def index(self) -> AbstractContextManager[Index]:
        """The newest generation, kept open while the block runs; a damaged one is repaired first."""
        return self._opened.use()

    def _open_newest(self) -> Index:
        from retrieval.index.index_reader import Index

        return Index.open(self.folder, self._fingerprint(), self._shared())

    def _shared(self) -> SharedIndex | None:
        if not self._chroma_url:
            return None
        from retrieval.sync.replica_watch import SharedIndex

        return SharedIndex(self._chroma_url, self._chroma_token, self._fingerprint())

    def similarity_scale(self, index: Index) -> SimilarityScale:
        """Maps cosines of the embedding model in an index to those of the default model."""
        from retrieval.models.similarity_scale import similarity_scale

        return similarity_scale(index, self.embeddings())

    def publishers(self) -> tuple[str, ...]:
        """The names of all publishers, sorted."""
        with self.index() as index:
            return index.publishers

    def articles(self) -> list[ArticleInfo]:
        """The metadata of all indexed articles, by path and position in their file."""
        with self.index() as index:
            return index.articles()

    def article(self, article_id: str) -> Article | None:
        """The article as it is on disk now; None if it is not indexed or was deleted."""
        with self.index() as index:
            info = index.article(article_id)
        return self.corpus.find(info) if info else None

    def status(self, filters: Filters | None = None) -> IndexStatus:
        """The contents of the index, or what passes the filters of it, and what it was built with."""
        with self.index() as index:
            return index.status(filters)

    def warm(self) -> None:
        """Load the models and the index, so that the first question is answered faster."""
        loading = threading.Thread(target=self._warm_embeddings, daemon=True)
        loading.start()
        try:
            with self.index() as index:
                index.warm()
        finally:
            loading.join()  # a thread in native code at the end of the process would abort it

    def _warm_embeddings(self) -> None:
        with suppress(RetrievalError):  # the first question will report it
            self.embeddings().embed_query("warm")

    def close(self) -> None:
        """Close the index; a later call opens it again."""
        self._opened.close()


def _correct_spelling(
    question: str, hits: Sequence[Hit], index: Index, embeddings: FootnoteEmbeddings
) -> SpellingCorrection:
    """Expands abbreviations, and corrects typos, which needs the local tokenizer to tell them from rare words
    and hits that were found by their words. Only for questions in English."""
    from retrieval.language_words import ENGLISH
    from retrieval.models.embeddings import as_token_embeddings
    from retrieval.question_language import question_language
    from retrieval.search.abbreviations import expansions
    from retrieval.search.typos import SpellingCorrection, correct_typos
    from retrieval.text_analysis import stems

    def is_absent(word: str) -> bool:
        return not any(map(index.lexical.contains, stems(word)))

    if question_language(question, index.lexical.languages()) != ENGLISH:
        return SpellingCorrection(question)
    texts = [f"{hit.passage.head} {hit.passage.text}" for hit in hits]
    expanded = SpellingCorrection(question, tuple(expansions(question, texts, is_absent)))
    text = expanded.apply_to(question)
    if as_token_embeddings(embeddings) is None or any(hit.listed for hit in hits):
        return SpellingCorrection(text, expanded.changes)
    typos = correct_typos(text, texts, lambda word: is_absent(word) and embeddings.count_tokens(word) > 1)
    return SpellingCorrection(typos.text, expanded.changes + typos.changes)
