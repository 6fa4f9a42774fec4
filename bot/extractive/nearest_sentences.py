"""Narrows the hits of an unanswered question to the whole sentences nearest to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.hit import Hit
from retrieval.text_analysis import content_stems

MAX_LENGTH = 300  # characters of the sentences of a hit, unless its nearest sentence is longer


def nearest_sentences(question: str, hits: Sequence[Hit]) -> Iterator[Hit]:
    """The hits, each with the sentence that has most of the question's words, and those after it that fit."""
    words = frozenset(content_stems(question))
    return (_narrowed(hit, words) for hit in hits)


def _narrowed(hit: Hit, words: frozenset[str]) -> Hit:
    passage = hit.passage
    if not passage.sentences:
        return hit
    shared = [
        len(words.intersection(content_stems(passage.text[start - passage.start : end - passage.start])))
        for start, end in passage.sentences
    ]
    first = shared.index(max(shared))
    start = passage.sentences[first][0]
    kept = [span for span in passage.sentences[first:] if span[1] - start <= MAX_LENGTH]
    sentences = tuple(kept or passage.sentences[first : first + 1])
    end = sentences[-1][1]
    text = passage.text[start - passage.start : end - passage.start]
    line = passage.line + passage.text[: start - passage.start].count("\n")
    narrowed = replace(passage, text=text, start=start, end=end, line=line, sentences=sentences)
    return replace(hit, passage=narrowed)
