"""The slash commands that show passages: sources, search, quotations and checked sentences.

The numbers that they print can be opened with /source.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.answer import Citation
from bot.errors import BotError
from bot.rendering.also_in import also_in_line_for_citation
from bot.rendering.quote_view import article_view, passage_view
from bot.rendering.sanitize import sanitize_line
from bot.rendering.text_rendering import source_line
from bot.terminal.chat.chat_session import hit_citations

if TYPE_CHECKING:
    from bot.checking.excerpt_search import ExcerptMatch
    from bot.terminal.chat.chat_session import Session


class SlashCommandInvalid(BotError):
    """An unknown slash command, or one with a missing or invalid argument."""


async def source(session: Session, argument: str) -> None:
    """Show the passage of a source as it is now."""
    citation = _find_citation(session, argument)
    located = await session.assistant.locate(citation)
    if located.article is None or located.state == "changed":
        view = passage_view(citation.quote, 0, len(citation.quote), 0, len(citation.quote))
    else:
        shift = located.start - citation.start
        passage_span = citation.passage_start + shift, citation.passage_end + shift
        view = passage_view(
            located.article.text, located.start, located.end, *passage_span, located.article.dropped
        )
    hits = (*session.answers[-1].read, *session.answers[-1].nearest) if session.answers else ()
    session.screen.passage(citation, located.state, view, also_in_line_for_citation(citation, hits))


async def open_article(session: Session, argument: str) -> None:
    """Open the article of a source at the quote."""
    citation = _find_citation(session, argument)
    located = await session.assistant.locate(citation)
    if located.article is None:
        raise SlashCommandInvalid("The article is no longer in the corpus.")
    text = located.article.text
    start, end = (0, 0) if located.state == "changed" else (located.start, located.end)
    session.screen.page(located.article.info, article_view(text, start, end))


async def sources(session: Session, _: str) -> None:
    """List the sources of the last answer."""
    if not session.citations:
        raise SlashCommandInvalid("There are no sources yet. Ask a question first.")
    session.screen.sources(session.citations)


async def search(session: Session, argument: str) -> None:
    """Find passages without generating an answer."""
    hits = await session.assistant.search(argument, 10)
    session.set_citations(hit_citations(hits))
    session.screen.hits(hits)


async def quote(session: Session, argument: str) -> None:
    """Find the source of a quotation."""
    from bot.checking.excerpt_search import find_excerpt

    matches = await asyncio.to_thread(find_excerpt, session.assistant.library, argument)
    session.set_citations([_as_citation(number, match) for number, match in enumerate(matches, 1)])
    if not matches:
        session.screen.say("Not found in the articles.")
    for citation, match in zip(session.citations, matches, strict=True):
        similarity = "exact match" if match.exact else f"{match.similarity:.0%} similar"
        session.screen.lines([f"[{citation.number}] {source_line(citation)} · {similarity}"])


async def check(session: Session, argument: str) -> None:
    """Check the sentences of a text, or of the last answer, against the articles."""
    from bot.claim_check import check_text
    from bot.terminal.claim_lines import claim_lines

    if not argument and not session.answers:
        raise SlashCommandInvalid("There is no answer yet. Ask a question first, or use /check TEXT.")
    with session.screen.waiting("Checking…"):
        checked = await check_text(session.assistant, argument or session.answers[-1].text)
    session.set_citations(checked.citations)
    session.screen.lines([*claim_lines(checked)])


def _as_citation(number: int, match: ExcerptMatch) -> Citation:
    span = match.start, match.end
    return Citation(number, match.article, match.quote, *span, match.line, match.section, *span)


def _find_citation(session: Session, argument: str) -> Citation:
    if not session.citations:
        raise SlashCommandInvalid("There are no sources yet. Ask a question first.")
    number = argument.strip("[] ")
    citation = session.citation(int(number)) if number.isdecimal() else None
    if citation is None:
        valid = ", ".join(str(known.number) for known in session.citations)
        raise SlashCommandInvalid(f"There is no source {sanitize_line(argument)}. Valid numbers: {valid}.")
    return citation
