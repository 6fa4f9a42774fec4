"""Topics of a conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.parsed_question import parse_question
from bot.question.topic import begins_topic, current_topic, full_question, without_added_phrases

HARBOUR = ("Who led the harbour council of Larkhaven?", "Odile Brandt led the council. [1]")
RESIGNED = ("Why did Odile Brandt resign (Larkhaven)?", "Brandt resigned over the drones. [1]")
FERRIES = ("How many passengers do electric ferries in Skarholm carry?", "Each carries 120 passengers. [1]")


def test_a_topic_continues_while_its_names_recur() -> None:
    """Questions about a known name belong to it, without the phrases added to them."""
    assert [asked for asked, _ in current_topic([HARBOUR, RESIGNED])] == [
        HARBOUR[0],
        "Why did Odile Brandt resign?",
    ]


def test_new_names_and_words_begin_a_topic() -> None:
    """The turns before a question with names and words of its own are dropped."""
    assert current_topic([HARBOUR, RESIGNED, FERRIES]) == [FERRIES]


def test_a_pronoun_or_a_short_question_begins_no_topic() -> None:
    """ "When did it start?" continues the topic, whatever its answer names."""
    goes_on = ("When did it start?", "In Tern Island, said Jon Aske.")
    assert len(current_topic([HARBOUR, goes_on])) == 2


@pytest.mark.parametrize(
    ("question", "pointing"),
    [
        ("When did PocketTree withdraw its prospectus?", False),
        ("Which cloud providers will lower their switching fees?", False),
        ("Did Jack Ma sell his shares?", False),
        ("Why did it withdraw the prospectus?", True),
        ("What happens if they refuse?", True),
        ("When did that happen in Larkhaven?", True),
        ("How large is the fleet?", False),
    ],
)
def test_pronouns_with_an_antecedent_are_resolved(question: str, pointing: bool) -> None:
    """The antecedent is a name or a plural earlier in the question."""
    assert parse_question(question).has_unresolved_pronoun is pointing


def test_added_phrases_are_removed() -> None:
    """Phrases from earlier turns do not accumulate; a repeated question becomes the original one."""
    assert without_added_phrases("Who else came besides Alibaba, Tencent (China)?") == "Who else came?"
    assert without_added_phrases("Why? (Who stopped the listing; Ant Group)") == "Who stopped the listing"
    assert full_question("Who stopped it (Ant Group)?") == "Who stopped it (Ant Group)?"


def test_known_words_begin_no_topic() -> None:
    """A question without names and with known words continues the topic."""
    assert begins_topic(parse_question("Which cloud providers lower switching fees?"), {"harbo", "counc"})
    assert not begins_topic(parse_question("Which cloud providers lower switching fees?"), {"cloud", "provi"})


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=9))
def test_every_conversation_has_a_topic(history: list[tuple[str, str]]) -> None:
    """The last turn always belongs to it."""
    assert bool(current_topic(history)) == bool(history)


@pytest.mark.parametrize("question", ["Who is Jon Aske?", "What is a petabyte?", "what's a voice clone"])
def test_a_new_definition_begins_a_topic(question: str) -> None:
    """A short question is enough if it asks who or what something unknown is."""
    answered = (question, "Deniz Kolar explained it. [1]")
    assert current_topic([HARBOUR, answered]) == [answered]


@pytest.mark.parametrize(
    ("question", "is_one"),
    [
        ("What is a deepfake?", True),
        ("What is an example?", False),
        ("What is a good reason?", False),
        ("What is the fine?", False),
        ("What is a person to do about it?", False),
    ],
)
def test_definitions(question: str, is_one: bool) -> None:
    """An indefinite article and little else."""
    assert parse_question(question).is_definition is is_one


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Now something else: how many clinics are there?", "how many clinics are there?"),
        ("ok, another question - why did he resign?", "why did he resign?"),
        ("Something else happened: what?", None),
        ("something else: ", None),
    ],
)
def test_announced_topic_changes(question: str, rest: str | None) -> None:
    """The text after the announcement is the question."""
    assert parse_question(question).after_topic_change == rest
