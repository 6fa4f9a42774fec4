"""The parts of a compound question."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.sub_questions import MOST, sub_questions


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
def test_each_clause_with_evidence_of_its_own_is_a_part(question: str, expected: list[str]) -> None:
    """Comparisons and joined questions fall apart; dates and short clauses stay whole."""
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
def test_a_question_for_one_thing_is_one_part(question: str) -> None:
    """Lists of names, dates and short tails make no part of their own."""
    assert len(sub_questions(question)) == 1


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from("ban , while and the who ; drones ferry".split())).map(" ".join)
)
def test_no_word_is_invented_and_there_are_few_parts(question: str) -> None:
    """Parts are made of the question's own words, in their order, and are bounded in number."""
    found = sub_questions(question)
    assert len(found) <= MOST
    words = iter(re.findall(r"\w+", question))
    assert all(word in words for part in found for word in re.findall(r"\w+", part))
