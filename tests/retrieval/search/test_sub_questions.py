"""Splitting compound questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.sub_questions import MAX_PARTS, clause_spans, sub_questions


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Did The Quay report a ban on delivery drones, while the Ledger reported new ferry routes?",
            ["Did The Quay report a ban on delivery drones", "the Ledger reported new ferry routes"],
        ),
        (
            "Who stopped the listing of the online lender, and how many shops accept its cards today?",
            [
                "Who stopped the listing of the online lender",
                "how many shops accept its cards today",
            ],
        ),
        (
            "Between the Quay's March 4, 2022, report on the drone ban and the Ledger's report on electric "
            "boats, what changed in the harbour?",
            [
                "Between the Quay's March 4, 2022, report on the drone ban",
                "the Ledger's report on electric boats, what changed in the harbour",
            ],
        ),
    ],
)
def test_compound_questions_are_split(question: str, expected: list[str]) -> None:
    """Comparisons and joined questions are split; dates and short clauses stay whole."""
    assert list(sub_questions(question)) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many companies did the regulator meet?",
        "Which outlets, The Quay, the Ledger or the Observer, wrote about it?",
        "What happened on October 22, 2023?",
        "Who was fined, and why?",
    ],
)
def test_simple_questions_are_one_part(question: str) -> None:
    """Lists of names, dates and short clauses are not parts of their own."""
    assert len(sub_questions(question)) == 1


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from("ban , while and the who ; drones ferry".split())).map(" ".join)
)
def test_parts_are_spans_of_the_question(question: str) -> None:
    """They are in order and do not overlap, and their number is bounded."""
    spans = clause_spans(question)
    assert len(spans) <= MAX_PARTS
    offsets = [offset for span in spans for offset in span]
    assert offsets == sorted(offsets)
    assert sub_questions(question) == tuple(question[start:end] for start, end in spans)
    assert all(part.strip() for part in sub_questions(question))
