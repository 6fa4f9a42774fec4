"""An embedding model named "hf:OWNER/NAME" is downloaded once, completely, and only when it is used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_stand_in import hub_environment, hub_stand_in
from small_sentence_models import small_sentence_model

from retrieval.errors import ModelMissing
from retrieval.models.embedding_factory import make_embeddings

NAME = "quay/multilingual-e5-small"
SCRIPT = """
import sys
from pathlib import Path
from retrieval.errors import RetrievalError
from retrieval.models.embedding_factory import make_embeddings
embeddings = make_embeddings(sys.argv[1], model_dir=None, cache_dir=Path(sys.argv[2]))
if sys.argv[3:]:
    try:
        print(embeddings.fingerprint, *embeddings.embed_query("der Hafen"))
    except RetrievalError as error:
        print(error, "|", error.help)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = small_sentence_model(tmp_path / "hub", "unigram-prefixes")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"a large file that is not needed")
    return folder


@pytest.fixture
def hub(model: Path) -> Iterator[tuple[str, list[str]]]:
    with hub_stand_in(NAME, model) as stand_in:
        yield stand_in


def embed(choice: str, cache: Path, url: str, repository: Path, *, use: bool = True) -> str:
    """Create the embeddings in a subprocess, and use them."""
    command = [sys.executable, "-c", SCRIPT, choice, str(cache), *(["use"] if use else [])]
    environment = hub_environment(url, cache, repository)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_a_model_is_downloaded_once_when_it_is_used(
    tmp_path: Path, model: Path, hub: tuple[str, list[str]], repository: Path
) -> None:
    """Its vectors are those of its folder; files that are not needed are not downloaded."""
    (url, requests), cache = hub, tmp_path / "cache"
    assert embed(f"hf:{NAME}", cache, url, repository, use=False) == ""
    assert not requests
    fingerprint, *numbers = embed(f"hf:{NAME}", cache, url, repository).split()
    local = make_embeddings(str(model), model_dir=None, cache_dir=tmp_path / "other")
    assert [float(number) for number in numbers] == local.embed_query("der Hafen")
    assert fingerprint.startswith(f"local:{NAME}@")
    assert requests
    assert not [path for path in requests if "/resolve/" in path and "onnx" in path]
    requests.clear()
    assert embed(f"hf:{NAME}", cache, url, repository).split() == [fingerprint, *numbers]
    assert not requests


def test_an_interrupted_download_is_completed(
    tmp_path: Path, model: Path, hub: tuple[str, list[str]], repository: Path
) -> None:
    """A folder without its last file is not used as if that file did not exist."""
    cache = tmp_path / "cache"
    expected = embed(f"hf:{NAME}", cache, hub[0], repository)
    folder = cache / "models" / "hub" / NAME.replace("/", "--")
    (marker,) = folder.glob(".complete-*")
    marker.unlink()
    (folder / "config.json").unlink()
    assert embed(f"hf:{NAME}", cache, hub[0], repository) == expected


def test_what_cannot_be_downloaded_is_reported(
    tmp_path: Path, hub: tuple[str, list[str]], repository: Path
) -> None:
    """In one line that says what to do: an unknown model, an invalid name, an unreachable hub."""
    cache = tmp_path / "cache"
    for choice, url, sentence in (
        ("hf:quay/unknown", hub[0], "The model quay/unknown cannot be downloaded: "),
        ("hf:e5-small", hub[0], "“e5-small” is not the name of a model."),
        (f"hf:{NAME}", "http://127.0.0.1:9", f"The model {NAME} cannot be downloaded: "),
    ):
        message = embed(choice, cache, url, repository)
        assert message.startswith(sentence)
        assert "FOOTNOTE_EMBEDDINGS" in message
        assert "\n" not in message


def test_a_missing_hub_package_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The help says how to install it."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    embeddings = make_embeddings(f"hf:{NAME}", model_dir=None, cache_dir=tmp_path)
    with pytest.raises(ModelMissing, match="huggingface_hub") as caught:
        embeddings.embed_query("a")
    assert "--extra hub" in caught.value.help
