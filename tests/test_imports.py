"""The layout of the code as one table: which package can import which. Checked against every import."""

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

# Types and text functions that every package of the same top level can import; `bot` can also import those
# of `retrieval`.
SHARED = {
    "retrieval": {
        "article",
        "passage",
        "hit",
        "path_glob",
        "filter_query",
        "errors",
        "tags",
        "text_lines",
        "text_analysis",
        "language_words",
        "question_words",
        "question_language",
        "text_normalization",
        "calendar_terms",
        "recent_cache",
    },
    "bot": {"answer", "answer_json", "errors", "localization", "providers", "settings"},
}

# Package, or module directly below `bot` or `retrieval` -> what it can import, in the order of the data.
LAYOUT = {
    # Files -> Articles
    "retrieval.reading.metadata": "",
    "retrieval.reading.document": "retrieval.reading.metadata",
    "retrieval.reading.page": "retrieval.reading.document retrieval.reading.metadata",
    "retrieval.reading.pdf_layout": "retrieval.reading.document",
    "retrieval.reading.office": "retrieval.reading.document",
    "retrieval.reading.formats": "retrieval.reading.document retrieval.reading.page "
    "retrieval.reading.pdf_layout retrieval.reading.office retrieval.reading.metadata",
    "retrieval.reading": "retrieval.reading.document retrieval.reading.formats",
    # Articles -> Passages -> a generation of the index
    "retrieval.splitting": "",
    "retrieval.models": "",
    "retrieval.similarity": "",
    "retrieval.index": "retrieval.reading retrieval.similarity",
    "retrieval.sync": "retrieval.reading retrieval.splitting retrieval.models retrieval.index",
    "retrieval.web": "retrieval.reading retrieval.reading.document retrieval.reading.formats retrieval.index",
    # Question -> Hits
    "retrieval.search": "retrieval.models retrieval.index retrieval.similarity",
    "retrieval.open_index": "retrieval.index retrieval.sync",
    "retrieval.library": "retrieval.reading retrieval.models retrieval.index retrieval.sync retrieval.search "
    "retrieval.open_index",
    "retrieval.retriever": "retrieval.library",
    # Question + conversation -> standalone question
    "bot.question": "retrieval.models retrieval.search",
    # Hits -> Answer, and the checks of its sentences
    "prompts": "",
    "bot.looks": "",
    "bot.prompting": "bot.question",
    "bot.reply": "bot.looks bot.question bot.prompting retrieval.splitting",
    "bot.model": "bot.looks bot.question bot.prompting bot.reply prompts",
    "bot.citations": "bot.reply",
    "bot.facts": "retrieval.splitting",
    "bot.checking": "bot.facts bot.prompting bot.reply bot.citations retrieval.reading "
    "retrieval.reading.metadata retrieval.splitting retrieval.index retrieval.library",
    "bot.claims": "bot.reply bot.facts bot.checking",
    "bot.extractive": "bot.question bot.facts bot.checking bot.citations retrieval.models retrieval.search",
    "bot.rendering": "bot.checking retrieval.index",
    "bot.comparison": "bot.question bot.facts bot.checking bot.citations bot.rendering",
    "bot.evidence": "bot.looks bot.question bot.prompting bot.model bot.interpretation retrieval.library "
    "retrieval.search",
    "bot.looking": "bot.looks bot.evidence bot.model bot.prompting bot.reply retrieval.library",
    "bot.restatement": "bot.question",
    "bot.interpretation": "bot.restatement bot.looks bot.question bot.model retrieval.library",
    "bot.answering": "bot.looking bot.question bot.prompting bot.model bot.checking bot.citations "
    "bot.extractive bot.comparison retrieval.library retrieval.search",
    "bot.catalogue_answers": "bot.question bot.checking bot.citations retrieval.index retrieval.library "
    "retrieval.search",
    "bot.assistant": "bot.looking bot.evidence bot.interpretation bot.question bot.model bot.checking "
    "bot.extractive bot.answering bot.catalogue_answers retrieval.library retrieval.sync",
    "bot.model_folder": "",
    "bot.build": "bot.model_folder bot.question bot.model bot.extractive bot.assistant retrieval.library "
    "retrieval.models retrieval.reading retrieval.reading.document retrieval.splitting retrieval.index",
    # Shared by the adapters
    "bot.claim_check": "bot.model bot.prompting bot.reply bot.claims bot.checking bot.citations "
    "bot.assistant retrieval.reading.metadata",
    "bot.background_sync": "retrieval.library retrieval.sync",
    "bot.suggestions": "bot.assistant bot.rendering retrieval.library retrieval.splitting",
    "bot.records": "bot.question bot.checking bot.rendering retrieval.index",
    "bot.evaluation": "bot.question bot.assistant retrieval.library",
    # The adapters
    "bot.discord.posts": "bot.checking bot.rendering",
    "bot.discord.placement": "bot.discord.posts",
    "bot.discord.journal": "",
    "bot.discord.additions": "bot.discord.journal bot.rendering retrieval.reading.formats retrieval.index "
    "retrieval.library retrieval.web",
    "bot.discord.handlers": "bot.discord.posts bot.discord.placement bot.discord.journal "
    "bot.discord.additions bot.checking "
    "bot.question bot.records bot.assistant bot.background_sync retrieval.library retrieval.sync",
    "bot.discord.commands": "bot.discord.posts bot.discord.journal bot.discord.additions "
    "bot.discord.handlers bot.question "
    "bot.suggestions bot.claim_check bot.records bot.catalogue_answers bot.assistant retrieval.index "
    "retrieval.search retrieval.web",
    "bot.log_format": "",
    "bot.discord": "bot.log_format bot.discord.posts bot.discord.placement bot.discord.journal "
    "bot.discord.additions "
    "bot.discord.handlers "
    "bot.discord.commands bot.records bot.assistant bot.build",
    "bot.terminal": "bot.model bot.rendering bot.assistant bot.claim_check bot.discord "
    "retrieval.index retrieval.library retrieval.sync",
    "bot.terminal.chat": "bot.terminal bot.checking bot.rendering bot.records bot.assistant bot.claim_check "
    "bot.catalogue_answers bot.background_sync bot.suggestions retrieval.sync",
    "bot.terminal.commands": "bot.log_format bot.terminal bot.terminal.chat bot.discord bot.question "
    "bot.checking bot.rendering bot.records bot.evaluation bot.assistant bot.claim_check "
    "bot.catalogue_answers bot.background_sync bot.build retrieval.web retrieval.library retrieval.index "
    "retrieval.reading retrieval.sync",
}

