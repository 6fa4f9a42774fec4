"""The kind of answer that a question asks for, and the capitals of its names."""

from __future__ import annotations

import pytest

from bot.question.parsed_question import parse_question
from bot.question.question_kind import question_kind
from bot.question.true_case import with_capitals


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
    assert question_kind(parse_question(question)) == kind


def test_only_words_that_texts_nearly_always_capitalize_are_names() -> None:
    """ "quay" has a capital in every text, "head" in none, "ban" in one of two."""
    texts = ["He left the Quay, and the Quay has a head.", "We like the Ban or the ban, the Quay said."]
    assert with_capitals("who is head of the ban of quay", texts) == "who is head of the ban of Quay"
    assert with_capitals("Who is head of the QUAY", texts) == "Who is head of the QUAY"
