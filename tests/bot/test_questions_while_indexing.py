"""Questions while the first index is being built: answered from what is there, which every answer says."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from index_world import World
from small_library import synced_library

import retrieval.sync.first_parts
from bot.answer import Answer
from bot.answer_json import answer_json
from bot.assistant import Assistant
from bot.localization import in_language
from bot.rendering.text_rendering import index_summary, plain_answer
from bot.terminal.commands.index_commands import status_lines
from bot.terminal.diagnostics import check_index
from bot.terminal.initial_sync import prepare_index
from retrieval.errors import SyncStopped
from retrieval.index.generations import Generations
from retrieval.library import Library
from retrieval.sync.sync_report import LeftOut

COUNT = 60


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library with local embeddings whose first sync was stopped after its first part."""
    monkeypatch.setattr(retrieval.sync.first_parts, "FIRST_PART_SECONDS", 0.0)
    world = World(tmp_path)
    world.fill(COUNT)
    with pytest.raises(SyncStopped):
        synced_library(world.corpus, tmp_path, stop=lambda: Generations(world.folder).stamp() != (0, 0))
    return synced_library(world.corpus, tmp_path, sync=False)


async def ask(assistant: Assistant, question: str) -> Answer:
    return [answer async for answer in assistant.ask(question)][-1]


async def test_answers_say_what_they_cover_until_the_index_is_complete(library: Library) -> None:
    """Found, not found, and from the catalogue; in text, JSON and German."""
    assistant = Assistant(library)
    done = len(library.articles())
    assert 0 < done < COUNT
    number = library.articles()[0].title.split("number")[1].split()[0]
    questions = [
        f"What did the council of town{number} decide after a debate?",
        "Who is the king of cheese?",
        "Which articles mention debate?",
    ]
    notice = f"Indexing: {done} of {COUNT} articles so far; this answer covers those."
    answers = [await ask(assistant, question) for question in questions]
    assert [answer.status for answer in answers] == ["answered", "not_found", "answered"]
    for answer in answers:
        assert answer.notice
        assert answer.notice.endswith(notice)
        assert notice in plain_answer(answer)
        assert notice in answer_json(answer)["notice"]
    with in_language("de"):
        shown = (await ask(assistant, questions[1])).notice
        assert shown == (
            f"Indizierung: bisher {done} von {COUNT} Artikeln; diese Antwort berücksichtigt nur diese."
        )
    library.sync()
    for question in questions:
        assert "Indexing" not in ((await ask(assistant, question)).notice or "")


async def test_questions_are_answered_while_the_sync_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same process, as in the chat and on Discord: each answer covers at least as much."""
    monkeypatch.setattr(retrieval.sync.first_parts, "FIRST_PART_SECONDS", 0.0)
    world = World(tmp_path)
    world.fill(COUNT)
    library, asked = world.library(), threading.Semaphore(0)
    assistant = Assistant(library)
    syncing = asyncio.create_task(
        asyncio.to_thread(library.sync, stop=lambda: not asked.acquire(timeout=20))  # a question per step
    )
    covered = []
    while not syncing.done():
        if Generations(world.folder).stamp() != (0, 0):
            answer = await ask(assistant, "Who is the king of cheese?")
            covered.append(int(answer.notice.split()[1]) if answer.notice else COUNT)
        asked.release()
        await asyncio.sleep(0)
    assert (await syncing).added == COUNT
    assert covered == sorted(covered)
    assert len(set(covered)) >= 2
    assert (await ask(assistant, "Who is the king of cheese?")).notice is None


def test_an_incomplete_index_never_looks_complete(library: Library) -> None:
    """`status`, the chat's summary and `doctor` say so, and how to complete it."""
    status = library.status()
    assert status.articles + status.pending == COUNT
    assert index_summary(status).startswith(f"{status.articles} of {COUNT} articles so far")
    lines = status_lines(status, "articles", "index", LeftOut())
    assert f"Incomplete  {status.pending} more articles; `footnote sync` adds them" in lines
    (check,) = check_index(library)
    assert (check.state, check.help) == ("warning", "Run `footnote sync`.")
    assert check.text.startswith(f"Incomplete: {status.articles} articles so far, {status.pending} to come")
    library.sync()
    assert index_summary(library.status()).startswith(f"{COUNT} articles")
    assert not any(
        line.startswith("Incomplete") for line in status_lines(library.status(), "", "", LeftOut())
    )
    assert check_index(library)[0].state == "ok"


@pytest.mark.parametrize("terminal", [True, False])
async def test_scripts_wait_for_the_whole_index_and_people_do_not(
    library: Library, terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While another process is building it."""
    monkeypatch.setattr("bot.terminal.initial_sync.MAX_WAIT_SECONDS", 0.1)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    assistant = Assistant(library)
    with Generations(library.folder).writing(0):
        first = asyncio.create_task(prepare_index(assistant, sync=True))
        await asyncio.sleep(1)
        assert first.done() == terminal
    await first
    assert bool(assistant.library.status().pending) == terminal
    assert (f" of {COUNT} articles so far." in capsys.readouterr().err) == terminal


async def test_without_a_sync_an_incomplete_index_is_used_with_a_warning(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    done = len(library.articles())
    await prepare_index(Assistant(library), sync=False)
    warning = f"Warning: the index is incomplete: {done} of {COUNT} articles so far.\n"
    assert capsys.readouterr().err == warning
