"""What a passage holds of a question's words: in its text or head, as neighbours, and near together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import ArticleInfo
from retrieval.passage import Passage
from retrieval.search.term_overlap import NEAR, adjacent_pairs, overlap_of_stems, term_overlap


def passage(text: str, title: str = "Harbour news") -> Passage:
    return Passage(ArticleInfo("a", "a.txt", title), text, 0, len(text), 1, None, ((0, len(text)),))


WEIGHTS = {"ferri": 3.0, "strike": 2.0, "harbour": 1.0}


def test_words_are_held_by_text_or_head() -> None:
    """A word of the title counts as held, one that stands nowhere does not."""
    found = term_overlap(passage("The ferries stopped."), WEIGHTS, frozenset())
    assert found.words == {"ferri", "harbour"}


def test_neighbours_are_those_with_only_stop_words_between() -> None:
    """ "the strike of the ferries" holds the pair, "the strike that stopped ferries" does not."""
    pairs = frozenset({("strike", "ferri")})
    assert term_overlap(passage("They saw the strike of the ferries."), WEIGHTS, pairs).pairs == 1
    assert term_overlap(passage("The strike stopped ferries."), WEIGHTS, pairs).pairs == 0


def test_words_count_together_only_when_they_stand_near() -> None:
    """The head does not count, and words at the two ends of a passage do not add up."""
    near = term_overlap(passage("A ferry strike was called."), WEIGHTS, frozenset())
    far = term_overlap(
        passage("A ferry sank." + " Sailors swim." * NEAR + " A strike ended."), WEIGHTS, frozenset()
    )
    assert (near.together, far.together) == (5.0, 3.0)


def test_all_stems_are_of_text_and_head_without_stop_words() -> None:
    """What the parts of a question are compared with."""
    assert overlap_of_stems(passage("The ferries stopped.")) == {"harbour", "news", "ferri", "stop"}


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from("abcd")), max_size=20))
def test_together_is_the_best_of_all_runs(steps: list[tuple[int, str]]) -> None:
    """The moving window finds what trying every run finds."""
    weights = {"a": 1.0, "b": 2.0, "c": 4.0, "d": 8.0}
    places, at = [], 0
    for step, word in steps:
        at += step
        places.append((at, word))
    runs = (
        {word for place, word in places if first <= place <= first + NEAR}
        for first in (at for at, _ in places)
    )
    best = max((sum(weights[word] for word in run) for run in runs), default=0.0)
    assert adjacent_pairs(places, weights) == best
