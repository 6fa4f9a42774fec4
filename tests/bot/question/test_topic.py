"""Where one thing ends and another begins in a conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.pronouns import QuestionPronouns
from bot.question.topic import as_asked, begins, changed, current_topic, defines, in_full, points_back

HARBOUR = ("Who led the harbour council of Larkhaven?", "Odile Brandt led the council. [1]")
RESIGNED = ("Why did Odile Brandt resign (Larkhaven)?", "Brandt resigned over the drones. [1]")
FERRIES = ("How many passengers do electric ferries in Skarholm carry?", "Each carries 120 passengers. [1]")


def test_a_topic_goes_on_while_its_names_are_said() -> None:
    """Questions about a name of the talk stay with it, without what was put behind them."""
    assert [asked for asked, _ in current_topic([HARBOUR, RESIGNED])] == [
        HARBOUR[0],
        "Why did Odile Brandt resign?",
    ]


def test_a_question_about_something_else_begins_a_topic() -> None:
    """What was said before a question with names and words of its own is no longer leant on."""
    assert current_topic([HARBOUR, RESIGNED, FERRIES]) == [FERRIES]


def test_a_pronoun_or_a_short_question_begins_nothing() -> None:
    """ "When did it start?" goes on, whatever its answer names."""
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
def test_a_pronoun_can_be_bound_inside_its_question(question: str, pointing: bool) -> None:
    """A name or a plural said before it in the question is what it means."""
    assert points_back(question, QuestionPronouns.of(question)) is pointing


def test_what_was_put_behind_a_question_is_taken_off() -> None:
    """Phrases of earlier turns are not said for ever; what only asks again is the question before it."""
    assert as_asked("Who else came besides Alibaba, Tencent (China)?") == "Who else came?"
    assert as_asked("Why? (Who stopped the listing; Ant Group)") == "Who stopped the listing"
    assert in_full("Who stopped it (Ant Group)?") == "Who stopped it (Ant Group)?"


def test_words_that_were_said_begin_nothing_new() -> None:
    """A nameless question of known words is about what was said."""
    assert begins("Which cloud providers lower switching fees?", {"harbo", "counc"})
    assert not begins("Which cloud providers lower switching fees?", {"cloud", "provi"})


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=9))
def test_every_conversation_ends_with_a_topic(history: list[tuple[str, str]]) -> None:
    """The last turn always belongs to it."""
    assert bool(current_topic(history)) == bool(history)


@pytest.mark.parametrize("question", ["Who is Jon Aske?", "What is a petabyte?", "what's a voice clone"])
def test_what_or_who_something_new_is_begins_a_topic(question: str) -> None:
    """Few words suffice where they ask what is meant by something that nobody spoke of."""
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
def test_what_asks_for_a_definition(question: str, is_one: bool) -> None:
    """The indefinite article and little else."""
    assert defines(question) is is_one


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Now something else: how many clinics are there?", "how many clinics are there?"),
        ("ok, another question - why did he resign?", "why did he resign?"),
        ("Something else happened: what?", None),
        ("something else: ", None),
    ],
)
def test_a_person_says_that_the_topic_changes(question: str, rest: str | None) -> None:
    """What stands behind such words is the question."""
    assert changed(question) == rest
