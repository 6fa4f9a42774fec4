"""The dependencies that pyproject.toml excludes are absent here, so every other test runs without them."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec

import pytest
from repository import ROOT

EXCLUDED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"][
    "exclude-dependencies"
]


@pytest.mark.parametrize("distribution", [*EXCLUDED, "torch"])
def test_an_excluded_dependency_is_not_installed(distribution: str) -> None:
    assert find_spec(distribution.replace("-", "_")) is None
