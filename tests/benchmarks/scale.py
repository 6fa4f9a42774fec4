"""How the cost of indexing and searching grows from 1,000 to 200,000 passages, as a table.

    python tests/benchmarks/scale.py [PASSAGES ...] [--real] [--keep FOLDER]

Articles are generated (words with a Zipf distribution, about 12 passages each). Vectors are random, so that
embedding time is excluded, or with --real those of the local model. Each size runs in separate processes and
measures: seconds of a first sync and its stages, of a sync without changes and of one changed article; peak
memory while indexing and answering; milliseconds of a search (nearest, lexical, passages) and of a whole
question from its vector to ten ranked and deduplicated hits, with and without filters, median and p95.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.hit import Filters
from retrieval.index.index_reader import Index
from retrieval.models.embedding_factory import make_embeddings
from retrieval.models.embeddings import FootnoteEmbeddings
from retrieval.reading.corpus import Corpus
from retrieval.search.find_hits import search
from retrieval.sync.sync_index import SyncReport, sync
from retrieval.sync.sync_progress import Progress
from retrieval.text_analysis import content_stems

SIZES = (1_000, 5_000, 20_000, 50_000, 100_000, 200_000)
PUBLISHERS = [f"The {name} Courier" for name in ("Ash", "Birch", "Cedar", "Elm", "Fir", "Oak", "Pine", "Yew")]
MEANINGS = 48  # real vectors vary in few directions; no graph could search fully random ones
DIRECTIONS = np.random.default_rng(0).standard_normal((MEANINGS, 384), np.float32) / MEANINGS**0.5
PASSAGES_PER_ARTICLE = 12.05  # measured


class RandomEmbeddings(FootnoteEmbeddings):
    """A random vector per text, determined by the text."""

    fingerprint = "random/384"
    dimension = 384

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        matrix = np.stack([self._row(text) for text in texts])
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        return np.asarray(matrix / lengths, np.float32)

    def _row(self, text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        chance = np.random.Generator(np.random.SFC64(seed))
        meaning = chance.standard_normal(MEANINGS, np.float32) @ DIRECTIONS
        return np.asarray(meaning + 0.3 * chance.standard_normal(384, np.float32), np.float32)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


class Timed(FootnoteEmbeddings):
    """Embeddings that measure their time."""

    def __init__(self, inner: FootnoteEmbeddings) -> None:
        self.inner, self.seconds = inner, 0.0

    @property
    def fingerprint(self) -> str:
        return self.inner.fingerprint

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        started = time.perf_counter()
        matrix = self.inner.embed_matrix(texts)
        self.seconds += time.perf_counter() - started
        return matrix

    def count_tokens(self, text: str) -> int:
        return self.inner.count_tokens(text)


def words(count: int = 40_000) -> list[str]:
    """Generated words, in order of frequency."""
    chance = random.Random(3)
    parts = [
        "ba",
        "co",
        "der",
        "el",
        "fin",
        "gra",
        "ho",
        "ist",
        "ka",
        "lo",
        "men",
        "nor",
        "pe",
        "ri",
        "sul",
        "ta",
        "ver",
    ]
    return list(
        dict.fromkeys("".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(count * 3))
    )[:count]


def write_corpus(folder: Path, passages: int) -> int:
    """Write articles with about *passages* passages in all, 500 per folder; return the number of articles."""
    vocabulary, chance = words(), np.random.default_rng(1)
    odds = 1 / np.arange(10, len(vocabulary) + 10)
    odds /= odds.sum()
    count = round(passages / PASSAGES_PER_ARTICLE)
    for number in range(count):
        drawn = iter(chance.choice(len(vocabulary), 1_400, p=odds))
        day = date(2019, 1, 1) + timedelta(days=int(chance.integers(0, 2_000)))
        lines = [
            "---",
            f"title: {sentence(vocabulary, drawn, 7)[:-1]}",
            f"date: {day}",
            f"publisher: {PUBLISHERS[number % 8]}",
            "---",
        ]
        for _ in range(int(chance.integers(10, 15))):
            lines += ["", " ".join(sentence(vocabulary, drawn, 18) for _ in range(5))]
        path = folder / f"{number // 500:03}" / f"{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
    return count


def sentence(vocabulary: list[str], drawn: Any, length: int) -> str:
    return " ".join(vocabulary[next(drawn)] for _ in range(length)).capitalize() + "."


def measure(root: Path, passages: int, real: bool) -> dict[str, float]:
    """The indexing figures of one size; leaves the index in *root*."""
    articles = write_corpus(root / "corpus", passages)
    embeddings = Timed(local() if real else RandomEmbeddings())
    stages: dict[str, float] = {}

    def progress(step: Progress) -> None:
        stages.setdefault(f"{step.stage} from", time.perf_counter())
        stages[f"{step.stage} to"] = time.perf_counter()

    def run() -> SyncReport:
        corpus = Corpus([root / "corpus"])
        return sync(corpus, root / "index", lambda: embeddings, embeddings.fingerprint, progress=progress)

    report = run()
    figures: dict[str, float] = {
        "articles": articles,
        "passages": report.passages,
        "first sync s": report.seconds,
    }
    figures["embedding s"] = embeddings.seconds
    for stage in ("reading", "writing"):
        figures[f"{stage} s"] = stages[f"{stage} to"] - stages[f"{stage} from"]
    figures["indexing MB"] = peak()
    figures["nothing to do s"] = run().seconds
    changed = next((root / "corpus").rglob("*.md"))
    changed.write_text(
        changed.read_text(encoding="utf-8") + "\n\nOne more sentence was added here.", encoding="utf-8"
    )
    figures["one changed s"] = run().seconds
    figures["index MB"] = size(root / "index")
    return figures


def local() -> FootnoteEmbeddings:
    import platformdirs

    return make_embeddings(
        "local", model_dir=None, cache_dir=Path(platformdirs.user_cache_dir("footnote", appauthor=False))
    )


def answer(root: Path) -> dict[str, float]:
    """The search figures of the index in *root*."""
    started = time.perf_counter()
    index = Index.open(
        root / "index", json.loads((root / "index" / "CURRENT").read_text(encoding="utf-8"))["fingerprint"]
    )
    index.warm()
    figures = {"open s": time.perf_counter() - started}
    chance = random.Random(2)
    ids = [
        passage.id
        for info in chance.sample(index.articles(), 60)
        for passage in index.article_passages(info.id)[:2]
    ]
    filters = {
        "": Filters(),
        " month": month(),
        " half": Filters(since=date(2021, 9, 1)),
        " publisher": Filters(publishers=(PUBLISHERS[2],)),
    }
    started = time.perf_counter()
    index.allowed(filters[" half"])
    figures["new filter ms"] = 1_000 * (time.perf_counter() - started)
    vectors, passages = index.vectors(ids), index.passages(ids)
    words = [content_stems(passages[name].text[:60]) for name in ids]
    for name, chosen in filters.items():
        parts = [times(index, *question, chosen) for question in zip(vectors, words, strict=True)]
        for part, column in zip(("dense", "lexical", "passages"), zip(*parts, strict=True), strict=True):
            if not name:
                figures[f"{part} ms"] = sorted(column)[len(column) // 2]
        whole = sorted(map(sum, parts))
        figures[f"search{name} ms"] = whole[len(whole) // 2]
        figures[f"search{name} p95"] = whole[int(len(whole) * 0.95)]
    figures["answering MB"] = peak()
    figures["of it not files MB"] = own_memory()
    for name, chosen in filters.items():
        taken = sorted(
            ranked(index, vector, passages[passage_id].text[:60], chosen)
            for passage_id, vector in zip(ids, vectors, strict=True)
        )
        figures[f"question{name} ms"] = taken[len(taken) // 2]
        figures[f"question{name} p95"] = taken[int(len(taken) * 0.95)]
    index.close()
    return figures


class FixedEmbedding(RandomEmbeddings):
    """Returns a given vector, so that embedding time is excluded."""

    def __init__(self, vector: Any) -> None:
        self.vector = vector

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.stack([self.vector] * len(texts))


def ranked(index: Index, vector: Any, words: str, filters: Filters) -> float:
    """Milliseconds of a whole search, as for an answer."""
    started = time.perf_counter()
    search(index, FixedEmbedding(vector), f"What is said about {words}?", 10, filters, date(2025, 1, 1))
    return 1_000 * (time.perf_counter() - started)


def times(index: Index, vector: Any, words: list[str], filters: Filters) -> tuple[float, float, float]:
    """Milliseconds of the three parts of a search."""
    moments = [time.perf_counter()]
    dense = index.nearest(vector, 50, filters)
    moments.append(time.perf_counter())
    lexical = index.lexical.search(words, 50, filters)
    moments.append(time.perf_counter())
    index.passages([passage_id for passage_id, _ in dense[:15] + lexical[:15]])
    moments.append(time.perf_counter())
    first, second, third = (1_000 * (after - before) for before, after in pairwise(moments))
    return first, second, third


def month() -> Filters:
    return Filters(since=date(2021, 3, 1), until=date(2021, 3, 31))


def peak() -> float:
    """Peak memory of this process in MB, including mapped files."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def own_memory() -> float:
    """Current memory of this process in MB without mapped files, which processes share (Linux only)."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def in_process(step: str, root: Path, *arguments: object) -> dict[str, float]:
    command = [sys.executable, __file__, "--step", step, str(root), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    for number, passages in enumerate(chosen.sizes):
        root = (chosen.keep or Path(tempfile.mkdtemp(prefix="scale-"))) / str(passages)
        root.mkdir(parents=True)
        try:
            row = in_process("measure", root, passages, int(chosen.real)) | in_process("answer", root)
        finally:
            if not chosen.keep:
                shutil.rmtree(root)
        if number == 0:
            print("| " + " | ".join(row) + " |\n" + "|---:" * len(row) + "|")
        print(
            "| "
            + " | ".join(f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in row.values())
            + " |",
            flush=True,
        )


STEPS: dict[str, Callable[..., dict[str, float]]] = {
    "measure": lambda root, passages, real: measure(Path(root), int(passages), bool(int(real))),
    "answer": lambda root: answer(Path(root)),
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        print(json.dumps(STEPS[sys.argv[2]](*sys.argv[3:])))
    else:
        main()
