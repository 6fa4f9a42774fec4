"""Lexical overlap of a passage and a question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import ArticleInfo
from retrieval.passage import Passage
from retrieval.search.term_overlap import WINDOW_WORDS, max_window_weight, passage_stems, term_overlap


def passage(text: str, title: str = "Harbour news") -> Passage:
    return Passage(ArticleInfo("a", "a.txt", title), text, 0, len(text), 1, None, ((0, len(text)),))


WEIGHTS = {"ferri": 3.0, "strike": 2.0, "harbour": 1.0}


def test_words_match_in_text_or_head() -> None:
    """A word of the title counts; a word that is in neither does not."""
    found = term_overlap(passage("The ferries stopped."), WEIGHTS, frozenset())
    assert found.words == {"ferri", "harbour"}


def test_adjacent_words_have_only_stop_words_between_them() -> None:
    """ "the strike of the ferries" contains the pair, "the strike that stopped ferries" does not."""
    pairs = frozenset({("strike", "ferri")})
    assert term_overlap(passage("They saw the strike of the ferries."), WEIGHTS, pairs).pairs == 1
    assert term_overlap(passage("The strike stopped ferries."), WEIGHTS, pairs).pairs == 0


def test_only_words_within_the_window_add_up() -> None:
    """The head does not count, and words at opposite ends of a passage do not add up."""
    near = term_overlap(passage("A ferry strike was called."), WEIGHTS, frozenset())
    far = term_overlap(
        passage("A ferry sank." + " Sailors swim." * WINDOW_WORDS + " A strike ended."), WEIGHTS, frozenset()
    )
    assert (near.proximity, far.proximity) == (5.0, 3.0)


def test_passage_stems_are_those_of_text_and_head() -> None:
    """Stop words are excluded."""
    assert passage_stems(passage("The ferries stopped.")) == {"harbour", "news", "ferri", "stop"}


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from("abcd")), max_size=20))
def test_the_sliding_window_finds_the_best_run(steps: list[tuple[int, str]]) -> None:
    """The result equals that of trying every window."""
    weights = {"a": 1.0, "b": 2.0, "c": 4.0, "d": 8.0}
    places, at = [], 0
    for step, word in steps:
        at += step
        places.append((at, word))
    runs = (
        {word for place, word in places if first <= place <= first + WINDOW_WORDS}
        for first in (at for at, _ in places)
    )
    best = max((sum(weights[word] for word in run) for run in runs), default=0.0)
    assert max_window_weight(places, weights) == best
