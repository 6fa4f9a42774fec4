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
from bot.localization import localized, localized_count

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


def checked_posts(checked: CheckedText, link: str) -> list[Post]:
    """The sentences of a message with their verdicts; the quote below those that must be compared with it.

    *link* leads to the message.
    """
    listed = Answer("", "", "answered", notice=checked.notice, failures=checked.failures)
    lines = [line for claim in checked.claims for line in _claim_lines(claim)]
    if checked.skipped:
        one, many = "{count} more sentence was not checked.", "{count} more sentences were not checked."
        lines.append(f"-# {localized_count(one, many, checked.skipped)}")
    lines += source_lines(checked.citations)
    used = {claim.verdict for claim in checked.claims}
    legend = " · ".join(
        f"{SYMBOLS[verdict]} {localized(MEANINGS[verdict])}" for verdict in SYMBOLS if verdict in used
    )
    jump = f"[{localized('Jump to the message')}]({link})" if link else ""
    head = notice_line(listed) + jump
    return arrange(head, lines, title=localized("Checked against the articles"), footer=legend)


def _claim_lines(claim: CheckedClaim) -> Iterator[str]:
    marker = f" **[{claim.citation.number}]**" if claim.citation else ""
    yield f"{SYMBOLS[claim.verdict]} {_plain(claim.text, MAX_SENTENCE)}{marker}"
    if claim.verdict == "unchecked" and claim.citation is None:
        yield f"> {localized('No similar sentence found.')}"
    if claim.verdict in ("contradicted", "unchecked") and claim.citation:
        yield f"> “{_plain(claim.citation.quote, MAX_QUOTE)}”"
        if claim.differences:
            words = localized("Not in this quote: {words}", words=", ".join(claim.differences))
            yield f"> {_plain(words, MAX_DIFFERENCES)}"


def _plain(text: str, limit: int) -> str:
    return plain_for_discord(shorten(escape_for_discord(text), limit))
