"""Which phrases of a conversation a follow-up question means: features of each, and a learned score.

The score is the share of a phrase's words that people add when they make such a question readable
without the conversation. It comes from small decision trees in referents.json, made by
tests/benchmarks/train_referents.py; nothing of their training data is kept but the thresholds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.mentions import LONGEST, TOKEN, TURNS, Mention, content_words, is_answer

PRONOUNS: Mapping[str, re.Pattern[str]] = {
    "he": re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE),
    "she": re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE),
    "they": re.compile(r"\b(?:they|them|their|theirs|themselves|thier)\b", re.IGNORECASE),
    "it": re.compile(r"\b(?:it|its|itself)\b", re.IGNORECASE),
    "this": re.compile(r"\b(?:this|that|these|those)\b", re.IGNORECASE),
}
ASKS_MORE = re.compile(r"\b(?:else|others?|another|more|besides|anything|anyone)\b", re.IGNORECASE)
_NAME_INSIDE = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]")
CALENDAR = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_ACTS = frozenset(
    "'s was is were are had has have did would could can said also who became won wrote went began made took "
    "told got left met".split()
)
_ASKED_OF = frozenset("did does was is has do were are".split())
_PLACED = frozenset("in at from near to on into of".split())
_DETERMINERS = frozenset("the a an this".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question itself tells about what it leans on."""

    pronouns: tuple[str, ...]
    content: frozenset[str]
    words: frozenset[str]
    length: int
    asks_more: bool
    has_name: bool
    run: int  # turns back over which every question used the same pronoun

    @classmethod
    def of(cls, question: str, history: Sequence[tuple[str, str]]) -> Asked:
        """Read the question; the history only for how long its pronoun has been in use."""
        pronouns = tuple(kind for kind, pattern in PRONOUNS.items() if pattern.search(question))
        run = 0
        for asked, _ in reversed(history if pronouns and pronouns[0] != "this" else ()):
            if not PRONOUNS[pronouns[0]].search(asked):
                break
            run += 1
        words = re.findall(r"\w+", question.lower())
        more, named = bool(ASKS_MORE.search(question)), bool(_NAME_INSIDE.search(question))
        return cls(pronouns, content_words(question), frozenset(words), len(words), more, named, run)


def scores(asked: Asked, found: Sequence[Mention], history: Sequence[tuple[str, str]]) -> list[float]:
    """For each phrase, in the order given, how likely its words are meant: 0..1."""
    trees, names = _trees()
    rows = ([row[name] for name in names] for row in features(asked, found, history))
    return [_logistic(sum(_leaf(tree, row) for tree in trees)) for row in rows]


def features(
    asked: Asked, found: Sequence[Mention], history: Sequence[tuple[str, str]]
) -> list[dict[str, float]]:
    """What is known of each phrase, alone and against the others, as numbers by name."""
    near = _places_of(asked.content, history)
    rows = [_own_features(asked, mention, min(len(history), TURNS), near) for mention in found]
    for is_name in (True, False):
        _add_ranks([(row, each) for row, each in zip(rows, found, strict=True) if each.name is is_name])
    shared = _shared_features(asked, found, history)
    agents = [*sorted((row["agent_places"] for row in rows if row["name"]), reverse=True), 0.0, 0.0]
    most = max((len(each.places) for each in found if each.name), default=1)
    for row, mention in zip(rows, found, strict=True):
        row |= shared
        row["other_agent"] = agents[0] if row["agent_places"] < agents[0] or not row["name"] else agents[1]
        row["share"] = len(mention.places) / most if mention.name else 0.0
    return rows


def _shared_features(
    asked: Asked, found: Sequence[Mention], history: Sequence[tuple[str, str]]
) -> dict[str, float]:
    """Features of the question and the conversation, the same for every phrase."""
    last = history[-1][1] if history else ""
    names = [each for each in found if each.name]
    return {
        "person": float(bool({"he", "she"} & set(asked.pronouns))),
        "they": float("they" in asked.pronouns),
        "it": float("it" in asked.pronouns),
        "this": float("this" in asked.pronouns),
        "pronouns": float(len(asked.pronouns)),
        "asked_content": float(min(len(asked.content), 5)),
        "asked_words": float(asked.length),
        "asks_more": float(asked.asks_more),
        "asked_name": float(asked.has_name),
        "run": float(asked.run),
        "turns": float(len(history)),
        "names": float(len(names)),
        "names_in_answer": float(sum(any(p.turn == 1 and p.answer for p in each.places) for each in names)),
        "answer_words": float(len(last.split()) if is_answer(last) else 0),
    }


