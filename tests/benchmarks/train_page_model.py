"""Trains the line model of `main_text` on pages with a hand-made article body, and cross-validates it.

    python tests/benchmarks/train_page_model.py SET [--write]

SET is a folder with visible/*.txt (the visible text of each page) and truth.jsonl (rows "id", "url",
"articleBody"), such as the article extraction benchmark. Pages of one site are never split between
training and test. The objective is the log-likelihood of the true stretch with a margin that grows with
the words lost or added (softmax margin, Gimpel and Smith 2010), with an L2 penalty, by Adam.
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
from retrieval.reading.page.boilerplate import clutter_reason
from retrieval.reading.page.line_features import page_features
from retrieval.text_lines import Line, lines_of

Array = NDArray[np.float64]
MARGIN, PENALTY, STEPS, RATE, FOLDS, FARTHEST = 2.0, 0.04, 300, 0.03, 8, 4.0
MODEL = Path(__file__).resolve().parents[2] / "retrieval" / "page_model.json"


@dataclass
class Page:
    """``start:end`` is the stretch of lines that holds the article; ``words`` counts those of each line."""

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
    """The runs of four words, as the benchmark counts them."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def read_pages(folder: Path) -> list[Page]:
    """All pages of the set with their true stretch; a page of which no line is true is left out."""
    rows = [json.loads(row) for row in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    pages = [read_page(folder / "visible" / f"{row['id']}.txt", row) for row in rows]
    return [page for page in pages if page.words[page.start : page.end].sum() > 1]


def read_page(path: Path, row: dict[str, str]) -> Page:
    """A page with its vectors; the true stretch is the one that gains most of the true words."""
    lines = [line for line in lines_of(path.read_bytes().decode()) if line.words]
    words = np.array([len(re.findall(r"\w+", line.words)) for line in lines], float)
    gains = np.where(true_lines(lines, row["articleBody"]), np.maximum(1, words), -0.7 * np.maximum(1, words))
    start, end = best_stretch(gains)
    found = find_title(lines, {})
    title = next((line for line in lines if found and line.number == found.number), None)
    vectors = np.array([[1.0, *vector] for vector in page_features(lines, title)])
    site = urlsplit(row["url"]).netloc
    english = bool(row.get("english", True))
    return Page(row["id"], site, lines, row["articleBody"], english, vectors, words, start, end)


def true_lines(lines: Sequence[Line], body: str) -> list[bool]:
    """Lines of which half the shingles are in the body; short ones must be a line of it, near such a line."""
    wanted = set(shingles(body))
    short = {" ".join(re.findall(r"\w+", line)).lower() for line in body.splitlines()} - {""}
    words = [re.findall(r"\w+", line.words) for line in lines]
    flags = []
    for each in words:
        if len(each) >= 4:
            runs = [tuple(each[i : i + 4]) for i in range(len(each) - 3)]
            flags.append(sum(run in wanted for run in runs) >= 0.5 * len(runs))
        else:
            flags.append(" ".join(each).lower() in short)
    long = [i for i, flag in enumerate(flags) if flag and len(words[i]) >= 8]
    return [
        flag and (len(words[i]) >= 4 or any(abs(i - at) <= 4 for at in long)) for i, flag in enumerate(flags)
    ]


def best_stretch(gains: Array) -> tuple[int, int]:
    """The stretch with the largest sum."""
    best, stretch, current, start = -np.inf, (0, 1), 0.0, 0
    for index, gain in enumerate(gains):
        if current <= 0:
            current, start = 0.0, index
        current += gain
        if current > best:
            best, stretch = current, (start, index + 1)
    return stretch


def scaled(page: Page, weights: Weights) -> tuple[Array, Array]:
    """The vectors of lines, and of the borders before, between and after them (line before, line at)."""
    lines = np.clip((page.vectors - weights.mean) / weights.deviation, -FARTHEST, FARTHEST)
    lines[:, 0] = 1
    nothing = np.zeros((1, lines.shape[1]))
    return lines, np.hstack([np.vstack([nothing, lines]), np.vstack([lines, nothing])])


def sums(
    lines: Array, borders: Array, theta: Array, extra: Array | float = 0.0
) -> tuple[Array, Array, Array, float]:
    """Running sums of inside scores, probabilities of each start and end, and the logarithm of the norm."""
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
    """Of the log-likelihood with the margin."""
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
    """Weights by Adam over all pages at once."""
    every = np.vstack([page.vectors for page in pages])
    deviation = np.where(every.std(0) > 1e-3, every.std(0), 1)  # a constant feature says nothing
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
    """For each line, that it lies within the article."""
    _, starts, ends, _ = sums(*scaled(page, weights), weights.theta)
    return np.cumsum(starts - ends)[:-1]


def cross_validated(pages: Sequence[Page]) -> dict[str, Array]:
    """Probabilities of each page from a model that saw no page of its site."""
    sites = sorted({page.site for page in pages})
    np.random.default_rng(0).shuffle(sites)
    found = {}
    for fold in range(FOLDS):
        held_out = set(sites[fold::FOLDS])
        weights = train([page for page in pages if page.site not in held_out])
        found.update({page.id: probabilities(page, weights) for page in pages if page.site in held_out})
    return found


def scores(pages: Iterable[Page], found: dict[str, Array], least: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of the benchmark, lines that are clutter by their words left out."""
    precision, recall = [], []
    for page in pages:
        if not page.english:
            continue
        kept = [
            line.words
            for line, value in zip(page.lines, found[page.id], strict=True)
            if value >= least and clutter_reason(line.words) is None
        ]
        ours, theirs = shingles("\n".join(kept)), shingles(page.truth)
        same = sum((ours & theirs).values())
        precision.append(same / sum(ours.values()) if ours else 0.0)
        recall.append(same / sum(theirs.values()) if theirs else 1.0)
    p, r = float(np.mean(precision)), float(np.mean(recall))
    return p, r, 2 * p * r / (p + r)


def as_json(weights: Weights) -> str:
    """The weights as page.py reads them; the first feature, which is 1, becomes the biases."""
    size = len(weights.mean)
    parts = [weights.theta[i * size : (i + 1) * size] for i in range(5)]
    names = ("inside", "start_before", "start_at", "end_before", "end_at")
    values = {"mean": weights.mean[1:], "deviation": weights.deviation[1:]}
    values |= {name: part[1:] for name, part in zip(names, parts, strict=True)}
    rounded = {name: [round(float(x), 5) for x in part] for name, part in values.items()}
    rounded["bias"] = [round(float(part[0]), 5) for part in parts]
    return "{\n" + ",\n".join(f'"{name}": {json.dumps(part)}' for name, part in rounded.items()) + "\n}\n"


def main() -> None:
    """Print what cross-validation gives; write the weights of all pages when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("set", type=Path)
    parser.add_argument("--write", action="store_true", help="train on all pages and write page_model.json")
    arguments = parser.parse_args()
    pages = read_pages(arguments.set)
    found = cross_validated(pages)
    for least in (0.5, 0.1, 0.03, 0.02, 0.01):
        print(
            f"{least}: precision {{:.4f}}, recall {{:.4f}}, F1 {{:.4f}}".format(*scores(pages, found, least))
        )
    if arguments.write:
        MODEL.write_text(as_json(train(pages)), encoding="utf-8")


if __name__ == "__main__":
    main()
