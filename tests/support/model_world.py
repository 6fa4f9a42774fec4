"""Articles on disk, an index of them, and an Assistant that uses the stand-in model server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from index_world import HashEmbeddings
from openai_stand_in import OpenAIStandIn

from bot.answer import Answer, CheckKind
from bot.assistant import Assistant
from bot.model.prompt_chain import ModelChain
from bot.settings import Settings
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

DAY = date(2022, 6, 1)


def make_library(root: Path, articles: Mapping[str, str]) -> Library:
    """A synced library of articles, given as file names and texts."""
    folder = root / "articles"
    folder.mkdir(parents=True)
    for name, text in articles.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(Corpus([folder]), root / "index", embeddings=HashEmbeddings, fingerprint=lambda: "t")
    library.sync()
    return library


def make_assistant(
    server: OpenAIStandIn,
    library: Library,
    state: Path,
    *,
    strict: bool = False,
    check: CheckKind = "words",
    looks: int = 0,
    **others: Any,
) -> Assistant:
    """An Assistant whose model is the stand-in, after resetting the stand-in."""
    server.reset()
    given: dict[str, Any] = {"OPENAI_BASE_URL": server.base_url, "chat_model": "stand-in", "timeout": 60.0}
    settings = Settings(**(given | {"retries": 0} | others), state=state)
    return Assistant(library, passages=4, chain=ModelChain(settings), strict=strict, check=check, looks=looks)


async def all_answers(assistant: Assistant, question: str) -> list[Answer]:
    """All streamed answers, the last one complete."""
    return [answer async for answer in assistant.ask(question, as_of=DAY)]
