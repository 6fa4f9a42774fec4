"""What `footnote doctor` looks at: all that an answer needs, each with what to do when it is broken."""

from __future__ import annotations

import json
import platform
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.errors import BotError
from retrieval.errors import IndexMissing, RetrievalError

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.library import Library

State = Literal["ok", "warning", "broken", "off"]
PACKAGES = (
    "chromadb",
    "tantivy",
    "onnxruntime",
    "tokenizers",
    "langchain-core",
    "langchain-openai",
    "discord.py",
)
PATIENCE = 5.0  # seconds that a model's server has to answer


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one thing. "off" is what is not set up, and need not be."""

    name: str
    state: State
    text: str
    help: str = ""


def examine(
    read_settings: Callable[[], Settings], make_library: Callable[[Settings], Library]
) -> Iterator[Check]:
    """All checks, one after the other; one that fails in an unknown way is broken, and the next goes on."""
    yield from _each(lambda: [check_python(), check_packages()], "Python")
    try:
        settings = read_settings()
    except BotError as error:
        yield Check("Settings", "broken", str(error), error.help)
        return
    yield check_settings(settings)
    yield from _each(lambda: [check_folder("State", settings.state)], "State")
    library = make_library(settings)
    yield from _each(lambda: [check_corpus(library)], "Corpus")
    yield from _each(lambda: [check_embeddings(settings, library)], "Embeddings")
    yield from _each(lambda: [check_reranker(library)], "Reranker")
    yield from _each(lambda: check_index(library), "Index")
    yield from _each(lambda: [check_model(settings)], "Model")
    yield from _each(lambda: [check_discord(settings)], "Discord")


def _each(checks: Callable[[], list[Check]], name: str) -> list[Check]:
    try:
        return checks()
    except (BotError, RetrievalError) as error:
        return [Check(name, "broken", str(error), error.help)]
    except Exception as error:
        return [Check(name, "broken", f"The check itself failed ({type(error).__name__}: {error}).")]


def check_python() -> Check:
    """The interpreter and the system."""
    words = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check(
        "Python", "ok" if sys.version_info >= (3, 11) else "broken", words, "Footnote needs Python 3.11."
    )


def check_packages() -> Check:
    """The libraries that do the heavy work, with their versions."""
    found, lacking = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lacking.append(name)
    if lacking:
        return Check("Packages", "broken", f"Not installed: {', '.join(lacking)}.", "Run `uv sync`.")
    return Check("Packages", "ok", ", ".join(found))


def check_settings(settings: Settings) -> Check:
    """What is set, secrets only by whether they are."""
    secrets = {
        "OPENAI_API_KEY": settings.openai_api_key,
        "DISCORD_TOKEN": settings.discord_token,
        "FOOTNOTE_CHROMA_TOKEN": settings.chroma_token,
    }
    said = ", ".join(f"{name} {'set' if value else 'not set'}" for name, value in secrets.items())
    mode = "answers by a model" if settings.uses_model else "answers without a model"
    env = ".env read" if Path(".env").is_file() else "no .env here"
    return Check("Settings", "ok", f"{mode}; {said}; {env}")


def check_folder(name: str, folder: Path) -> Check:
    """Whether a folder of ours can be written; it is made when it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".footnote-doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Check(name, "broken", f"{folder} cannot be written: {error.strerror}.", "Set FOOTNOTE_STATE.")
    return Check(name, "ok", str(folder))


def check_corpus(library: Library) -> Check:
    """The files of the corpus, and those of no known kind."""
    scan = library.corpus.scan()
    places = ", ".join(map(str, library.corpus.roots))
    if not scan.files:
        return Check(
            "Corpus",
            "broken",
            f"There are no articles in {places}.",
            "Put some there, or set FOOTNOTE_CORPUS.",
        )
    text = f"{len(scan.files):,} files in {places}"
    if scan.unknown:
        names = ", ".join(scan.unknown[:3]) + ("…" if len(scan.unknown) > 3 else "")
        return Check(
            "Corpus", "warning", f"{text}; {len(scan.unknown):,} of no known kind are left out: {names}"
        )
    return Check("Corpus", "ok", text)


