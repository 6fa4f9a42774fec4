"""Deduplication of hits."""

from __future__ import annotations

from dataclasses import replace

from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.search.deduplicate import deduplicate

TEXT = "The harbour of Larkhaven charges twelve marks a day, and boats under six metres pay half of that."
URL = "https://quay.example/harbour"
FIRST = ArticleInfo("first", "first.txt", "Harbour fees", "The Quay", published="2023-06-14", url=URL)
OTHER = ArticleInfo("other", "other.txt", "Bridges", "The Quay", published="2023-07-01", url=URL + "/bridges")


def hit(info: ArticleInfo, text: str, score: float, start: int = 0) -> Hit:
    return Hit(Passage(info, text, start, start + len(text), 1, None, ((start, start + len(text)),)), score)


def test_different_texts_of_one_url_are_kept() -> None:
    """Versions of an article are detected from whole articles, not from the URLs of hits."""
    later = replace(FIRST, id="later", updated="2023-06-21T18:20:00+02:00")
    texts = (
        "One part of a long story about fees of the harbour.",
        "A wholly different part on boats and their masters.",
    )
    assert len(deduplicate([hit(FIRST, texts[0], 0.9), hit(later, texts[1], 0.8)], 10)) == 2


def test_the_last_updated_copy_is_shown() -> None:
    """Updates count, not only the first publication."""
    later = replace(FIRST, id="later", updated="2023-06-21T18:20:00+02:00")
    shown = deduplicate([hit(FIRST, TEXT, 0.9), hit(later, TEXT, 0.8)], 10)
    assert [hit.passage.article.id for hit in shown] == ["later"]


def test_a_reprint_is_listed_in_also_in() -> None:
    """The newer copy is shown with the rank and score of the better one."""
    reprint = replace(OTHER, id="reprint", published="2023-08-01", url=None)
    shown = deduplicate([hit(FIRST, TEXT, 0.9), hit(reprint, TEXT + " So it was.", 0.5)], 10)
    assert [(hit.passage.article.id, hit.score) for hit in shown] == [("reprint", 0.9)]
    assert [info.id for info in shown[0].also_in] == ["first"]


def test_a_copy_with_a_different_figure_is_kept() -> None:
    """Both fees are shown, so that the difference is visible."""
    texts = TEXT.replace("twelve marks", "12 marks"), TEXT.replace("twelve marks", "14 marks")
    copy = replace(OTHER, id="copy", url=None)
    long = (
        " The masters of the ferries met on the quay and spoke of the weather and of nothing else that day."
        * 2
    )
    shown = deduplicate([hit(FIRST, texts[0] + long, 0.9), hit(copy, texts[1] + long, 0.8)], 10)
    assert [hit.passage.article.id for hit in shown] == ["first", "copy"]


def test_a_shared_introduction_does_not_make_a_copy() -> None:
    """Two newsletters with the same introduction and different news are two hits."""
    opening = (
        "Sign up for our letter on harbours and ferries, which comes every Friday before noon, free of cost. "
    )
    first = hit(FIRST, opening * 2 + "The bridge of Larkhaven opens again on Monday, says the town.", 0.9)
    second = hit(
        replace(OTHER, url=None), opening * 2 + "Olsted wants to leave the council after nine years.", 0.8
    )
    assert len(deduplicate([first, second], 10)) == 2


def test_passages_of_one_article_are_never_merged() -> None:
    """Repetition within an article keeps both passages."""
    assert len(deduplicate([hit(FIRST, TEXT, 0.9), hit(FIRST, TEXT, 0.8, start=500)], 10)) == 2


def test_the_limit_counts_merged_hits() -> None:
    """Merged hits make room for others."""
    texts = [" ".join(f"word{n}x{place}" for place in range(20)) for n in range(5)]
    infos = [replace(OTHER, id=f"o{n}", url=None) for n in range(5)]
    hits = [hit(FIRST, TEXT, 1.0), hit(replace(FIRST, id="copy", url=None), TEXT, 0.9)]
    hits += [hit(info, text, 0.1) for info, text in zip(infos, texts, strict=True)]
    assert len(deduplicate(hits, 3)) == 3
