"""The sentences of the hits, deduplicated: the candidates for an extractive answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.hit import Hit
from retrieval.language_words import ENGLISH
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems, stems, without_stop_words

MAX_CACHED = 256  # passages, of about 15 kB: questions of a conversation find the same ones
MIN_STATEMENT_WORDS = 4
_STATEMENT_END = re.compile(r"[.!…。！।۔][\"'”’)\]»\s]*$")
_REFERENCE = re.compile(
    r"^[\"“']?(?:he|she|it|they|this|that|these|those|his|her|its|their|but|and|however|such)\b", re.I
)
_POINTS_BACK = re.compile(
    r"\b(?:he|she|it|they|them|him|this|that|these|those|his|her|hers|its|their|such|former|latter)\b", re.I
)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A sentence of ``hits[rank]``, at ``start``..``end`` of the article's text."""

    hit: Hit
    rank: int  # 0-based
    index: int  # of the sentence in its passage, 0-based
    start: int
    end: int
    text: str
    content: Sequence[str]  # its content stems in order; all stems if there are only stop words
    stems: frozenset[str]
    previous_stems: frozenset[str]  # of the sentence before, in the same passage
    neighbour_stems: frozenset[str]  # of the sentences before and after
    passage_stems: frozenset[str]  # of the whole passage and its head

    @property
    def is_statement(self) -> bool:
        """True for a whole sentence that states something; False for a heading, a caption or a question."""
        is_long = len(self.text.split()) >= MIN_STATEMENT_WORDS or "。" in self.text  # written without spaces
        return is_long and bool(_STATEMENT_END.search(self.text))

    @property
    def starts_with_reference(self) -> bool:
        """True if the first word refers to the sentence before ("He", "This", "However")."""
        return bool(_REFERENCE.match(self.text))

    @property
    def points_back(self) -> bool:
        """True if one of the first five words refers to something said before ("it", "their", "such")."""
        return bool(_POINTS_BACK.search(" ".join(self.text[:60].split()[:5])))

    def adjoins(self, other: Candidate) -> bool:
        """True if the two are neighbours in one passage."""
        return self.hit.passage.id == other.hit.passage.id and abs(self.index - other.index) == 1


def candidates(hits: Sequence[Hit], language: str = ENGLISH) -> list[Candidate]:
    """Every sentence of the hits, in their order, analyzed in the *language* of the question.

    Sentences in the overlap of two passages are kept once.
    """
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for rank, hit in enumerate(hits):
        passage = hit.passage
        texts, content, own, whole = _analyzed(passage, language)
        for i, (start, end) in enumerate(passage.sentences):
            if (passage.article.id, start) in seen:
                continue
            seen.add((passage.article.id, start))
            previous = own[i - 1] if i else frozenset()
            around = (previous, previous.union(*own[i + 1 : i + 2]), whole)
            found.append(Candidate(hit, rank, i, start, end, texts[i], content[i], own[i], *around))
    return found


def passage_stems(passage: Passage, language: str) -> frozenset[str]:
    """The stems of a passage and its head."""
    return _analyzed(passage, language)[-1]


@lru_cache(maxsize=MAX_CACHED)
def _analyzed(
    passage: Passage, language: str
) -> tuple[list[str], list[list[str]], list[frozenset[str]], frozenset[str]]:
    """The sentences of a passage, the content stems and all stems of each, and those of passage and head."""
    texts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
    words = [stems(text, language) for text in texts]
    if language == ENGLISH:
        content = [without_stop_words(of_sentence) or of_sentence for of_sentence in words]
    else:
        content = [content_stems(text, language) for text in texts]
    own = [frozenset(of_sentence) for of_sentence in words]
    return texts, content, own, frozenset(stems(passage.head, language)).union(*own)
