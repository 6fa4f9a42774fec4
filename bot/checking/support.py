"""Whether a claim is supported by its evidence: a score, a verdict, and the facts that are missing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.checking.claim_similarity import ClaimEvidence, ClaimSimilarity, claim_similarity
from bot.checking.hard_facts import Lack, unsupported_facts
from retrieval.splitting.sentences import sentence_spans

if TYPE_CHECKING:
    from bot.answer import Support
    from retrieval.models.embeddings import TokenReader

WEIGHTS = Path(__file__).with_name("support_weights.json")  # fitted by tests/benchmarks/support.py
_LONGEST = 60_000  # characters of evidence that are looked at
_MARK = re.compile(r"\s*\[\d{1,3}\]")
_ADDRESS = re.compile(r"https?://\S+")
_OPENING = re.compile(  # what a model says before it says anything
    r"^\s*(?:here(?:\s+is|['’]s)|sure|based (?:solely )?on|the following)[^\n]{0,160}:\s*", re.IGNORECASE
)
_WORST = frozenset(("strangeness", "gap", "length"))  # the largest of a claim's sentences counts
_SUMS = frozenset(("numbers", "dates", "names"))


@dataclass(frozen=True, slots=True)
class SupportJudgement:
    """``score`` is 0..1, higher for better supported. ``missing``: (start, end, kind) in the claim.

    The verdict is "supported" only when no fact is missing.
    """

    score: float
    verdict: Support
    missing: tuple[Lack, ...]


def support(
    claim: str, evidence: Sequence[str], *, question: str = "", reader: TokenReader | None = None
) -> SupportJudgement:
    """Judge a claim of one or more sentences against quotes, their neighbours and their passages' heads.

    Deterministic. *reader* (the local embeddings) adds meaning to words; without it no model is needed.
    """
    weights = _weights("vectors" if reader else "words")
    values = measures(claim, evidence, question=question, reader=reader)
    total = weights.intercept + sum(weights.weights[name] * values[name] for name in weights.weights)
    score = 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
    missing = tuple(unsupported_facts(claim, evidence))
    return SupportJudgement(score, _verdict(score, bool(missing), weights), missing)


def _verdict(score: float, lacking: bool, weights: _Weights) -> Support:
    if score < weights.partly:
        return "unsupported"
    return "partly" if lacking or score < weights.supported else "supported"


def measures(
    claim: str, evidence: Sequence[str], *, question: str = "", reader: TokenReader | None = None
) -> dict[str, float]:
    """What the score is made of: the likeness of each sentence, put together for the whole claim."""
    cleaned = [_ADDRESS.sub(" ", _MARK.sub("", text[:_LONGEST])) for text in evidence]
    against = ClaimEvidence(cleaned, reader)
    likenesses = [claim_similarity(sentence, against, question) for sentence in _sentences(claim)]
    return {name: _together(name, likenesses) for name in asdict(likenesses[0])}


def _sentences(claim: str) -> list[str]:
    text = _OPENING.sub("", _MARK.sub("", claim))
    found = [text[start:end] for start, end in sentence_spans(text)]
    return [sentence for sentence in found if re.search(r"\w\w", sentence)] or [claim]


def _together(name: str, likenesses: Sequence[ClaimSimilarity]) -> float:
    values = [float(getattr(each, name)) for each in likenesses]
    if name in _WORST:
        return math.log1p(max(values))
    if name in _SUMS:
        return math.log1p(sum(values))
    return sum(values) / len(values)


@dataclass(frozen=True, slots=True)
class _Weights:
    intercept: float
    weights: dict[str, float]
    partly: float  # scores from here on are "partly" supported
    supported: float


@lru_cache(maxsize=2)
def _weights(kind: str) -> _Weights:
    return _Weights(**json.loads(WEIGHTS.read_text(encoding="utf-8"))[kind])
