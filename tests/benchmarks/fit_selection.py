"""Fits the weights of sentence_ranking and confidence, and prints cross-validated results.

    uv run python tests/benchmarks/fit_selection.py SET_DIR... [--adversarial SET_DIR...] [--write]

--write replaces selection_weights.json; the weights of confidence are printed, to be copied into its file.
Folds are split by gold article, so that no article is on both sides. A sentence is right if it is part of
the evidence, or contains the answer and is from a gold article. The confidence is fitted on the sets and on
small corpora drawn from them (one to eight articles, half of them with the gold article), because people
also use folders of three articles.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from fit_ranking import squash
from logit import Array, binary, conditional, folds
from numpy.typing import NDArray

from bot.build import make_library
from bot.extractive import refusal
from bot.extractive.candidate_sentences import candidates
from bot.extractive.sentence_ranking import (
    MAX_EMBEDDED,
    WEIGHTS,
    ScoredSentence,
    scored,
    selection_weights,
    shortlist,
)
from bot.extractive.sentence_similarity import SentenceSimilarity
from bot.question.question_profile import WordCounts, question_profile
from bot.settings import Settings
from retrieval.hit import Hit
from retrieval.library import Library
from retrieval.text_analysis import stems

FOLDS = 4
SMALL = 200  # small corpora drawn from a set
ADVERSARIAL = 0.3  # weight of questions written to look answerable, which surface features cannot recognize
NAMES = list(refusal.WEIGHTS)
TOKENS = ("weakest", "asked", "thing")  # features that need token embeddings


class Question(NamedTuple):
    """One question: features (n, k) of its sentences, which of them are right, and its confidence features.

    ``group`` is the gold article, which decides the fold.
    """

    names: tuple[str, ...]
    group: str
    rows: Array
    right: NDArray[np.bool_]
    measures: Array
    answerable: bool


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def read_set(library: Library, folder: Path) -> Iterator[Question]:
    for line in (folder / "questions.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        day = _day(row)
        hits = library.search(row["question"], 10, None, day)
        with library.index() as index:
            frequency, count = index.lexical.document_frequency, index.lexical.count()
            if hits:
                yield question(library, row, hits, WordCounts(frequency, count), day)


def question(
    library: Library, row: dict[str, Any], hits: Sequence[Hit], counts: WordCounts, day: date | None
) -> Question:
    asked = question_profile(row["question"], counts.document_frequency, counts.documents)
    similarity = SentenceSimilarity(library.embeddings())
    weights = selection_weights(similarity)
    near = shortlist(asked, candidates(hits), weights, MAX_EMBEDDED)
    ranked = scored(asked, near, weights, similarity)
    values = refusal.confidence_features(asked, ranked[0], hits, counts, day or date.today())
    names = tuple(ranked[0].values)
    return Question(
        names,
        str(row["evidence"][0]["doc"] if row["evidence"] else row["id"]),
        np.array([[scored.values[name] for name in names] for scored in ranked]),
        np.array([is_right(row, scored) for scored in ranked]),
        np.array([values[name] for name in NAMES]),
        bool(row.get("answerable", True)),
    )


def is_right(row: dict[str, Any], scored: ScoredSentence) -> bool:
    text = squash(scored.candidate.text)
    evidence = [squash(piece["text"]) for piece in row["evidence"] if piece["text"]]
    if any(text in piece for piece in evidence):
        return True
    articles = {piece["doc"] for piece in row["evidence"]}
    answers = [f" {plain(answer)} " for answer in row.get("answers", []) if plain(answer)]
    sentence = f" {plain(scored.candidate.text)} "
    return scored.candidate.hit.passage.article.id in articles and any(
        answer in sentence for answer in answers
    )


def small_corpora(library: Library, folder: Path, chance: random.Random) -> Iterator[Question]:
    """Questions about one to eight articles of the set, half of the time without the gold article.

    Half of the time the others are those closest to the question, since most folders are about one subject;
    not in sets with dates, because the closest news articles often contain the answer too.
    """
    rows = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    rows = [row for row in rows if row.get("answerable", True) and row["evidence"]]
    with library.index() as index:
        articles = [info.id for info in index.articles()]
        dated = any(info.date for info in index.articles())
        for row in chance.choices(rows, k=SMALL):
            gold = [piece["doc"] for piece in row["evidence"]]
            others = chance.sample(articles, 8)
            if chance.random() < 0.5 and not dated:
                near = library.search(row["question"], 30, None, _day(row))
                others = list(dict.fromkeys(hit.passage.article.id for hit in near))
            size = chance.choice([1, 2, 3, 5, 8])
            picked = [article for article in others if article not in gold][:size]
            has_gold = chance.random() < 0.5
            passages = [
                p for key in (picked[1:] + gold if has_gold else picked) for p in index.article_passages(key)
            ]
            passage_stems = [frozenset(stems(passage.text)) for passage in passages]
            vector = library.embeddings().embed_matrix([row["question"]])[0]
            cosines = index.vectors([passage.id for passage in passages]) @ vector
            hits = [Hit(p, float(c), 1, 1, float(c)) for p, c in zip(passages, cosines, strict=True)]
            hits = sorted(hits, key=lambda hit: -hit.score)[:10]
            frequency = {
                stem: sum(stem in found for found in passage_stems) for stem in stems(row["question"])
            }
            if hits:
                counted = WordCounts(frequency.__getitem__, len(passages))
                yield question(library, {**row, "answerable": has_gold}, hits, counted, _day(row))


def _day(row: dict[str, Any]) -> date | None:
    return date.fromisoformat(row["date"].replace("/", "-")) if "date" in row else None


def selected(sets: dict[str, list[Question]], kept: Array | None = None) -> Array:
    """Fit the weights of the features; only of those *kept* (0 or 1) if options."""
    groups = [
        (question.rows if kept is None else question.rows * kept, question.right, len(questions) ** -0.5)
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
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    light = {folder.name for folder in options.adversarial}
    for folder in [*options.sets, *options.adversarial]:
        library = make_library(Settings(corpus=(folder / "corpus.jsonl",)))
        library.sync()
        whole[folder.name] = list(read_set(library, folder))
        small[f"{folder.name}, small"] = list(small_corpora(library, folder, random.Random(5)))
    show(whole, small, light)
    if options.write:
        WEIGHTS.write_text(json.dumps(weights_file(whole), indent=2) + "\n", encoding="utf-8")


def show(whole: dict[str, list[Question]], small: dict[str, list[Question]], light: set[str]) -> None:
    print("| set | first sentence right | confidence: balanced accuracy | answerable questions answered |")
    print("|---|---|---|---|")
    for name, questions in whole.items():
        print(
            f"| {name} | " + " | ".join(cross_validated(name, questions, whole, small, light)) + " |",
            flush=True,
        )
    weights, bias = confident({**whole, **small}, light)
    print("confidence:", dict(zip(NAMES, weights.round(2).tolist(), strict=True)), "bias", round(bias, 2))


def weights_file(whole: dict[str, list[Question]]) -> dict[str, dict[str, float]]:
    """The weights with and without token embeddings, by feature."""
    names = next(iter(whole.values()))[0].names
    pooled = np.array([float(name not in TOKENS) for name in names])
    return {
        "pooled": dict(zip(names, selected(whole, pooled).round(3).tolist(), strict=True)),
        "tokens": dict(zip(names, selected(whole).round(3).tolist(), strict=True)),
    }


def cross_validated(
    name: str,
    questions: list[Question],
    whole: dict[str, list[Question]],
    small: dict[str, list[Question]],
    light: set[str],
) -> list[str]:
    groups = sorted({question.group for question in questions})
    fold_of = dict(zip(groups, folds(len(groups), FOLDS), strict=True))
    assigned = [fold_of[question.group] for question in questions]
    first, sure = [], []
    for fold in range(FOLDS):
        kept = {**whole, name: [q for q, f in zip(questions, assigned, strict=True) if f != fold]}
        theta, (weights, bias) = selected(kept), confident({**kept, **small}, light)
        for q, of in zip(questions, assigned, strict=True):
            if of == fold:
                sure.append(
                    (q.answerable, 1 / (1 + np.exp(-q.measures @ weights - bias)) >= refusal.THRESHOLD)
                )
                first += [bool(q.right[np.argmax(q.rows @ theta)])] if q.answerable else []
    answered = [accepted for answerable, accepted in sure if answerable]
    refused = [not accepted for answerable, accepted in sure if not answerable]
    balanced = f"{(np.mean(answered) + np.mean(refused)) / 2:.3f}" if refused else "-"
    return [f"{np.mean(first):.3f}", balanced, f"{np.mean(answered):.3f}"]


if __name__ == "__main__":
    main()
