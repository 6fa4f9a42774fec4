"""Trains the line model of `main_text` on pages with hand-labelled article bodies, and cross-validates it.

    python tests/benchmarks/train_page_model.py SET [--write]

SET is a folder with visible/*.txt (the visible text of each page) and truth.jsonl (rows "id", "url",
"articleBody"), such as the article extraction benchmark. All pages of a site
are in the same fold. The objective is the log-likelihood of the true range of lines with a margin that grows
with the words lost or added (softmax margin, Gimpel and Smith 2010) and an L2 penalty, optimized with Adam.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from retrieval.reading.metadata.title import find_title
from retrieval.reading.page.boilerplate import boilerplate_reason
from retrieval.reading.page.line_features import page_features
from retrieval.text_lines import Line, lines_of

Array = NDArray[np.float64]
MARGIN, PENALTY, STEPS, RATE, FOLDS, FARTHEST = 2.0, 0.04, 300, 0.03, 8, 4.0
MODEL = Path(__file__).resolve().parents[2] / "retrieval" / "reading" / "page" / "page_model.json"


@dataclass
class Page:
    """``start:end`` is the range of lines of the article; ``words`` is the word count of each line."""

    id: str
    site: str
    lines: list[Line]
    truth: str
    english: bool
    vectors: Array
    words: Array
    start: int
    end: int


@dataclass
class Weights:
    """``theta``: inside, start before, start at, end before, end at; the first feature is 1."""

    mean: Array
    deviation: Array
    theta: Array


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Counts of runs of four words, as in the benchmark."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def read_pages(folder: Path) -> list[Page]:
    """All pages of the set with their true range; pages without a true line are left out."""
    rows = [json.loads(row) for row in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    pages = [read_page(folder / "visible" / f"{row['id']}.txt", row) for row in rows]
    return [page for page in pages if page.words[page.start : page.end].sum() > 1]


def read_page(path: Path, row: dict[str, str]) -> Page:
    """A page with its vectors; the true range is the one with the best balance of true and other words."""
    lines = [line for line in lines_of(path.read_bytes().decode()) if line.words]
    words = np.array([len(re.findall(r"\w+", line.words)) for line in lines], float)
    gains = np.where(true_lines(lines, row["articleBody"]), np.maximum(1, words), -0.7 * np.maximum(1, words))
    start, end = best_range(gains)
    found = find_title(lines, {})
    title = next((line for line in lines if found and line.number == found.number), None)
    vectors = np.array([[1.0, *vector] for vector in page_features(lines, title)])
    site = urlsplit(row["url"]).netloc
    english = bool(row.get("english", True))
    return Page(row["id"], site, lines, row["articleBody"], english, vectors, words, start, end)


def true_lines(lines: Sequence[Line], body: str) -> list[bool]:
    """Lines with half of their shingles in the body; short lines must be body lines near a long one."""
    wanted = set(shingles(body))
    short = {" ".join(re.findall(r"\w+", line)).lower() for line in body.splitlines()} - {""}
    words = [re.findall(r"\w+", line.words) for line in lines]
    flags = []
    for line_words in words:
        if len(line_words) >= 4:
            runs = [tuple(line_words[i : i + 4]) for i in range(len(line_words) - 3)]
            flags.append(sum(run in wanted for run in runs) >= 0.5 * len(runs))
        else:
            flags.append(" ".join(line_words).lower() in short)
    long = [i for i, flag in enumerate(flags) if flag and len(words[i]) >= 8]
    return [
        flag and (len(words[i]) >= 4 or any(abs(i - at) <= 4 for at in long)) for i, flag in enumerate(flags)
    ]


def best_range(gains: Array) -> tuple[int, int]:
    """The range with the largest sum."""
    best, best_span, current, start = -np.inf, (0, 1), 0.0, 0
    for index, gain in enumerate(gains):
        if current <= 0:
            current, start = 0.0, index
        current += gain
        if current > best:
            best, best_span = current, (start, index + 1)
    return best_span


def scaled(page: Page, weights: Weights) -> tuple[Array, Array]:
    """The vectors of lines, and of the borders around them (line before, line after)."""
    lines = np.clip((page.vectors - weights.mean) / weights.deviation, -FARTHEST, FARTHEST)
    lines[:, 0] = 1
    nothing = np.zeros((1, lines.shape[1]))
    return lines, np.hstack([np.vstack([nothing, lines]), np.vstack([lines, nothing])])


def sums(
    lines: Array, borders: Array, theta: Array, extra: Array | float = 0.0
) -> tuple[Array, Array, Array, float]:
    """Cumulative inside scores, probabilities of each start and end, and the log of the normalizer."""
    size = lines.shape[1]
    total = np.concatenate([[0], np.cumsum(lines @ theta[:size] + extra)])
    opened = borders @ theta[size : 3 * size] - total
    closing = total + borders @ theta[3 * size :]
    before = np.logaddexp.accumulate(opened[:-1])
    after = np.logaddexp.accumulate(closing[1:][::-1])[::-1]
    norm = float(np.logaddexp.reduce(closing[1:] + before))
    starts = np.concatenate([np.exp(opened[:-1] + after - norm), [0]])
    ends = np.concatenate([[0], np.exp(closing[1:] + before - norm)])
    return total, starts, ends, norm


def gradient(page: Page, lines: Array, borders: Array, theta: Array) -> Array:
    """Gradient of the log-likelihood with margin."""
    inside = np.zeros(len(lines))
    inside[page.start : page.end] = 1
    share = MARGIN * page.words / max(1, page.words[page.start : page.end].sum())
    _, starts, ends, _ = sums(lines, borders, theta, np.where(inside > 0, -share, share))
    expected = np.cumsum(starts - ends)[:-1]
    return np.concatenate([
        lines.T @ (inside - expected),
        borders[page.start] - borders.T @ starts,
        borders[page.end] - borders.T @ ends,
    ])  # fmt: skip


def train(pages: Sequence[Page]) -> Weights:
    """Fit the weights with full-batch Adam."""
    every = np.vstack([page.vectors for page in pages])
    deviation = np.where(every.std(0) > 1e-3, every.std(0), 1)  # constant features are not scaled
    weights = Weights(every.mean(0), deviation, np.zeros(5 * every.shape[1]))
    parts = [(page, *scaled(page, weights)) for page in pages]
    first, second = np.zeros_like(weights.theta), np.zeros_like(weights.theta)
    for step in range(1, STEPS + 1):
        total = sum((gradient(*part, weights.theta) for part in parts), np.zeros_like(first))
        slope = PENALTY * weights.theta - total / len(pages)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        weights.theta = weights.theta - RATE * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.999**step)) + 1e-8
        )
    return weights


def probabilities(page: Page, weights: Weights) -> Array:
    """The probability of each line that it is part of the article."""
    _, starts, ends, _ = sums(*scaled(page, weights), weights.theta)
    return np.cumsum(starts - ends)[:-1]


def cross_validated(pages: Sequence[Page]) -> dict[str, Array]:
    """Probabilities of each page from a model trained without its site."""
    sites = sorted({page.site for page in pages})
    np.random.default_rng(0).shuffle(sites)
    found = {}
    for fold in range(FOLDS):
        held_out = set(sites[fold::FOLDS])
        weights = train([page for page in pages if page.site not in held_out])
        found.update({page.id: probabilities(page, weights) for page in pages if page.site in held_out})
    return found


def scores(pages: Iterable[Page], found: dict[str, Array], threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 as in the benchmark, without the lines of `boilerplate_reason`."""
    precision, recall = [], []
    for page in pages:
        if not page.english:
            continue
        kept = [
            line.words
            for line, value in zip(page.lines, found[page.id], strict=True)
            if value >= threshold and boilerplate_reason(line.words) is None
        ]
        ours, theirs = shingles("\n".join(kept)), shingles(page.truth)
        same = sum((ours & theirs).values())
        precision.append(same / sum(ours.values()) if ours else 0.0)
        recall.append(same / sum(theirs.values()) if theirs else 1.0)
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return p, r, 2 * p * r / (p + r)


