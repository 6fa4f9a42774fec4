"""Finds the span of lines of a scraped page that is its article, with a small model trained on news pages.

It is a linear-chain model with three states (above, inside and below the article), each visited once. The
score of the span from line *s* up to line *e* is

    inside(s) + … + inside(e - 1) + start(s) + end(e)

Each term is linear in the features of the line (line_features.py) and, at the start and end, of the line
before it. The probability of a line is the share of all spans that contain it, weighted by exp(score).
Weights: page_model.json, written by tests/benchmarks/train_page_model.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log1p
from operator import mul

from retrieval.reading.page.boilerplate import boilerplate_reason
from retrieval.reading.page.line_features import page_features, prose_core
from retrieval.reading.page.line_vocabulary import NETWORKS, PROMOTION
from retrieval.text_lines import Line, ends_sentence

# A line is kept unless the model is almost certain: a lost paragraph costs more than a kept advert.
_MIN_PROBABILITY = 0.01
_MIN_STUBS = 25  # stubs (short lines that are not sentences) outside the core; fewer: not a whole page
_MIN_PROMOTIONAL_STUBS = 4  # stubs with menu words, required if only one kind of boilerplate is found
_MAX_LINES = 5_000  # longer texts are books or logs, not pages
_MIN_PROSE_SHARE = 0.05  # of all prose: if less is kept, the model is wrong, and its result is discarded
_MAX_DEVIATIONS = 4.0  # features are clipped to this many standard deviations
_CAPTION = re.compile(
    r"(?:credits?|photo|image|picture)s?(?: by)?:|\((?:ap|reuters|photo|image|file|getty)[^)]{0,80}\)\.?$"
    r"|getty images|\bap photo|/ap\b|shutterstock",
    re.IGNORECASE,
)
_MAX_CAPTION_LENGTH = 300


@dataclass(frozen=True, slots=True)
class _Model:
    """Weights of the features of a line; ``*_before`` apply to the line before a start or end."""

    mean: list[float]
    deviation: list[float]
    inside: list[float]
    start_before: list[float]
    start_at: list[float]
    end_before: list[float]
    end_at: list[float]
    bias: list[float]  # one for each of the five weight vectors


def page_drop_reasons(lines: Sequence[Line], title: Line | None) -> dict[int, str]:
    """Line number -> reason for lines outside the article; empty if the text is not a whole page."""
    if not _is_page(lines):
        return {}
    kept = [value >= _MIN_PROBABILITY for value in probabilities(page_features(lines, title))]
    if not any(kept) or _prose_length(lines, kept) < _MIN_PROSE_SHARE * _prose_length(
        lines, [True] * len(lines)
    ):
        return {}
    first = kept.index(True)
    reasons: dict[int, str] = {}
    seen: set[str] = set()
    for index, (line, keep) in enumerate(zip(lines, kept, strict=True)):
        key = line.words.casefold()
        if not keep:
            reasons[line.number] = "above the article" if index < first else "below the article"
        elif key in seen:
            reasons[line.number] = "said above"
        elif len(line.words) <= _MAX_CAPTION_LENGTH and _CAPTION.search(line.words):
            reasons[line.number] = "caption"
        seen.add(key if keep else "")
    return reasons


def probabilities(vectors: Sequence[Sequence[float]]) -> list[float]:
    """The probability of each line to belong to the article."""
    model = _model()
    scaled = [_scaled(vector, model) for vector in vectors]
    bias = model.bias
    inside = [_dot(vector, model.inside) + bias[0] for vector in scaled]
    start = [_dot(vector, model.start_at) + bias[2] for vector in scaled] + [0.0]
    end = [_dot(vector, model.end_at) + bias[4] for vector in scaled] + [0.0]
    for index, vector in enumerate(scaled, start=1):
        start[index] += _dot(vector, model.start_before) + bias[1]
        end[index] += _dot(vector, model.end_before) + bias[3]
    return _marginals(inside, start, end)


def _scaled(vector: Sequence[float], model: _Model) -> list[float]:
    values = zip(vector, model.mean, model.deviation, strict=True)
    return [_clip((value - mean) / deviation) for value, mean, deviation in values]


def _clip(value: float) -> float:
    if -_MAX_DEVIATIONS < value < _MAX_DEVIATIONS:  # the usual case: much faster than min and max
        return value
    return _MAX_DEVIATIONS if value > 0 else -_MAX_DEVIATIONS


def _marginals(inside: Sequence[float], start: Sequence[float], end: Sequence[float]) -> list[float]:
    """The probability of each line, summed over all spans in log space.

    ``start`` and ``end`` have one more value than ``inside``.
    """
    count = len(inside)
    total = [0.0]
    for value in inside:
        total.append(total[-1] + value)
    opened = [start[0]]  # log sum over spans that start at or before line k, without their inside scores
    for index in range(1, count):
        opened.append(_log_add(opened[-1], start[index] - total[index]))
    closing = [total[index + 1] + end[index + 1] for index in range(count)]
    closed = closing[:]  # log sum over spans that end after line k
    for index in range(count - 2, -1, -1):
        closed[index] = _log_add(closed[index], closed[index + 1])
    log_partition = closing[0] + opened[0]
    for index in range(1, count):
        log_partition = _log_add(log_partition, closing[index] + opened[index])
    return [exp(min(0.0, opened[index] + closed[index] - log_partition)) for index in range(count)]


def _log_add(a: float, b: float) -> float:
    high, low = (a, b) if a > b else (b, a)
    return high + log1p(exp(low - high))


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(map(mul, a, b), 0.0)


def _is_page(lines: Sequence[Line]) -> bool:
    """True if enough stubs and boilerplate surround the prose for the text to be a whole page."""
    if not _MIN_STUBS <= len(lines) <= _MAX_LINES:
        return False
    stubs = [
        index for index, line in enumerate(lines) if len(line.words) < 80 and not ends_sentence(line.words)
    ]
    if len(stubs) < _MIN_STUBS:
        return False
    first, last = prose_core(lines)
    return sum(not first <= index <= last for index in stubs) >= _MIN_STUBS and _has_boilerplate(lines)


def _has_boilerplate(lines: Sequence[Line]) -> bool:
    """True if there are share links, forms or legal lines, which an article that is a long list lacks."""
    short = [line.words for line in lines if len(line.words) < 60]
    kinds = {reason for words in short if (reason := boilerplate_reason(words)) and reason != "decoration"}
    if len(kinds) != 1:
        return bool(kinds)
    return (
        sum(bool(PROMOTION.search(words) or NETWORKS.search(words)) for words in short)
        >= _MIN_PROMOTIONAL_STUBS
    )


def _prose_length(lines: Sequence[Line], kept: Sequence[bool]) -> int:
    return sum(
        len(line.words) for line, keep in zip(lines, kept, strict=True) if keep and ends_sentence(line.words)
    )


@cache
def _model() -> _Model:
    return _Model(
        **json.loads(files("retrieval.reading.page").joinpath("page_model.json").read_text(encoding="utf-8"))
    )
