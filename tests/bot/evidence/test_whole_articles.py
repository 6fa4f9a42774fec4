"""Summaries, timelines and complete lists read whole articles; other questions only what matches."""

from __future__ import annotations

import pytest

from bot.evidence.whole_articles import MAX_SCORE_GAP, needs_whole_articles, with_whole_articles
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage


def passages(name: str) -> list[Passage]:
    info = ArticleInfo(name, f"{name}.txt", name)
    texts = [f"{name} {number}." for number in range(4)]
    return [
        Passage(info, text, 10 * number, 10 * number + len(text), number, None, ())
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Summarize the trial of Orchardia",
        "Give me a timeline of events about Orchardia",
        "List all fines",
        "What are all the ships that sank?",
        "What changed in the second version?",
        "How did the case against Orchardia unfold?",
    ],
)
def test_some_questions_need_whole_articles(question: str) -> None:
    """A summary, a timeline, a complete list, a change."""
    assert needs_whole_articles(question)


@pytest.mark.parametrize(
    "question", ["Who was fined?", "When did it change hands?", "Which ferry is electric?"]
)
def test_others_do_not(question: str) -> None:
    """A fact is in one passage."""
    assert not needs_whole_articles(question)


def test_openings_come_with_their_hits_and_the_rest_at_the_end() -> None:
    """If the budget ends early, the matching passages and the openings are there."""
    near, far = passages("near"), passages("far")
    hits = [Hit(near[2], 10.0, 1), Hit(far[1], 10.0 - MAX_SCORE_GAP - 1, 2)]
    found = with_whole_articles(hits, lambda name: near if name == "near" else far)
    texts = [hit.passage.text for hit in found]
    assert texts[:4] == ["near 2.", "near 0.", "far 1.", "far 0."]
    assert set(texts[4:]) == {passage.text for passage in near}, "a weak hit brings only its opening"
    assert found[1].dense is None
