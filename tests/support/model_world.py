"""Articles on the disk, an index of them, and an Assistant that asks the stand-in of a model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from index_world import HashEmbeddings
from openai_stand_in import OpenAIStandIn

from bot.answer import Answer
from bot.assistant import Assistant
from bot.model.prompt_chain import ModelChain
from bot.settings import Settings
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

DAY = date(2022, 6, 1)


def make_library(place: Path, articles: Mapping[str, str]) -> Library:
    """An index of these articles, each a file's name and its text."""
    folder = place / "articles"
    folder.mkdir(parents=True)
    for name, text in articles.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(Corpus([folder]), place / "index", embeddings=HashEmbeddings, fingerprint=lambda: "t")
    library.sync()
    return library


def make_assistant(
    server: OpenAIStandIn, library: Library, state: Path, *, strict: bool = False, **others: Any
) -> Assistant:
    """An Assistant whose model is the stand-in, which forgets what it was asked before."""
    server.reset()
    given: dict[str, Any] = {"OPENAI_BASE_URL": server.base_url, "chat_model": "stand-in", "timeout": 60.0}
    settings = Settings(**given, retries=0, state=state, **others)
    return Assistant(library, passages=4, chain=ModelChain(settings), strict=strict)


async def all_answers(assistant: Assistant, question: str) -> list[Answer]:
    """Every state of an answer, the last one complete."""
    return [answer async for answer in assistant.ask(question, as_of=DAY)]
