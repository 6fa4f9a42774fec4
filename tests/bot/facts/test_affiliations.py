"""The affiliation of a person in a claim is compared with that in its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts.affiliations import KnownAffiliations

SOURCE = (
    "Ada Brook of the Harbour Advice League told The Quay that the toll is too low. The central bank did not "
    "answer. Ben Marsh, who studies tides at the University of Larkhaven, agreed. Tove Lund from Tern Lines "
    "disagreed; before that she had worked for the pilots' board."
)


def mistaken(claim: str) -> list[str]:
    return [claim[start:end] for start, end in KnownAffiliations([SOURCE]).mistaken(claim)]


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("Ada Brook of the central bank called the toll too low.", ["central bank"]),
        ("Tove Lund of the University of Larkhaven disagreed.", ["University of Larkhaven"]),
        ("Tove Lund from the Harbour Advice League disagreed.", ["Harbour Advice League"]),
    ],
)
def test_another_affiliation_is_mistaken(claim: str, wrong: list[str]) -> None:
    """Also if it is that of somebody else in the source."""
    assert mistaken(claim) == wrong


@pytest.mark.parametrize(
    "claim",
    [
        "Ada Brook of the League called the toll too low.",
        "Ada Brook of the Advice League for Harbours called the toll too low.",
        "Tove Lund of the pilots' board disagreed.",
        # nobody whose affiliation the source gives in this form
        "Ben Marsh of the central bank agreed.",
        "Odile Brandt of the central bank agreed.",
        "The toll of the central bank rose.",
        "Ada Brook agreed.",
    ],
)
def test_other_claims_are_not(claim: str) -> None:
    """The same one in other words, one near the name, and what cannot be compared."""
    assert mistaken(claim) == []


@given(st.lists(st.sampled_from(SOURCE.split()), max_size=20).map(" ".join) | st.text(max_size=60))
def test_places_are_those_of_the_affiliations(claim: str) -> None:
    """Whatever the claim."""
    spans = KnownAffiliations([SOURCE]).mistaken(claim)
    assert all(0 <= start < end <= len(claim) for start, end in spans)
