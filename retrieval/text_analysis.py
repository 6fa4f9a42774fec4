"""Stems for lexical matching (lower case, no accents, stemmed by language), and the stop words.

Texts in Chinese, Japanese, Korean and Thai give the overlapping pairs of their characters instead, in any
language: no dictionary is needed to match a word of two or more characters.

No word and no normalization extends over white space, so what is between it ("chunks") is analyzed once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from sys import intern
from typing import TYPE_CHECKING
from zlib import crc32

from retrieval.language_words import (
    COMMON_WORDS,
    ENGLISH,
    STEMMERS,
    UNSPACED,
    WITHOUT_STOP_WORDS,
)
from retrieval.question_words import question_words
from retrieval.recent_cache import RecentCache
from retrieval.text_normalization import normalized

if TYPE_CHECKING:
    import tantivy

# Of English; those of other languages are inside their analyzer.
STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before being but by can could did do does "
    "doing for from had has have having he her here hers him his how i if in into is it its itself just "
    "may me might many much my no nor not of off on once only or other our out over own per s "
    "same shall she should so some such t than that the their theirs them then there these they this "
    "those through to too under until up upon very was we were what when where which while who whom "
    "whose why will with would you your".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED_RUN = re.compile(
    "[\u0e00-\u0e7f]+|[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
MAX_CACHED_CHUNKS = 40_000  # per language: about 10 MB. The first ones are the frequent ones: of news, 95 %
MAX_CACHED_HASHES = 8192  # texts per language, of about .5 kB: passages and their heads
MAX_CACHED_LENGTH = 40  # characters: longer chunks are texts without spaces, which do not recur


@lru_cache(maxsize=64)
def _analyzer(language: str, without_stop_words: bool = False) -> tantivy.TextAnalyzer:
    """Tantivy's analyzer for normalized text."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = (
        TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    )
    if without_stop_words:
        if language in STEMMERS and language not in WITHOUT_STOP_WORDS:
            builder = builder.filter(Filter.stopword(STEMMERS[language]))
        builder = builder.filter(Filter.custom_stopword(_listed_words(language)))
    builder = builder.filter(Filter.ascii_fold())
    # Names and borrowed words in Chinese, Japanese, Korean and Thai texts are mostly English.
    stemmer = STEMMERS.get(ENGLISH if language in UNSPACED else language)
    return (builder.filter(Filter.stemmer(stemmer)) if stemmer else builder).build()


