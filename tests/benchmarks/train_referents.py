# /// script
# requires-python = ">=3.11"
# dependencies = ["lightgbm>=4.5", "numpy>=1.26"]
# ///
"""Train bot/referents.json: uv run tests/benchmarks/train_referents.py TURNS.jsonl [--write] [--folds 5].

TURNS.jsonl has rows {"id": "DIALOGUE_TURN", "history": [[question, answer], ...], "question", "rewrite"}.
Without --write it only cross-validates (folds of whole dialogues) and prints precision, recall and f1 of
the words added; with --write it trains on all and stores the trees.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import lightgbm  # type: ignore[import-not-found]  # in the script's own environment only
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.mentions import content_words, mentions  # noqa: E402  (the script runs in its own environment)
from bot.referents import Asked, features  # noqa: E402

ROUNDS = 120
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 12,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10,
    "seed": 7,
    "num_threads": 1,
    "verbose": -1,
    "deterministic": True,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("turns", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    turns = [json.loads(line) for line in arguments.turns.read_text(encoding="utf-8").splitlines()]
    turns = [turn for turn in turns if turn["history"]]
    table = Table(turns)
    for threshold, *figures in table.cross_validate(arguments.folds):
        print("threshold {:.2f}: precision {:.3f} recall {:.3f} f1 {:.3f}".format(threshold, *figures))
    if arguments.write:
        booster = table.train(np.ones(len(table.rows), bool))
        trees = [_plain(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
        target = ROOT / "bot" / "referents.json"
        stored = {"features": table.names, "trees": trees}
        target.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{target}: {len(trees)} trees, {target.stat().st_size} bytes")


class Table:
    """One row for each phrase of each conversation, with how many of its words the rewrite adds."""

    def __init__(self, turns: list[dict[str, Any]]) -> None:
        rows, self.turn, self.added, self.wanted = [], [], [], []
        for number, turn in enumerate(turns):
            history = [(asked, answered) for asked, answered in turn["history"]]
            asked = Asked.of(turn["question"], history)
            found = mentions(history)
            self.wanted.append(content_words(turn["rewrite"]) - asked.words)
            for mention, row in zip(found, features(asked, found, history), strict=True):
                rows.append(row)
                self.turn.append(number)
                self.added.append(mention.words - asked.words)
        self.names = sorted(rows[0])
        self.rows = np.array([[row[name] for name in self.names] for row in rows])
        self.hits = np.array(
            [len(a & self.wanted[t]) for a, t in zip(self.added, self.turn, strict=True)], float
        )
        self.total = np.array([len(a) for a in self.added], float)
        dialogues = [re.sub(r"_\d+$", "", str(turn["id"])) for turn in turns]
        order = sorted(set(dialogues))
        random.Random(0).shuffle(order)
        place = {dialogue: index for index, dialogue in enumerate(order)}
        self.dialogue = np.array([place[dialogues[t]] for t in self.turn])

    def train(self, chosen: np.ndarray[Any, Any]) -> lightgbm.Booster:
        """Each phrase counts once for each word that the rewrite adds and once for each that it does not."""
        rows = np.vstack([self.rows[chosen], self.rows[chosen]])
        labels = np.repeat([1.0, 0.0], chosen.sum())
        weights = np.concatenate([self.hits[chosen], (self.total - self.hits)[chosen]])
        kept = weights > 0
        data = lightgbm.Dataset(rows[kept], labels[kept], weight=weights[kept])
        return lightgbm.train(PARAMETERS, data, ROUNDS)

    def cross_validate(self, folds: int) -> list[tuple[float, float, float, float]]:
        scores = np.zeros(len(self.rows))
        for fold in range(folds):
            held = self.dialogue % folds == fold
            scores[held] = self.train(~held).predict(self.rows[held])
        return [(t, *self._figures(scores, t)) for t in (0.16, 0.18, 0.2, 0.22, 0.25, 0.3, 0.4)]

    def _figures(self, scores: np.ndarray[Any, Any], threshold: float) -> tuple[float, float, float]:
        built: list[set[str]] = [set() for _ in self.wanted]
        for row in np.nonzero(scores >= threshold)[0]:
            built[self.turn[row]] |= self.added[row]
        hit = sum(len(a & b) for a, b in zip(built, self.wanted, strict=True))
        precision = hit / max(1, sum(map(len, built)))
        recall = hit / max(1, sum(map(len, self.wanted)))
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _plain(node: dict[str, Any]) -> float | list[Any]:
    """A leaf's value, or [feature number, threshold, tree when <=, tree when >]."""
    if "leaf_value" in node:
        return float(round(node["leaf_value"], 4))
    children = _plain(node["left_child"]), _plain(node["right_child"])
    return [node["split_feature"], round(node["threshold"], 4), *children]


if __name__ == "__main__":
    main()
