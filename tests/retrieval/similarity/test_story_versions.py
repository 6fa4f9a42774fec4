"""Later versions and copies are found; articles with recurring titles are not mistaken for them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import ArticleInfo
from retrieval.similarity.shingles import sketch
from retrieval.similarity.story_versions import (
    StoryArticle,
    normalized_url,
    relate,
    titles_match,
    version_time,
)

URL = "https://quay.example/harbour"
FIRST = ArticleInfo("first", "first.txt", "Harbour fees rise", "The Quay", published="2023-06-14", url=URL)
WORDS = [f"word{number}" for number in range(5_000)]


def prose(seed: int, words: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def related(*articles: tuple[ArticleInfo, str]) -> tuple[dict[str, str], list[set[str]]]:
    """The relations with ids instead of keys: earlier -> later, and the stories."""
    story_articles = [StoryArticle(key, info, sketch(text)) for key, (info, text) in enumerate(articles, 1)]
    relations = relate(story_articles)
    ids = {article.key: article.info.id for article in story_articles}
    stories: dict[int, set[str]] = {}
    for key, story in relations.stories.items():
        stories.setdefault(story, set()).add(ids[key])
    return {ids[key]: ids[newer] for key, newer in relations.newer.items()}, sorted(stories.values(), key=min)


def test_a_later_text_at_the_same_url_is_a_version() -> None:
    """Also with another title, and if most of it was rewritten."""
    later = replace(FIRST, id="later", title="Council stops the rise", updated="2023-06-21T18:20:00+02:00")
    kept = " ".join(prose(1).split()[:150])
    found = related((FIRST, prose(1)), (later, kept + " " + prose(2)))
    assert found == ({"first": "later"}, [{"first", "later"}])


@pytest.mark.parametrize(
    "title", ["Harbour fees rise", "UPDATE 2-Harbour fees rise", "HARBOUR FEES RISE (updated)"]
)
def test_a_later_text_with_the_same_title_is_a_version(title: str) -> None:
    """Without a URL, the publisher, the title and most of the text must be the same."""
    first = replace(FIRST, url=None)
    later = replace(first, id="later", title=title, published="2023-06-15")
    assert related((first, prose(1)), (later, prose(1) + " " + prose(2, 100)))[0] == {"first": "later"}


@pytest.mark.parametrize("title", ["Morning briefing", "Weather", "Letters", "Box office"])
def test_a_recurring_title_is_a_different_article_each_time(title: str) -> None:
    """Even with the same first and last words, the same publisher and the same URL."""
    frame = prose(99, 40)
    days = [f"2023-06-{day:02}" for day in range(1, 29)]
    rows = [
        (replace(FIRST, id=day, title=title, published=day, url=None), f"{frame} {prose(at)} {frame}")
        for at, day in enumerate(days)
    ]
    assert related(*rows) == ({}, [])
    assert related(*((replace(info, url=URL), text) for info, text in rows)) == ({}, [])


def test_a_template_with_new_figures_is_not_a_version() -> None:
    """Each day's prices in the same sentences, at different URLs."""
    fish = [f"fish{number}" for number in range(40)]
    rows = []
    for day in range(1, 20):
        prices = random.Random(day)
        text = " ".join(
            f"A kilo of {name} was sold at {prices.randint(10, 99)} crowns in the hall." for name in fish
        )
        info = replace(FIRST, id=str(day), title="Prices", published=f"2023-06-{day:02}", url=f"{URL}/{day}")
        rows.append((info, text))
    assert related(*rows)[0] == {}


def test_a_follow_up_that_repeats_the_background_is_not_a_version() -> None:
    """A third of the earlier words, another date, nearly the same title."""
    first = replace(FIRST, url=None)
    later = replace(first, id="later", title="Harbour fees rise again", published="2023-07-02")
    assert related((first, prose(1)), (later, " ".join(prose(1).split()[:100]) + " " + prose(2))) == ({}, [])


def test_an_undated_article_is_not_a_version() -> None:
    """It is a copy: which text is later is unknown."""
    undated = replace(FIRST, id="undated", published=None)
    assert related((FIRST, prose(1)), (undated, prose(1))) == ({}, [{"first", "undated"}])
    same_day = replace(FIRST, id="same", published="2023-06-14T10:00:00+02:00")
    assert related((FIRST, prose(1)), (same_day, prose(1)))[0] == {}


def test_a_reprint_by_another_publisher_is_a_copy() -> None:
    """Even if it is published later."""
    reprint = replace(FIRST, id="reprint", publisher="The Ledger", published="2023-06-20", url=None)
    found = related((FIRST, prose(1)), (reprint, prose(2, 30) + " " + prose(1)))
    assert found == ({}, [{"first", "reprint"}])


def test_times_are_compared_in_utc() -> None:
    """An update time is later than the same publication time; without a date the time is unknown."""
    east = replace(FIRST, published="2023-06-14T10:00:00+05:30")
    assert version_time(east) < version_time(replace(FIRST, published="2023-06-14T08:00:00+02:00"))
    assert version_time(FIRST) < version_time(replace(FIRST, updated=FIRST.published))
    assert version_time(replace(FIRST, published=None)) == ("", False)


def test_urls_are_normalized() -> None:
    """Without scheme, www, trailing slash, tracking parameters and fragment; other parameters are kept."""
    assert normalized_url("http://quay.example/harbour/") == normalized_url(
        URL + "?utm_medium=x&utm_source=y#top"
    )
    assert normalized_url("https://quay.example/?id=1") != normalized_url("https://quay.example/?id=2")
    assert normalized_url(None) is None
    assert normalized_url("http://[") == "http://["


def test_titles_of_few_words_match_only_if_equal() -> None:
    """Sharing some words is enough only for longer titles."""
    assert titles_match("Update: Fees", "fees")
    assert not titles_match("Fees", "Fees rise")
    assert not titles_match("Harbour fees rise", "Harbour master resigns")


_INFOS = st.builds(
    lambda number, title, publisher, day, url: (number, title, publisher, day, url),
    st.integers(0, 3),
    st.sampled_from(["Harbour fees rise", "Harbour fees rise again", "Weather"]),
    st.sampled_from(["The Quay", "The Ledger", None]),
    st.sampled_from([None, "2023-06-14", "2023-06-14T10:00:00+02:00", "2023-06-15", "no date"]),
    st.sampled_from([None, URL]),
)


@given(st.lists(_INFOS, max_size=8), st.randoms(use_true_random=False))
def test_versions_go_forward_in_time_and_do_not_depend_on_order(
    rows: list[tuple[int, str, str | None, str | None, str | None]], shuffled: random.Random
) -> None:
    """No article is replaced by an earlier one, so there are no cycles; a story contains its versions."""
    articles = [
        StoryArticle(
            key, ArticleInfo(str(key), "p", title, publisher, published=day, url=url), sketch(prose(number))
        )
        for key, (number, title, publisher, day, url) in enumerate(rows)
    ]
    relations = relate(articles)
    for key, newer in relations.newer.items():
        assert version_time(articles[key].info)[0][:10] <= version_time(articles[newer].info)[0][:10]
        assert version_time(articles[key].info) < version_time(articles[newer].info)
        assert relations.stories[key] == relations.stories[newer]
    reordered = list(articles)
    shuffled.shuffle(reordered)
    assert relate(reordered) == relations
