"""Other articles that support a sentence are cited too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.extractive.corroboration import MAX_SOURCES, corroborations
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split

SENTENCE = "The council of Larkhaven banned delivery drones after gulls attacked 14 of them."


def hit(name: str, text: str) -> Hit:
    return Hit(split(Article(ArticleInfo(name, f"{name}.txt", name.title()), text))[0], 1.0)


OWN = hit("own", f"{SENTENCE} Seven of nine members voted for the ban.")
SAME = "Gulls had attacked 14 delivery drones before the council of Larkhaven banned them. Pilots protested."


def test_a_supporting_article_is_a_further_source() -> None:
    """The span is that of the supporting quote, not of the passage; the sentence's own article is omitted."""
    spans = corroborations(SENTENCE, "own", [OWN, hit("other", SAME)])
    assert [passage.article.id for passage, _, _ in spans] == ["other"]
    passage, start, end = spans[0]
    assert passage.text[start - passage.start : end - passage.start] == SAME.partition(" Pilots")[0]


@pytest.mark.parametrize(
    "text",
    [
        "Gulls had attacked 16 delivery drones before the council of Larkhaven banned them.",
        "Gulls had attacked 14 delivery drones before the council of Ternhaven banned them.",
        "The council of Larkhaven met on Friday.",
    ],
)
def test_another_figure_name_or_topic_is_no_source(text: str) -> None:
    """An article with another figure or name, or only a part of the sentence, does not support it."""
    assert corroborations(SENTENCE, "own", [OWN, hit("other", text)]) == []


def test_each_article_counts_once() -> None:
    """Each article is one source; no more than MOST are cited."""
    many = [hit(f"copy{number}", SAME) for number in range(4)]
    assert len(corroborations(SENTENCE, "own", [many[0], many[0], *many])) == MAX_SOURCES
    assert len(corroborations(SENTENCE, "own", [many[0], many[0]])) == 1


def test_a_reprint_is_no_further_source() -> None:
    """An article listed as a copy of the other, in either direction, is not counted again."""
    own, other = OWN.passage.article, hit("other", SAME)
    assert corroborations(SENTENCE, "own", [OWN, replace(other, also_in=(own,))]) == []
    assert corroborations(SENTENCE, "own", [replace(OWN, also_in=(other.passage.article,)), other]) == []


def test_a_short_sentence_has_no_further_sources() -> None:
    """A sentence of a few words could be about anything."""
    assert corroborations("It was banned.", "own", [hit("other", "It was banned.")]) == []