def check_embeddings(settings: Settings, library: Library) -> Check:
    """Whether the embedding model is there and gives vectors."""
    embeddings = library.embeddings()
    if settings.embeddings == "local":
        embeddings.embed_query("Who stopped the listing?")
    return Check("Embeddings", "ok", f"{settings.embeddings}: {embeddings.fingerprint}")


def check_reranker(library: Library) -> Check:
    """Whether the cross-encoder can be used, when one is set; it is downloaded when it is on a hub."""
    if library.reranker is None:
        return Check("Reranker", "off", "FOOTNOTE_RERANKER is not set: hits keep the order of the search.")
    begun = time.perf_counter()
    library.reranker.scores("Who stopped the listing?", ["The regulator stopped the listing."])
    return Check("Reranker", "ok", f"{library.reranker.place}: {time.perf_counter() - begun:.1f} s to begin")


def check_index(library: Library) -> list[Check]:
    """What the index holds, and how far it is behind the files."""
    try:
        status = library.status()
    except IndexMissing as error:
        return [Check("Index", "warning", str(error), error.help)]
    text = f"{status.articles:,} articles, {status.passages:,} passages, synced {status.synced_at}"
    checks = [Check("Index", "ok", f"{text}, {library.folder}")]
    if status.failed:
        names = "; ".join(f"{each.path}: {each.reason}" for each in status.failed[:3])
        checks.append(
            Check(
                "Files",
                "warning",
                f"{len(status.failed):,} cannot be read: {names}",
                "See `footnote status`.",
            )
        )
    mend = "Run `footnote doctor --repair`."
    checks += [Check("Index", "broken", finding.text, mend) for finding in library.check()]
    report = library.sync(dry_run=True)
    waiting = report.added + report.changed + report.moved + report.deleted
    if waiting:
        checks.append(
            Check("Index", "warning", f"{waiting:,} articles differ from the files.", "Run `footnote sync`.")
        )
    return checks


def check_model(settings: Settings) -> Check:
    """Whether the language model's server answers and takes the key; asked only when one is set."""
    if not settings.uses_model:
        return Check("Model", "off", "No key and no address: answers are sentences of the articles.")
    from bot.model.chat_model import chosen_model

    name = chosen_model(settings)
    base = (settings.openai_base_url or "https://api.openai.com/v1").rstrip("/")
    models, trouble = _models(base, settings)
    if trouble:
        return Check("Model", "broken", f"{base}: {trouble}", "Check OPENAI_API_KEY and OPENAI_BASE_URL.")
    if models and name not in models:
        return Check(
            "Model", "warning", f"{base} answers, but does not list {name}.", "Set FOOTNOTE_CHAT_MODEL."
        )
    return Check("Model", "ok", f"{name} at {base}")


def _models(base: str, settings: Settings) -> tuple[set[str], str]:
    """The models that a server lists (none when it has no list), and what is wrong with it, if anything."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    request = urllib.request.Request(f"{base}/models", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310 - as the settings say
            listed = json.load(reply)
    except urllib.error.HTTPError as error:
        refused = {401: "it refuses the key.", 403: "it refuses the key."}.get(error.code, "")
        return set(), refused or (f"it answers with an error ({error.code})." if error.code >= 500 else "")
    except ValueError:
        return set(), "it answers with something that is not JSON."
    except OSError as error:
        return set(), f"it cannot be reached ({getattr(error, 'reason', error)})."
    rows = listed.get("data", []) if isinstance(listed, dict) else []
    return {str(row.get("id")) for row in rows if isinstance(row, dict)}, ""


def check_discord(settings: Settings) -> Check:
    """Whether Discord takes the token, when there is one."""
    if settings.discord_token is None:
        return Check("Discord", "off", "DISCORD_TOKEN is not set.")
    import asyncio

    from bot.discord.runner import inspect

    text, usable = asyncio.run(asyncio.wait_for(inspect(settings), 30))
    return Check("Discord", "ok" if usable else "broken", text)
