"""How much of the evidence of a question a language model reads, with and without further retrieval steps.

    python tests/benchmarks/evidence.py SET_FOLDER [--questions FILE] [--looks 2] [--tokens 6000] [--misses]

A scripted model on loopback knows the question, what it reads, and whether it lacks evidence. For each
piece that it lacks, it searches for the part of the question that names the publisher of that article, within
that publisher, then for the whole question, and reads on in the closest article or lists the articles on it.
Prints the share of questions of which it has all evidence in the last request, and the tokens of passages.
SET_FOLDER has a corpus.jsonl and a questions.jsonl, or FILE has other questions about its articles, such as
lists and timelines; those with evidence are asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from openai_stand_in import OpenAIStandIn, Reply, Request

from bot.assistant import Assistant
from bot.build import make_library
from bot.model.prompt_chain import ModelChain
from bot.prompting.escaping import escape_passage
from bot.prompting.token_count import count_tokens
from bot.settings import Settings, read_settings
from retrieval.search.publisher_scope import is_publisher_named
from retrieval.search.sub_questions import sub_questions

_ARTICLE = re.compile(r"<article([^\n]*)>\n(.*?)\n</article>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request lets the model read: texts without white space, the number of the first passage of each
    publisher ("": of any), and the tokens.
    """

    texts: Sequence[str]
    closest: Mapping[str, int]
    tokens: int

    def has(self, evidence: str) -> bool:
        """True if a passage contains the evidence, as it is escaped."""
        return any(_squashed(escape_passage(evidence)) in text for text in self.texts)


def read(request: Request) -> Reading:
    """What the model reads in the last message of a request."""
    prompt = str(request.body["messages"][-1]["content"])
    closest: dict[str, int] = {}
    for head, body in _ARTICLE.findall(prompt):
        publisher = re.search(r' publisher="([^"]*)"', head)
        first = min(map(int, re.findall(r'<passage number="(\d+)"', body)))
        for name in {"", publisher[1] if publisher else ""}:
            closest[name] = min(first, closest.get(name, first))
    passages = "\n\n".join(match[0] for match in _ARTICLE.finditer(prompt))
    texts = [_squashed(text) for text in request.passages.values()]
    return Reading(texts, closest, count_tokens(passages))


def _squashed(text: str) -> str:
    return "".join(text.split())


class HonestModel:
    """Answers a question if it has read all evidence, else looks for it as long as it is allowed to."""

    def __init__(self, row: Mapping[str, Any], publishers: Mapping[str, str | None]) -> None:
        self._question = str(row["question"])
        self._evidence = [(str(item["text"]), publishers.get(item["doc"]) or "") for item in row["evidence"]]
        self.requests: list[Reading] = []

    @property
    def looks(self) -> int:
        """How often it has looked for more."""
        return len(self.requests) - 1

    @property
    def share(self) -> float:
        """The share of the evidence that its last request had."""
        last = self.requests[-1] if self.requests else Reading((), {}, 0)
        return fmean(last.has(text) for text, _ in self._evidence)

    @property
    def has_all(self) -> bool:
        """True if its last request had all evidence."""
        return self.share == 1

    def reply(self, request: Request) -> Reply:
        """Tool calls for what is missing, or an answer."""
        self.requests.append(read(request))
        calls = [call for publisher in self._missing() for call in self._calls(publisher)]
        if not calls or "tools" not in request.body:
            return Reply("The articles tell it. [1]")
        return Reply("", calls=[(name, json.dumps(values)) for name, values in calls])

    def _missing(self) -> list[str]:
        """The publishers of the evidence that it lacks."""
        missing = [publisher for text, publisher in self._evidence if not self.requests[-1].has(text)]
        return list(dict.fromkeys(missing))

    def _calls(self, publisher: str) -> Iterator[tuple[str, dict[str, Any]]]:
        named = publisher if publisher and is_publisher_named(publisher, self._question) else ""
        parts = [part for part in sub_questions(self._question) if named and is_publisher_named(named, part)]
        query = " ".join(parts) if parts and self.looks == 0 else self._question
        within = {"publisher": named} if named else {}
        yield "search", {"query": query} | within
        if self.looks:
            yield "list", {"topic": self._question} | within
        elif closest := self.requests[-1].closest.get(named):
            yield "read", {"passage": closest, "around": "article"}


class HonestServer(OpenAIStandIn):
    """A loopback server whose model is replaced for each question."""

    model: HonestModel

    def _reply(self, request: Request) -> Reply:
        return self.model.reply(request)


async def measure(folder: Path, questions: Path, looks: int, tokens: int, show_misses: bool) -> None:
    """Ask all questions of a set that have evidence, and print the shares."""
    corpus, rows = _rows(folder / "corpus.jsonl"), _rows(questions)
    publishers = {article["id"]: article.get("source") for article in corpus}
    asked = [row for row in rows if row.get("answerable", True) and row["evidence"]]
    models: list[HonestModel] = []
    library = make_library(read_settings(corpus=[folder / "corpus.jsonl"]))
    with HonestServer() as server, tempfile.TemporaryDirectory() as state:
        given: dict[str, Any] = {"OPENAI_BASE_URL": server.base_url, "chat_model": "stand-in"}
        chain = ModelChain(Settings(**given, context_tokens=tokens, state=Path(state)))
        assistant = Assistant(library, chain=chain, check="off", looks=looks)
        for row in asked:
            server.model = HonestModel(row, publishers)
            day = date.fromisoformat(row["date"].replace("/", "-")[:10]) if row.get("date") else None
            async for _ in assistant.ask(row["question"], as_of=day):
                pass
            models.append(server.model)
            if show_misses and not server.model.has_all:
                print(row["id"], [r.tokens for r in server.model.requests], row["question"])
        await chain.close()
    last = [model.requests[-1].tokens if model.requests else 0 for model in models]
    total = [sum(reading.tokens for reading in model.requests) for model in models]
    print(
        f"{folder.name}, {looks} looks: all evidence read {fmean(model.has_all for model in models):.3f} "
        f"of {len(models)}, share of evidence {fmean(model.share for model in models):.3f}; tokens of "
        f"passages: last request {fmean(last):,.0f}, all {fmean(total):,.0f}; "
        f"looks {fmean(max(0, model.looks) for model in models):.2f}"
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=Path, metavar="FILE", help="default: those of the folder")
    parser.add_argument("--looks", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=6000)
    parser.add_argument("--misses", action="store_true", help="print the questions whose evidence is missing")
    arguments = parser.parse_args()
    questions = arguments.questions or arguments.folder / "questions.jsonl"
    asyncio.run(measure(arguments.folder, questions, arguments.looks, arguments.tokens, arguments.misses))


if __name__ == "__main__":
    main()
