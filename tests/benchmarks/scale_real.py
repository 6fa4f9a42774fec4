"""Indexes synthetic prose with the local model's embeddings, and asks questions about it.

    python tests/benchmarks/scale_real.py FOLDER [PASSAGES]

FOLDER keeps articles, index and figures: an interrupted run continues where it stopped, and its figures add
up. For PASSAGES (200,000 by default) it takes hours; FOOTNOTE_THREADS and nice limit its share of a machine.
Each of 200 questions has one right article. Figures are for searches and answers after the first one.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from synthetic_prose import Question, write_prose

from bot.assistant import Assistant
from bot.build import make_assistant
from bot.settings import Settings
from retrieval.library import Library
from retrieval.sync.sync_progress import Progress

QUESTIONS = 200
_SAVED_EVERY = 10.0  # seconds of work whose figures a kill can lose


@dataclasses.dataclass
class Spent:
    """What all runs have spent: seconds, CPU seconds, and the highest peak memory in MB."""

    path: Path
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    megabytes: float = 0.0

    def __post_init__(self) -> None:
        if self.path.exists():
            known = json.loads(self.path.read_text(encoding="utf-8"))
            self.seconds, self.cpu_seconds, self.megabytes = known
        self._wall, self._cpu = time.monotonic(), time.process_time()

    def save(self) -> None:
        wall, cpu = time.monotonic(), time.process_time()
        self.seconds += wall - self._wall
        self.cpu_seconds += cpu - self._cpu
        self.megabytes = max(self.megabytes, _peak_megabytes())
        self._wall, self._cpu = wall, cpu
        self.path.write_text(json.dumps([self.seconds, self.cpu_seconds, self.megabytes]), encoding="utf-8")

    def follow(self, progress: Progress) -> None:
        if time.monotonic() - self._wall >= _SAVED_EVERY:
            self.save()
            left = f", {progress.seconds_left / 60:.0f} min left" if progress.seconds_left else ""
            print(f"{progress.stage} {progress.done:,} of {progress.total:,}{left}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("passages", type=int, nargs="?", default=200_000)
    options = parser.parse_args()
    corpus, index = options.folder / "corpus", options.folder / "index"
    questions = _written_questions(options.folder, corpus, options.passages)
    assistant = make_assistant(Settings(corpus=(corpus,), index=index, mode="extractive"))
    spent = Spent(options.folder / "spent.json")
    report = assistant.library.sync(progress=spent.follow)
    if report.added:
        spent.save()
    print(f"{report.passages:,} passages of {len(questions):,} articles, {_megabytes(index):,.0f} MB on disk")
    cost = f"{spent.seconds:,.0f} s, {spent.cpu_seconds:,.0f} s of CPU time, {spent.megabytes:,.0f} MB"
    print(f"first sync: {cost}")
    ask(assistant, questions[:: max(len(questions) // QUESTIONS, 1)])
    print(f"memory of this process: {_peak_megabytes():,.0f} MB")


def _written_questions(folder: Path, corpus: Path, passages: int) -> list[Question]:
    """The questions about the articles, which are written if they are not there yet."""
    path = folder / "questions.json"
    if not path.exists():
        questions = write_prose(corpus, passages)
        rows = [dataclasses.asdict(question) for question in questions]
        path.write_text(json.dumps(rows), encoding="utf-8")
    return [Question(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def ask(assistant: Assistant, questions: Sequence[Question]) -> None:
    """Print times and hits of searches and answers."""
    library = assistant.library
    library.warm()
    _search(library, questions[0])
    _asked(assistant, questions[0])
    started = time.perf_counter()
    assert library.sync().passages
    print(f"sync of unchanged articles: {time.perf_counter() - started:.2f} s")
    first = timed("question to ten passages", [partial(_search, library, question) for question in questions])
    print(f"right article first: {first:.3f}")
    right = timed("answer", [partial(_asked, assistant, question) for question in questions])
    print(f"right figure in the answer: {right:.3f}")


def timed(name: str, steps: Sequence[Callable[[], bool]]) -> float:
    """Print median and p95 of the steps' times; returns the share of those that are True."""
    taken, outcomes = [], []
    for step in steps:
        started = time.perf_counter()
        outcomes.append(step())
        taken.append(1_000 * (time.perf_counter() - started))
    p95 = sorted(taken)[int(len(taken) * 0.95)]
    print(f"{name}: {statistics.median(taken):.0f} ms median, {p95:.0f} ms p95")
    return sum(outcomes) / len(outcomes)


def _search(library: Library, question: Question) -> bool:
    hits = library.search(question.text)
    return bool(hits) and hits[0].passage.article.path == question.path


def _asked(assistant: Assistant, question: Question) -> bool:
    return asyncio.run(_answer(assistant, question))


async def _answer(assistant: Assistant, question: Question) -> bool:
    text = ""
    async for answer in assistant.ask(question.text):
        text = answer.text
    return question.answer in text


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


if __name__ == "__main__":
    main()
