"""Lexical overlap of a passage and a question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import ArticleInfo
from retrieval.passage import Passage
from retrieval.search.term_overlap import (
    WINDOW_WORDS,
    TermOverlap,
    max_window_weight,
    term_overlaps,
    words_found,
)


def passage(text: str, title: str = "Harbour news") -> Passage:
    return Passage(ArticleInfo("a", "a.txt", title), text, 0, len(text), 1, None, ((0, len(text)),))


WEIGHTS = {"ferri": 3.0, "strike": 2.0, "harbour": 1.0}
NO_PAIRS: frozenset[tuple[str, str]] = frozenset()


def overlap(text: str, pairs: frozenset[tuple[str, str]] = NO_PAIRS) -> TermOverlap:
    (found,) = term_overlaps([passage(text)], WEIGHTS, pairs)
    return found


def test_words_match_in_text_or_head() -> None:
    """A word of the title counts; a word that is in neither does not."""
    found = overlap("The ferries stopped.")
    assert found.words == {"ferri", "harbour"}


def test_adjacent_words_have_only_stop_words_between_them() -> None:
    """ "the strike of the ferries" contains the pair, "the strike that stopped ferries" does not."""
    pairs = frozenset({("strike", "ferri")})
    assert overlap("They saw the strike of the ferries.", pairs).pairs == 1
    assert overlap("The strike stopped ferries.", pairs).pairs == 0


def test_only_words_within_the_window_add_up() -> None:
    """The head does not count, and words at opposite ends of a passage do not add up."""
    near = overlap("A ferry strike was called.")
    far = overlap("A ferry sank." + " Sailors swim." * WINDOW_WORDS + " A strike ended.")
    assert (near.proximity, far.proximity) == (5.0, 3.0)


def test_words_are_found_in_text_and_head_of_each_passage() -> None:
    """Stop words and words that were not asked for are not found."""
    passages = [passage("The ferries stopped."), passage("", title="The strike"), passage("Nothing.")]
    wanted = {"ferri", "the", "harbour", "strike"}
    assert words_found(passages, wanted) == [{"ferri", "harbour"}, {"strike"}, {"harbour"}]
    assert words_found(passages, ()) == [frozenset()] * 3
    assert words_found([], wanted) == []


@given(st.lists(st.lists(st.sampled_from("ferry strike harbour quay boat the".split()), max_size=30)))
def test_all_passages_at_once_give_what_each_gives(texts: list[list[str]]) -> None:
    """The passages are compared in one pass; none takes words of its neighbours."""
    passages = [passage(" ".join(words)) for words in texts]
    pairs = frozenset({("ferri", "strike")})
    alone = [term_overlaps([one], WEIGHTS, pairs)[0] for one in passages]
    assert term_overlaps(passages, WEIGHTS, pairs) == alone


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
