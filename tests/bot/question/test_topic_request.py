"""Requests: what they are about, and how a topic is answered."""

from __future__ import annotations

import pytest

from bot.question.topic_request import asked_of, is_topic, names_topic


@pytest.mark.parametrize(
    ("request_", "about"),
    [
        ("Tell me about Ferrant Optics", "Ferrant Optics"),
        ("Could you summarise the ferry trial?", "the ferry trial?"),
        ("What do the articles say about ferries?", "ferries?"),
        ("What does the press say on gulls?", "gulls?"),
        ("What has been reported about the ban?", "the ban?"),
        ("What is known of Odile Brandt?", "Odile Brandt?"),
        ("What do we know about Odile Brandt?", "Odile Brandt?"),
        ("What's new about the mill?", "the mill?"),
        ("What is the latest on the mill?", "the mill?"),
        ("Any news about drones?", "drones?"),
        ("Are there articles about football?", "football?"),
        ("Do you have any information on ferries?", "ferries?"),
        ("latest news on ferries", "ferries"),
        ("News from Norhaven", "Norhaven"),
        ("What happened in Norhaven in 2024?", "Norhaven in 2024?"),
        ("What's going on at Ferrant Optics?", "Ferrant Optics?"),
        ("Summarize the article about age checks", "age checks"),
        ("Give me three facts about gulls", "gulls"),
        ("Compare the fines of Orchardia and Quillon", "the fines of Orchardia and Quillon"),
    ],
)
def test_what_a_request_is_about(request_: str, about: str) -> None:
    """The words that only ask are left out; what remains is a topic, which no judge of questions reads."""
    assert asked_of(request_) == about
    assert is_topic(about)


@pytest.mark.parametrize(
    "question",
    [
        "What did the mayor say about drones?",
        "What is the capital of Norhaven?",
        "What information about the ban did the council publish?",
        "What does the report say about who pays?",
        "Which articles did she write?",
        "What are the Articles of Confederation?",
        "What happened to the mill?",
        "What happened in March 2021?",
        "What happened in 1983?",
        "What happened to Odile Brandt when the ban began?",
        "name the viceroy",
        "percentage of workers in the harbour trade unions",
    ],
)
def test_questions_stay(question: str) -> None:
    """A question for one thing is read whole."""
    assert asked_of(question) == question
    assert not is_topic(question)


def test_a_request_may_hold_a_question() -> None:
    """ "Tell me who …" asks who."""
    assert asked_of("Tell me who founded Ferrant Optics") == "who founded Ferrant Optics"
    assert not is_topic(asked_of("Tell me who founded Ferrant Optics"))


def test_a_topic_that_is_named_leans_on_nothing() -> None:
    """A request names what it is about, or points to what was said."""
    assert names_topic("Tell me about ferries")
    assert not names_topic("Tell me more")
    assert not names_topic("Tell me about the fine")
    assert not names_topic("Any news on it?")
    assert not names_topic("How many came?")
