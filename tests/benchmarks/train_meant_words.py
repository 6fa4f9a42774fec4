# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.4", "numpy>=1.26", "safetensors>=0.5", "tokenizers>=0.21"]
# ///
"""Train context_words.safetensors: uv run tests/benchmarks/train_meant_words.py TURNS.jsonl... [--write].

Each file has rows {"id": "DIALOGUE_TURN", "history": [[question, answer], ...], "question", "rewrite"} and is
a stage of the training, the last of STAGES for the last file. Without --write the last stage is
cross-validated (folds of whole dialogues), and precision, recall and f1 of the words added are printed.

The file in the repository was made of CANARD (Elgohary et al. 2019, CC BY-SA 4.0): first of its training
split, of whose answers only the nouns could be had, then of the development turns that `score.py rewrite`
measures. Both take some 40 minutes on two cores.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch  # type: ignore[import-not-found]  # in the script's own environment only
from adapted import BEGIN, END, Encoder, batches, fit, packaged_model, padded, write_adapter
from tokenizers import Tokenizer
from torch.nn import functional  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.question.context_words import PIECES, gist  # noqa: E402  (the script runs in its own environment)
from bot.question.conversation_mentions import content_words  # noqa: E402
from retrieval.models.pair_encoder import QUESTION  # noqa: E402

TARGET = ROOT / "bot" / "meant_words.safetensors"
BATCH, FOLDS = 16, 5
MORE = 1.2  # how much a word that was added weighs beside one that was not
STAGES = ((3, 2e-4), (2, 6e-5))  # epochs, rate of learning


class Example(NamedTuple):
    """Pieces from ``second`` on are the history's. ``words``: each word that may be added, with its places
    among the pieces and whether it was; ``wanted``: all that were added."""

    ids: list[int]
    second: int
    words: dict[str, tuple[list[int], bool]]
    wanted: frozenset[str]


class Tagger(Encoder):
    """Each word piece beside what stands for all: log-odds (batch, length) that its word is added."""

    def __init__(self, packaged: dict[str, Any]) -> None:
        super().__init__(packaged, bend=128)

    def forward(self, ids: Any, kinds: Any, mask: Any) -> Any:
        x = self.encode(ids, kinds, mask)
        return self.head(torch.cat([x, x[:, :1].expand_as(x)], -1))[..., 0]


def example(row: dict[str, Any], tokenizer: Tokenizer) -> Example:
    """A turn as bot/question/context_words.py reads it."""
    asked = content_words(row["question"])
    wanted = content_words(row["rewrite"]) - asked
    question = tokenizer.encode(row["question"], add_special_tokens=False).ids[:QUESTION]
    ids, found = [BEGIN, *question, END], dict[str, tuple[list[int], bool]]()
    second = len(ids)
    for text in (part for q, a in reversed(row["history"]) for part in (gist(a), q)):
        encoding, room = tokenizer.encode(text, add_special_tokens=False), PIECES - len(ids) - 1
        if room <= 0:
            break
        begins = {begin: at for at, (begin, _) in enumerate(encoding.offsets[:room])}
        for word in re.finditer(r"\w+", text):
            key = word[0].lower()
            if word.start() in begins and content_words(key) - asked:
                found.setdefault(key, ([], key in wanted))[0].append(len(ids) + begins[word.start()])
        ids += [*encoding.ids[:room], END]
    return Example(ids, second, found, wanted)


def odds(tagger: Tagger, group: Sequence[Example]) -> Any:
    """Of each word of each example, at its likeliest place (words of all,)."""
    with torch.autocast("cpu", torch.bfloat16):
        pieces = tagger(*padded([(each.ids, each.second) for each in group])).float()
    found = [pieces[row, places].max() for row, each in enumerate(group) for places, _ in each.words.values()]
    return torch.stack(found) if found else torch.zeros(0)


def train(tagger: Tagger, examples: Sequence[Example], epochs: int, rate: float) -> None:
    """One stage."""

    def loss(group: Sequence[Example]) -> Any:
        truth = torch.tensor([float(added) for each in group for _, added in each.words.values()])
        weight = torch.tensor(MORE)
        return functional.binary_cross_entropy_with_logits(odds(tagger, group), truth, pos_weight=weight)

    useful = [each for each in examples if each.words]
    steps = epochs * math.ceil(len(useful) / BATCH)
    fit(tagger, lambda: batches(useful, BATCH), loss, epochs=epochs, rate=rate, steps=steps)


def cross_validate(tagger: Tagger, rows: Sequence[dict[str, Any]], examples: Sequence[Example]) -> None:
    """The last stage in folds of whole dialogues."""
    dialogues = [re.sub(r"_\d+$", "", str(row["id"])) for row in rows]
    order = sorted(set(dialogues))
    random.Random(7).shuffle(order)
    fold = {dialogue: number % FOLDS for number, dialogue in enumerate(order)}
    judged: list[tuple[Example, list[float]]] = []
    for number in range(FOLDS):
        own = copy.deepcopy(tagger)
        held = [fold[dialogue] == number for dialogue in dialogues]
        train(own, [each for each, out in zip(examples, held, strict=True) if not out], *STAGES[-1])
        own.eval()
        with torch.no_grad():
            left_out = [each for each, out in zip(examples, held, strict=True) if out]
            judged += [(each, torch.sigmoid(odds(own, [each])).tolist()) for each in left_out]
    for threshold in (0.2, 0.25, 0.28, 0.32, 0.36):
        built = [
            frozenset(word for word, chance in zip(each.words, chances, strict=True) if chance >= threshold)
            for each, chances in judged
        ]
        hits = sum(len(own & each.wanted) for own, (each, _) in zip(built, judged, strict=True))
        precision = hits / max(1, sum(map(len, built)))
        recall = hits / sum(len(each.wanted) for each, _ in judged)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"threshold {threshold}: precision {precision:.3f} recall {recall:.3f} f1 {f1:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("turns", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, required=True, help="folder with the packaged model")
    parser.add_argument("--write", action="store_true", help=f"replace {TARGET.name}")
    given = parser.parse_args()
    packaged, tokenizer = packaged_model(given.model)
    random.seed(1)
    torch.manual_seed(1)
    tagger = Tagger(packaged)
    for path, stage in zip(given.turns, STAGES[-len(given.turns) :], strict=True):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [row for row in rows if row["history"]]
        examples = [example(row, tokenizer) for row in rows]
        if path == given.turns[-1] and not given.write:
            cross_validate(tagger, rows, examples)
            return
        train(tagger, examples, *stage)
    write_adapter(tagger, packaged, TARGET)


if __name__ == "__main__":
    main()
