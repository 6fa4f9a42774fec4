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
    ("claim", "expected"),
    [
        ("The office granted 209 licences and refused 60.", ["60"]),
        ("The office promised an answer within 118 days.", ["118"]),
        ("The office granted 209, refused 17 and sent back 60.", []),
        ("The office refused about 17.", []),
        # after another word than any value of the source
        ("The office turned down 17.", []),
        ("In all, 60 came back.", []),
    ],
)
def test_a_value_after_the_word_before_another_differs(claim: str, expected: list[str]) -> None:
    """In the source it is after other words, and the claim's word is before another value."""
    text = (
        "The office had granted 209 licences, refused 17 and returned 60 because of errors. It takes 118 "
        "days, but had promised to decide within 45."
    )
    source = AlignedSource([(text, None)])
    assert [claim[start:end] for start, end, _ in source.differing_facts(claim)] == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2 June 2022", []), ("1 June 2022", ["1 June 2022"]), ("3 June 2022", [])],
)
def test_a_weekday_of_the_source_has_its_dates(day: str, expected: list[str]) -> None:
    """Thursday is the one before or after the day of the article, on which somebody reports it."""
    text = "Orla Line filed its appeal with the harbour court on Thursday. The pier opened on 1 June 2022."
    claim = f"Orla Line filed its appeal with the court on {day}."
    found = AlignedSource([(text, date(2022, 6, 3))]).differing_facts(claim)
    assert [claim[start:end] for start, end, _ in found] == expected


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
        # a number, an alternative, and a word that only begins like a negation
        "Boat No. 12 of Brightpath Ferries accepted the decision of the harbour board.",
        "The board asked whether or not Brightpath Ferries accepted the decision.",
        "The captain did not understand the board. It did not fine the captain.",
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