def _own_features(
    asked: Asked, mention: Mention, turns: int, near: Mapping[tuple[int, bool], list[int]]
) -> dict[str, float]:
    """Features of one phrase alone: where, how often and in what company it was said."""
    places = mention.places
    count = len(places)
    acting = sum(_acts(place.before, place.after, place.answer) for place in places)
    length = len(mention.text.split())
    oldest = max(place.turn for place in places)
    return {
        "name": float(mention.name),
        "words": float(length),
        "new_words": float(len(mention.words - asked.words)),
        "latest": float(min(place.turn for place in places)),
        "oldest": float(oldest),
        "from_the_start": float(oldest == turns),
        "first_question": float(any(p.turn == turns and not p.answer for p in places)),
        "last_answer": float(any(p.turn == 1 and p.answer for p in places)),
        "last_question": float(any(p.turn == 1 and not p.answer for p in places)),
        "in_question": float(any(not p.answer for p in places)),
        "last_subject": float(any(p.turn == 1 and p.answer and p.sentence_start for p in places)),
        "places": float(count),
        "spread": len({place.turn for place in places}) / max(turns, 1),
        "agent": acting / count,
        "agent_places": float(acting),
        "placed": sum(place.before in _PLACED for place in places) / count,
        "determined": sum(place.before in _DETERMINERS for place in places) / count,
        "calendar": float(bool(CALENDAR.search(mention.text))),
        "digit": float(any(letter.isdigit() for letter in mention.text)),
        "before_run": float(asked.run > 0 and oldest >= asked.run),
        "nearness": _nearness(mention, length, near),
    }


def _acts(before: str, after: str, answer: bool) -> bool:
    """Whether the words around a phrase make it one who does or owns something."""
    return after in _ACTS or (len(after) > 4 and after.endswith("ed")) or (not answer and before in _ASKED_OF)


def _places_of(
    words: frozenset[str], history: Sequence[tuple[str, str]]
) -> dict[tuple[int, bool], list[int]]:
    """Where the question's own words, by their first five letters, stand in the conversation."""
    stems = {word[:5] for word in words}
    found: dict[tuple[int, bool], list[int]] = {}
    for turn, texts in enumerate(reversed(history[-TURNS:]), 1):
        for answer in (False, True):
            tokens = TOKEN.findall(texts[answer][:LONGEST].lower())
            found[turn, answer] = [index for index, token in enumerate(tokens) if token[:5] in stems]
    return found


def _nearness(mention: Mention, length: int, near: Mapping[tuple[int, bool], list[int]]) -> float:
    """1 when the phrase stands beside one of the question's words, less with each token, 0 from six on."""
    gaps = [
        place.index - at if place.index > at else at - place.index - length + 1
        for place in mention.places
        for at in near.get((place.turn, place.answer), ())
    ]
    closest = min((gap for gap in gaps if gap > 0), default=6)
    return max(0.0, (6 - closest) / 5)


def _add_ranks(group: Sequence[tuple[dict[str, float], Mention]]) -> None:
    """Places among phrases of the same kind: 0 for the latest, most frequent, most acting, oldest."""
    for name, order in _ORDERS.items():
        for rank, (row, _) in enumerate(sorted(group, key=lambda pair: order(*pair))):
            row[name] = float(min(rank, 9))


def _agency(row: dict[str, float]) -> float:
    return row["agent_places"] + row["agent"] - row["placed"] / 2 - row["calendar"]


_ORDERS: Mapping[str, Callable[[dict[str, float], Mention], tuple[float, ...]]] = {
    "rank_latest": lambda row, each: min((p.turn, not p.answer, p.index) for p in each.places),
    "rank_frequent": lambda row, each: (-row["places"], row["latest"]),
    "rank_agent": lambda row, each: (-_agency(row),),
    "rank_oldest": lambda row, each: min((-p.turn, p.answer, p.index) for p in each.places),
}


@dataclass(frozen=True, slots=True)
class _Split:
    """An inner node: ``low`` is followed when the feature is at most the threshold, else ``high``."""

    feature: int
    threshold: float
    low: _Split | float
    high: _Split | float


def _tree(stored: float | list[Any]) -> _Split | float:
    """A stored tree: a leaf, or [feature number, threshold, low, high]."""
    if not isinstance(stored, list):
        return stored
    feature, threshold, low, high = stored
    return _Split(feature, threshold, _tree(low), _tree(high))


@cache
def _trees() -> tuple[list[_Split | float], list[str]]:
    """The trees and the names of the features that their numbers mean."""
    stored = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return [_tree(each) for each in stored["trees"]], stored["features"]


def _leaf(tree: _Split | float, row: Sequence[float]) -> float:
    while isinstance(tree, _Split):
        tree = tree.low if row[tree.feature] <= tree.threshold else tree.high
    return tree


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))
