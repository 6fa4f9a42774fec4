"""The optional cross-encoder reranks the first hits; it is loaded from a folder or downloaded once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_stand_in import hub_environment, hub_stand_in
from small_cross_encoder import FAVOURITE, small_cross_encoder

from bot.build import make_library
from bot.settings import Settings
from bot.terminal.diagnostics import check_reranker
from retrieval.article import Article, ArticleInfo
from retrieval.errors import RerankerUnusable
from retrieval.hit import Hit
from retrieval.models.reranker import MAX_RERANKED, Reranker
from retrieval.splitting.passage_splitter import split

PLAIN, GULLS = "The ferry is late again today.", "It was the gulls, said the mayor about gulls."


def hit(text: str, score: float) -> Hit:
    return Hit(split(Article(ArticleInfo(text, "a.txt", "Harbour"), text))[0], score)


@pytest.fixture
def reranker(tmp_path: Path) -> Reranker:
    return Reranker(str(small_cross_encoder(tmp_path / "model")), cache_dir=tmp_path / "cache", threads=1)


def test_the_model_scores_question_and_passage_together(reranker: Reranker) -> None:
    """The small model counts one word in both, so its scores are known."""
    assert reranker.scores("Was it the gulls ?", [PLAIN, "gulls and gulls"]) == [1.0, 3.0]


def test_a_passage_that_the_model_prefers_moves_up(reranker: Reranker) -> None:
    """Its scores weigh more than the first ranking, whatever their scale."""
    found = reranker.rerank("Who did it?", [hit(PLAIN, 9.0), hit(GULLS, 8.5)])
    assert [hit.passage.text for hit in found] == [GULLS, PLAIN]
    assert found[0].score > found[1].score


def test_equal_scores_keep_the_ranking(reranker: Reranker) -> None:
    """Hits after the first MAX_RERANKED keep their places, too."""
    hits = [hit(f"Ferry number {number} is late.", 50.0 - number) for number in range(MAX_RERANKED)]
    last = hit(GULLS, 1.0)
    assert [hit.passage for hit in reranker.rerank("Who?", [*hits, last])] == [
        hit.passage for hit in [*hits, last]
    ]
    assert reranker.rerank("Who?", [last]) == [last]


def test_a_model_can_have_two_outputs(tmp_path: Path) -> None:
    """For "no" and "yes": the score is their difference."""
    folder = small_cross_encoder(tmp_path / "two", outputs=2)
    assert Reranker(str(folder), cache_dir=tmp_path).scores("gulls", ["gulls", "ferry"]) == [4.0, 2.0]


def test_a_long_passage_is_truncated(tmp_path: Path) -> None:
    """To max_position_embeddings in config.json."""
    folder = small_cross_encoder(tmp_path / "short")
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 8}), encoding="utf-8")
    assert Reranker(str(folder), cache_dir=tmp_path).scores("who", [f"{FAVOURITE} " * 100]) == [7.0]


def test_the_search_uses_it_and_the_doctor_checks_it(tmp_path: Path) -> None:
    """Setting FOOTNOTE_RERANKER is enough to move the passage with the model's word to the top."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text(
        "Ferry is late\n\nThe ferry to Tern Island is late today.", encoding="utf-8"
    )
    (corpus / "b.txt").write_text("Ferry and birds\n\nA ferry met some gulls .", encoding="utf-8")
    settings = Settings(corpus=(corpus,), index=tmp_path / "index", cache=tmp_path / "cache")
    question = "Why is the ferry to Tern Island late?"
    library = make_library(settings)
    library.sync()
    assert check_reranker(library).state == "off"
    assert library.search(question)[0].passage.article.id == "a.txt"
    library.close()
    model = str(small_cross_encoder(tmp_path / "model"))
    library = make_library(settings.model_copy(update={"reranker": model}))
    assert check_reranker(library).state == "ok"
    assert library.search(question)[0].passage.article.id == "b.txt"
    library.close()


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_an_incomplete_folder_is_reported(tmp_path: Path, missing: str) -> None:
    """The message names the missing file; the help names the setting."""
    folder = small_cross_encoder(tmp_path / "model")
    (folder / missing).unlink()
    with pytest.raises(RerankerUnusable, match=missing) as caught:
        Reranker(str(folder), cache_dir=tmp_path).scores("Who?", [PLAIN])
    assert "FOOTNOTE_RERANKER" in caught.value.help


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json", "config.json"])
def test_damaged_files_are_reported(tmp_path: Path, broken: str) -> None:
    """No exception of the libraries escapes."""
    folder = small_cross_encoder(tmp_path / "model")
    (folder / broken).write_bytes(b"not a model")
    with pytest.raises(RerankerUnusable, match="cannot be read"):
        Reranker(str(folder), cache_dir=tmp_path).scores("Who?", [PLAIN])


def test_another_kind_of_model_is_rejected(tmp_path: Path) -> None:
    """A graph that takes images is not a cross-encoder."""
    folder = small_cross_encoder(tmp_path / "model", takes="pixels")
    with pytest.raises(RerankerUnusable, match="requires pixels"):
        Reranker(str(folder), cache_dir=tmp_path).scores("Who?", [PLAIN])


def test_a_missing_hub_package_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The help says how to install it."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(RerankerUnusable, match="huggingface_hub") as caught:
        Reranker("hf:quay/small", cache_dir=tmp_path).scores("Who?", [PLAIN])
    assert "--extra hub" in caught.value.help


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The URL of a hub on loopback, and the paths requested from it."""
    with hub_stand_in("quay/small", small_cross_encoder(tmp_path / "hub")) as stand_in:
        yield stand_in


SCRIPT = """
import sys
from pathlib import Path
from retrieval.errors import RerankerUnusable
from retrieval.models.reranker import Reranker
try:
    print(Reranker(sys.argv[1], cache_dir=Path(sys.argv[2])).scores("gulls", ["gulls"]))
except RerankerUnusable as error:
    print(error)
"""


def score_with_hub(name: str, cache: Path, url: str, repository: Path) -> str:
    """Score in a subprocess."""
    environment = hub_environment(url, cache, repository)
    command = [sys.executable, "-c", SCRIPT, name, str(cache)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_a_hub_model_is_downloaded_once(tmp_path: Path, hub: tuple[str, list[str]], repository: Path) -> None:
    """The second process finds it in the cache and makes no requests."""
    url, requests = hub
    assert score_with_hub("hf:quay/small", tmp_path / "cache", url, repository) == "[2.0]"
    assert requests
    requests.clear()
    assert score_with_hub("hf:quay/small", tmp_path / "cache", url, repository) == "[2.0]"
    assert not requests


def test_an_unknown_hub_model_is_reported(
    tmp_path: Path, hub: tuple[str, list[str]], repository: Path
) -> None:
    """In one sentence, on one line."""
    message = score_with_hub("hf:quay/unknown", tmp_path / "cache", hub[0], repository)
    assert message.startswith("The model quay/unknown cannot be downloaded: ")
    assert "\n" not in message
