"""The lexical index: BM25 over stemmed words of text, title, section and publisher, with Tantivy.

Each passage is analyzed in its article's language; see `retrieval.text_analysis`. It is a replica of the data
in Chroma and can be rebuilt from it. One process writes, many read, and see changes after reopening it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import IndexFailure
from retrieval.filter_query import NO_DAY, filtered
from retrieval.hit import Filters
from retrieval.index.durable_files import error_reason, is_writable, linked_copy
from retrieval.language_words import LANGUAGES, language_code
from retrieval.passage import Passage
from retrieval.tags import folded_tag, with_parents
from retrieval.text_analysis import stems

if TYPE_CHECKING:
    import tantivy

LEXICAL_VERSION = "words-3"  # change it whenever the same passages would give another index
_ANALYZER = "stems"  # splits at spaces: texts are added as stems
_RAW_FIELDS = ("publisher_name", "author_name", "path", "tag", "language")
_WRITER_BUFFER_BYTES = 64_000_000
# Field weights, tuned on the development sets (see tests/benchmarks/ablation.md).
FIELD_WEIGHTS: Mapping[str, float] = {"text": 1.0, "title": 0.4, "section": 0.2, "publisher": 0.2}


class LexicalIndex:
    """A Tantivy index of passages in a folder. Searching is thread-safe."""

    def __init__(self, index: tantivy.Index, folder: Path) -> None:
        from tantivy import TextAnalyzerBuilder, Tokenizer

        index.register_tokenizer(_ANALYZER, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._index, self._folder = index, folder
        self._writer: tantivy.IndexWriter | None = None
        self._reload()

    def _reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        self._languages: tuple[str, ...] | None = None

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        """A new, empty index in *folder*, which is created. Raises IndexFailure if it is not writable."""
        with _tantivy_errors(folder, "created"):
            import tantivy

            folder.mkdir(parents=True, exist_ok=True)
            return cls(tantivy.Index(_schema(), path=str(folder), reuse=False), folder)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """The index in *folder*. Raises IndexFailure if it is missing or damaged."""
        with _tantivy_errors(folder, "opened"):
            import tantivy

            return cls(tantivy.Index.open(str(folder)), folder)

    def add(self, passages: Iterable[Passage]) -> None:
        """Add passages; ``commit`` makes them visible."""
        with _tantivy_errors(self._folder, "written"):
            import tantivy

            writer = self._open_writer()
            for passage in passages:
                writer.add_document(tantivy.Document(**_fields(passage)))

    def remove(self, ids: Iterable[str]) -> None:
        """Remove passages by id; unknown ids are ignored."""
        with _tantivy_errors(self._folder, "written"):
            writer = self._open_writer()
            for passage_id in ids:
                writer.delete_documents_by_term("id", passage_id)

    def commit(self) -> None:
        """Make all additions and removals visible and durable. Raises IndexFailure, for a full disk too."""
        if self._writer is None:
            return
        with _tantivy_errors(self._folder, "written"):
            try:
                self._writer.commit()
                self._writer.wait_merging_threads()
            finally:
                self._writer = None
            self._reload()

    def close(self) -> None:
        """Close the writer; uncommitted changes are lost."""
        self._writer = None

    def count(self) -> int:
        """The number of passages."""
        with _tantivy_errors(self._folder, "read"):
            return self._searcher.num_docs

    def languages(self) -> tuple[str, ...]:
        """The languages as which passages are analyzed."""
        if self._languages is None:
            with _tantivy_errors(self._folder, "read"):
                count = self._searcher.doc_freq
                self._languages = tuple(code for code in sorted(LANGUAGES) if count("language", code))
        return self._languages

    def document_frequency(self, stem: str) -> int:
        """The number of passages whose text contains a stem."""
        with _tantivy_errors(self._folder, "read"):
            return self._searcher.doc_freq("text", stem)

    def contains(self, stem: str) -> bool:
        """True if any field of any passage contains the stem."""
        with _tantivy_errors(self._folder, "read"):
            return any(self._searcher.doc_freq(field, stem) for field in FIELD_WEIGHTS)

    def containing(self, words: Sequence[str], limit: int | None = None) -> list[str]:
        """The ids of all passages (at most *limit*) whose text contains the stems *words* in a row."""
        from tantivy import Query

        if not words or not self.count():
            return []
        schema = self._index.schema
        query = (
            Query.term_query(schema, "text", words[0], index_option="freq")
            if len(words) == 1
            else Query.phrase_query(schema, "text", list(words))
        )
        found = self._searcher.search(query, limit or self.count(), count=False).hits
        return [self._searcher.doc(address)["id"][0] for _, address in found]

    def search(
        self,
        words: Sequence[str],
        limit: int,
        filters: Filters | None = None,
        weights: Mapping[str, float] = FIELD_WEIGHTS,
    ) -> list[tuple[str, float]]:
        """Ids and scores of the *limit* best passages for the stems *words*, best first.

        The score is the sum over words and fields of BM25 (Tantivy's k1 = 1.2, b = 0.75) times the weight.
        """
        if not words or limit < 1:
            return []
        with _tantivy_errors(self._folder, "read"):
            query = self._query(words, weights)
            if filters:
                query = filtered(query, filters, self._index.schema)
            found = self._searcher.search(query, limit, count=False).hits
            return [(self._searcher.doc(address)["id"][0], score) for score, address in found]

    def _open_writer(self) -> tantivy.IndexWriter:
        self._writer = self._writer or self._index.writer(_WRITER_BUFFER_BYTES, 1)
        return self._writer

    def _query(self, words: Sequence[str], weights: Mapping[str, float]) -> tantivy.Query:
        from tantivy import Occur, Query

        clauses = [
            Query.boost_query(Query.term_query(self._index.schema, field, word, index_option="freq"), weight)
            for word in dict.fromkeys(words)
            for field, weight in weights.items()
        ]
        return Query.boolean_query([(Occur.Should, clause) for clause in clauses])


def _schema() -> tantivy.Schema:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in FIELD_WEIGHTS:
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="position")
    for field in _RAW_FIELDS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _fields(passage: Passage) -> dict[str, str | int | list[str]]:
    info = passage.article
    language = language_code(info.language)
    texts = zip(FIELD_WEIGHTS, (passage.text, info.title, passage.section, info.publisher), strict=True)
    return {
        "id": passage.id,
        **{field: " ".join(stems(text or "", language)) for field, text in texts},
        "publisher_name": (info.publisher or "").casefold(),
        "author_name": (info.author or "").casefold(),
        "path": info.path.casefold(),
        "tag": list(dict.fromkeys(map(folded_tag, with_parents(info.tags)))),
        "language": language,
        "day": info.day.toordinal() if info.day else NO_DAY,
    }


@contextmanager
def _tantivy_errors(folder: Path, action: str) -> Iterator[None]:
    """Translate Tantivy's errors to IndexFailure. A panic in its Rust code is not an Exception."""
    try:
        yield
    except (IndexFailure, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise IndexFailure(
            f"The lexical index in {folder} cannot be {action}: {error_reason(error)}."
        ) from error


def open_lexical(folder: Path, closers: list[Callable[[], None]]) -> LexicalIndex:
    """The index in *folder*, which can be read-only, although Tantivy creates a lock file in it; *closers*
    gets a callback for cleanup. Raises IndexFailure."""
    try:
        return LexicalIndex.open(folder)
    except IndexFailure:
        if not folder.is_dir() or is_writable(folder):
            raise
    with _tantivy_errors(folder, "opened"):
        return LexicalIndex.open(linked_copy(folder, closers))
