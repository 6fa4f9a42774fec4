"""Which lines of a scraped page are its article: one stretch, found by a small model trained on news pages.

The model is a linear-chain one with three states (above, in and below the article), each passed once;
an article is the stretch from line *s* up to line *e* with the score

    inside(s) + … + inside(e - 1) + start(s) + end(e)

Each part is linear in what page_features.py sees of the line, and of the line before it at a border.
The probability of a line is the share of all stretches, weighted by exp(score), that hold it. Weights:
page_model.json, made by tests/benchmarks/train_page_model.py.
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

from retrieval.reading.page.boilerplate import clutter_reason
from retrieval.reading.page.line_features import page_features, prose_core
from retrieval.reading.page.line_vocabulary import NETWORKS, PROMOTION
from retrieval.text_lines import Line, ends_sentence

# A line is kept unless the model is almost sure: a lost paragraph costs more than a kept advert.
_LEAST_PROBABILITY = 0.01
_STUBS = 25  # lines outside the densest prose that are no sentences: fewer, and the text is no whole page
_PROMOTING = 4  # stubs with words of menus, where only one kind of clutter is known
_MOST_LINES = 5_000  # longer texts are books or logs, not pages
_LEAST_SHARE = 0.05  # of all prose: when less is kept the model is lost, and nothing is dropped by it
_FARTHEST = 4.0  # standard deviations
_CAPTION = re.compile(
    r"(?:credits?|photo|image|picture)s?(?: by)?:|\((?:ap|reuters|photo|image|file|getty)[^)]{0,80}\)\.?$"
    r"|getty images|\bap photo|/ap\b|shutterstock",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 300


@dataclass(frozen=True, slots=True)
class _Model:
    """Weights of the features of a line; ``*_before`` are for the line before a border."""

    mean: list[float]
    deviation: list[float]
    inside: list[float]
    start_before: list[float]
    start_at: list[float]
    end_before: list[float]
    end_at: list[float]
    bias: list[float]  # one for each of the five


def page_reasons(lines: Sequence[Line], title: Line | None) -> dict[int, str]:
    """Numbers of the lines that are not the article's -> why; empty for a text that is no whole page."""
    if not _is_page(lines):
        return {}
    kept = [value >= _LEAST_PROBABILITY for value in probabilities(page_features(lines, title))]
    if not any(kept) or _prose(lines, kept) < _LEAST_SHARE * _prose(lines, [True] * len(lines)):
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
        elif len(line.words) <= _LONGEST_CAPTION and _CAPTION.search(line.words):
            reasons[line.number] = "caption"
        seen.add(key if keep else "")
    return reasons


def probabilities(vectors: Sequence[Sequence[float]]) -> list[float]:
    """For each line the probability that it lies within the article."""
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
    return [_clipped((value - mean) / deviation) for value, mean, deviation in values]


def _clipped(value: float) -> float:
    if -_FARTHEST < value < _FARTHEST:  # nearly all are: much faster than min and max
        return value
    return _FARTHEST if value > 0 else -_FARTHEST


def _marginals(inside: Sequence[float], start: Sequence[float], end: Sequence[float]) -> list[float]:
    """Sums over all stretches in logarithms; ``start`` and ``end`` have one more value than ``inside``."""
    count = len(inside)
    total = [0.0]
    for value in inside:
        total.append(total[-1] + value)
    opened = [start[0]]  # stretches that began at or before line k, without their insides so far
    for index in range(1, count):
        opened.append(_log_add(opened[-1], start[index] - total[index]))
    closing = [total[index + 1] + end[index + 1] for index in range(count)]
    closed = closing[:]  # stretches that end after line k
    for index in range(count - 2, -1, -1):
        closed[index] = _log_add(closed[index], closed[index + 1])
    whole = closing[0] + opened[0]
    for index in range(1, count):
        whole = _log_add(whole, closing[index] + opened[index])
    return [exp(min(0.0, opened[index] + closed[index] - whole)) for index in range(count)]


def _log_add(one: float, other: float) -> float:
    high, low = (one, other) if one > other else (other, one)
    return high + log1p(exp(low - high))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(mul, one, other), 0.0)


def _is_page(lines: Sequence[Line]) -> bool:
    """Whether so many stubs surround the prose, and such ones, that the text must be a whole page."""
    if not _STUBS <= len(lines) <= _MOST_LINES:
        return False
    stubs = [
        index for index, line in enumerate(lines) if len(line.words) < 80 and not ends_sentence(line.words)
    ]
    if len(stubs) < _STUBS:
        return False
    first, last = prose_core(lines)
    return sum(not first <= index <= last for index in stubs) >= _STUBS and _has_furniture(lines)


def _has_furniture(lines: Sequence[Line]) -> bool:
    """Whether share links, forms or legal lines are there: an article that is one long list has none."""
    short = [line.words for line in lines if len(line.words) < 60]
    kinds = {reason for words in short if (reason := clutter_reason(words)) and reason != "decoration"}
    if len(kinds) != 1:
        return bool(kinds)
    return sum(bool(PROMOTION.search(words) or NETWORKS.search(words)) for words in short) >= _PROMOTING


def _prose(lines: Sequence[Line], kept: Sequence[bool]) -> int:
    return sum(
        len(line.words) for line, keep in zip(lines, kept, strict=True) if keep and ends_sentence(line.words)
    )


@cache
def _model() -> _Model:
    return _Model(
        **json.loads(files("retrieval.reading.page").joinpath("page_model.json").read_text(encoding="utf-8"))
    )
