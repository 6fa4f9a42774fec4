"""Stems for lexical matching (lower case, no accents, English stemmer), and the stop words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval.text_normalization import normalized

if TYPE_CHECKING:
    import tantivy

STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before being but by can could did do does "
    "doing for from had has have having he her here hers him his how i if in into is it its itself just "
    "may me might many much my no nor not of off on once only or other our out over own per s "
    "same shall she should so some such t than that the their theirs them then there these they this "
    "those through to too under until up upon very was we were what when where which while who whom "
    "whose why will with would you your".split()
)


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    """Tantivy's analyzer for indexing and for queries; it expects normalized text."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = (
        TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    )
    return builder.filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


def stems(text: str) -> list[str]:
    """The words of a text in order, as indexed: normalized, lower case, without accents, stemmed."""
    return analyzer().analyze(normalized(text))


@lru_cache(maxsize=1)
def _stop_stems() -> frozenset[str]:
    return STOP_WORDS | frozenset(stem for word in STOP_WORDS for stem in stems(word))


def content_stems(text: str) -> list[str]:
    """The stems of a text without stop words; all stems if there are only stop words."""
    found = stems(text)
    return without_stop_words(found) or found


def without_stop_words(words: Sequence[str]) -> list[str]:
    """The stems *words* without those of stop words."""
    stop_words = _stop_stems()
    return [stem for stem in words if stem not in stop_words]
