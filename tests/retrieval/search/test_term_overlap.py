"""Lexical overlap of a passage and a question."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import ArticleInfo
from retrieval.passage import Passage
from retrieval.search.term_overlap import (
    WINDOW_WORDS,
    TermOverlaps,
    term_overlaps,
    words_found,
)
from retrieval.text_analysis import topic_stems


def passage(text: str, title: str = "Harbour news") -> Passage:
    return Passage(ArticleInfo("a", "a.txt", title), text, 0, len(text), 1, None, ((0, len(text)),))


WEIGHTS = {"ferri": 3.0, "strike": 2.0, "harbour": 1.0}
NO_PAIRS: frozenset[tuple[str, str]] = frozenset()


def overlap(text: str, pairs: frozenset[tuple[str, str]] = NO_PAIRS) -> TermOverlaps:
    return term_overlaps([passage(text)], WEIGHTS, pairs)


def test_words_match_in_text_or_head() -> None:
    """A word of the title counts; a word that is in neither does not."""
    found = overlap("The ferries stopped.")
    assert found.words.tolist() == [[True, False, True]]


def test_frequent_words_count_less_each_time() -> None:
    """The weight of a word is saturated by its frequency in the text, and more slowly in a long text."""
    texts = ["A ferry.", "A ferry and a ferry.", "A ferry." + " Sailors swim." * 40]
    once, twice, diluted = (overlap(text).bm25[0] for text in texts)
    assert diluted < once < twice < WEIGHTS["ferri"]


def test_adjacent_words_have_only_stop_words_between_them() -> None:
    """ "the strike of the ferries" contains the pair, "the strike that stopped ferries" does not."""
    pairs = frozenset({("strike", "ferri")})
    assert overlap("They saw the strike of the ferries.", pairs).pairs.tolist() == [1]
    assert overlap("The strike stopped ferries.", pairs).pairs.tolist() == [0]


def test_a_repeated_pair_counts_once() -> None:
    """As do pairs with words that are not in the question."""
    pairs = frozenset({("strike", "ferri"), ("ferri", "unknown")})
    assert overlap("Strike ferries! Strike ferries!", pairs).pairs.tolist() == [1]


def test_only_words_within_the_window_add_up() -> None:
    """The head does not count, and words at opposite ends of a passage do not add up."""
    near = overlap("A ferry strike was called.")
    far = overlap("A ferry sank." + " Sailors swim." * WINDOW_WORDS + " A strike ended.")
    assert (near.proximity.tolist(), far.proximity.tolist()) == ([5.0], [3.0])


def test_words_are_found_in_text_and_head_of_each_passage() -> None:
    """Stop words and words that were not asked for are not found."""
    passages = [passage("The ferries stopped."), passage("", title="The strike"), passage("Nothing.")]
    wanted = ["ferri", "the", "harbour", "strike"]
    assert words_found(passages, wanted).tolist() == [
        [True, False, True, False],
        [False, False, False, True],
        [False, False, True, False],
    ]
    assert words_found(passages, []).shape == (3, 0)
    assert words_found([], wanted).shape == (0, 4)


@given(st.lists(st.lists(st.sampled_from("ferry strike harbour quay boat the".split()), max_size=30)))
def test_all_passages_at_once_give_what_each_gives(texts: list[list[str]]) -> None:
    """The passages are compared in one pass; none takes words of its neighbours."""
    passages = [passage(" ".join(words)) for words in texts]
    pairs = frozenset({("ferri", "strike")})
    together = term_overlaps(passages, WEIGHTS, pairs)
    for row, one in enumerate(passages):
        alone = term_overlaps([one], WEIGHTS, pairs)
        for field in ("words", "pairs", "proximity", "bm25"):
            assert np.allclose(getattr(alone, field)[0], getattr(together, field)[row])


@given(st.lists(st.sampled_from(["quay", "ferry", "strike", "harbour", "boat"]), max_size=60))
def test_the_proximity_is_that_of_the_best_window(words: list[str]) -> None:
    """The result equals that of trying every window."""
    found = [stem for word in words for stem in topic_stems(word)]
    windows = (set(found[start : start + WINDOW_WORDS + 1]) for start in range(len(found)))
    best = max((sum(WEIGHTS.get(word, 0.0) for word in window) for window in windows), default=0.0)
    assert overlap(" ".join(words)).proximity.tolist() == [best]
