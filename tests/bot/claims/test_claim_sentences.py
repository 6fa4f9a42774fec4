"""Which sentences of a text are checked."""

from __future__ import annotations

import pytest

from bot.claims.claim_sentences import MAX_SENTENCE, claim_sentences, is_claim


def test_what_is_not_a_statement_is_left_out() -> None:
    """Questions, headings, code, source lines and markers; table rows and list items stay."""
    text = (
        "# Fees\n\n-# The model did not answer in time.\n\nIt **rose** by 4. [1][?] Really?\n\n"
        "- The ban starts in May.[2]\n\n| port | fee |\n|---|---|\n| Tern | 4 crowns |\n\n"
        "```\nprint(1)\n```\n\n"
        "[1] Ferry line tests a boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "Harbour town bans drones · The Quay · harbour.txt:3 · also in The Ledger\n"
    )
    assert claim_sentences(text) == ["It rose by 4.", "The ban starts in May.", "Tern | 4 crowns"]


def test_a_numbered_claim_is_no_source_line() -> None:
    """A claim cannot hide behind a number in brackets."""
    assert claim_sentences("[1] Orchardia was fined.") == ["Orchardia was fined."]


def test_a_long_sentence_is_checked_in_parts() -> None:
    """No part of a text without full stops is left out."""
    text = " ".join(f"word{n}" for n in range(400))
    parts = claim_sentences(text)
    assert " ".join(parts) == text
    assert all(len(part) <= MAX_SENTENCE for part in parts)


@pytest.mark.parametrize(
    "text",
    [
        "Hello everyone!",
        "Good morning all, nice weather.",
        "Thanks for the help, Anna!",
        "I love this town so much.",
        "Honestly I hope they appeal.",
        "I think the fine is far too low.",
        "In my opinion the council failed us.",
        "That’s really outrageous!",
        "What a great day for all of us!",
        "The companies in detail:",
        "The articles do not say that.",
        "lol yes",
    ],
)
def test_opinions_and_greetings(text: str) -> None:
    """They claim nothing that an article could support."""
    assert not is_claim(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hi all, Orchardia was fined.",
        "I think the fine was 37 million crowns.",
        "I believe Orchardia appealed.",
        "Thanks to the ban, the gulls returned.",
        "It is too late to appeal.",
        "Good results were reported by the company.",
        "市议会星期五禁止了送货无人机。",
    ],
)
def test_claims(text: str) -> None:
    """A statement stays one after a greeting, or as a belief."""
    assert is_claim(text)
