"""Copies and reprints become one hit."""

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


def test_articles_of_one_address_with_different_words_are_not_folded() -> None:
    """What is a version is known from whole articles; hits alone do not tell."""
    later = replace(FIRST, id="later", updated="2023-06-21T18:20:00+02:00")
    texts = (
        "One part of a long story about fees of the harbour.",
        "A wholly different part on boats and their masters.",
    )
    assert len(deduplicate([hit(FIRST, texts[0], 0.9), hit(later, texts[1], 0.8)], 10)) == 2


def test_of_one_text_the_article_that_was_updated_last_is_shown() -> None:
    """Being updated counts, not only the first publication."""
    later = replace(FIRST, id="later", updated="2023-06-21T18:20:00+02:00")
    assert [
        each.passage.article.id for each in deduplicate([hit(FIRST, TEXT, 0.9), hit(later, TEXT, 0.8)], 10)
    ] == ["later"]


def test_a_reprint_is_named_beside_the_newest() -> None:
    """Of the same words in two articles the newer is shown, at the better place and score."""
    reprint = replace(OTHER, id="reprint", published="2023-08-01", url=None)
    shown = deduplicate([hit(FIRST, TEXT, 0.9), hit(reprint, TEXT + " So it was.", 0.5)], 10)
    assert [(each.passage.article.id, each.score) for each in shown] == [("reprint", 0.9)]
    assert [info.id for info in shown[0].also_in] == ["first"]


def test_a_copy_with_another_figure_is_shown_beside_the_first() -> None:
    """Both fees are seen, so that they can be told apart."""
    dearer = TEXT.replace("twelve marks", "12 marks"), TEXT.replace("twelve marks", "14 marks")
    copy = replace(OTHER, id="copy", url=None)
    long = (
        " The masters of the ferries met on the quay and spoke of the weather and of nothing else that day."
        * 2
    )
    shown = deduplicate([hit(FIRST, dearer[0] + long, 0.9), hit(copy, dearer[1] + long, 0.8)], 10)
    assert [each.passage.article.id for each in shown] == ["first", "copy"]


def test_a_common_opening_makes_no_copy() -> None:
    """Two letters to readers that begin alike and end with other news are two hits."""
    opening = (
        "Sign up for our letter on harbours and ferries, which comes every Friday before noon, free of cost. "
    )
    first = hit(FIRST, opening * 2 + "The bridge of Larkhaven opens again on Monday, says the town.", 0.9)
    second = hit(
        replace(OTHER, url=None), opening * 2 + "Olsted wants to leave the council after nine years.", 0.8
    )
    assert len(deduplicate([first, second], 10)) == 2


def test_passages_of_one_article_are_never_folded() -> None:
    """An article that repeats itself keeps both places."""
    assert len(deduplicate([hit(FIRST, TEXT, 0.9), hit(FIRST, TEXT, 0.8, start=500)], 10)) == 2


def test_the_limit_counts_what_is_shown() -> None:
    """Folded hits leave room for others."""
    texts = [" ".join(f"word{n}x{place}" for place in range(20)) for n in range(5)]
    infos = [replace(OTHER, id=f"o{n}", url=None) for n in range(5)]
    hits = [hit(FIRST, TEXT, 1.0), hit(replace(FIRST, id="copy", url=None), TEXT, 0.9)]
    hits += [hit(info, text, 0.1) for info, text in zip(infos, texts, strict=True)]
    assert len(deduplicate(hits, 3)) == 3
