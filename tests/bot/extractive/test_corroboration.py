"""Other articles that say the same are cited too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.extractive.corroboration import MOST, corroborations
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split

SAID = "The council of Larkhaven banned delivery drones after gulls attacked 14 of them."


def hit(name: str, text: str) -> Hit:
    return Hit(split(Article(ArticleInfo(name, f"{name}.txt", name.title()), text))[0], 1.0)


OWN = hit("own", f"{SAID} Seven of nine members voted for the ban.")
SAME = "Gulls had attacked 14 delivery drones before the council of Larkhaven banned them. Pilots protested."


def test_an_article_that_says_the_same_is_a_further_source() -> None:
    """The place is the quote that says it, not the whole passage; the sentence's own article is left out."""
    places = corroborations(SAID, "own", [OWN, hit("other", SAME)])
    assert [passage.article.id for passage, _, _ in places] == ["other"]
    passage, start, end = places[0]
    assert passage.text[start - passage.start : end - passage.start] == SAME.partition(" Pilots")[0]


@pytest.mark.parametrize(
    "text",
    [
        "Gulls had attacked 16 delivery drones before the council of Larkhaven banned them.",
        "Gulls had attacked 14 delivery drones before the council of Ternhaven banned them.",
        "The council of Larkhaven met on Friday.",
    ],
)
def test_another_figure_name_or_matter_is_none(text: str) -> None:
    """What gives another figure or name, or says only a part, backs nothing."""
    assert corroborations(SAID, "own", [OWN, hit("other", text)]) == []


def test_an_article_counts_once_and_two_are_enough() -> None:
    """Each article is one source; no more than MOST are cited."""
    many = [hit(f"copy{number}", SAME) for number in range(4)]
    assert len(corroborations(SAID, "own", [many[0], many[0], *many])) == MOST
    assert len(corroborations(SAID, "own", [many[0], many[0]])) == 1


def test_a_reprint_is_no_further_source() -> None:
    """What is named beside an article, or names it, tells the same story and is not counted twice."""
    own, other = OWN.passage.article, hit("other", SAME)
    assert corroborations(SAID, "own", [OWN, replace(other, also_in=(own,))]) == []
    assert corroborations(SAID, "own", [replace(OWN, also_in=(other.passage.article,)), other]) == []


def test_a_short_sentence_could_be_about_anything() -> None:
    """Of few words none is said to be the same."""
    assert corroborations("It was banned.", "own", [hit("other", "It was banned.")]) == []
