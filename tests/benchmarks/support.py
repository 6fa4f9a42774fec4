"""Scores claims against their evidence, and fits the weights of that score.

    python tests/benchmarks/support.py score CLAIMS.jsonl > VERDICTS.jsonl
    python tests/benchmarks/support.py train CLAIMS.jsonl... [--write]

Rows of CLAIMS.jsonl are {"claim", "evidence", "question"?, "label"?}; a verdict is {"claim_id" (line from
0), "score", "verdict", "missing"}. `--vectors` adds the local model's vectors.

Training is a logistic regression on the measures of `support`. Each set has an intercept of its own
while fitting, so that nothing is learned from how many of its claims are supported; what is kept is the
mean of them. It prints ROC areas three ways: of five folds, of each set from the other sets alone, and of
what is written.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.checking.support import WEIGHTS, measures, support

if TYPE_CHECKING:
    from retrieval.models.embeddings import TokenReader

PENALTY = 20.0  # of squared weights of standardised measures; .05 of the inverse in other libraries
VECTORS = ("alignment", "strangeness")  # measures that need the local model
# Both classes count the same in fitting: here a claim is as likely supported as not. The threshold with
# most right verdicts lies on a flat hill round it, and moves with the sample.
EVEN = 0.5
CAUGHT = 0.9  # share of supported claims that "partly" must let through


@dataclass(frozen=True)
class Set:
    name: str
    values: np.ndarray  # (claims, measures)
    truth: np.ndarray  # (claims,) of bool

    def pick(self, rows: np.ndarray, columns: list[int]) -> Set:
        return Set(self.name, self.values[rows][:, columns], self.truth[rows])


@dataclass(frozen=True)
class Fit:
    weights: np.ndarray
    intercept: float

    def logits(self, values: np.ndarray) -> np.ndarray:
        logits: np.ndarray = values @ self.weights + self.intercept
        return logits


def fit(sets: list[Set]) -> Fit:
    """By Newton's method; every set, and each of its two classes, counts the same."""
    values = np.concatenate([each.values for each in sets])
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    own = np.concatenate([np.eye(len(sets))[[number] * len(each.truth)] for number, each in enumerate(sets)])
    design = np.hstack([(values - mean) / deviation, own])
    truth = np.concatenate([each.truth for each in sets]).astype(float)
    weight = np.concatenate([np.where(s.truth, 200 / s.truth.sum(), 200 / (~s.truth).sum()) for s in sets])
    penalty = np.diag([PENALTY] * values.shape[1] + [PENALTY / 100] * len(sets))
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (weight * (chance - truth)) + penalty @ solution
        curvature = design.T @ (design * (weight * chance * (1 - chance))[:, None]) + penalty
        solution -= np.linalg.solve(curvature, gradient)
    slopes = solution[: values.shape[1]] / deviation
    return Fit(slopes, float(solution[values.shape[1] :].mean() - mean @ slopes))


def roc_area(truth: np.ndarray, scores: np.ndarray) -> float:
    """The chance that a supported claim scores higher than another; ties count half."""
    difference = scores[truth][:, None] - scores[~truth][None, :]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


def cross_validated(sets: list[Set], columns: list[int], folds: int = 5) -> list[float]:
    """ROC area of each set, every claim scored by weights that never saw it."""
    order = [np.random.default_rng(0).permutation(len(each.truth)) for each in sets]
    scores = [np.zeros(len(each.truth)) for each in sets]
    for fold in range(folds):
        rest = [
            each.pick(np.delete(o, np.s_[fold::folds]), columns) for each, o in zip(sets, order, strict=True)
        ]
        fitted = fit(rest)
        for each, rows, score in zip(sets, order, scores, strict=True):
            held = rows[fold::folds]
            score[held] = fitted.logits(each.values[held][:, columns])
    return [roc_area(each.truth, score) for each, score in zip(sets, scores, strict=True)]


def from_the_others(sets: list[Set], columns: list[int]) -> list[float]:
    """ROC area of each set with weights fitted on the other sets."""
    whole = [each.pick(np.arange(len(each.truth)), columns) for each in sets]
    return [
        roc_area(each.truth, fit([other for other in whole if other is not each]).logits(each.values))
        for each in whole
    ]


