"""Groups articles by the words that their titles share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.question.conversation_mentions import FUNCTION_WORDS
from bot.question.parsed_question import CALENDAR
from retrieval.article import ArticleInfo
from retrieval.search.publisher_scope import site_label
from retrieval.text_analysis import stems

MAX_TOPICS = 8
MIN_ARTICLES = 2  # of a topic
MAX_WORDS = 3  # of a topic's name
MIN_PHRASE_SHARE = 0.6  # of the titles with a word that also have the words beside it
_WORD = re.compile(r"[^\W_](?:[\w’'-]*\w)?")
_POSSESSIVE = re.compile(r"['’]s$")

Phrase = tuple[str, ...]  # stems


@dataclass(frozen=True, slots=True)
class Topic:
    """A word or phrase as it is written in most titles, and the articles with it in their titles."""

    name: str
    articles: tuple[ArticleInfo, ...]


def title_topics(articles: Sequence[ArticleInfo]) -> list[Topic]:
    """The words that most titles share, largest topic first; each article belongs to its first topic.

    A word that most of its titles have in the same phrase ("Ant" in "Ant Group") is named by that phrase.
    """
    publishers = dict.fromkeys(info.publisher or "" for info in articles)
    excluded = set(stems(re.sub(r"[._]", " ", " ".join(publishers))))
    sites = tuple(filter(None, map(site_label, publishers)))
    spellings: dict[Phrase, Counter[str]] = defaultdict(Counter)
    titles: dict[int, set[Phrase]] = {}
    for number, info in enumerate(articles):
        for phrase, text in _phrases(info.title, excluded, sites):
            spellings[phrase][text] += 1
            titles.setdefault(number, set()).add(phrase)
    topics: list[Topic] = []
    while len(topics) < MAX_TOPICS:
        counts = Counter(phrase for phrases in titles.values() for phrase in phrases)
        words = [phrase for phrase in counts if len(phrase) == 1]
        best = max(words, key=lambda phrase: (counts[phrase], phrase), default=None)
        if best is None or counts[best] < MIN_ARTICLES:
            break
        name = _longest(best, counts)
        members = [number for number, phrases in titles.items() if name in phrases]
        text = spellings[name].most_common(1)[0][0]
        topics.append(Topic(text, tuple(articles[number] for number in members)))
        for number in members:
            del titles[number]
    return topics


def _longest(word: Phrase, counts: Counter[Phrase]) -> Phrase:
    """The longest phrase with a word that enough of the word's titles share."""
    least = max(MIN_ARTICLES, MIN_PHRASE_SHARE * counts[word])
    shared = [phrase for phrase, count in counts.items() if word[0] in phrase and count >= least]
    return max(shared, key=lambda phrase: (len(phrase), counts[phrase], phrase))


def _phrases(title: str, excluded: set[str], sites: tuple[str, ...]) -> Iterator[tuple[Phrase, str]]:
    """The runs of content words in a title, as stems and as written.

    *excluded* stems and the words that begin or end the label of a site ("week" in "theweek") break a run.
    """
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(title)]
    keys = [_content_stem(word, excluded) if not _is_part(word, sites) else None for word in words]
    for start in range(len(words)):
        for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1):
            phrase = tuple(key for key in keys[start:end] if key)
            if len(phrase) == end - start:
                yield phrase, " ".join(words[start:end])


def _is_part(word: str, sites: tuple[str, ...]) -> bool:
    return any(site.startswith(word.lower()) or site.endswith(word.lower()) for site in sites)


def _content_stem(word: str, excluded: set[str]) -> str | None:
    if len(word) < 2 or word.isdigit() or word.lower() in FUNCTION_WORDS or CALENDAR.fullmatch(word):
        return None
    stem = next(iter(stems(word)), None)
    return None if stem in excluded else stem
