"""Fits the weights of bot/selection.py and bot/confidence.py and shows what they reach, cross-validated.

    uv run python tests/benchmarks/fit_selection.py SET_DIR... [--adversarial SET_DIR...]

A sentence is right when it is a sentence of the evidence, or holds the answer in an article of the evidence.
The confidence is fitted on the sets and on small corpora drawn from them (one to eight articles, half of
them with the article that answers), because people also ask a folder of three articles.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from fit_ranking import squash
from logit import Array, binary, conditional, folds
from numpy.typing import NDArray

from bot import confidence
from bot.asked import profile
from bot.assistant import make_library
from bot.selection import Scored, candidates, rank
from bot.settings import Settings
from retrieval.hit import Hit
from retrieval.lexical import stems
from retrieval.library import Library

FOLDS = 4
SMALL = 200  # small corpora drawn from a set
ADVERSARIAL = 0.3  # weight of questions written to look answerable, which no surface feature tells apart
NAMES = list(confidence.WEIGHTS)


class Question(NamedTuple):
    """The sentences of one question: features (n, k), which are right; what its confidence rests on."""

    rows: Array
    right: NDArray[np.bool_]
    measures: Array
    answerable: bool


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def read_set(library: Library, folder: Path) -> Iterator[Question]:
    for line in (folder / "questions.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        day = date.fromisoformat(row["date"].replace("/", "-")) if "date" in row else None
        hits = library.search(row["question"], 10, None, day)
        with library.index() as index:
            frequency, count = index.lexical.document_frequency, index.lexical.count()
            if hits:
                yield question(library, row, hits, frequency, count)


def question(
    library: Library, row: dict[str, Any], hits: Sequence[Hit], frequency: Any, count: int
) -> Question:
    asked = profile(row["question"], frequency, count)
    ranked = rank(asked, candidates(hits), library.embeddings().embed_matrix)
    values = confidence.measures(asked, ranked[0], hits, frequency)
    return Question(
        np.array([[*scored.values, scored.cosine] for scored in ranked]),
        np.array([is_right(row, scored) for scored in ranked]),
        np.array([values[name] for name in NAMES]),
        bool(row.get("answerable", True)),
    )


def is_right(row: dict[str, Any], scored: Scored) -> bool:
    text = squash(scored.candidate.text)
    evidence = [squash(each["text"]) for each in row["evidence"] if each["text"]]
    if any(text in each for each in evidence):
        return True
    articles = {each["doc"] for each in row["evidence"]}
    answers = [f" {plain(answer)} " for answer in row.get("answers", []) if plain(answer)]
    said = f" {plain(scored.candidate.text)} "
    return scored.candidate.hit.passage.article.id in articles and any(answer in said for answer in answers)


def small_corpora(library: Library, folder: Path, chance: random.Random) -> Iterator[Question]:
    """Questions asked of one to eight articles of the set, half of the time without the one that answers."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    rows = [row for row in rows if row.get("answerable", True) and row["evidence"]]
    with library.index() as index:
        articles = [info.id for info in index.articles()]
        for row in chance.choices(rows, k=SMALL):
            gold = [each["doc"] for each in row["evidence"]]
            picked = [each for each in chance.sample(articles, 8) if each not in gold][
                : chance.choice([1, 2, 3, 5, 8])
            ]
            has = chance.random() < 0.5
            passages = [
                p for key in (picked[1:] + gold if has else picked) for p in index.article_passages(key)
            ]
            held = [frozenset(stems(passage.text)) for passage in passages]
            vector = library.embeddings().embed_matrix([row["question"]])[0]
            cosines = index.vectors([passage.id for passage in passages]) @ vector
            hits = [Hit(p, float(c), 1, 1, float(c)) for p, c in zip(passages, cosines, strict=True)]
            hits = sorted(hits, key=lambda hit: -hit.score)[:10]
            frequency = {stem: sum(stem in each for each in held) for stem in stems(row["question"])}
            if hits:
                yield question(
                    library, {**row, "answerable": has}, hits, frequency.__getitem__, len(passages)
                )


def selected(sets: dict[str, list[Question]]) -> Array:
    groups = [
        (question.rows, question.right, len(questions) ** -0.5)
        for questions in sets.values()
        for question in questions
        if question.answerable and question.right.any()
    ]
    return conditional(groups, decay=0.003)


def confident(sets: dict[str, list[Question]], light: set[str]) -> tuple[Array, float]:
    rows, right, weights = [], [], []
    for name, questions in sets.items():
        answerable = np.array([question.answerable for question in questions])
        share = np.where(answerable, 0.5 / max(1, answerable.sum()), 0.5 / max(1, (~answerable).sum()))
        weights.append(share * (ADVERSARIAL if name in light else 1.0))
        rows += [question.measures for question in questions]
        right += answerable.tolist()
    return binary(np.array(rows), np.array(right), np.concatenate(weights))


def main() -> None:
    whole: dict[str, list[Question]] = {}
    small: dict[str, list[Question]] = {}
    arguments = argparse.ArgumentParser()
    arguments.add_argument("sets", nargs="+", type=Path)
    arguments.add_argument("--adversarial", nargs="*", type=Path, default=[])
    given = arguments.parse_args()
    light = {folder.name for folder in given.adversarial}
    with tempfile.TemporaryDirectory() as scratch:
        for folder in [*given.sets, *given.adversarial]:
            settings = Settings(corpus=str(folder / "corpus.jsonl"), index=Path(scratch) / folder.name)
            library = make_library(settings)
            library.sync()
            whole[folder.name] = list(read_set(library, folder))
            small[f"{folder.name}, small"] = list(small_corpora(library, folder, random.Random(5)))
    print("| set | first sentence right | confidence: balanced accuracy | answered of the answerable |")
    print("|---|---|---|---|")
    for name, questions in whole.items():
        print(
            f"| {name} | " + " | ".join(cross_validated(name, questions, whole, small, light)) + " |",
            flush=True,
        )
    print("selection:", selected(whole).round(2).tolist())
    weights, bias = confident({**whole, **small}, light)
    print("confidence:", dict(zip(NAMES, weights.round(2).tolist(), strict=True)), "bias", round(bias, 2))


def cross_validated(
    name: str,
    questions: list[Question],
    whole: dict[str, list[Question]],
    small: dict[str, list[Question]],
    light: set[str],
) -> list[str]:
    assigned = folds(len(questions), FOLDS)
    first, sure = [], []
    for fold in range(FOLDS):
        kept = {**whole, name: [q for q, f in zip(questions, assigned, strict=True) if f != fold]}
        theta, (weights, bias) = selected(kept), confident({**kept, **small}, light)
        for q, of in zip(questions, assigned, strict=True):
            if of == fold:
                sure.append(
                    (q.answerable, 1 / (1 + np.exp(-q.measures @ weights - bias)) >= confidence.THRESHOLD)
                )
                first += [bool(q.right[np.argmax(q.rows @ theta)])] if q.answerable else []
    answered = [said for answerable, said in sure if answerable]
    silent = [not said for answerable, said in sure if not answerable]
    balanced = f"{(np.mean(answered) + np.mean(silent)) / 2:.3f}" if silent else "-"
    return [f"{np.mean(first):.3f}", balanced, f"{np.mean(answered):.3f}"]


if __name__ == "__main__":
    main()
