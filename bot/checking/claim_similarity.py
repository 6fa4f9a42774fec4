"""How much of a claim stands in its evidence, in a few numbers: words, pairs, word vectors, facts."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bot.checking.hard_facts import KnownFacts, is_supported_by
from retrieval.splitting.sentences import sentence_spans
from retrieval.text_analysis import STOP_WORDS, stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retrieval.models.embeddings import TokenReader, TokenVectors

WINDOW = 3  # sentences of evidence that are read together
_SHORT = 5  # words of a claim that is no sentence: an answer to its question
_NEAR = (1, 2)  # how far apart two words of the claim make a pair
_COMMONEST = 1996  # BERT's vocabulary is sorted by frequency from here on: "the"
_WORD = re.compile(r"[^\W_]+")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t|denie[ds]|deny|refus\w+"
    r"|fail\w+|unable|reject\w+|unlikely|lack\w*)\b",
    re.IGNORECASE,
)
# What an answer says about its sources, not about the world.
_TALK = (
    "passage text article source document content summary summarize concise describe mention provide "
    "information state according follow note report say said also however additionally overall context key "
    "detail point"
)


@dataclass(frozen=True, slots=True)
class ClaimSimilarity:
    """Measures of a claim against its evidence; shares are 0..1, counts are of words.

    ``words``: share of the claim's words, weighted by rarity, in the best sentence. ``pairs``: share of its
    neighbouring words that stand together in one sentence. ``alignment``: mean cosine of its word pieces
    with their nearest in the best window of three sentences, and ``strangeness`` the sum of what it lacks
    to 1. ``gap``: the longest run of its words that the window lacks. ``numbers``, ``dates``, ``names``:
    facts that the evidence lacks. ``negated``, ``unnegated``: a negation in the claim alone, in the window
    alone.
    The question tells what the evidence is about ("the fish" of a recipe that only says "tilapia"): in
    ``words``, ``gap`` and ``strangeness`` its words count as standing there.
    """

    words: float
    pairs: float
    alignment: float
    strangeness: float
    gap: float
    length: float
    numbers: float
    dates: float
    names: float
    negated: float
    unnegated: float


NAMES = tuple(field.name for field in fields(ClaimSimilarity))


class ClaimEvidence:
    """Evidence, cut into sentences, read as far as claims ask for it; one object serves many claims."""

    def __init__(self, texts: Sequence[str], reader: TokenReader | None = None) -> None:
        self.facts = KnownFacts(texts)
        self.reader = reader
        self.sentences = [text[a:b] for text in texts for a, b in sentence_spans(text)]
        self.stems = [frozenset(stems(sentence)) for sentence in self.sentences]
        self._readings: dict[int, TokenVectors] = {}

    @cached_property
    def windows(self) -> list[frozenset[str]]:
        """The stems of each run of three sentences; of all, when there are fewer."""
        last = max(1, len(self.stems) - WINDOW + 1)
        return [frozenset().union(*self.stems[i : i + WINDOW]) for i in range(last)]

    def window_text(self, first: int) -> str:
        """The text of the window that begins at a sentence."""
        return " ".join(self.sentences[first : first + WINDOW])

    def reading(self, first: int) -> TokenVectors:
        """The window as the model reads it; needs a reader."""
        assert self.reader is not None
        if first not in self._readings:
            self._readings[first] = self.reader.token_vectors([self.window_text(first)])[0]
        return self._readings[first]


def claim_similarity(claim: str, evidence: ClaimEvidence, question: str = "") -> ClaimSimilarity:
    """Measure one sentence. A claim of a few words is read as the answer to its *question*, when given."""
    short = bool(question) and len(stems(claim)) <= _SHORT
    asked = f"{question.rstrip(' ?')} {claim}" if short else claim
    given = frozenset() if short else frozenset(stems(question))
    reading = evidence.reader.token_vectors([asked])[0] if evidence.reader else None
    missing = evidence.facts.missing(asked)
    known = is_supported_by(asked, missing)
    terms = _terms(asked, reading, known)
    nothing_else = float(bool(known and not terms))  # "In 2021, 11." stands there when its facts do
    best = _best_window(terms, evidence)
    window = evidence.windows[best]
    facts = [kind for *_, kind in missing]
    core = evidence.window_text(best)
    aligned, strangeness = _align(asked, reading, evidence, best, given) if reading else (0.0, 0.0)
    negated, unnegated = bool(_NEGATION.search(claim)), bool(_NEGATION.search(core))
    return ClaimSimilarity(
        words=nothing_else or max((_held(terms, each | given) for each in evidence.stems), default=0.0),
        pairs=nothing_else or _pairs([term.stem for term in terms], evidence),
        alignment=aligned,
        strangeness=strangeness,
        gap=_gap(terms, window | given),
        length=len(stems(asked)),
        numbers=facts.count("number"),
        dates=facts.count("date"),
        names=facts.count("name"),
        negated=float(negated and not unnegated),
        unnegated=float(unnegated and not negated),
    )


@dataclass(frozen=True, slots=True)
class _Term:
    stem: str
    weight: float


def _terms(text: str, reading: TokenVectors | None, known: Sequence[tuple[int, int]]) -> list[_Term]:
    """The words that carry meaning, weighted by how rare they are when the model's vocabulary is at hand.

    The *known* dates and figures are left out: they stand in the evidence, though in other words.
    """
    found: list[_Term] = []
    talk: list[_Term] = []
    for match in _WORD.finditer(text):
        stem = next(iter(stems(match[0])), "")
        if not stem or match[0].lower() in STOP_WORDS or stem in STOP_WORDS:
            continue
        if any(start < match.end() and match.start() < end for start, end in known):
            continue
        term = _Term(stem, _weight(reading, match.start(), match.end()) if reading else 1.0)
        (talk if stem in _talk() else found).append(term)
    return found or talk


@lru_cache(maxsize=1)
def _talk() -> frozenset[str]:
    return frozenset(stems(_TALK))


def _weight(reading: TokenVectors, start: int, end: int) -> float:
    """The rarity of a word: that of its rarest piece, and more for each further piece."""
    pieces = [
        number for number, (a, b) in zip(reading.ids, reading.spans, strict=True) if a < end and start < b
    ]
    return rarity(max(pieces, default=_COMMONEST)) + 0.5 * (max(1, len(pieces)) - 1)


def rarity(number: int) -> float:
    """How much a word piece weighs by its place in BERT's vocabulary, which is sorted by frequency."""
    return max(0.3, math.log(max(number - _COMMONEST, 8)) - 2)


