"""Copies and earlier versions of a passage are listed next to hits and citations."""

from __future__ import annotations

from dataclasses import replace

from fakes import FERRY, passages

from bot.answer import Answer
from bot.answer_json import hit_json
from bot.discord.posts.answer_layout import answer_posts
from bot.discord.posts.source_lines import hit_lines
from bot.rendering.also_in import also_in_line, also_in_line_for_citation
from bot.rendering.text_rendering import hit_as_citation, plain_hits
from retrieval.hit import Hit

PASSAGE = passages(FERRY)[0]
COPY = replace(FERRY.info, id="copy.txt", publisher="The Ledger", published="2022-03-20")
EARLIER = replace(FERRY.info, id="earlier.txt", published="2022-03-01")
HIT = Hit(PASSAGE, 1.0, also_in=(EARLIER, COPY), earlier=frozenset({"earlier.txt"}))
LINE = "also in The Ledger (2022-03-20); earlier version of 2022-03-01"


def test_copies_and_versions_are_listed() -> None:
    """In one line, grouped by kind and truncated."""
    assert also_in_line(HIT) == LINE
    assert also_in_line(Hit(PASSAGE, 1.0)) == ""
    many = tuple(replace(COPY, id=str(n), publisher=f"Paper {n}", published=None) for n in range(6))
    assert (
        also_in_line(Hit(PASSAGE, 1.0, also_in=many))
        == "also in Paper 0, Paper 1, Paper 2, Paper 3 and 2 more"
    )


def test_json_distinguishes_versions_from_copies() -> None:
    """By the key "earlier_version"."""
    rows = [(row["id"], row["earlier_version"]) for row in hit_json(HIT)["also_in"]]
    assert rows == [("earlier.txt", True), ("copy.txt", False)]


def test_they_are_shown_in_lists_and_below_answers() -> None:
    """In the terminal and on Discord."""
    citation = hit_as_citation(1, HIT)
    assert also_in_line_for_citation(citation, [HIT]) == LINE
    assert also_in_line_for_citation(replace(citation, end=citation.end + 1), [HIT]) == ""
    assert f"\n    {LINE}\n" in plain_hits([HIT])
    assert "also in The Ledger" in hit_lines([HIT])[0]
    answer = Answer(
        "Q?", "Q?", "answered", citations=(citation,), read=(HIT,), complete=True, id="abcdefghij"
    )
    shown = "\n".join(card.description for post in answer_posts(answer) for card in post.cards)
    assert "also in The Ledger" in shown
