"""The values of a claim are compared with those around the same words in its source."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checking.aligned_facts import AlignedSource

EVIDENCE = [
    "Brightpath Ferries, which runs 43 clinics and 12 boats, accepted the decision of the harbour board. "
    "The inquiry into the fleet began in March 2021 and ended in June 2022. The board did not fine the "
    "captain of the burning vessel. Its lawyers had asked the court twice.",
    "The ferry from Larkhaven to Tern Island carries 120 passengers and costs 40 crowns.",
]


SOURCE = AlignedSource([(text, date(2023, 5, 9)) for text in EVIDENCE])


def differing(claim: str) -> list[tuple[str, str]]:
    return [(claim[start:end], kind) for start, end, kind in SOURCE.differing_facts(claim)]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        # a figure of the source, but of another thing
        ("Brightpath Ferries, which runs 12 clinics, accepted the decision.", [("12", "number")]),
        ("Brightpath runs 43 boats and accepted the decision of the board.", [("43", "number")]),
        ("The ferry to Tern Island carries 40 passengers from Larkhaven.", [("40", "number")]),
        # a date of the source, but of another event
        ("The inquiry into the fleet began in June 2022.", [("June 2022", "date")]),
        # a negation on one side only
        ("Brightpath Ferries did not accept the decision of the board.", [("not", "negation")]),
        ("The board fined the captain of the burning vessel.", [("fined", "negation")]),
    ],
)
def test_another_value_for_the_same_thing_differs(claim: str, expected: list[tuple[str, str]]) -> None:
    """Even if the value is somewhere in the source."""
    assert differing(claim) == expected


@pytest.mark.parametrize(
    "claim",
    [
        "Brightpath Ferries runs 43 clinics and accepted the decision.",
        "The inquiry into the fleet began in March 2021.",
        "The inquiry into the fleet ended in June 2022.",
        "The board did not fine the captain of the burning vessel.",
        "The captain of the burning vessel was not fined by the board.",
        "The ferry from Larkhaven carries about 120 passengers to Tern Island.",
        "The ferry carries 120 passengers.",
        # too little in common to be compared
        "Nobody was fined.",
        "A hospital has 12 clinics.",
        "",
    ],
)
def test_what_agrees_or_cannot_be_compared_does_not_differ(claim: str) -> None:
    """The same values, hedged figures, and claims that share few words with any sentence."""
    assert differing(claim) == []


@given(
    st.lists(st.sampled_from(" ".join(EVIDENCE).split()), max_size=20).map(" ".join) | st.text(max_size=80)
)
def test_spans_are_in_the_claim_and_in_order(claim: str) -> None:
    """Whatever the claim."""
    found = SOURCE.differing_facts(claim)
    assert found == sorted(found)
    assert all(0 <= start < end <= len(claim) for start, end, _ in found)


@given(st.sampled_from([text for block in EVIDENCE for text in block.split(". ")]))
def test_a_sentence_does_not_differ_from_itself(text: str) -> None:
    """Copied words are never marked."""
    assert SOURCE.differing_facts(text) == []