def as_json(weights: Weights) -> str:
    """The weights as `main_text` reads them; the first feature, which is 1, becomes the biases."""
    size = len(weights.mean)
    parts = [weights.theta[i * size : (i + 1) * size] for i in range(5)]
    names = ("inside", "start_before", "start_at", "end_before", "end_at")
    values = {"mean": weights.mean[1:], "deviation": weights.deviation[1:]}
    values |= {name: part[1:] for name, part in zip(names, parts, strict=True)}
    rounded = {name: [round(float(x), 5) for x in part] for name, part in values.items()}
    rounded["bias"] = [round(float(part[0]), 5) for part in parts]
    return "{\n" + ",\n".join(f'"{name}": {json.dumps(part)}' for name, part in rounded.items()) + "\n}\n"


def main() -> None:
    """Print cross-validated results; with --write, train on all pages and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("set", type=Path)
    parser.add_argument("--write", action="store_true", help="train on all pages and write page_model.json")
    arguments = parser.parse_args()
    pages = read_pages(arguments.set)
    found = cross_validated(pages)
    for threshold in (0.5, 0.1, 0.03, 0.02, 0.01):
        print(
            f"{threshold}: precision {{:.4f}}, recall {{:.4f}}, F1 {{:.4f}}".format(
                *scores(pages, found, threshold)
            )
        )
    if arguments.write:
        MODEL.write_text(as_json(train(pages)), encoding="utf-8")


if __name__ == "__main__":
    main()
