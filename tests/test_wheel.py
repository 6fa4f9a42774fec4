"""The wheel contains everything Footnote needs: it is built, unpacked elsewhere and asked a question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from repository import ROOT

DATA_FILES = {
    path.relative_to(ROOT).as_posix()
    for package in ("bot", "retrieval", "prompts")
    for path in (ROOT / package).rglob("*")
    if path.is_file() and path.suffix in {".json", ".md", ".safetensors", ".typed"}
}
ARTICLE = """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
QUESTION = "How many members voted for the ban on delivery drones?"
QUOTE = "Seven of nine members voted for the ban."


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network access by the hatchling of the dev group."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel; first on PYTHONPATH, it hides the editable install."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, cwd: Path, *arguments: str) -> str:
    """Run Python in *cwd* with the unpacked wheel and return its standard output."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "FOOTNOTE_STATE": str(cwd / "state")}
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=100
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_wheel_contains_all_modules_and_data_files(wheel: Path) -> None:
    """Weights, prompts and type markers are included; tests and the sample corpus are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "retrieval", "prompts")
        for path in (ROOT / package).rglob("*.py")
    }
    assert DATA_FILES | modules == {name for name in names if ".dist-info/" not in name}


def test_the_wheel_answers_a_question(installed: Path, tmp_path: Path) -> None:
    """From an empty folder, `footnote ask --json` cites the exact quote; no file of the clone is imported."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "drones.txt").write_text(ARTICLE, encoding="utf-8")
    imported = run(
        installed,
        tmp_path,
        "-c",
        "import bot, retrieval, prompts as p; print(bot.__file__, retrieval.__file__, p.__file__)",
    )
    assert all(Path(name).is_relative_to(installed) for name in imported.split())
    start = "from bot.terminal.commands.cli import main; main(prog_name='footnote')"
    options = ["--json", "--corpus", str(articles), "--index", str(tmp_path / "index")]
    answer = json.loads(run(installed, tmp_path, "-c", start, "ask", *options, QUESTION))
    assert answer["status"] == "answered"
    assert QUOTE in answer["text"]
    for citation in answer["citations"]:
        assert ARTICLE[citation["start"] : citation["end"]] == citation["quote"]
