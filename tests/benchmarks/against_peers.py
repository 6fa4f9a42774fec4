"""Footnote beside LlamaIndex's and LangChain's stock hybrid retrieval: time, memory and what is found.

    uv run python tests/benchmarks/against_peers.py SET [--rounds 5] [--questions 80] [--threads 2]

SET is a folder with corpus.jsonl ({"id", "title"?, "text"}) and questions.jsonl ({"question", "evidence":
[{"doc", "text"}]}). All three use the same weights of all-MiniLM-L6-v2 (the peers in float32 on torch, as
sentence-transformers loads them), the same number of threads and the same machine in turn: in each round, one
after the other indexes all articles, then each question goes to one after the other, in changing order.
Imports and loading the model are not counted. A ratio is that of a round, so that what else the machine does
hits both sides alike; printed are its median and its range over the rounds.

The peers' environment (1.5 to 6 GB, depending on the build of torch) is made once with uv, in the cache
folder or in --environment; it is no dependency of Footnote. PIP_FIND_LINKS can name folders with wheels, such
as a torch without CUDA. Dates of questions are not used: the peers do not know them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles

from peer_worker import PASSAGES, SYSTEMS
from platformdirs import user_cache_path

from retrieval.models.model_files import packaged_files

ROOT = Path(__file__).parents[2]
PEERS = tuple(name for name in SYSTEMS if name != "footnote")
REQUIREMENTS = (
    "torch==2.13.0",
    "sentence-transformers==6.2.0",
    "langchain-classic==1.0.8",
    "langchain-community==0.4.2",
    "langchain-huggingface==1.2.3",
    "langchain-chroma==1.1.0",
    "langchain-text-splitters==1.1.3",
    "rank-bm25==0.2.2",
    "llama-index-core==0.14.25",
    "llama-index-embeddings-huggingface==0.8.0",
    "llama-index-retrievers-bm25==0.8.0",
)
PAUSE_SECONDS = 0.02  # before each request: OpenMP's threads spin for a while after their work
WARM_UP_QUESTIONS = 5


@dataclass
class Round:
    """What one system took in one round: seconds."""

    ingest: float = 0.0
    searches: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)


@dataclass
class Measured:
    """All rounds of one system, its peaks of memory in megabytes, and the shares of questions found."""

    rounds: list[Round]
    indexing_memory: float = 0.0
    asking_memory: float = 0.0
    first: list[bool] = field(default_factory=list)
    complete: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    text: str
    documents: frozenset[str]
    evidence: tuple[str, ...]  # without white space


@dataclass(frozen=True)
class Response:
    """``megabytes`` is the peak of the process so far, ``found`` the article and text of each passage."""

    seconds: float
    megabytes: float
    found: list[tuple[str, str]]


class Worker:
    """A process of `peer_worker.py`."""

    def __init__(self, python: Path, name: str, model: Path, scratch: Path, threads: int) -> None:
        environment = {
            key: value
            for key, value in os.environ.items()
            # Some machines select slow kernels of OpenBLAS, for old builds of it.
            if not key.startswith(("FOOTNOTE_", "OPENBLAS_")) and not key.endswith("_API_KEY")
        }
        environment |= {
            "FOOTNOTE_MODE": "extractive",
            "FOOTNOTE_CACHE": str(scratch / "cache"),
            "FOOTNOTE_STATE": str(scratch / "state"),
            "FOOTNOTE_THREADS": str(threads),
            "PYTHONPATH": str(ROOT) if name == "footnote" else "",
            "HF_HUB_OFFLINE": "1",
            "ANONYMIZED_TELEMETRY": "False",
        }
        for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
            environment[variable] = str(threads)
        self._log = (scratch / f"{name}.log").open("ab")
        self._name = name
        self._process = subprocess.Popen(
            [python, Path(__file__).with_name("peer_worker.py"), name, model],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=scratch,
            env=environment,
        )

    def request(self, **request: str) -> Response:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        time.sleep(PAUSE_SECONDS)
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            log = Path(self._log.name).read_text(encoding="utf-8", errors="replace")
            sys.exit(f"{self._name} failed:\n{log[-2000:]}")
        return Response(**json.loads(line))

    def close(self) -> None:
        self._process.communicate()
        self._log.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("set", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=int, default=80, help="the first N with evidence")
    parser.add_argument("--threads", type=int, default=2, help="of each system")
    parser.add_argument("--environment", type=Path, default=user_cache_path("footnote-peers"))
    options = parser.parse_args()
    corpus = (options.set / "corpus.jsonl").resolve()
    questions = read_questions(options.set / "questions.jsonl")[: options.questions]
    pythons = dict.fromkeys(PEERS, make_environment(options.environment)) | {"footnote": Path(sys.executable)}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        model = packaged_files().weights.parent  # a folder that sentence-transformers loads

        def start() -> dict[str, Worker]:
            workers = {name: Worker(pythons[name], name, model, scratch, options.threads) for name in SYSTEMS}
            for worker in workers.values():
                worker.request(ready="")  # none is measured while another loads
            return workers

        measured = {name: Measured([Round() for _ in range(options.rounds)]) for name in SYSTEMS}
        measure_indexing(start(), corpus, scratch, measured)
        # Footnote builds the models of answers once per machine: this is not part of asking.
        builder = Worker(pythons["footnote"], "footnote", model, scratch, options.threads)
        builder.request(open=str(scratch / "footnote-0"), corpus=str(corpus))
        builder.close()
        measure_asking(start(), corpus, scratch, questions, measured)
    articles = len(corpus.read_text(encoding="utf-8").splitlines())
    print(
        f"\n{options.set.name}: {articles} articles, {len(questions)} questions, {options.threads} threads, "
        f"{options.rounds} rounds\n"
    )
    print_report(measured)


def measure_indexing(
    workers: dict[str, Worker], corpus: Path, scratch: Path, measured: dict[str, Measured]
) -> None:
    for number in range(len(measured["footnote"].rounds)):
        for name in in_turn(number):
            folder = scratch / f"{name}-{number}"
            response = workers[name].request(index=str(folder), corpus=str(corpus))
            measured[name].rounds[number].ingest = response.seconds
            if not number:  # later rounds add what the first one left behind
                measured[name].indexing_memory = response.megabytes
            progress(f"round {number + 1}: {name} indexed in {response.seconds:.1f} s")
    for worker in workers.values():
        worker.close()


def measure_asking(
    workers: dict[str, Worker],
    corpus: Path,
    scratch: Path,
    questions: Sequence[Question],
    measured: dict[str, Measured],
) -> None:
    for name, worker in workers.items():
        worker.request(open=str(scratch / f"{name}-0"), corpus=str(corpus))
        for question in questions[:WARM_UP_QUESTIONS]:
            worker.request(search=question.text)
    for number in range(len(measured["footnote"].rounds)):
        for place, question in enumerate(questions):
            for name in in_turn(number + place):
                response = workers[name].request(search=question.text)
                measured[name].rounds[number].searches.append(response.seconds)
                if not number:
                    judge(measured[name], question, response.found)
        for question in questions:
            response = workers["footnote"].request(answer=question.text)
            measured["footnote"].rounds[number].answers.append(response.seconds)
        progress(f"round {number + 1}: all questions asked")
    for name, worker in workers.items():
        measured[name].asking_memory = worker.request(search="end").megabytes
        worker.close()


def judge(system: Measured, question: Question, found: list[tuple[str, str]]) -> None:
    """Is the first passage from an article with evidence, and all evidence within the passages?"""
    texts = ["".join(text.split()) for _, text in found[:PASSAGES]]
    system.first.append(bool(found) and found[0][0] in question.documents)
    system.complete.append(all(any(part in text for text in texts) for part in question.evidence))


def in_turn(number: int) -> list[str]:
    """The systems, each first in turn."""
    names = list(SYSTEMS)
    return names[number % len(names) :] + names[: number % len(names)]


def print_report(measured: dict[str, Measured]) -> None:
    ours = measured["footnote"]
    print("| | " + " | ".join(SYSTEMS) + " | Footnote to the faster peer |\n|---|---|---|---|---|")

    def print_times(title: str, unit: float, value: Callable[[Round], float]) -> None:
        cells = [rounded(median(value(r) * unit for r in m.rounds)) for m in measured.values()]
        ratios = [
            min(value(measured[name].rounds[number]) for name in PEERS) / value(own)
            for number, own in enumerate(ours.rounds)
        ]
        print(f"| {title} | {' | '.join(cells)} | {spread(ratios)} times as fast |")

    print_times("ingest, s", 1, lambda r: r.ingest)
    print_times("question to ten passages, ms, median", 1000, lambda r: median(r.searches))
    print_times("95th percentile", 1000, lambda r: percentile95(r.searches))
    answer = rounded(1000 * median(median(r.answers) for r in ours.rounds))
    share = spread([median(r.answers) / median(r.searches) for r in ours.rounds])
    print(f"| answer without a model, ms, median | {answer} | - | - | {share} searches |")
    slowest = rounded(1000 * median(percentile95(r.answers) for r in ours.rounds))
    print(f"| 95th percentile | {slowest} | - | - | |")
    for title, value in (
        ("memory while indexing, MB", lambda m: f"{m.indexing_memory:.0f}"),
        ("memory while asking, MB", lambda m: f"{m.asking_memory:.0f}"),
        ("right article first", lambda m: f"{mean(m.first):.3f}"),
        ("all evidence in ten passages", lambda m: f"{mean(m.complete):.3f}"),
    ):
        print(f"| {title} | {' | '.join(map(value, measured.values()))} | |")


def rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def percentile95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def read_questions(path: Path) -> list[Question]:
    """The questions that the articles answer."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Question(
            row["question"],
            frozenset(str(evidence["doc"]) for evidence in row["evidence"]),
            tuple("".join(evidence["text"].split()) for evidence in row["evidence"]),
        )
        for row in rows
        if row.get("answerable", True) and row["evidence"]
    ]


def make_environment(folder: Path) -> Path:
    """The python of the peers' environment, which is made if it is missing or has other packages."""
    marker, python = folder / "requirements.txt", folder / "bin" / "python"
    wanted = "\n".join(REQUIREMENTS)
    if marker.is_file() and marker.read_text(encoding="utf-8") == wanted:
        return python
    progress(f"installing the peers into {folder} …")
    folder.mkdir(parents=True, exist_ok=True)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]
    # Without the project's settings, which exclude sentence-transformers.
    install = ["uv", "pip", "install", "--no-config", "--python", str(python)]
    # nltk refuses to read files with hard links.
    install += ["--link-mode", "copy", "--exclude-newer", settings["exclude-newer"]]
    for place in os.environ.get("PIP_FIND_LINKS", "").split():
        install += ["--find-links", place]
    subprocess.run(["uv", "venv", "--no-config", "--clear", "--python", sys.executable, folder], check=True)
    subprocess.run([*install, *REQUIREMENTS], check=True)
    marker.write_text(wanted, encoding="utf-8")
    return python


if __name__ == "__main__":
    main()
