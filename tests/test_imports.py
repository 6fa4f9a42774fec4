"""The layout of the code, as one table: which package may import which. Checked against every import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from repository import ROOT

# Types and text functions of every stage: each package of the same top level may import them,
# `bot` also those of `retrieval`.
SHARED = {
    "retrieval": {"article", "passage", "hit", "errors", "text_lines", "text_analysis"},
    "bot": {"answer", "errors", "settings"},
}

# Package, or module directly below `bot` or `retrieval` -> what else it may import, in the order of the data.
LAYOUT = {
    # Files -> Articles
    "retrieval.reading.metadata": "",
    "retrieval.reading.page": "retrieval.reading.metadata",
    "retrieval.reading.document": "retrieval.reading.metadata",
    "retrieval.reading.formats": "retrieval.reading.document retrieval.reading.page "
    "retrieval.reading.metadata",
    "retrieval.reading": "retrieval.reading.document retrieval.reading.formats",
    # Articles -> Passages -> a generation of the index
    "retrieval.splitting": "",
    "retrieval.models": "",
    "retrieval.similarity": "",
    "retrieval.index": "retrieval.reading retrieval.similarity",
    "retrieval.sync": "retrieval.reading retrieval.splitting retrieval.models retrieval.index",
    # Question -> Hits
    "retrieval.search": "retrieval.models retrieval.index retrieval.similarity",
    "retrieval.library": "retrieval.reading retrieval.models retrieval.index retrieval.sync retrieval.search",
    "retrieval.retriever": "retrieval.library",
    # Question + conversation -> standalone question
    "bot.question": "retrieval.models retrieval.search",
    # Hits -> Answer, and the checks of its sentences
    "prompts": "",
    "bot.model": "bot.question prompts retrieval.splitting",
    "bot.checking": "retrieval.reading retrieval.splitting retrieval.models retrieval.index "
    "retrieval.library",
    "bot.citations": "bot.model bot.checking",
    "bot.extractive": "bot.question bot.citations retrieval.models retrieval.search",
    "bot.rendering": "bot.checking retrieval.index",
    "bot.comparison": "bot.question bot.checking bot.citations bot.rendering",
    "bot.answering": "bot.question bot.model bot.checking bot.citations bot.extractive bot.comparison "
    "retrieval.library retrieval.search",
    "bot.assistant": "bot.question bot.model bot.checking bot.extractive bot.answering "
    "retrieval.library retrieval.search retrieval.sync",
    "bot.build": "bot.question bot.model bot.extractive bot.assistant retrieval.library retrieval.models "
    "retrieval.reading retrieval.reading.document retrieval.splitting",
    # What the adapters share
    "bot.background_sync": "retrieval.library retrieval.sync",
    "bot.suggestions": "bot.assistant bot.rendering retrieval.library retrieval.splitting",
    "bot.records": "bot.question bot.checking bot.rendering retrieval.index",
    "bot.evaluation": "bot.question bot.assistant retrieval.library",
    # The adapters
    "bot.discord.posts": "bot.checking bot.rendering",
    "bot.discord.handlers": "bot.discord.posts bot.question bot.records bot.assistant bot.background_sync "
    "retrieval.library retrieval.sync",
    "bot.discord.commands": "bot.discord.posts bot.discord.handlers bot.citations bot.records bot.rendering "
    "bot.assistant retrieval.index retrieval.search retrieval.splitting",
    "bot.discord": "bot.discord.posts bot.discord.handlers bot.discord.commands bot.records bot.assistant "
    "bot.build",
    "bot.terminal": "bot.model bot.rendering bot.assistant bot.discord retrieval.library retrieval.sync",
    "bot.terminal.chat": "bot.terminal bot.checking bot.rendering bot.records bot.assistant "
    "bot.background_sync bot.suggestions retrieval.sync",
    "bot.terminal.commands": "bot.terminal bot.terminal.chat bot.discord bot.question bot.checking "
    "bot.rendering bot.records bot.evaluation bot.assistant bot.background_sync bot.build "
    "retrieval.library retrieval.index retrieval.reading retrieval.sync",
}

# Libraries that are confined to some modules, so that they can be replaced there.
CONFINED = {
    "chromadb": ("retrieval/index/vector_store.py",),
    "tantivy": ("retrieval/index/lexical_index.py", "retrieval/text_analysis.py"),
    "openai": ("bot/model/", "retrieval/models/service_embeddings.py"),
    "langchain_openai": ("bot/model/", "retrieval/models/service_embeddings.py"),
    "discord": ("bot/discord/",),
}

HEAVY = {
    "chromadb",
    "discord",
    "langchain",
    "langchain_core",
    "langchain_openai",
    "numpy",
    "onnx",
    "onnxruntime",
    "openai",
    "tantivy",
    "tokenizers",
    "trafilatura",
}

TOP = ("bot", "retrieval", "prompts")
MOST_MODULES = 18  # in a package
MOST_LINES = 250  # in a module


@cache
def modules() -> Mapping[str, Path]:
    """Every module by its full name; packages are their `__init__`."""
    paths = (path for top in TOP for path in sorted((ROOT / top).rglob("*.py")))
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }


def imported(path: Path) -> Iterator[str]:
    """Full names of all modules that a file imports anywhere in it, also for type checking only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in modules() else node.module


