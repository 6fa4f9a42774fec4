"""The dependencies that pyproject.toml excludes are absent here, so every other test runs without them."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec

import pytest
from repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXCLUDED = PROJECT["tool"]["uv"]["exclude-dependencies"]
GROUPS = PROJECT["dependency-groups"]


@pytest.mark.parametrize("distribution", [*EXCLUDED, "torch"])
def test_an_excluded_dependency_is_not_installed(distribution: str) -> None:
    assert find_spec(distribution.replace("-", "_")) is None


def test_linters_are_installed_only_on_request() -> None:
    """`uv run footnote` and `uv run pytest` do without them; `.ci/run` asks for them."""
    defaults = PROJECT["tool"]["uv"]["default-groups"]
    names = {group: {re.split(r"[<>=\[]", line)[0] for line in lines} for group, lines in GROUPS.items()}
    assert {"ruff", "mypy"} <= names["lint"]
    assert not names["lint"] & set().union(*(names[group] for group in defaults))
    assert "uv sync --quiet --group lint" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
