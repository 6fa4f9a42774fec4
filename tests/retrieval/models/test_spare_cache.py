"""A cache without space for the models: they are kept elsewhere, and that is reported once."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import pytest
from small_bert import small_model
from tokenizers import Tokenizer

from retrieval.models import graph_cache, model_files, spare_cache

TOKENIZER = Tokenizer.from_file(str(model_files.packaged_files().tokenizer))


@pytest.fixture
def no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that cannot be created, and an empty temporary folder."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "file").touch()
    spare_cache._report.cache_clear()
    return tmp_path / "file" / "cache"


def build(files: model_files.ModelFiles, cache_dir: Path) -> bytes:
    return graph_cache.model_bytes(files, TOKENIZER, cache_dir, "int8")


def test_a_model_without_space_is_built_and_reported_once(
    tmp_path: Path, no_space: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start finds it in the temporary folder."""
    files = small_model(tmp_path / "model")
    with caplog.at_level(logging.WARNING, "footnote.models"):
        graph = build(files, no_space)
        monkeypatch.setattr(graph_cache, "build_graph", lambda *_, **__: pytest.fail("built again"))
        assert build(files, no_space) == graph
    (record,) = caplog.records
    assert f"The cache folder {no_space} has no space for the models" in record.getMessage()
    assert "footnote-models" in record.getMessage()


def test_a_folder_of_another_user_is_not_used(
    tmp_path: Path, no_space: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In a shared temporary folder, anyone can create one with that name."""
    spare = spare_cache.spare_cache(create=True)
    assert spare is not None
    spare.chmod(0o777)
    assert spare_cache.spare_cache(create=True) is None
    with caplog.at_level(logging.WARNING, "footnote.models"):
        assert build(small_model(tmp_path / "model"), no_space)
    assert "built again at every start" in caplog.text
    assert list(spare.iterdir()) == []
