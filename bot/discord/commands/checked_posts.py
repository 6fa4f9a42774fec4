"""The posts of "Check this": a symbol for each sentence, the quotes behind them, and their sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.discord.posts.answer_body import notice_line
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.post import Post, arrange
from bot.discord.posts.source_lines import source_lines
from bot.discord.posts.split_markdown import shorten

if TYPE_CHECKING:
    from bot.claim_check import CheckedClaim, CheckedText

MAX_SENTENCE, MAX_QUOTE, MAX_DIFFERENCES = 600, 400, 200  # units before escaping
SYMBOLS = {
    "supported": "✅",
    "contradicted": "⛔",
    "not in the articles": "❔",
    "no claim": "➖",
    "unchecked": "🔎",
}
MEANINGS = {
    "supported": "supported",
    "contradicted": "the articles say otherwise",
    "not in the articles": "not in the articles",
    "no claim": "no claim",
    "unchecked": "not confirmed: compare it with the closest quote",
}


def checked_posts(checked: CheckedText) -> list[Post]:
    """The sentences of a message with their verdicts; the quote below those that must be compared with it."""
    listed = Answer("", "", "answered", notice=checked.notice, failures=checked.failures)
    lines = [line for claim in checked.claims for line in _claim_lines(claim)]
    if checked.skipped:
        were = "sentence was" if checked.skipped == 1 else "sentences were"
        lines.append(f"-# {checked.skipped:,} more {were} not checked.")
    lines += source_lines(checked.citations)
    used = {claim.verdict for claim in checked.claims}
    legend = " · ".join(f"{SYMBOLS[verdict]} {MEANINGS[verdict]}" for verdict in SYMBOLS if verdict in used)
    return arrange(notice_line(listed), lines, title="Checked against the articles", footer=legend)


def _claim_lines(claim: CheckedClaim) -> Iterator[str]:
    marker = f" **[{claim.citation.number}]**" if claim.citation else ""
    yield f"{SYMBOLS[claim.verdict]} {_plain(claim.text, MAX_SENTENCE)}{marker}"
    if claim.verdict == "unchecked" and claim.citation is None:
        yield "> No similar sentence found."
    if claim.verdict in ("contradicted", "unchecked") and claim.citation:
        yield f"> “{_plain(claim.citation.quote, MAX_QUOTE)}”"
        if claim.differences:
            yield f"> {_plain('Not in this quote: ' + ', '.join(claim.differences), MAX_DIFFERENCES)}"


def _plain(text: str, limit: int) -> str:
    return plain_for_discord(shorten(escape_for_discord(text), limit))
