"""Models whose cosines are all high give the same similarities as the default model, whose are unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_world import HashEmbeddings, World, article

from retrieval.hit import Filters
from retrieval.models.similarity_scale import DEFAULT_SCALE, SimilarityScale, similarity_scale

QUESTION = "What did the council of town3 decide in matter3x5v1 after a debate?"


class Crowded(HashEmbeddings):
    """All vectors have a large common part, as those of the E5 models: each cosine c becomes .7 + .3 c."""

    def __init__(self) -> None:
        super().__init__("crowded")

    def embed_matrix(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        plain = super().embed_matrix(texts)
        common = np.full((len(plain), 1), np.sqrt(0.7), np.float32)
        return np.hstack([plain * np.float32(np.sqrt(0.3)), common])


def similarities(world: World) -> tuple[float, dict[str, float]]:
    """The background of the index, and the similarity of each hit of the question."""
    for number in range(12):
        world.write(f"a{number}.txt", article(number, sentences=4 + number))
    world.sync()
    library = world.library()
    hits = library.search(QUESTION, 20, Filters())
    with library.index() as index:
        background = index.background
    library.close()
    return background, {hit.passage.text: hit.similarity for hit in hits if hit.similarity is not None}


def test_crowded_cosines_become_those_of_a_plain_model(tmp_path: Path) -> None:
    """Up to the background of the articles themselves, which talk about the same council."""
    background, plain = similarities(World(tmp_path / "plain"))
    crowded_background, crowded = similarities(World(tmp_path / "crowded", embeddings=Crowded()))
    assert crowded_background == pytest.approx(0.7 + 0.3 * background, abs=1e-3)
    assert crowded.keys() == plain.keys()
    assert crowded == pytest.approx(plain, abs=1e-3)
    assert min(crowded.values()) < 0.7


def test_cosines_of_the_default_model_are_unchanged(tmp_path: Path) -> None:
    """Exactly, whatever the index contains."""
    world = World(tmp_path)
    world.fill(3)
    world.sync()

    class Local(HashEmbeddings):
        def token_vectors(self, texts: Sequence[str]) -> list[Any]:
            return []

    with world.open() as index:
        assert index.background > 0
        assert similarity_scale(index, Local()) is DEFAULT_SCALE
        assert similarity_scale(index, HashEmbeddings()) == SimilarityScale(index.background)


def test_an_index_with_one_article_has_no_background(tmp_path: Path) -> None:
    """Its passages are related, so that cosines stay as they are; the same without any article."""
    world = World(tmp_path)
    world.fill(1)
    world.sync()
    with world.open() as index:
        assert similarity_scale(index, HashEmbeddings())(0.83) == 0.83


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 0.95))
def test_the_order_stays_and_one_is_one(a: float, b: float, background: float) -> None:
    """Scaling is monotonic, exact at 1, and never raises a cosine."""
    scale = SimilarityScale(background)
    assert (scale(a) <= scale(b)) == (a <= b) or a == pytest.approx(b, abs=1e-9)
    assert scale(1.0) == 1.0
    assert scale(a) <= a + 1e-9
    assert DEFAULT_SCALE(a) == a
