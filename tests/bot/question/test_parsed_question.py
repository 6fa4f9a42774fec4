"""The topics, openings and kinds of questions."""

from __future__ import annotations

import time

import pytest

from bot.question.parsed_question import parse_question


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
        ("what's the deal with the chip licences?", "the chip licences?"),
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
    assert parse_question(request_).text == about
    assert parse_question(about).is_topic


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
    assert parse_question(question).text == question
    assert not parse_question(question).is_topic


def test_a_request_can_contain_a_question() -> None:
    """ "Tell me who …" asks who."""
    parsed = parse_question("Tell me who founded Ferrant Optics")
    assert parsed.text == "who founded Ferrant Optics"
    assert not parsed.is_topic


def test_named_topics() -> None:
    """A request either names its topic or refers to the conversation."""
    assert parse_question("Tell me about ferries").names_topic
    assert not parse_question("Tell me more").names_topic
    assert not parse_question("Tell me about the fine").names_topic
    assert not parse_question("Any news on it?").names_topic
    assert not parse_question("How many came?").names_topic


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("hey can you tell me who founded Ferrant Optics", "who founded Ferrant Optics"),
        ("Hi! I was wondering how the ferry works, thanks", "how the ferry works"),
        ("so um, do you know when the ban starts?", "when the ban starts?"),
        ("got it. what about gulls?", "what about gulls?"),
        ("ok thanks, and in 2019?", "and in 2019?"),
        ("Please name the viceroy", "name the viceroy"),
        ("Who is Hi-Fi Records?", "Who is Hi-Fi Records?"),
        ("Can you swim there?", "Can you swim there?"),
        ("Hello there", "there"),
        ("thanks", "thanks"),
    ],
)
def test_openings_are_removed(typed: str, question: str) -> None:
    """Greetings, introductions and thanks are not searched for; a text is never emptied."""
    assert parse_question(typed).plain == question


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hey, how does voice clone fraud work?", "how"),
        ("How many ferries run?", "fact"),
        ("why's the bridge shut", "why"),
        ("what's going on with Orchardia?", "what_happened"),
        ("Who is Ada Quill?", "who_is"),
        ("Who is the head of Ferrant Optics?", "fact"),
        ("Tell me about Ferrant Optics", "topic"),
        ("Can you tell me about the new ferry?", "topic"),
        ("list all fines", "list"),
        ("Give me a timeline of events about Orchardia", "timeline"),
        ("Is the ferry or the bus cheaper?", "compare"),
        ("Is the ban in force?", "yes_no"),
        ("what do you think of the ban?", "opinion"),
        ("should i take the ferry or the bus", "opinion"),
        ("When the vote failed, what happened?", "fact"),
        ("After the vote, why did she resign?", "why"),
    ],
)
def test_the_kind_is_read_from_the_words(question: str, kind: str) -> None:
    """Greetings and requests are ignored; the main clause counts."""
    assert parse_question(question).kind == kind


@pytest.mark.parametrize("words", ["hey ", "? ", "is longer or ", "which articles ", "tell me ", "ok, "])
def test_long_texts_are_parsed_fast(words: str) -> None:
    """No pattern needs time that grows with the square of the length; it took seconds."""
    started = time.perf_counter()
    parse_question((words * 1000)[:4000])
    assert time.perf_counter() - started < 1
