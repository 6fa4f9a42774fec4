"""The examples in the docstrings of the readers hold."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "name", ["byline", "clutter", "dates", "language", "lines", "opening", "pdf", "versions"]
)
def test_the_examples_of_a_module_hold(name: str) -> None:
    """What a docstring shows is what the function gives."""
    result = doctest.testmod(import_module(f"retrieval.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
