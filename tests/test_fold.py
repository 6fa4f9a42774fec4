"""Copies and reprints become one hit; of the versions of a story the newest is shown."""

from __future__ import annotations

from dataclasses import replace

from retrieval.article import ArticleInfo
from retrieval.fold import fold
from retrieval.hit import Hit
from retrieval.passage import Passage

TEXT = "The harbour of Larkhaven charges twelve marks a day, and boats under six metres pay half of that."
URL = "https://quay.example/harbour"
FIRST = ArticleInfo("first", "first.txt", "Harbour fees", "The Quay", published="2023-06-14", url=URL)
LATER = replace(FIRST, id="later", path="later.txt", updated="2023-06-21T18:20:00+02:00")
OTHER = ArticleInfo("other", "other.txt", "Bridges", "The Quay", published="2023-07-01", url=URL + "/bridges")


def hit(info: ArticleInfo, text: str, score: float, start: int = 0) -> Hit:
    return Hit(Passage(info, text, start, start + len(text), 1, None, ((start, start + len(text)),)), score)


def test_an_older_version_gives_way_to_the_newest() -> None:
    """Though it ranks first and says something else, the old version is only named beside the new."""
    old = hit(FIRST, "Programs have twenty four months to comply, parliament decided in the night.", 0.9)
    new = hit(LATER, "Ministers gave the programs thirty months instead, a week after that vote.", 0.5)
    shown = fold(
        [old, new, hit(OTHER, "The bridge over the sound is closed for nine nights in July.", 0.4)], 10
    )
    assert [each.passage.article.id for each in shown] == ["later", "other"]
    assert [info.id for info in shown[0].also_in] == ["first"]
    assert shown[1].also_in == ()


def test_a_version_that_stands_alone_is_shown() -> None:
    """When only the old version was found, it answers; one url without different dates is no version."""
    assert [each.passage.article.id for each in fold([hit(FIRST, TEXT, 0.9)], 10)] == ["first"]
    twin = replace(FIRST, id="twin")
    texts = (
        "One part of a long story about fees of the harbour.",
        "A wholly different part on boats and their masters.",
    )
    assert len(fold([hit(FIRST, texts[0], 0.9), hit(twin, texts[1], 0.8)], 10)) == 2


def test_a_reprint_is_named_beside_the_newest() -> None:
    """Of the same words in two articles the newer is shown, at the better place and score."""
    reprint = replace(OTHER, id="reprint", published="2023-08-01", url=None)
    shown = fold([hit(FIRST, TEXT, 0.9), hit(reprint, TEXT + " So it was.", 0.5)], 10)
    assert [(each.passage.article.id, each.score) for each in shown] == [("reprint", 0.9)]
    assert [info.id for info in shown[0].also_in] == ["first"]


def test_passages_of_one_article_are_never_folded() -> None:
    """An article that repeats itself keeps both places."""
    assert len(fold([hit(FIRST, TEXT, 0.9), hit(FIRST, TEXT, 0.8, start=500)], 10)) == 2


def test_the_limit_counts_what_is_shown() -> None:
    """Folded hits leave room for others."""
    texts = [" ".join(f"word{n}x{place}" for place in range(20)) for n in range(5)]
    infos = [replace(OTHER, id=f"o{n}", url=None) for n in range(5)]
    hits = [hit(FIRST, TEXT, 1.0), hit(replace(FIRST, id="copy", url=None), TEXT, 0.9)]
    hits += [hit(info, text, 0.1) for info, text in zip(infos, texts, strict=True)]
    assert len(fold(hits, 3)) == 3
