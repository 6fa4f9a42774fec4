# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.4", "numpy>=1.26", "safetensors>=0.5", "tokenizers>=0.21"]
# ///
"""Train context_words.safetensors: uv run tests/benchmarks/train_context_words.py TURNS.jsonl... [--write].

Each file has rows {"id": "DIALOGUE_TURN", "history": [[question, answer], ...], "question", "rewrite"} and is
one training stage; the last file uses the last of STAGES. Without --write, the last stage is cross-validated
in folds of whole dialogues, and precision, recall and F1 of the added words are printed.

The file in the repository was trained on CANARD (Elgohary et al. 2019, CC BY-SA 4.0): first on its training
split, of whose answers only the nouns were available, then on the development turns that `score.py rewrite`
measures. Both stages take about 40 minutes on two cores.
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

import torch  # type: ignore[import-not-found]  # only in the script's environment
from adapted import BEGIN, END, Encoder, batches, fit, packaged_model, padded, write_adapter
from tokenizers import Tokenizer
from torch.nn import functional  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.question.context_words import MAX_WORD_PIECES, gist  # noqa: E402
from bot.question.conversation_mentions import content_words  # noqa: E402
from retrieval.models.pair_encoder import MAX_QUESTION_PIECES  # noqa: E402

TARGET = ROOT / "bot" / "question" / "context_words.safetensors"
BATCH, FOLDS = 16, 5
POSITIVE_WEIGHT = 1.2  # weight of added words relative to the others
STAGES = ((3, 2e-4), (2, 6e-5))  # epochs, learning rate


class Example(NamedTuple):
    """The history starts at piece ``second``. ``words``: each candidate word with its positions among the
    pieces, and True if it was added; ``wanted``: all added words."""

    ids: list[int]
    second: int
    words: dict[str, tuple[list[int], bool]]
    wanted: frozenset[str]


class Tagger(Encoder):
    """Log-odds (batch, length) that the word of each piece is added, from its vector and that of [CLS]."""

    def __init__(self, packaged: dict[str, Any]) -> None:
        super().__init__(packaged, bend=128)

    def forward(self, ids: Any, kinds: Any, mask: Any) -> Any:
        x = self.encode(ids, kinds, mask)
        return self.head(torch.cat([x, x[:, :1].expand_as(x)], -1))[..., 0]


def example(row: dict[str, Any], tokenizer: Tokenizer) -> Example:
    """Tokenize a turn in the same way as bot/question/context_words.py."""
    asked = content_words(row["question"])
    wanted = content_words(row["rewrite"]) - asked
    question = tokenizer.encode(row["question"], add_special_tokens=False).ids[:MAX_QUESTION_PIECES]
    ids, found = [BEGIN, *question, END], dict[str, tuple[list[int], bool]]()
    second = len(ids)
    for text in (part for q, a in reversed(row["history"]) for part in (gist(a), q)):
        encoding, room = tokenizer.encode(text, add_special_tokens=False), MAX_WORD_PIECES - len(ids) - 1
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
    """Maximum log-odds of each word over its positions, for all examples (words,)."""
    with torch.autocast("cpu", torch.bfloat16):
        pieces = tagger(*padded([(example.ids, example.second) for example in group])).float()
    found = [
        pieces[row, positions].max()
        for row, example in enumerate(group)
        for positions, _ in example.words.values()
    ]
    return torch.stack(found) if found else torch.zeros(0)


def train(tagger: Tagger, examples: Sequence[Example], epochs: int, rate: float) -> None:
    """Run one stage."""

    def loss(group: Sequence[Example]) -> Any:
        truth = torch.tensor([float(added) for example in group for _, added in example.words.values()])
        weight = torch.tensor(POSITIVE_WEIGHT)
        return functional.binary_cross_entropy_with_logits(odds(tagger, group), truth, pos_weight=weight)

    useful = [example for example in examples if example.words]
    steps = epochs * math.ceil(len(useful) / BATCH)
    fit(tagger, lambda: batches(useful, BATCH), loss, epochs=epochs, rate=rate, steps=steps)


def cross_validate(tagger: Tagger, rows: Sequence[dict[str, Any]], examples: Sequence[Example]) -> None:
    """Cross-validate the last stage in folds of whole dialogues and print the results."""
    dialogues = [re.sub(r"_\d+$", "", str(row["id"])) for row in rows]
    order = sorted(set(dialogues))
    random.Random(7).shuffle(order)
    fold = {dialogue: number % FOLDS for number, dialogue in enumerate(order)}
    judged: list[tuple[Example, list[float]]] = []
    for number in range(FOLDS):
        own = copy.deepcopy(tagger)
        held_out = [fold[dialogue] == number for dialogue in dialogues]
        train(own, [example for example, out in zip(examples, held_out, strict=True) if not out], *STAGES[-1])
        own.eval()
        with torch.no_grad():
            test = [example for example, out in zip(examples, held_out, strict=True) if out]
            judged += [(example, torch.sigmoid(odds(own, [example])).tolist()) for example in test]
    for threshold in (0.2, 0.25, 0.28, 0.32, 0.36):
        built = [
            frozenset(word for word, chance in zip(turn.words, chances, strict=True) if chance >= threshold)
            for turn, chances in judged
        ]
        hits = sum(len(words & turn.wanted) for words, (turn, _) in zip(built, judged, strict=True))
        precision = hits / max(1, sum(map(len, built)))
        recall = hits / sum(len(turn.wanted) for turn, _ in judged)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"threshold {threshold}: precision {precision:.3f} recall {recall:.3f} f1 {f1:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("turns", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, required=True, help="folder with the packaged model")
    parser.add_argument("--write", action="store_true", help=f"replace {TARGET.name}")
    options = parser.parse_args()
    packaged, tokenizer = packaged_model(options.model)
    random.seed(1)
    torch.manual_seed(1)
    tagger = Tagger(packaged)
    for path, stage in zip(options.turns, STAGES[-len(options.turns) :], strict=True):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [row for row in rows if row["history"]]
        examples = [example(row, tokenizer) for row in rows]
        if path == options.turns[-1] and not options.write:
            cross_validate(tagger, rows, examples)
            return
        train(tagger, examples, *stage)
    write_adapter(tagger, packaged, TARGET)


if __name__ == "__main__":
    main()