# Libraries confined to a few modules, so that they can be replaced there.
CONFINED = {
    "chromadb": ("retrieval/index/vector_store.py",),
    "tantivy": (
        "retrieval/index/lexical_index.py",
        "retrieval/filter_query.py",
        "retrieval/text_analysis.py",
    ),
    "openai": ("bot/model/", "retrieval/models/service_embeddings.py"),
    "langchain_openai": ("bot/model/", "retrieval/models/service_embeddings.py"),
    "anthropic": ("bot/model/",),
    "discord": ("bot/discord/",),
}

HEAVY = {
    "anthropic",
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
MAX_MODULES = 18  # in a package
MAX_LINES = 250  # in a module


@cache
def modules() -> Mapping[str, Path]:
    """Path of every module by its full name; a package maps to its `__init__.py`."""
    paths = (path for top in TOP for path in sorted((ROOT / top).rglob("*.py")))
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }


def imported(path: Path) -> Iterator[str]:
    """Full names of all modules that a file imports, including imports for type checking."""
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
    """Imports follow the table, and confined libraries stay in their modules."""
    place = modules()[module].relative_to(ROOT).as_posix()
    row = row_of(module)
    for name in imported(modules()[module]):
        if name in modules():
            target = row_of(name)
            allowed = target == row or is_shared(name, module) or target in LAYOUT.get(row, "").split()
            assert allowed, f"{module} imports {name}, which row {row!r} of LAYOUT does not allow"
        top = name.split(".")[0]
        assert top != "tests", f"{place} imports the tests"
        assert place.startswith(CONFINED.get(top, (place,))), f"{place} imports {name}: see CONFINED"


def test_the_layout_has_no_unused_entries() -> None:
    """The table matches the imports exactly."""
    used: dict[str, set[str]] = {row: set() for row in LAYOUT}
    for module, path in modules().items():
        targets = {
            row_of(name) for name in imported(path) if name in modules() and not is_shared(name, module)
        }
        if row_of(module) in used:
            used[row_of(module)] |= targets - {row_of(module)}
    assert {row: set(allowed.split()) for row, allowed in LAYOUT.items()} == used


def test_there_are_no_import_cycles() -> None:
    """Neither between modules nor between packages, including imports for type checking."""
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
            pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_packages_and_modules_stay_small() -> None:
    """Larger packages and modules are split by stage."""
    counts = Counter(path.parent for path in modules().values() if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > MAX_MODULES} == {}
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_file_names_are_unique() -> None:
    """A file can be found by name; the only duplicate is `errors`, in both top-level packages."""
    names = Counter(path.stem for path in modules().values())
    assert {name for name, count in names.items() if count > 1} <= {"__init__", "errors"}


@pytest.mark.parametrize("module", modules())
def test_a_module_states_its_job(module: str) -> None:
    """Every module has a docstring, and none has a catch-all name such as `utils`."""
    docstring = ast.get_docstring(ast.parse(modules()[module].read_text(encoding="utf-8")))
    assert docstring, f"{module} has no docstring"
    assert module.rpartition(".")[2] not in {"utils", "util", "helpers", "helper", "types", "common", "misc"}


def test_the_command_line_starts_without_heavy_libraries() -> None:
    """`footnote --help` and the prompt appear before model, store and network libraries are loaded."""
    code = (
        "import bot.terminal.commands.cli, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(shown.stdout.split())