def trained(sets: list[Set], names: list[str], without: tuple[str, ...]) -> dict[str, object]:
    """The weights as they are written, with the two thresholds; prints the ROC areas."""
    columns = [number for number, name in enumerate(names) if name not in without]
    whole = [each.pick(np.arange(len(each.truth)), columns) for each in sets]
    fitted = fit(whole)
    print("folds  ", [round(area, 3) for area in cross_validated(sets, columns)])
    if len(sets) > 1:
        print("others ", [round(area, 3) for area in from_the_others(sets, columns)])
    print("written", [round(roc_area(each.truth, fitted.logits(each.values)), 3) for each in whole])
    scores = np.concatenate([1 / (1 + np.exp(-fitted.logits(each.values))) for each in whole])
    truth = np.concatenate([each.truth for each in whole])
    return {
        "intercept": round(fitted.intercept, 4),
        "weights": {names[c]: round(float(w), 4) for c, w in zip(columns, fitted.weights, strict=True)},
        "partly": round(float(np.quantile(scores[truth], 1 - CAUGHT)), 3),
        "supported": EVEN,
    }


def measured(path: Path, reader: TokenReader | None) -> tuple[Set, list[str]]:
    """All claims of a file, measured."""
    claims = list(read_claims(path))
    rows = [measures(each.text, [each.evidence], question=each.question, reader=reader) for each in claims]
    truth = np.array([each.supported for each in claims])
    print(f"{path.parent.name}: {len(truth)} claims, {truth.sum()} supported", flush=True)
    return Set(path.parent.name, np.array([list(row.values()) for row in rows]), truth), list(rows[0])


class Claim(NamedTuple):
    text: str
    evidence: str
    question: str
    supported: bool


def read_claims(path: Path) -> Iterator[Claim]:
    """The claims of a set; all labels but "supported" count as not supported."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Claim(row["claim"], row["evidence"], row.get("question") or "", row.get("label") == "supported")


def local_reader() -> TokenReader:
    """The local model, from the cache that footnote itself uses by default."""
    import platformdirs

    from retrieval.models.local_embeddings import LocalEmbeddings

    return LocalEmbeddings(Path(platformdirs.user_cache_dir("footnote", appauthor=False)))


def score(path: Path, reader: TokenReader | None) -> None:
    """Print a verdict for each claim; times go to stderr."""
    seconds = []
    for number, claim in enumerate(read_claims(path)):
        started = time.perf_counter()
        judged = support(claim.text, [claim.evidence], question=claim.question, reader=reader)
        seconds.append(time.perf_counter() - started)
        missing = [[claim.text[start:end], kind] for start, end, kind in judged.missing]
        row = {"claim_id": number, "score": judged.score, "verdict": judged.verdict, "missing": missing}
        print(json.dumps(row, ensure_ascii=False))
    print(f"{len(seconds)} claims, median {statistics.median(seconds) * 1000:.1f} ms", file=sys.stderr)


def train(paths: Sequence[Path], write: bool) -> None:
    """Fit both kinds of weights and print them, or write them."""
    weights = {}
    kinds: tuple[tuple[str, TokenReader | None, tuple[str, ...]], ...] = (
        ("words", None, VECTORS),
        ("vectors", local_reader(), ()),
    )
    for kind, reader, without in kinds:
        print(kind)
        found = [measured(path, reader) for path in paths]
        weights[kind] = trained([each for each, _ in found], found[0][1], without)
    text = json.dumps(weights, indent=2) + "\n"
    if write:
        WEIGHTS.write_text(text, encoding="utf-8")
    else:
        print(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("task", choices=["score", "train"])
    parser.add_argument("claims", type=Path, nargs="+")
    parser.add_argument("--vectors", action="store_true", help="score: with the local model")
    parser.add_argument("--write", action="store_true", help="train: replace support_weights.json")
    options = parser.parse_args()
    if options.task == "train":
        train(options.claims, options.write)
    else:
        score(options.claims[0], local_reader() if options.vectors else None)


if __name__ == "__main__":
    main()
