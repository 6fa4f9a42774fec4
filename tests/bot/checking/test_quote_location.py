"""Quotes and passages in the articles as they are now."""

from __future__ import annotations

from dataclasses import replace

from bot.checking.quote_location import present_hits
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

INFO = ArticleInfo("tram.txt", "tram.txt", "Tram plans")
TEXT = "Tram plans\n\nThe tram of Elsmere has eight stops."
SENTENCE = "The tram of Elsmere has eight stops."
HIT = Hit(Passage(INFO, SENTENCE, 12, 12 + len(SENTENCE), 3, None, ((12, 12 + len(SENTENCE)),)), 0.5)


def test_a_passage_of_a_deleted_or_changed_article_is_left_out() -> None:
    """The next ones take its place, up to the limit."""
    other = replace(INFO, id="other.txt")
    present = replace(HIT, passage=replace(HIT.passage, article=other))

    def find(info: ArticleInfo) -> Article | None:
        return Article(other, TEXT) if info.id == "other.txt" else None

    assert present_hits([HIT, present, present], find, 1) == (present,)
    assert present_hits([HIT], lambda info: Article(info, TEXT.replace("eight", "nine")), 3) == ()


def test_a_moved_passage_is_relocated() -> None:
    """Its offsets and line are those of the current text."""
    text = f"Correction.\n{TEXT}"
    (moved,) = present_hits([HIT], lambda info: Article(info, text), 3)
    passage = moved.passage
    assert text[passage.start : passage.end] == SENTENCE
    assert passage.sentences == ((passage.start, passage.end),)
    assert passage.line == 4
