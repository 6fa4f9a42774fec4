"""Conclusions that cite nothing are compared with everything that was retrieved."""

from __future__ import annotations

import pytest

from bot.answer import Sentence
from bot.checking.uncited_conclusions import uncited_conclusions

TEXTS = ["The harbour board fined the ferry line 40 crowns. The line will not appeal, its lawyer said."]
QUESTION = "What did the harbour board do?"
CITED = Sentence("The board fined the ferry line 40 crowns.", (1,), "neutral")


def conclusions(*sentences: Sentence | str) -> set[int]:
    given = [Sentence(text, (), "neutral") if isinstance(text, str) else text for text in sentences]
    return uncited_conclusions(given, TEXTS, QUESTION)


@pytest.mark.parametrize(
    ("conclusion", "found"),
    [
        ("Regulators everywhere are losing patience with shipping monopolies.", {1}),
        ("This proves that tourism suffers most.", {1}),
        # said in other words of the passage, or again
        ("So the ferry line accepted the fine and will not appeal.", set()),
        ("In short, the board fined the line.", set()),
        # nothing that could have a source
        ("That is all.", set()),
    ],
)
def test_a_conclusion_with_other_words_has_no_source(conclusion: str, found: set[int]) -> None:
    """Only if it states something."""
    assert conclusions(CITED, conclusion) == found


def test_what_precedes_a_cited_sentence_introduces_it() -> None:
    """A lead is no conclusion, and an answer without citations has none."""
    lead = "Views about this matter differ widely among observers."
    assert conclusions(lead, CITED) == set()
    assert conclusions(lead) == set()
