"""Who may import what: the map of the packages, held by reading every file's imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "retrieval", "prompts")

# What a package of ours may import of the others.
ALLOWED = {"bot": {"bot", "retrieval", "prompts"}, "retrieval": {"retrieval"}, "prompts": {"prompts"}}

# Libraries that are known to one file or folder, so that they can be replaced there.
KNOWN_TO = {
    "chromadb": ("retrieval/vectors.py",),
    "langchain_chroma": ("retrieval/vectors.py",),
    "tantivy": ("retrieval/lexical.py",),
    "openai": ("bot/model.py", "retrieval/embeddings.py"),
    "langchain_openai": ("bot/model.py", "retrieval/embeddings.py"),
    "discord": ("bot/discord/",),
}

# Ways to talk with the Assistant: they import it, it knows none of them.
ADAPTERS = ("bot.cli", "bot.repl", "bot.commands", "bot.discord", "bot.doctor", "bot.evaluation")
ADAPTER_FILES = tuple(name.replace(".", "/") for name in ADAPTERS)

HEAVY = {
    "chromadb",
    "discord",
    "langchain",
    "langchain_chroma",
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


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Full names of all modules that a file imports, anywhere in it; "x" and "x.y" for `from x import y`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_the_map_allows(path: Path) -> None:
    """Packages keep their direction, and each foreign store, model or network is known to one place."""
    place = path.relative_to(ROOT).as_posix()
    package = place.split("/")[0]
    for module in imported(path):
        top = module.split(".")[0]
        assert top not in PACKAGES or top in ALLOWED[package], f"{place} imports {module}"
        assert top != "tests", f"{place} imports the tests"
        homes = KNOWN_TO.get(top)
        assert homes is None or place.startswith(homes), f"{place} imports {module}, known to {homes} only"


def test_the_assistant_knows_no_adapter() -> None:
    """Terminal, Discord and scripts stand on the Assistant; nothing below them imports them."""
    core = [path for path in sources() if not path.relative_to(ROOT).as_posix().startswith(ADAPTER_FILES)]
    for path in core:
        known = [module for module in imported(path) if is_in(module, ADAPTERS)]
        assert not known, f"{path.relative_to(ROOT)} imports {known}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_says_its_one_job_and_bears_its_name(path: Path) -> None:
    """The first line is a sentence; no file is a drawer for odds and ends."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree)
    assert docstring, f"{path.relative_to(ROOT)} does not say its job"
    assert path.stem not in {"utils", "util", "helpers", "helper", "types", "common", "misc"}


def test_the_command_line_starts_without_anything_heavy() -> None:
    """`footnote --help` and the prompt come up before any model, store or network library is loaded."""
    code = "import bot.cli, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(shown.stdout.split())
