"""The checks of `footnote doctor`, each with what to do if it fails."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.providers import PROVIDERS
from bot.terminal.doctor_check import Check
from bot.terminal.left_out import left_out_lines
from bot.terminal.model_diagnostics import check_models
from retrieval.errors import IndexMissing, RetrievalError
from retrieval.sync.sync_report import LeftOut, left_out_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.library import Library

PACKAGES = (
    "chromadb",
    "tantivy",
    "onnxruntime",
    "tokenizers",
    "langchain-core",
    "langchain-openai",
    "discord.py",
)


def run_checks(
    read_settings: Callable[[], Settings], make_library: Callable[[Settings], Library]
) -> Iterator[Check]:
    """Run all checks in order. An unexpected error makes its check "broken" and does not stop the others."""
    yield from _run_check(lambda: [check_python(), check_packages()], "Python")
    try:
        settings = read_settings()
    except BotError as error:
        yield Check("Settings", "broken", str(error), error.help)
        return
    yield check_settings(settings)
    yield from _run_check(lambda: [check_folder("State", settings.state)], "State")
    library = make_library(settings)
    yield from _run_check(lambda: [check_corpus(library)], "Corpus")
    yield from _run_check(lambda: [check_embeddings(settings, library)], "Embeddings")
    yield from _run_check(lambda: [check_reranker(library)], "Reranker")
    yield from _run_check(lambda: check_index(library), "Index")
    yield from _run_check(lambda: check_models(settings), "Model")
    yield from _run_check(lambda: [check_discord(settings)], "Discord")


def _run_check(checks: Callable[[], list[Check]], name: str) -> list[Check]:
    try:
        return checks()
    except (BotError, RetrievalError) as error:
        return [Check(name, "broken", str(error), error.help)]
    except Exception as error:
        return [Check(name, "broken", f"Unexpected error ({type(error).__name__}: {error}).")]


def check_python() -> Check:
    """Python version and operating system."""
    text = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check(
        "Python",
        "ok" if sys.version_info >= (3, 11) else "broken",
        text,
        "Footnote requires Python 3.11 or later.",
    )


def check_packages() -> Check:
    """Versions of the main dependencies."""
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("Packages", "broken", f"Not installed: {', '.join(missing)}.", "Run `uv sync`.")
    return Check("Packages", "ok", ", ".join(found))


def check_settings(settings: Settings) -> Check:
    """Mode, secrets (only whether they are set) and .env file."""
    secrets = {
        "OPENAI_API_KEY": settings.openai_api_key,
        "DISCORD_TOKEN": settings.discord_token,
        "FOOTNOTE_CHROMA_TOKEN": settings.chroma_token,
    }
    keys = {name for provider in PROVIDERS.values() for name in provider.keys}
    secrets |= {name: value for name, value in settings.provider_variables.items() if name in keys}
    secrets_text = ", ".join(f"{name} {'set' if value else 'not set'}" for name, value in secrets.items())
    mode = "answers by a language model" if settings.uses_model else "answers without a language model"
    env_file = ".env found" if Path(".env").is_file() else "no .env in this folder"
    return Check("Settings", "ok", f"{mode}; {secrets_text}; {env_file}")


def check_folder(name: str, folder: Path) -> Check:
    """Is the folder writable? Creates it if needed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".footnote-doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Check(
            name,
            "broken",
            f"Cannot write to {folder}: {error.strerror}.",
            "Set FOOTNOTE_STATE to a writable folder.",
        )
    return Check(name, "ok", str(folder))


def check_corpus(library: Library) -> Check:
    """Number of files in the corpus, and of unsupported ones."""
    scan = library.corpus.scan()
    places = ", ".join(map(str, library.corpus.roots))
    if not scan.files:
        lines = left_out_lines(LeftOut(unknown=scan.unknown), verbose=True)
        text = "\n".join((f"No articles in {places}.", *lines))
        return Check("Corpus", "broken", text, "Add some, or set FOOTNOTE_CORPUS.")
    text = f"{len(scan.files):,} files in {places}"
    left_out = left_out_of((), scan)
    if left_out:
        return Check("Corpus", "warning", "\n".join((text, *left_out_lines(left_out, verbose=True))))
    return Check("Corpus", "ok", text)


def check_embeddings(settings: Settings, library: Library) -> Check:
    """Does the embedding model load and return vectors?"""
    embeddings = library.embeddings()
    if not settings.embeddings.startswith("openai:"):  # a request would need a key, and cost money
        embeddings.embed_query("Who stopped the listing?")
    return Check("Embeddings", "ok", embeddings.fingerprint)


def check_reranker(library: Library) -> Check:
    """Does the cross-encoder work, if one is configured? Downloads it if needed."""
    if library.reranker is None:
        return Check("Reranker", "off", "FOOTNOTE_RERANKER is not set.")
    start = time.perf_counter()
    library.reranker.scores("Who stopped the listing?", ["The regulator stopped the listing."])
    return Check("Reranker", "ok", f"{library.reranker.place}, loaded in {time.perf_counter() - start:.1f} s")


def check_index(library: Library) -> list[Check]:
    """Contents and integrity of the index, unreadable files, and pending changes."""
    try:
        findings = library.check()
    except IndexMissing as error:
        return [Check("Index", "warning", str(error), error.help)]
    if findings:  # reading the contents would repair it
        return [
            Check("Index", "broken", finding.text, "Run `footnote doctor --repair`.") for finding in findings
        ]
    status = library.status()
    text = f"{status.articles:,} articles, {status.passages:,} passages, synced {status.synced_at}"
    if status.pending:
        text = (
            f"Incomplete: {status.articles:,} articles so far, {status.pending:,} to come, {library.folder}"
        )
        return [Check("Index", "warning", text, "Run `footnote sync`.")]
    checks = [Check("Index", "ok", f"{text}, {library.folder}")]
    if status.failed:
        names = "; ".join(f"{failure.path}: {failure.reason}" for failure in status.failed[:3])
        checks.append(
            Check(
                "Files",
                "warning",
                f"{len(status.failed):,} unreadable: {names}",
                "Run `footnote status` for the full list.",
            )
        )
    report = library.sync(dry_run=True)
    if report.omitted:
        lines = left_out_lines(LeftOut(omitted=report.omitted), verbose=True)
        checks.append(Check("Files", "warning", "\n".join(lines)))
    pending = report.added + report.changed + report.moved + report.deleted
    if pending:
        checks.append(
            Check("Index", "warning", f"Out of date: {pending:,} articles changed.", "Run `footnote sync`.")
        )
    return checks


def check_discord(settings: Settings) -> Check:
    """Does Discord accept the token, if one is set?"""
    if settings.discord_token is None:
        return Check("Discord", "off", "DISCORD_TOKEN is not set.")
    import asyncio

    from bot.discord.runner import inspect

    text, usable = asyncio.run(asyncio.wait_for(inspect(settings), 30))
    return Check("Discord", "ok" if usable else "broken", text)