def _listed_words(language: str) -> list[str]:
    """The question words, and the common words where Tantivy has no list; also as typed without accents."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    common = (
        COMMON_WORDS.get(language, "") if language not in STEMMERS or language in WITHOUT_STOP_WORDS else ""
    )
    words = {*common.split(), *(word for word in question_words(language) if " " not in word)}
    folded = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.ascii_fold()).build()
    return sorted(words.union(*(folded.analyze(word) for word in words)))


def stems(text: str, language: str = ENGLISH) -> list[str]:
    """The words of a text in order, as indexed: normalized, lower case, without accents, stemmed."""
    return _chunk_stems(language).of(text)


class _ChunkStems(dict[str, tuple[str, ...]]):
    """The stems of chunks, cached: most words of a text were in another one before. Thread-safe."""

    def __init__(self, analyzer: tantivy.TextAnalyzer) -> None:
        super().__init__()
        self._analyzer = analyzer

    def of(self, text: str) -> list[str]:
        """The stems of a text in order."""
        return list(chain.from_iterable(map(self.__getitem__, text.split())))

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        found = tuple(map(intern, _analyze(normalized(chunk), self._analyzer)))
        if len(chunk) <= MAX_CACHED_LENGTH and len(self) < MAX_CACHED_CHUNKS:
            self[chunk] = found
        return found


@lru_cache(maxsize=64)
def _chunk_stems(language: str, without_stop_words: bool = False) -> _ChunkStems:
    return _ChunkStems(_analyzer(language, without_stop_words))


def _analyze(text: str, analyzer: tantivy.TextAnalyzer) -> list[str]:
    if text.isascii() or not _UNSPACED_RUN.search(text):
        return analyzer.analyze(text)
    return [
        word
        for part in _parts(text)
        for word in (_pairs(part) if _is_unspaced(part) else analyzer.analyze(part))
    ]


def _parts(text: str) -> Iterator[str]:
    """The runs of characters written without spaces, and the text between them."""
    at = 0
    for run in _UNSPACED_RUN.finditer(text):
        yield text[at : run.start()]
        yield run[0]
        at = run.end()
    yield text[at:]


def _is_unspaced(part: str) -> bool:
    return _UNSPACED_RUN.fullmatch(part) is not None


def _pairs(run: str) -> list[str]:
    """The overlapping pairs of characters of a run; a single character is its own word."""
    return [first + second for first, second in pairwise(run)] or [run]


@lru_cache(maxsize=1)
def _stop_stems() -> frozenset[str]:
    return STOP_WORDS | frozenset(stem for word in STOP_WORDS for stem in stems(word))


def content_stems(text: str, language: str = ENGLISH) -> list[str]:
    """The stems of a text without stop words; all stems if there are only stop words."""
    return topic_stems(text, language) or stems(text, language)


def stems_in_languages(text: str, languages: Iterable[str]) -> list[str]:
    """The content stems of a text in each of the languages: its words in an index of articles in them."""
    return list(dict.fromkeys(stem for language in languages for stem in content_stems(text, language)))


def topic_stems(text: str, language: str = ENGLISH) -> list[str]:
    """The stems of a text without stop words; none if there are only stop words."""
    if language == ENGLISH:
        return without_stop_words(stems(text))
    text = normalized(text)
    if (asking := _question_pattern(language)) is not None:
        text = asking.sub(" ", text)
    found = _chunk_stems(language, without_stop_words=True).of(text)
    if language in UNSPACED:  # what is left between two stop words
        found = [stem for stem in found if len(stem) > 1 or not _UNSPACED_RUN.match(stem)]
    return found


def content_hashes(text: str, language: str) -> bytes:
    """The hashes of the content stems of a text in order, which an index stores."""
    return word_hashes(topic_stems(text, language))


@lru_cache(maxsize=32)
def recent_content_hashes(language: str) -> RecentCache[bytes]:
    """A cache of `content_hashes` by text, to which an index adds those that it has stored."""
    return RecentCache(
        lambda texts: {text: content_hashes(text, language) for text in texts}, MAX_CACHED_HASHES
    )


def word_hashes(words: Iterable[str]) -> bytes:
    """The CRC-32 of each word, as 4 bytes in the order of this machine."""
    return array("I", [crc32(word.encode("utf-8", "surrogatepass")) for word in words]).tobytes()


@lru_cache(maxsize=64)
def _question_pattern(language: str) -> re.Pattern[str] | None:
    """The question words that the analyzer cannot find: those of several words, or without spaces."""
    words = question_words(language)
    if language in UNSPACED:
        return re.compile("|".join(map(re.escape, (*words, *COMMON_WORDS.get(language, "").split()))))
    phrases = [re.escape(word) for word in words if " " in word]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE) if phrases else None


def without_stop_words(words: Sequence[str]) -> list[str]:
    """The English stems *words* without those of stop words."""
    stop_words = _stop_stems()
    return [stem for stem in words if stem not in stop_words]


def count_function_words(text: str, language: str) -> int:
    """The number of different words of a text that are stop words or question words of a language."""
    return function_word_counts(text, (language,))[language]


def function_word_counts(text: str, languages: Iterable[str]) -> dict[str, int]:
    """The same for each of several languages."""
    words = set(_WORD.findall(normalized(text).lower()))
    return {
        language: len(words & STOP_WORDS) if language == ENGLISH else _count_stop_words(words, language)
        for language in languages
    }


def _count_stop_words(words: Iterable[str], language: str) -> int:
    content = _chunk_stems(language, without_stop_words=True)
    return sum([not content[word] for word in words])
