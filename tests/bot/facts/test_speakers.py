"""Speakers of a claim are compared with those of its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts.speakers import KnownSpeakers, attributions

SOURCE = (
    "Ada Brook, who heads the harbour board, called the toll far too low. Its lawyer, Ben Marsh, warned that "
    "the swing bridge would never open. “We paid for the lights ourselves,” said the keeper Tove Lund. "
    "“The tower is damp,” she said. The council said the ferry was late. Northquay Lines also complained."
)


def mistaken(claim: str) -> list[str]:
    return [claim[start:end] for start, end in KnownSpeakers([SOURCE]).mistaken(claim)]


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("Marsh called the toll far too low.", ["Marsh"]),
        ("Ada Brook warned that the swing bridge would never open.", ["Ada Brook"]),
        ("“We paid for the lights ourselves,” said Brook.", ["Brook"]),
        ("According to Ben Marsh, the tower is damp.", ["Ben Marsh"]),
        ("Ben Marsh of the harbour board said the tower is damp.", ["Ben Marsh"]),
    ],
)
def test_words_of_somebody_else_are_mistaken(claim: str, wrong: list[str]) -> None:
    """Also with a pronoun in the source, and whatever the order of verb and name."""
    assert mistaken(claim) == wrong


@pytest.mark.parametrize(
    "claim",
    [
        "Brook called the toll far too low.",
        "Ben Marsh warned that the swing bridge would never open.",
        "According to Tove Lund, the tower is damp.",
        "The keeper Lund said they paid for the lights.",
        # an organization, whose words can be those of a person
        "Northquay Lines called the toll far too low.",
        # a speaker without a name, in the claim or in the source
        "She called the toll far too low.",
        "Ben Marsh said the ferry was late.",
        # words of no sentence
        "Ben Marsh said that the moon is far away.",
        "Ben Marsh complained.",
    ],
)
def test_other_claims_are_not(claim: str) -> None:
    """What the speaker said, what nobody said, and speakers that cannot be compared."""
    assert mistaken(claim) == []


QUOTED = (
    "The keeper Tove Lund gave up the tower in May.\n\n“We paid for the lights ourselves,” said Lund. "
    "“Nobody repaired the foghorn. The cliff path has crumbled.”\n\n“In winter the pump froze every "
    "night.”\n\n"
    "Ben Marsh leads the Harbour Chamber of Pilots. The toll rose twice."
)


@pytest.mark.parametrize(
    ("before", "claim", "wrong"),
    [
        (["Ada Brook heads the board."], "She warned that the swing bridge would never open.", ["She"]),
        (["Ada Brook heads the board.", "She has a boat."], "She said the tower is damp.", ["She"]),
        (["What does Ada Brook of the board think?"], "She said that the tower is damp.", ["She"]),
        (["Its lawyer Ben Marsh is 60."], "He warned that the swing bridge would never open.", []),
        # the pronoun can mean somebody else
        (["Ada Brook knows Ben Marsh."], "In the words of Ben Marsh, he fears the bridge never opens.", []),
        (["The toll of Ada Brook rose."], "She said that the tower is damp.", []),
        (["Ada Brook left.", "It rained.", "The sea rose."], "She said that the tower is damp.", []),
        ([], "She said that the tower is damp.", []),
    ],
)
def test_a_pronoun_means_the_person_before_it(before: list[str], claim: str, wrong: list[str]) -> None:
    """The speaker or subject of one of the last sentences, or the person that the question is about."""
    assert [claim[start:end] for start, end in KnownSpeakers([SOURCE]).mistaken(claim, before)] == wrong


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("Ben Marsh said that nobody repaired the foghorn.", ["Ben Marsh"]),
        ("Ben Marsh complained that the pump froze every night in winter.", ["Ben Marsh"]),
        ("Lund said that nobody repaired the foghorn.", []),
        ("Tove Lund said that the pump froze every night.", []),
        ("Ben Marsh said that the toll rose twice.", []),
        ("The Harbour Chamber said that nobody repaired the foghorn.", []),
    ],
)
def test_a_quotation_goes_on_after_its_speaker(claim: str, wrong: list[str]) -> None:
    """Its sentences are those of the speaker named before, also in the paragraphs that follow."""
    assert [claim[start:end] for start, end in KnownSpeakers([QUOTED]).mistaken(claim)] == wrong


@given(st.lists(st.sampled_from(SOURCE.split()), max_size=25).map(" ".join) | st.text(max_size=80))
def test_places_are_those_of_the_speakers(claim: str) -> None:
    """Whatever the claim."""
    assert all(0 <= found.start < found.end <= len(claim) for found in attributions(claim))
    assert all(claim[start:end].strip() for start, end in KnownSpeakers([SOURCE]).mistaken(claim))
