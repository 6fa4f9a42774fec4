"""Topic requests."""

from __future__ import annotations

import pytest

from bot.question.topic_request import is_topic, names_topic, without_request_words


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
def test_topics_of_requests(request_: str, about: str) -> None:
    """Request words are removed; the rest is a topic."""
    assert without_request_words(request_) == about
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
def test_questions_are_unchanged(question: str) -> None:
    """A question for a single fact keeps all its words."""
    assert without_request_words(question) == question
    assert not is_topic(question)


def test_a_request_can_contain_a_question() -> None:
    """ "Tell me who …" asks who."""
    assert without_request_words("Tell me who founded Ferrant Optics") == "who founded Ferrant Optics"
    assert not is_topic(without_request_words("Tell me who founded Ferrant Optics"))


def test_named_topics() -> None:
    """A request either names its topic or refers to the conversation."""
    assert names_topic("Tell me about ferries")
    assert not names_topic("Tell me more")
    assert not names_topic("Tell me about the fine")
    assert not names_topic("Any news on it?")
    assert not names_topic("How many came?")
