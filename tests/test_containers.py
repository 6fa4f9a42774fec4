"""Dockerfile, compose.yaml, the systemd unit and OPERATIONS.md match the project."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Sequence
from typing import Any

import click
import pytest
import yaml
from dockerfile_steps import only, shell_script, steps
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from repository import ROOT

from bot.settings import Settings
from bot.terminal.commands.cli import main

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "OPERATIONS.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = {
    str(field.validation_alias or f"FOOTNOTE_{name.upper()}") for name, field in Settings.model_fields.items()
}


def assert_is_command(words: Sequence[str]) -> None:
    """*words* are a command of `footnote` with known options."""
    command = main.commands[words[0]]
    known = {flag for parameter in command.params for flag in parameter.opts}
    for word in words[1:]:
        assert not word.startswith("-") or word in known, word


def environment() -> dict[str, str]:
    """The variables that the Dockerfile sets."""
    words = " ".join(step.rest for step in steps() if step.name == "ENV").split()
    return dict(word.split("=", 1) for word in words)


def test_the_image_has_a_python_that_the_project_supports() -> None:
    """The one that CI uses."""
    version = only("FROM").rest.removeprefix("python:").removesuffix("-slim")
    assert version in SpecifierSet(PROJECT["project"]["requires-python"])
    assert f"python{version}" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_image_contains_what_the_wheel_contains() -> None:
    """Every package, and the files that the build reads; .dockerignore lets them through."""
    copied = {source for step in steps() if step.name == "COPY" for source in step.words()[:-1]}
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    files = {"pyproject.toml", PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]}
    assert copied == packages | files
    assert all((ROOT / source).exists() for source in copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_the_image_installs_groups_and_extras_that_exist() -> None:
    """The model's weights and the readers of PDF and Word."""
    (sync,) = [step.rest for step in steps() if "uv sync" in step.rest]
    assert set(re.findall(r"--group (\S+)", sync)) <= PROJECT["dependency-groups"].keys()
    assert set(re.findall(r"--extra (\S+)", sync)) <= PROJECT["project"]["optional-dependencies"].keys()


def test_the_image_runs_the_bot_without_root() -> None:
    """The health check is doctor; all commands and settings exist."""
    assert only("USER").rest == "footnote"
    assert only("ENTRYPOINT").words() == ["footnote"]
    assert_is_command(only("CMD").words())
    assert only("HEALTHCHECK").words()[0] == "footnote"
    assert_is_command(only("HEALTHCHECK").words()[1:])
    assert "--json" in only("HEALTHCHECK").words()
    settings = {name for name in environment() if name.startswith("FOOTNOTE_")}
    assert settings == {"FOOTNOTE_CORPUS", "FOOTNOTE_STATE", "FOOTNOTE_CACHE"} <= SETTINGS


def test_compose_uses_the_paths_of_the_image() -> None:
    """State and cache are on the volume, which the root file system, read-only, is not."""
    bot = COMPOSE["services"]["bot"]
    image = environment()
    assert bot["environment"] == {name: image[name] for name in bot["environment"]}
    mounted = {volume.rsplit(":ro")[0].rpartition(":")[2] for volume in bot["volumes"]}
    assert mounted == {"/articles", only("VOLUME").rest}
    assert image["FOOTNOTE_STATE"].startswith("/data/")
    assert image["FOOTNOTE_CACHE"].startswith("/data/")
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    used = {
        volume.partition(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]
    }
    assert COMPOSE["volumes"].keys() == used - {"${ARTICLES"}


def test_the_chroma_server_has_the_version_of_the_client_and_no_port() -> None:
    """It is optional."""
    chroma = COMPOSE["services"]["chroma"]
    required = {Requirement(line).name: Requirement(line) for line in PROJECT["project"]["dependencies"]}
    assert chroma["image"].rpartition(":")[2] in required["chromadb"].specifier
    assert chroma["profiles"] == ["chroma"]
    assert "ports" not in chroma


def test_the_steps_become_a_script() -> None:
    """Every path of the image is below the folder."""
    script = shell_script(ROOT / "somewhere", ["python3"])
    assert "uv sync" in script
    assert (
        f"export PATH={ROOT}/somewhere/app/.venv/bin:$PATH FOOTNOTE_CORPUS={ROOT}/somewhere/articles"
        in script
    )
    assert not re.search(r"[\s=:]/(?:app|data|articles)\b", script)


def test_the_systemd_unit_runs_a_command_that_exists() -> None:
    """With the hardening that a bot does not need to be without."""
    unit = README.partition("[Unit]")[2].partition("[Install]")[0]
    (start,) = re.findall(r"ExecStart=(\S+) (.*)", unit)
    assert start[0].endswith("/.venv/bin/footnote")
    assert_is_command(shlex.split(start[1]))
    (state,) = re.findall(r"StateDirectory=(\S+)", unit)
    assert f"FOOTNOTE_STATE=/var/lib/{state}" in unit
    assert set(re.findall(r"FOOTNOTE_[A-Z_]+", unit)) <= SETTINGS


@pytest.mark.parametrize("line", re.findall(r"^    (?:\S*/)?footnote (.*)$", OPERATIONS, re.M))
def test_the_commands_for_operators_exist(line: str) -> None:
    """With their options."""
    assert_is_command(shlex.split(line))


def test_the_settings_and_files_for_operators_exist() -> None:
    """Variables, and the names of files in the state folder."""
    named = set(re.findall(r"\b(?:FOOTNOTE|OPENAI|DISCORD)_[A-Z_]+\b", OPERATIONS))
    assert named <= SETTINGS
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    files = set(re.findall(r"`([a-z_]+(?:\.sqlite3)?)`:", OPERATIONS))
    assert {"answers.sqlite3", "discord.sqlite3", "chat_history"} <= files
    assert all(f'"{name}"' in code for name in files)


def test_a_command_is_checked() -> None:
    """The checks above can fail."""
    with pytest.raises(KeyError):
        assert_is_command(["fly"])
    with pytest.raises(AssertionError):
        assert_is_command(["doctor", "--fly"])
    assert isinstance(main, click.Group)