def row_of(module: str) -> str:
    """The row of LAYOUT for a module: its package, or the module itself directly below a top package."""
    if modules()[module].name == "__init__.py":
        return module
    package = module.rpartition(".")[0]
    return module if package in {"bot", "retrieval"} else package


def is_shared(module: str, importer: str) -> bool:
    top, _, name = module.partition(".")
    visible = top == importer.split(".")[0] or (top, importer.split(".")[0]) == ("retrieval", "bot")
    return visible and name in SHARED.get(top, ())


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_the_layout_allows(module: str) -> None:
    """Dependencies between packages are those of the table, and each foreign library stays in its place."""
    place = modules()[module].relative_to(ROOT).as_posix()
    row = row_of(module)
    for name in imported(modules()[module]):
        if name in modules():
            target = row_of(name)
            allowed = target == row or is_shared(name, module) or target in LAYOUT.get(row, "").split()
            assert allowed, f"{module} imports {name}, which the row {row!r} of LAYOUT does not have"
        top = name.split(".")[0]
        assert top != "tests", f"{place} imports the tests"
        assert place.startswith(CONFINED.get(top, (place,))), f"{place} imports {name}: see CONFINED"


def test_the_layout_has_no_row_and_no_entry_that_is_not_used() -> None:
    """The table shows today's code, so that it can be read instead of it."""
    used: dict[str, set[str]] = {row: set() for row in LAYOUT}
    for module, path in modules().items():
        targets = {
            row_of(name) for name in imported(path) if name in modules() and not is_shared(name, module)
        }
        if row_of(module) in used:
            used[row_of(module)] |= targets - {row_of(module)}
    assert {row: set(allowed.split()) for row, allowed in LAYOUT.items()} == used


def test_no_imports_go_in_a_circle() -> None:
    """Neither between modules, nor between packages; imports for type checking count as well."""
    between_modules = {
        module: {name for name in imported(path) if name in modules() and name != module}
        for module, path in modules().items()
    }
    between_packages: dict[str, set[str]] = {}
    for module, names in between_modules.items():
        row = row_of(module)
        between_packages.setdefault(row, set()).update(
            target for name in names if (target := row_of(name)) != row
        )
    for graph in (between_modules, between_packages):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def test_packages_and_modules_stay_small() -> None:
    """What grows beyond these sizes is split by stage."""
    counts = Counter(path.parent for path in modules().values() if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_two_files_have_one_name() -> None:
    """A file is found by its name alone; only both top packages have an `errors`."""
    names = Counter(path.stem for path in modules().values())
    assert {name for name, count in names.items() if count > 1} <= {"__init__", "errors"}


@pytest.mark.parametrize("module", modules())
def test_a_module_states_its_job(module: str) -> None:
    """The first line of every module says what it does; no file is a drawer for odds and ends."""
    docstring = ast.get_docstring(ast.parse(modules()[module].read_text(encoding="utf-8")))
    assert docstring, f"{module} does not state its job"
    assert module.rpartition(".")[2] not in {"utils", "util", "helpers", "helper", "types", "common", "misc"}


def test_the_command_line_starts_without_anything_heavy() -> None:
    """`footnote --help` and the prompt appear before any model, store or network library is loaded."""
    code = (
        "import bot.terminal.commands.cli, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(shown.stdout.split())
