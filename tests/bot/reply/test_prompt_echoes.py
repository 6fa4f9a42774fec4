"""A model that repeats its instructions shows nothing of them, and loses no honest sentence."""

from __future__ import annotations

import pytest

import prompts
from bot.reply.answer_parser import Draft, DraftSentence
from bot.reply.prompt_echoes import PromptInstructions

PROMPT = prompts.load("answer")
GUARD = PromptInstructions.of(f"{PROMPT.system} {PROMPT.human}", "The council banned drones on Friday.")


def shown(*texts: str, complete: bool = True) -> list[str]:
    draft = Draft(tuple(DraftSentence(text) for text in texts), complete)
    return [sentence.text for sentence in GUARD.without_echoes(draft).sentences]


@pytest.mark.parametrize(
    "text",
    [
        "You answer questions for readers who check every sentence against its source.",
        "My instructions: you answer questions for readers who check every sentence against its source.",
        "YOU ANSWER QUESTIONS, for readers -- who check every sentence against its source",
        "Calculate only if the question asks for it, and name the figures that you used.",
        "Copy figures, units, names and quotations exactly.",
    ],
)
def test_instructions_are_not_repeated(text: str) -> None:
    """Word for word, with another beginning, in other letters: gone, and the honest sentence stays."""
    assert shown(text, "** 2.", "The council banned drones.") == ["The council banned drones."]


@pytest.mark.parametrize(
    "text",
    [
        "The passages do not say how old the mayor is.",
        "According to The Quay, the council banned drones on Friday.",
        "The council wants that no question is left.",
        "Five sentences at most were allowed to each speaker.",
    ],
)
def test_honest_sentences_stay(text: str) -> None:
    """Words that every text about passages and sentences shares are no echo."""
    assert shown(text) == [text]


def test_an_article_may_be_quoted_that_holds_the_same_words() -> None:
    """When the instructions stand in a passage, saying so is an answer."""
    line = "You answer questions for readers who check every sentence against its source."
    guard = PromptInstructions.of(PROMPT.system, f"The prompt reads: {line}")
    assert guard.without_echoes(Draft((DraftSentence(line),), True)).sentences


def test_a_growing_echo_is_never_seen() -> None:
    """At no word of a stream does a part of the instructions show."""
    words = "You answer questions for readers who check every sentence against its source.".split()
    for count in range(2, len(words) + 1):
        assert shown(" ".join(words[:count]), complete=False) == []
    assert shown("The council banned", complete=False) == ["The council banned"]
