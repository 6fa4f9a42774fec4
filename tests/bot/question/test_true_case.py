"""The capitals of names in questions typed in lower case."""

from __future__ import annotations

from bot.question.true_case import with_capitals


def test_only_words_that_texts_nearly_always_capitalize_are_names() -> None:
    """ "quay" has a capital in every text, "head" in none, "ban" in one of two."""
    texts = ["He left the Quay, and the Quay has a head.", "We like the Ban or the ban, the Quay said."]
    assert with_capitals("who is head of the ban of quay", texts) == "who is head of the ban of Quay"
    assert with_capitals("Who is head of the QUAY", texts) == "Who is head of the QUAY"
