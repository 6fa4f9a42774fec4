"""Lays out answers, search results and cited passages as posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.discord.posts.answer_body import answer_text, contradiction_text, footer, notice_line
from bot.discord.posts.escape_markdown import escape_for_discord, link, plain_for_discord, safe_url
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
from bot.discord.posts.split_markdown import shorten, split, units
from bot.rendering.also_in import also_in_line, also_in_line_for_citation
from bot.rendering.quote_view import passage_view
from bot.rendering.text_rendering import (
    QUOTE_STATE_TEXTS,
    hit_as_citation,
    not_found_text,
)
from retrieval.passage import page_of

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.hit import Hit

_MAX_NAME = 100  # characters of a title, publisher or path in a source line
_MAX_EXCERPT = 300  # characters of a passage in a list
_VIEW_LENGTHS = (3200, 2000, 1000, 300)  # units of a passage with its context; the first that fits is used
_COLOURS: dict[str, Colour] = {"unchanged": "green", "moved": "green", "changed": "orange", "deleted": "red"}
GROWING = "Answering…"
CHECKING = "checking…"


def answer_posts(answer: Answer, *, searched: int = 0) -> list[Post]:
    """A complete answer: text, sources, a button for each passage and two for feedback."""
    if answer.status == "not_found":
        posts = _not_found(answer, searched)
    else:
        lines = [
            source_line(citation) + _also(also_in_line_for_citation(citation, answer.read))
            for citation in answer.citations
        ]
        text = notice_line(answer) + answer_text(answer) + contradiction_text(answer)
        posts = arrange(text, lines, footer=footer(answer, searched))
    numbers = [citation.number for citation in openable_citations(answer)]
    return with_buttons(posts, answer.id, numbers, feedback=True)


def growing_posts(answer: Answer) -> list[Post]:
    """An answer that is still being written or checked."""
    footer = CHECKING if answer.checking else GROWING
    text = answer_text(answer) or plain_for_discord(escape_for_discord(answer.progress))
    return arrange(text, [], footer=footer, colour="grey")


def source_line(citation: Citation) -> str:
    """A citation on one line of Markdown: number, title, publisher, date, link, path and line."""
    return f"**[{citation.number}]** {article_line(citation.article)} · {_place(citation)}"


def article_line(info: ArticleInfo) -> str:
    """An article on one line of Markdown: title, publisher, date, link."""
    title = plain_for_discord(shorten(escape_for_discord(info.title or info.id), _MAX_NAME))
    details = [
        plain_for_discord(shorten(escape_for_discord(part), _MAX_NAME))
        for part in (info.publisher, info.date)
        if part
    ]
    url = link(info.url)
    return " · ".join([f"**{title}**", *details, *([url] if url else [])])


def _place(citation: Citation) -> str:
    path = shorten(escape_for_discord(citation.article.path), _MAX_NAME)
    page = page_of(citation.article.path, citation.section)
    return plain_for_discord(f"{path}:{citation.line}" if page is None else f"{path}, p. {page}")


def hit_lines(hits: Sequence[Hit]) -> list[str]:
    """Search results, numbered: the source and the beginning of each passage."""
    lines = []
    for number, hit in enumerate(hits, 1):
        citation = hit_as_citation(number, hit)
        excerpt = plain_for_discord(shorten(escape_for_discord(citation.quote), _MAX_EXCERPT))
        lines.append(f"{source_line(citation)}{_also(also_in_line(hit))}\n> {excerpt}")
    return lines


def _also(line: str) -> str:
    return f" · {plain_for_discord(shorten(escape_for_discord(line), _MAX_NAME))}" if line else ""


def _not_found(answer: Answer, searched: int) -> list[Post]:
    text = notice_line(answer) + plain_for_discord(escape_for_discord(not_found_text(answer)))
    if answer.nearest:
        text += " Closest passages:"
    return arrange(text, hit_lines(answer.nearest), footer=footer(answer, searched), colour="orange")


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
            Button("👍 Helpful", f"fn:good:{answer_id}", "grey", row),
            Button("👎 Not helpful", f"fn:bad:{answer_id}", "grey", row),
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
    section = "" if page_of(info.path, citation.section) else citation.section or ""
    where = " · ".join(
        part
        for part in (
            plain_for_discord(shorten(escape_for_discord(section), _MAX_NAME)),
            _place(citation),
        )
        if part
    )
    head = f"{article_line(info)}\n{where}"
    label, _, explanation = QUOTE_STATE_TEXTS[state].partition(": ")
    verdict = f"**{label.capitalize()}**: {explanation}."
    views = (
        f"{head}\n\n{_quote_in_context(citation, text, span, limit)}\n\n{verdict}" for limit in _VIEW_LENGTHS
    )
    description = next(view for view in views if units(view) <= MAX_DESCRIPTION)
    title = f"Passage {citation.number} of {len(numbers)}" if len(numbers) > 1 else "Passage"
    card = Card(description, title, _byline(info), _COLOURS[state])
    return Post((card,), _passage_buttons(citation, answer_id, numbers))


def _byline(info: ArticleInfo) -> str:
    parts = (info.author and f"by {info.author}", info.updated and f"updated {info.updated}")
    return shorten(escape_for_discord(" · ".join(part for part in parts if part)), 300)


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
        Button("◀ Previous", f"fn:turn:{answer_id}:{before}:b", disabled=index == 0),
        Button("Next ▶", f"fn:turn:{answer_id}:{after}:f", disabled=index == last),
    ]
    url = safe_url(citation.article.url)
    original = [Button("Original", url, "link")] if url else []
    return (*(buttons if last else []), *original)
