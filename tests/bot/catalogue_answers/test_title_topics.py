"""The topics of a collection of titles."""

from __future__ import annotations

from bot.catalogue_answers.title_topics import title_topics
from retrieval.article import ArticleInfo


def topics(*titles: str, publisher: str = "The Quay") -> dict[str, int]:
    infos = [ArticleInfo(f"{n}", f"{n}.txt", title, publisher) for n, title in enumerate(titles)]
    return {topic.name: len(topic.articles) for topic in title_topics(infos)}


def test_a_topic_is_named_by_the_phrase_that_its_titles_share() -> None:
    """A word alone names a topic only if it is in different phrases."""
    assert topics("Ant Group stopped", "Why Ant Group waits", "The Ant Group's fine") == {"Ant Group": 3}
    assert topics("Ferry ban ends", "Old ferry sinks", "A ferry for all") == {"ferry": 3}


def test_each_article_belongs_to_one_topic() -> None:
    """The largest topic first; single articles are no topic."""
    assert topics("Ferry fine", "Ferry ban", "Ferry crew", "Fine for mill", "Fine inn", "Gulls") == {
        "Fine": 3,
        "Ferry": 2,
    }


def test_publishers_months_and_numbers_are_no_topics() -> None:
    """Nor are function words."""
    assert topics("The Quay in May: 10 gulls", "The Quay in May: 10 mills") == {}
