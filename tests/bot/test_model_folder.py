"""Models are kept where there is space for them."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.model_folder import MODELS_BYTES, model_folder
from bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With folders that do not exist yet."""
    return Settings(cache=tmp_path / "disks" / "cache", state=tmp_path / "disks" / "state")


def limit(monkeypatch: pytest.MonkeyPatch, **free: int) -> None:
    """Set the free bytes by the name of a folder; 0 for others."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free.get(Path(path).name, 0)))


def test_the_cache_is_the_first_choice(settings: Settings) -> None:
    """Also before it exists."""
    assert model_folder(settings) == settings.cache


def test_a_small_cache_leaves_the_models_to_the_state_folder(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is reported until they are there."""
    for folder in (settings.cache, settings.state):
        folder.mkdir(parents=True)
    limit(monkeypatch, cache=MODELS_BYTES - 1, state=MODELS_BYTES)
    with caplog.at_level(logging.WARNING):
        assert model_folder(settings) == settings.state
        (settings.state / "models").mkdir()
        assert model_folder(settings) == settings.state
    assert len(caplog.records) == 1
    assert "has no space for the models (72 MB)" in caplog.text


def test_models_that_are_in_the_cache_stay_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although no other ones would find space."""
    graph = settings.cache / "models" / "a.onnx"
    graph.parent.mkdir(parents=True)
    settings.state.mkdir()
    with graph.open("wb") as file:
        file.truncate(MODELS_BYTES)
    limit(monkeypatch, cache=0, state=MODELS_BYTES)
    assert model_folder(settings) == settings.cache


def test_without_any_space_nothing_changes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer reports that nothing can be stored."""
    limit(monkeypatch)
    assert model_folder(settings) == settings.cache
