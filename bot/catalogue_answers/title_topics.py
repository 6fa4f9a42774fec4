"""Groups articles by the words of their titles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.question.conversation_mentions import FUNCTION_WORDS
from bot.question.parsed_question import CALENDAR
from retrieval.article import ArticleInfo
from retrieval.text_analysis import stems

MAX_TOPICS = 8
MIN_ARTICLES = 2  # of a topic
_WORD = re.compile(r"[^\W\d_][\w’'-]{2,}")


@dataclass(frozen=True, slots=True)
class Topic:
    """A word as it is written in most titles, and the articles with it in their titles."""

    name: str
    articles: tuple[ArticleInfo, ...]


def title_topics(articles: Sequence[ArticleInfo]) -> list[Topic]:
    """The words that most titles share, largest topic first; each article belongs to its first topic."""
    publishers = " ".join(dict.fromkeys(info.publisher or "" for info in articles))
    excluded = set(stems(re.sub(r"[._]", " ", publishers)))
    titles: dict[str, set[int]] = defaultdict(set)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for number, info in enumerate(articles):
        for word in _WORD.findall(info.title):
            if word.lower() not in FUNCTION_WORDS and not CALENDAR.fullmatch(word):
                for stem in stems(word)[:1]:
                    titles[stem].add(number)
                    spellings[stem][re.sub(r"['’]s$", "", word)] += 1
    topics: list[Topic] = []
    while len(topics) < MAX_TOPICS:
        candidates = (stem for stem in titles if stem not in excluded)
        best = max(candidates, key=lambda stem: (len(titles[stem]), stem), default=None)
        if best is None or len(members := titles[best]) < MIN_ARTICLES:
            break
        name = spellings[best].most_common(1)[0][0]
        topics.append(Topic(name, tuple(articles[number] for number in sorted(members))))
        for others in list(titles.values()):
            if others is not members:
                others -= members
        del titles[best]
    return topics
