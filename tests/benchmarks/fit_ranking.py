"""Fits the weights of retrieval/search/ranking.py, with a cross-validated ablation of each feature.

    uv run python tests/benchmarks/fit_ranking.py SET_DIR...

Each SET_DIR holds corpus.jsonl and questions.jsonl. All sets have the same weight, regardless of their size.
Prints doc@1 and mrr@10 of each set with all features and without each feature in turn; then the weights.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from logit import Array, Group, conditional, folds
from numpy.typing import NDArray

from bot.build import make_library
from bot.settings import Settings
from retrieval.hit import Filters
from retrieval.passage import Passage
from retrieval.search.find_hits import find_candidates, read_query
from retrieval.search.ranking import WEIGHTS, features, penalize_repeats, shortlist

FOLDS = 5
MIN_ANSWER_CHARS = 4  # minimum characters of an answer; "yes" and "no" are in every text
NAMES = list(WEIGHTS)


class Question(NamedTuple):
    """The candidates of one question: features (n, k), which contain evidence, which are from a gold article,
    which contain an answer, and their articles."""

    rows: Array
    right: NDArray[np.bool_]
    gold: NDArray[np.bool_]
    says: NDArray[np.bool_]
    articles: list[str]


def squash(text: str) -> str:
    return "".join(text.split())


def plain(text: str) -> str:
    return " " + " ".join(re.findall(r"[^\W_]+", text.lower())) + " "


def read_set(folder: Path, scratch: Path) -> list[Question]:
    """The answerable questions of a set with the candidates of the search."""
    library = make_library(Settings(corpus=(folder / "corpus.jsonl",), index=scratch / folder.name))
    library.sync()
    rows = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    found = []
    with library.index() as index:
        for row in rows:
            if not row.get("answerable", True) or not row["evidence"]:
                continue
            day = date.fromisoformat(row["date"].replace("/", "-")) if "date" in row else date.today()
            query = read_query(index, row["question"], day)
            found_by_both = find_candidates(index, library.embeddings(), query, Filters())
            passages = index.passages([candidate.id for candidate in found_by_both])
            candidates = shortlist(query, found_by_both, passages)
            matrix = as_matrix(features(query, candidates, passages), len(candidates))
            found.append(labelled(row, matrix, [passages[candidate.id] for candidate in candidates]))
    return found


def as_matrix(columns: Mapping[str, Array], rows: int) -> Array:
    return np.stack([columns.get(name, np.zeros(rows)) for name in NAMES], axis=1)


def labelled(row: dict[str, Any], matrix: Array, passages: Sequence[Passage]) -> Question:
    wanted = {evidence["doc"] for evidence in row["evidence"]}
    texts = [squash(evidence["text"]) for evidence in row["evidence"] if evidence["text"]]
    answers = [plain(answer) for answer in row.get("answers", []) if len(answer) >= MIN_ANSWER_CHARS]
    articles = [passage.article.id for passage in passages]
    gold = np.array([article in wanted for article in articles])
    right = np.array([any(text in squash(passage.text) for text in texts) for passage in passages])
    says = np.array([any(answer in plain(passage.text) for answer in answers) for passage in passages])
    return Question(matrix, right if texts else gold, gold, says, articles)


def fit(sets: Sequence[Sequence[Question]], columns: Sequence[int]) -> Array:
    """Fit the weights, ignoring passages of other articles that contain the answer."""
    groups: list[Group] = []
    for questions in sets:
        for question in questions:
            judged = question.gold | ~question.says
            if question.right[judged].any():
                rows = question.rows[judged][:, columns]
                groups.append((rows, question.right[judged], len(questions) ** -0.5))
    return conditional(groups)


def measure(question: Question, scores: Array) -> tuple[float, float]:
    """(doc@1, reciprocal rank at 10) of one question."""
    order = np.argsort(-np.array(penalize_repeats(list(scores), question.articles)))[:10]
    right_ranks = np.flatnonzero(question.right[order])
    return float(question.gold[order[0]]), 1 / (right_ranks[0] + 1) if right_ranks.size else 0.0


def cross_validated(sets: Sequence[Sequence[Question]], columns: Sequence[int]) -> list[tuple[float, float]]:
    """(doc@1, mrr@10) of each set, with weights fitted without the question."""
    assigned = [folds(len(questions), FOLDS) for questions in sets]
    results: list[list[tuple[float, float]]] = [[] for _ in sets]
    for fold in range(FOLDS):
        kept = [
            [q for q, f in zip(qs, fs, strict=True) if f != fold]
            for qs, fs in zip(sets, assigned, strict=True)
        ]
        theta = fit(kept, columns)
        for result, questions, of in zip(results, sets, assigned, strict=True):
            result += [
                measure(q, q.rows[:, columns] @ theta)
                for q, f in zip(questions, of, strict=True)
                if f == fold
            ]
    return [tuple(np.mean(result, axis=0).round(3)) for result in results]


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as scratch:
        sets = [read_set(folder, Path(scratch)) for folder in folders]
    print("| features | " + " | ".join(folder.name for folder in folders) + " |")
    print("|---" * (len(folders) + 1) + "|")
    everything = list(range(len(NAMES)))
    for name in ["", *NAMES]:
        columns = [column for column in everything if NAMES[column] != name]
        cells = [f"{doc:.3f} / {mrr:.3f}" for doc, mrr in cross_validated(sets, columns)]
        print(f"| {'without ' + name if name else 'all'} | " + " | ".join(cells) + " |", flush=True)
    print({name: round(float(weight), 2) for name, weight in zip(NAMES, fit(sets, everything), strict=True)})


if __name__ == "__main__":
    main()
