"""Lays out answers, search results and cited passages as posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.discord.posts.answer_body import answer_text, contradiction_text, footer, notice_line
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.post import (
    BUTTONS_PER_ROW,
    MAX_DESCRIPTION,
    MAX_ROWS,
    Button,
    Card,
    Colour,
    Post,
    arrange,
)
from bot.discord.posts.quote_link import quote_url
from bot.discord.posts.source_lines import (
    article_line,
    day_stamp,
    hit_lines,
    page_number,
    short_name,
    source_lines,
)
from bot.discord.posts.split_markdown import shorten, split, units
from bot.localization import localized
from bot.rendering.quote_view import passage_view
from bot.rendering.text_rendering import (
    NOT_FOUND_REASONS,
    QUOTE_STATE_TEXTS,
    hit_as_citation,
)

if TYPE_CHECKING:
    pass

_VIEW_LENGTHS = (3200, 2000, 1000, 300)  # units of a passage with its context; the first that fits is used
_COLOURS: dict[str, Colour] = {"unchanged": "green", "moved": "green", "changed": "orange", "deleted": "red"}
GROWING = "Answering…"
CHECKING = "Checking…"


def answer_posts(answer: Answer, *, searched: int = 0, starts_thread: bool = False) -> list[Post]:
    """A complete answer: text, sources, a button for each passage and two for feedback.

    *starts_thread*: it is the first in a thread, and says how to continue there.
    """
    if answer.status == "not_found":
        posts = _not_found(answer, searched, _continuation(starts_thread))
    else:
        lines = [*source_lines(answer.citations, answer.read), *_continuation(starts_thread)]
        text = notice_line(answer) + answer_text(answer) + contradiction_text(answer)
        posts = arrange(text, lines, footer=footer(answer, searched))
    numbers = [citation.number for citation in openable_citations(answer)]
    return with_buttons(posts, answer.id, numbers, feedback=True)


def growing_posts(answer: Answer) -> list[Post]:
    """An answer that is still being written or checked."""
    footer = localized(CHECKING if answer.checking else GROWING)
    text = answer_text(answer) or plain_for_discord(escape_for_discord(answer.progress))
    return arrange(text, [], footer=footer, colour="grey")


def _continuation(starts_thread: bool) -> list[str]:
    text = "To ask more, mention me in this thread or reply to this message. I remember what was said here."
    return [f"-# {localized(text)}"] if starts_thread else []


def _not_found(answer: Answer, searched: int, continuation: Sequence[str]) -> list[Post]:
    text = notice_line(answer) + plain_for_discord(escape_for_discord(_not_found_text(answer)))
    if answer.nearest:
        text += " " + localized("Nearest in the articles:")
    lines = [*hit_lines(answer.nearest), *continuation]
    return arrange(text, lines, footer=footer(answer, searched), colour="orange")


def _not_found_text(answer: Answer) -> str:
    if not answer.reason:
        return localized("The articles do not answer this.")
    reason = NOT_FOUND_REASONS.get(answer.reason, answer.reason.rstrip("."))
    return localized("The articles do not answer this: {reason}.", reason=localized(reason))


def openable_citations(answer: Answer) -> tuple[Citation, ...]:
    """What the buttons of an answer open: its citations, or the nearest passages if it has no answer."""
    if answer.citations or answer.status == "answered":
        return answer.citations
    return tuple(hit_as_citation(number, hit) for number, hit in enumerate(answer.nearest, 1))


def with_buttons(
    posts: list[Post], answer_id: str, numbers: Sequence[int], *, feedback: bool = False
) -> list[Post]:
    """The posts with buttons on the last one: for as many passages as fit, and for feedback if wanted.

    An empty *answer_id* means that the answer was not saved: no buttons.
    """
    if not answer_id:
        return posts
    shown = numbers[: (MAX_ROWS - 1) * BUTTONS_PER_ROW]
    buttons = [
        Button(str(number), f"fn:passage:{answer_id}:{number}", "blue", index // BUTTONS_PER_ROW)
        for index, number in enumerate(shown)
    ]
    if feedback:
        row = -(-len(shown) // BUTTONS_PER_ROW)
        buttons += [
            Button(localized("👍 Helpful"), f"fn:good:{answer_id}", "grey", row),
            Button(localized("👎 Not helpful"), f"fn:bad:{answer_id}", "grey", row),
            Button("🗑", f"fn:delete:{answer_id}", "grey", row),
        ]
    return [*posts[:-1], Post(posts[-1].cards, tuple(buttons))]


def passage_post(
    citation: Citation,
    state: str,
    text: str | None,
    span: tuple[int, int],
    answer_id: str,
    numbers: Sequence[int],
) -> Post:
    """A cited passage in context, the quote in bold, and its current state.

    *text* is the article's current text and *span* the offsets of the quote in it; *text* is None if the
    quote is gone. *numbers* are the citations that the buttons step through.
    """
    info = citation.article
    head = "\n".join(line for line in (article_line(info), _details(citation)) if line)
    label, _, explanation = localized(QUOTE_STATE_TEXTS[state]).partition(": ")
    verdict = f"**{label.capitalize()}**: {explanation}."
    views = (
        f"{head}\n\n{_quote_in_context(citation, text, span, limit)}\n\n{verdict}" for limit in _VIEW_LENGTHS
    )
    description = next(view for view in views if units(view) <= MAX_DESCRIPTION)
    place, count = numbers.index(citation.number) + 1, len(numbers)
    title = (
        localized("Passage {number} of {count}", number=place, count=count)
        if count > 1
        else localized("Passage")
    )
    card = Card(description, title, colour=_COLOURS[state])
    return Post((card,), _passage_buttons(citation, answer_id, numbers))


def _details(citation: Citation) -> str:
    """Where the quote is, who wrote the article, and when it was updated."""
    info, page = citation.article, page_number(citation)
    parts = [localized("page {page}", page=page)] if page else []
    if citation.section and not page:
        parts.append(short_name(citation.section))
    if info.author:
        parts.append(localized("by {author}", author=short_name(info.author)))
    if info.updated:
        parts.append(localized("updated {day}", day=day_stamp(info.updated)))
    return " · ".join(parts)


def _quote_in_context(citation: Citation, text: str | None, span: tuple[int, int], limit: int) -> str:
    """The quote in bold as a block quote, with its passage around it if the article still contains it.

    *limit* is in units, before bold and block quote add up to nine units to each line.
    """
    if text is None:
        before, quote, after = "", citation.quote, ""
    else:
        shift = span[0] - citation.start
        first, last = citation.passage_start + shift, citation.passage_end + shift
        view = passage_view(text, *span, max(first, 0), min(last, len(text)))
        before, quote, after = view.before, view.quote, view.after
    if units(plain_for_discord(quote)) > limit:
        quote = split(plain_for_discord(quote), limit)[0]
        return _block(_bold(quote, escaped=True) + " …")
    room = (limit - units(plain_for_discord(quote))) // 2
    return _block(f"{_tail(before, room)}{_bold(quote)}{_head(after, room)}")


def _block(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines() if line.strip())


def _bold(text: str, *, escaped: bool = False) -> str:
    """Each line in bold separately: emphasis does not span lines of a block quote."""
    lines = (text if escaped else plain_for_discord(text)).splitlines()
    return "\n".join(f"**{line.strip()}**" if line.strip() else "" for line in lines)


def _head(text: str, room: int) -> str:
    escaped = plain_for_discord(text)
    return escaped if units(escaped) <= room else plain_for_discord(shorten(text, room // 2))


def _tail(text: str, room: int) -> str:
    escaped = plain_for_discord(text)
    if units(escaped) <= room:
        return escaped
    kept = text[-(room // 2) :]
    return "…" + plain_for_discord(kept.partition(" ")[2] or kept)


def _passage_buttons(citation: Citation, answer_id: str, numbers: Sequence[int]) -> tuple[Button, ...]:
    index, last = numbers.index(citation.number), len(numbers) - 1
    before, after = numbers[max(index - 1, 0)], numbers[min(index + 1, last)]
    buttons = [
        Button(localized("◀ Previous"), f"fn:turn:{answer_id}:{before}:b", disabled=index == 0),
        Button(localized("Next ▶"), f"fn:turn:{answer_id}:{after}:f", disabled=index == last),
    ]
    url = quote_url(citation)
    original = [Button(localized("Original"), url, "link")] if url else []
    return (*(buttons if last else []), *original)
