"""The README is correct: its commands run, what it names exists, its example session matches the output."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from repository import ROOT

from bot.settings import Settings
from bot.terminal.commands.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^    .*\n)+", README, flags=re.MULTILINE)
LINES = [line.strip() for block in BLOCKS for line in block.splitlines()]
# Commands for an activated environment; the others need a key, a server, a token or the network.
SCRIPTS = [line for line in LINES if line.startswith("footnote ") and "https:" not in line]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the files that the README's commands use."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    questions = (ROOT / "corpus" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "questions.jsonl").write_text("\n".join(questions[:3]), encoding="utf-8")
    shutil.copy(ROOT / "corpus" / "saltmarsh-journal" / "chip-licences.html", folder / "page.html")
    return folder


def shell(command: str, folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "FOOTNOTE_STATE": str(folder / "state")}
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_the_two_commands_are_on_separate_lines() -> None:
    """Readers and CI can copy them."""
    assert "pip install uv && uv run footnote" in LINES
    assert "pip install uv && uv run pytest" in LINES


@pytest.mark.skipif(os.name == "nt", reason="the README's lines are for a POSIX shell")
def test_the_commands_run_as_written(clone: Path) -> None:
    """Every command-line example succeeds, in order."""
    assert len(SCRIPTS) >= 8
    for line in SCRIPTS:
        ran = shell(line, clone)
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
        assert ran.stdout or ">" in line or "--html" in line, f"{line} printed nothing"
    assert len((clone / "answers.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    assert "<mark" in (clone / "answers.html").read_text(encoding="utf-8")


def test_the_example_session_matches_the_output(clone: Path) -> None:
    """The questions of the session get the answers and sources shown."""
    session = README.partition("<!-- session -->")[2].partition("<!-- /session -->")[0]
    questions = [line.strip()[2:] for line in session.splitlines() if re.match(r" *> [^/\s]", line)]
    assert len(questions) >= 2
    ran = shell("footnote", clone, typed="\n".join(questions))
    assert ran.returncode == 0, ran.stderr
    shown = _plain(session)
    for line in ran.stdout.splitlines():
        assert _plain(line) in shown, f"not in the README: {line}"
    assert "11" in ran.stdout
    assert "$37 billion" in ran.stdout


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w$%.,:]", " ", text).split())


def options(command: str) -> Iterator[tuple[click.Command, str]]:
    words = command.partition("footnote")[2].split()
    name = words[0] if words and not words[0].startswith("-") else "chat"
    assert name in main.commands, f"{command}: no command {name}"
    for word in words:
        if re.fullmatch(r"--?[a-z-]+", word):
            yield main.commands[name], word


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"(?:^    |`|run )(footnote(?: [^`\n]*)?)", README, re.M)))
)
def test_each_command_and_option_exists(command: str) -> None:
    """Every command and option in the README is defined."""
    for found, word in options(command):
        known = {flag for parameter in found.params for flag in parameter.opts} | {"--help"}
        assert word in known, f"{command}: no option {word}"


def test_each_setting_exists() -> None:
    """Every environment variable in the README is a setting."""
    named = set(re.findall(r"\b(?:FOOTNOTE|OPENAI|DISCORD)_[A-Z_]+\b", README))
    fields = Settings.model_fields
    known = {str(field.validation_alias or f"FOOTNOTE_{name.upper()}") for name, field in fields.items()}
    assert named <= known, named - known


def test_each_path_exists() -> None:
    """Every path below a top folder that README and CONTRIBUTING name is there."""
    pattern = r"`((?:bot|retrieval|prompts|corpus|tests|\.ci)/[\w./-]*)`"
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        missing = [name for name in re.findall(pattern, text) if not (ROOT / name).exists()]
        assert not missing, f"{document} names {missing}"


def test_the_layout_table_lists_each_package() -> None:
    """ "How it works" has a row for each package."""
    how_it_works = README[README.index("## How it works") :]
    for top in ("bot", "retrieval"):
        packages = [path.parent.name for path in (ROOT / top).glob("*/__init__.py")]
        assert [name for name in packages if f"| `{top}/{name}/` |" not in how_it_works] == []


def test_the_changelog_has_this_version() -> None:
    """The changelog describes the version in pyproject.toml."""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
