"""A speaker's words told as a fact are noticed; facts, and words told as words, are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checking.attribution import names_speaker, states_as_fact

CLAIM = "Gulls had attacked 14 drones since January."


@pytest.mark.parametrize(
    "quote",
    [
        "Mayor Odile Brandt said that gulls had attacked 14 drones since January.",
        "The mayor said on Friday gulls had attacked 14 drones since January.",
        "Gulls had attacked 14 drones since January, the mayor said.",
        "Gulls had attacked 14 drones since January, said Mayor Odile Brandt at a meeting.",
        "“Gulls have attacked 14 drones since January,” claimed the mayor.",
        "According to the mayor, gulls had attacked 14 drones since January.",
        "Gulls had attacked 14 drones since January, according to the mayor.",
        "The mayor told the council of Larkhaven that gulls had attacked 14 drones since January.",
        "Critics allege gulls attacked drones. The firm alleged that gulls attacked 14 drones since January.",
    ],
)
def test_words_of_a_speaker_are_no_fact(quote: str) -> None:
    """Before, after or within the sentence, spoken or alleged."""
    assert states_as_fact(CLAIM, [quote])


@pytest.mark.parametrize(
    "quotes",
    [
        ["Gulls had attacked 14 drones since January."],
        ["Gulls attacked 14 drones since January, and the mayor, who keeps hens, has had enough."],
        [
            "The mayor said that gulls attacked 14 drones since January.",
            "Since January gulls attacked 14 drones.",
        ],
        ["The mayor said gulls were clever. Gulls had attacked 14 drones since January."],
        ["The mayor said that the ban was right."],
        [],
    ],
)
def test_what_the_article_states_itself_is_a_fact(quotes: list[str]) -> None:
    """Also where a speaker says it too, or says something else beside it."""
    assert not states_as_fact(CLAIM, quotes)


@pytest.mark.parametrize(
    "claim",
    [
        "Mayor Brandt said that gulls had attacked 14 drones since January.",
        "According to the mayor, gulls had attacked 14 drones since January.",
        "Gulls allegedly attacked 14 drones since January.",
        "The mayor called it an attack of gulls on 14 drones since January.",
        "She put it so: “gulls had attacked 14 drones since January”.",
    ],
)
def test_a_claim_that_names_its_speaker_may_say_so(claim: str) -> None:
    """In whatever words it does."""
    assert not states_as_fact(
        claim, ["Mayor Odile Brandt said that gulls had attacked 14 drones since January."]
    )


def test_a_question_for_words_names_its_speaker() -> None:
    """An answer to it need not say again whose words they are."""
    assert names_speaker("What did the mayor say about gulls?")
    assert names_speaker("What happened, according to the mayor?")
    assert not names_speaker("How many drones did gulls attack?")


@given(st.text(max_size=60))
def test_a_sentence_of_the_article_s_own_is_never_called_reported(text: str) -> None:
    """Whatever a claim says, an article that says the same in its own words bears it out."""
    assert not states_as_fact(text, [text, "The mayor said that it was so."])
