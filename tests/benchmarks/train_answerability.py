# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.4", "numpy>=1.26", "safetensors>=0.5", "tokenizers>=0.21"]
# ///
"""Train answerability.safetensors: uv run tests/benchmarks/train_answerability.py ROWS.jsonl [MORE].

The rows are {"question", "text", "sentences": [[start, end], ...], "at": number of the sentence that answers
or seems to, "answer": [start, end] or null, "answerable": bool, "kind"}; spans count characters of the text.
Every epoch contains all rows of kind "pair" (answerable questions, and questions written so that the same
text only seems to answer them), a sample of kind "other", and questions paired with sentences of other texts,
random ones or those with the most words in common. The last stage uses the rows of MORE if given, and its
change is scaled by LAST. --write stores the result. All stages take an hour on two cores.

The file in the repository was trained on SQuAD 2.0's training split (Rajpurkar et al. 2018, CC BY-SA 4.0) as
far as public copies were available: pairs of UnAnsQ (Zhu et al. 2019) and questions with sentences from
several question generation splits; in the last stage also unanswerable questions of SQuAD2-CR (Lee et al.
2020) and sentences of QNLI (Wang et al. 2019). Nothing is from the development split, which the development
sets here are from.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch  # type: ignore[import-not-found]  # only in the script's environment
from adapted import BEGIN, END, Encoder, batches, fit, packaged_model, padded, write_adapter
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.extractive.answerability import MAX_TOKENS, MAX_WINDOW_CHARS, window_span  # noqa: E402
from retrieval.models.pair_encoder import MAX_QUESTION_PIECES  # noqa: E402

TARGET = ROOT / "bot" / "extractive" / "answerability.safetensors"
BATCH = 32


class Stage(NamedTuple):
    """Epochs, learning rate, and rows per epoch: kind "other", random other texts, similar other texts."""

    epochs: int
    rate: float
    others: int
    foreign: int
    near: int


STAGES = (Stage(4, 1.5e-4, 3500, 800, 2000), Stage(2, 6e-5, 5500, 800, 700), Stage(2, 6e-5, 5500, 800, 700))
# Interpolation between the weights before (0) and after (1) the last stage (Wortsman et al. 2022,
# https://arxiv.org/abs/2109.01903).
LAST = 0.3


class Example(NamedTuple):
    """``answer``: first and last word piece, None if unknown. The text starts at piece ``second``."""

    ids: list[int]
    second: int
    answer: tuple[int, int] | None
    answerable: bool


class Judge(Encoder):
    """An encoder with two heads: is the question answered, and where the answer starts and ends."""

    def __init__(self, packaged: dict[str, Any]) -> None:
        super().__init__(packaged, bend=96)
        self.span = nn.Linear(self.width, 2)

    def forward(self, ids: Any, kinds: Any, mask: Any) -> tuple[Any, Any]:
        """Log-odds (batch,) that the question is answered; logits (batch, length, 2) of start and end."""
        x = self.encode(ids, kinds, mask)
        text = (kinds * mask).float()
        mean = (x * text[..., None]).sum(1) / text.sum(1, keepdim=True).clamp(min=1)
        positions = text.bool().clone()
        positions[:, 0] = True  # the first position means "no answer"
        span = self.span(x).masked_fill(~positions[..., None], -1e4)
        return self.head(torch.cat([x[:, 0], mean], 1))[:, 0], span


class Rows:
    """The rows of a file, and the sampling of epochs."""

    def __init__(self, path: Path, tokenizer: Tokenizer) -> None:
        self._rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        self._tokenizer = tokenizer
        self._pairs = [row for row in self._rows if row["kind"] == "pair"]
        self._others = [row for row in self._rows if row["kind"] == "other"]
        self._with_answer = [row for row in self._others if row["answer"] and len(row["sentences"]) > 1]
        self._texts = list({row["text"]: row for row in self._rows if len(row["sentences"]) > 1}.values())
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self._texts):
            for word in words(row["text"]):
                self._holding[word].append(number)

    def epoch(self, stage: Stage) -> list[Example]:
        """All pairs, a sample of the others, and questions paired with other texts."""
        drawn = self._pairs + random.sample(self._others, min(stage.others, len(self._others)))
        for row in random.sample(self._rows, min(stage.foreign, len(self._rows))):
            other = random.choice(self._rows)
            if other["text"] != row["text"]:
                drawn.append(beside(row, other, other["at"]))
        for row in random.sample(self._with_answer, min(stage.near, len(self._with_answer))):
            drawn += self._near(row)
        return [self.example(row, chance=True) for row in drawn]

    def _near(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """The question paired with the text that shares most of its words but not the answer."""
        asked, score = words(row["question"]), Counter[int]()
        for word in asked:
            for number in self._holding.get(word, ())[:300]:
                score[number] += 1 / math.sqrt(1 + len(self._holding[word]))  # type: ignore[assignment]
        start, end = row["answer"]
        answer = row["text"][start:end].lower()
        for number, _ in score.most_common(4):
            other = self._texts[number]
            if other["text"] != row["text"] and answer not in other["text"].lower():
                shared = [len(asked & words(other["text"][a:b])) for a, b in other["sentences"]]
                return [beside(row, other, shared.index(max(shared)))]
        return []

    def example(self, row: dict[str, Any], *, chance: bool) -> Example:
        """Tokenize a row; *chance* randomly drops some or all neighbouring sentences."""
        longest = (
            0.0
            if chance and random.random() < 0.2
            else MAX_WINDOW_CHARS * (random.uniform(0.5, 1.1) if chance else 1)
        )
        start, end = window_span(row["sentences"], row["at"], longest)
        question = self._tokenizer.encode(row["question"], add_special_tokens=False).ids[:MAX_QUESTION_PIECES]
        text = self._tokenizer.encode(row["text"][start:end], add_special_tokens=False)
        second = len(question) + 2
        answer = None
        if row["answerable"] and row["answer"]:
            a, b = row["answer"][0] - start, row["answer"][1] - start
            inside = [second + at for at, (p, q) in enumerate(text.offsets) if p < b and q > a]
            answer = (inside[0], inside[-1]) if inside and inside[-1] < MAX_TOKENS - 1 else None
        ids = [BEGIN, *question, END, *text.ids[: MAX_TOKENS - second - 1], END]
        return Example(ids, second, answer, row["answerable"])


def beside(row: dict[str, Any], other: dict[str, Any], at: int) -> dict[str, Any]:
    return {**other, "question": row["question"], "answerable": False, "answer": None, "at": at}


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]{4,}", text.lower()))


def train(judge: Judge, rows: Rows, stage: Stage) -> None:
    """Run one stage."""
    steps = stage.epochs * math.ceil(len(rows.epoch(stage)) / BATCH)

    def loss(group: Sequence[Example]) -> Any:
        with torch.autocast("cpu", torch.bfloat16):
            answered, span = judge(*padded([(example.ids, example.second) for example in group]))
        return loss_of(group, answered.float(), span.float())

    fit(
        judge,
        lambda: batches(rows.epoch(stage), BATCH),
        loss,
        epochs=stage.epochs,
        rate=stage.rate,
        steps=steps,
    )


def loss_of(group: Sequence[Example], answered: Any, span: Any) -> Any:
    """Loss of the answerability, plus that of the span if known; (0, 0) for unanswerable questions."""
    truth = torch.tensor([float(example.answerable) for example in group])
    loss = functional.binary_cross_entropy_with_logits(answered, truth)
    known = [row for row, example in enumerate(group) if example.answer or not example.answerable]
    if known:
        spans = torch.tensor([group[row].answer or (0, 0) for row in known])
        both = functional.cross_entropy(span[known, :, 0], spans[:, 0]) + functional.cross_entropy(
            span[known, :, 1], spans[:, 1]
        )
        loss = loss + 0.5 * both * len(known) / len(group)
    return loss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, required=True, help="folder with the packaged model")
    parser.add_argument("--write", action="store_true", help=f"replace {TARGET.name}")
    options = parser.parse_args()
    packaged, tokenizer = packaged_model(options.model)
    random.seed(1)
    torch.manual_seed(1)
    judge, rows = Judge(packaged), Rows(options.rows[0], tokenizer)
    for stage in STAGES[:-1]:
        train(judge, rows, stage)
    before = copy.deepcopy(judge.state_dict())
    train(judge, Rows(options.rows[-1], tokenizer), STAGES[-1])
    after = judge.state_dict()
    judge.load_state_dict({name: torch.lerp(before[name], after[name], LAST) for name in after})
    if options.write:
        write_adapter(judge, packaged, TARGET)


if __name__ == "__main__":
    main()