def _held(terms: Sequence[_Term], stems_held: frozenset[str]) -> float:
    weights = {term.stem: term.weight for term in terms}
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in stems_held) / total if total else 0.0


def _best_window(terms: Sequence[_Term], evidence: ClaimEvidence) -> int:
    """The first sentence of the window that holds most of the claim; of equals the first."""
    held = [_held(terms, window) for window in evidence.windows]
    return held.index(max(held))


def _pairs(found: Sequence[str], evidence: ClaimEvidence) -> float:
    pairs = [(a, b) for step in _NEAR for a, b in zip(found, found[step:], strict=False) if a != b]
    if not pairs:
        return float(any(stem in sentence for stem in found for sentence in evidence.stems))
    return sum(any(a in s and b in s for s in evidence.stems) for a, b in pairs) / len(pairs)


def _gap(terms: Sequence[_Term], window: frozenset[str]) -> int:
    longest = run = 0
    for term in terms:
        run = 0 if term.stem in window else run + 1
        longest = max(longest, run)
    return longest


def _align(
    text: str, reading: TokenVectors, evidence: ClaimEvidence, window: int, given: frozenset[str]
) -> tuple[float, float]:
    """The mean cosine of the claim's pieces with their nearest in the window, and what they lack."""
    import numpy as np

    rows = [row for row, (start, end) in enumerate(reading.spans) if _WORD.search(text, start, end)]
    other = evidence.reading(window).matrix
    new = ~_within(reading.spans[rows], _places(text, given))
    if not rows or not len(other):
        return 0.0, float(new.sum())
    weights = np.array([rarity(reading.ids[row]) for row in rows])
    # Not by "@": its threads cost more than these small products when the cores are busy.
    nearest = np.einsum("cd,ed->ce", reading.matrix[rows], other).max(axis=1)
    return float((nearest * weights).sum() / weights.sum()), float((1 - nearest)[new].sum())


def _places(text: str, found: frozenset[str]) -> list[tuple[int, int]]:
    """The spans of the words with these stems."""
    if not found:
        return []
    return [m.span() for m in _WORD.finditer(text) if not found.isdisjoint(stems(m[0]))]


def _within(spans: NDArray[np.int32], places: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Of each span, (spans, 2), whether it lies in one of the places."""
    import numpy as np

    inside = np.zeros(len(spans), np.bool_)
    for start, end in places:
        inside |= (spans[:, 0] >= start) & (spans[:, 1] <= end)
    return inside
