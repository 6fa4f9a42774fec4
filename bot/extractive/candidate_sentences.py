"""The sentences of the hits, each once: the candidates for an extractive answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.hit import Hit
from retrieval.text_analysis import stems


@dataclass(frozen=True)
class Candidate:
    """A sentence of a hit: ``hits[rank]`` holds it at ``start``..``end`` of its article's text."""

    hit: Hit
    rank: int  # 0-based
    at: int  # the number of the sentence in its passage, 0-based
    start: int
    end: int
    text: str
    words: frozenset[str]
    before: frozenset[str]  # stems of the sentence before, in the same passage
    around: frozenset[str]  # stems of the sentences before and after
    known: frozenset[str]  # stems of the whole passage and its head

    def adjoins(self, other: Candidate) -> bool:
        """Whether the two stand side by side in one passage."""
        return self.hit.passage.id == other.hit.passage.id and abs(self.at - other.at) == 1


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits, once, in the order of the hits."""
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for rank, hit in enumerate(hits):
        passage = hit.passage
        texts = [passage.text[s - passage.start : e - passage.start] for s, e in passage.sentences]
        words = [frozenset(stems(text)) for text in texts]
        known = frozenset(stems(passage.head)).union(*words)
        for at, (start, end) in enumerate(passage.sentences):
            if (passage.article.id, start) in seen:
                continue
            seen.add((passage.article.id, start))
            before = words[at - 1] if at else frozenset()
            around = before.union(*words[at + 1 : at + 2])
            found.append(Candidate(hit, rank, at, start, end, texts[at], words[at], before, around, known))
    return found
