"""Draws answers, found passages and cited passages as posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.discord.posts.answer_body import answer_text, contradictions, footer, notice_line
from bot.discord.posts.escape_markdown import escape_for_discord, link, plain_for_discord, safe_url
from bot.discord.posts.post import DESCRIPTION, IN_ROW, ROWS, Button, Card, Colour, Post, arrange
from bot.discord.posts.split_markdown import shorten, split, units
from bot.rendering.also_in import also_in_articles, also_in_text
from bot.rendering.quote_view import passage_view
from bot.rendering.text_rendering import STATES, hit_as_citation, not_found_text, unsigned

if TYPE_CHECKING:
    from retrieval.article import ArticleInfo
    from retrieval.hit import Hit

_TITLE = 100  # characters of a title in a source line
_EXCERPT = 300  # of a passage in a list
_VIEWS = (3200, 2000, 1000, 300)  # characters of a passage with its surroundings, the first that fits
_COLOURS: dict[str, Colour] = {"unchanged": "green", "moved": "green", "changed": "orange", "deleted": "red"}
GROWING = "Answering…"


def answer_posts(answer: Answer, *, searched: int = 0) -> list[Post]:
    """A whole answer: its text, its sources, a button for each passage and two for an opinion."""
    if answer.status == "not_found":
        posts = _not_found(answer, searched)
    else:
        lines = [source_line(each) + _also(also_in_articles(each, answer.read)) for each in answer.citations]
        text = notice_line(answer) + answer_text(answer) + contradictions(answer)
        posts = arrange(text, lines, footer=footer(answer, searched))
    numbers = [each.number for each in citations_of(answer)]
    return with_buttons(posts, answer.id, numbers, opinion=True)


def growing_posts(answer: Answer) -> list[Post]:
    """An answer that is not whole yet."""
    return arrange(answer_text(unsigned(answer)), [], footer=GROWING, colour="grey")


def source_line(citation: Citation) -> str:
    """Number, title, publisher, date, place in the file and link of a citation, on one line of Markdown."""
    return f"**[{citation.number}]** {article_line(citation.article)} · {_place(citation)}"


def article_line(info: ArticleInfo) -> str:
    """Title, publisher, date and link of an article, on one line of Markdown."""
    title = plain_for_discord(shorten(escape_for_discord(info.title or info.id), _TITLE))
    known = [
        plain_for_discord(shorten(escape_for_discord(part), _TITLE))
        for part in (info.publisher, info.date)
        if part
    ]
    address = link(info.url)
    return " · ".join([f"**{title}**", *known, *([address] if address else [])])


def _place(citation: Citation) -> str:
    return plain_for_discord(f"{shorten(escape_for_discord(citation.article.path), _TITLE)}:{citation.line}")


def hit_lines(hits: Sequence[Hit]) -> list[str]:
    """Found passages, numbered: where each stands, and its beginning."""
    lines = []
    for number, hit in enumerate(hits, 1):
        each = hit_as_citation(number, hit)
        shown = plain_for_discord(shorten(escape_for_discord(each.quote), _EXCERPT))
        lines.append(f"{source_line(each)}{_also(also_in_text(hit))}\n> {shown}")
    return lines


def _also(line: str) -> str:
    return f" · {plain_for_discord(shorten(escape_for_discord(line), _TITLE))}" if line else ""


def _not_found(answer: Answer, searched: int) -> list[Post]:
    text = notice_line(answer) + plain_for_discord(escape_for_discord(not_found_text(answer)))
    if answer.nearest:
        text += " These passages are the nearest:"
    return arrange(text, hit_lines(answer.nearest), footer=footer(answer, searched), colour="orange")


def citations_of(answer: Answer) -> tuple[Citation, ...]:
    """What the buttons of an answer open: its citations, or the nearest passages when nothing answers."""
    if answer.citations or answer.status == "answered":
        return answer.citations
    return tuple(hit_as_citation(number, hit) for number, hit in enumerate(answer.nearest, 1))


def with_buttons(
    posts: list[Post], answer_id: str, numbers: Sequence[int], *, opinion: bool = False
) -> list[Post]:
    """The posts, the last with a button for each passage that there is room for, and for an opinion."""
    if not answer_id:
        return posts
    shown = numbers[: (ROWS - 1) * IN_ROW]
    buttons = [
        Button(str(number), passage_target(answer_id, number), "blue", place // IN_ROW)
        for place, number in enumerate(shown)
    ]
    if opinion:
        row = -(-len(shown) // IN_ROW)
        buttons += [
            Button("👍 Helpful", f"fn:good:{answer_id}", "grey", row),
            Button("👎 Not helpful", f"fn:bad:{answer_id}", "grey", row),
        ]
    return [*posts[:-1], Post(posts[-1].cards, tuple(buttons))]


def passage_target(answer_id: str, number: int) -> str:
    """The custom_id of the button that opens a passage."""
    return f"fn:passage:{answer_id}:{number}"


def passage_post(
    citation: Citation,
    state: str,
    text: str | None,
    span: tuple[int, int],
    answer_id: str,
    numbers: Sequence[int],
) -> Post:
    """A cited passage in its surroundings, the quote in bold, and what has become of it since.

    *text* and *span* are the article now and where the quote stands in it; None when it stands there no
    more. *numbers* are those of all citations, to turn to.
    """
    info = citation.article
    where = " · ".join(
        each
        for each in (
            plain_for_discord(shorten(escape_for_discord(citation.section or ""), _TITLE)),
            _place(citation),
        )
        if each
    )
    head = f"{article_line(info)}\n{where}"
    verdict = f"**{STATES[state].partition(':')[0].capitalize()}**: {STATES[state].partition(': ')[2]}."
    views = (f"{head}\n\n{_quoted(citation, text, span, most)}\n\n{verdict}" for most in _VIEWS)
    shown = next(each for each in views if units(each) <= DESCRIPTION)
    title = f"Passage {citation.number} of {len(numbers)}" if len(numbers) > 1 else "Passage"
    card = Card(shown, title, _byline(info), _COLOURS[state])
    return Post((card,), _passage_buttons(citation, answer_id, numbers))


def _byline(info: ArticleInfo) -> str:
    known = (info.author and f"by {info.author}", info.updated and f"updated {info.updated}")
    return shorten(escape_for_discord(" · ".join(each for each in known if each)), 300)


def _quoted(citation: Citation, text: str | None, span: tuple[int, int], most: int) -> str:
    """The quote in bold, within its passage where the article still says it; as a block quote.

    *most* counts units before each line is made bold and quoted, which adds up to nine to it.
    """
    if text is None:
        before, quote, after = "", citation.quote, ""
    else:
        shift = span[0] - citation.start
        first, last = citation.passage_start + shift, citation.passage_end + shift
        view = passage_view(text, *span, max(first, 0), min(last, len(text)))
        before, quote, after = view.before, view.quote, view.after
    if units(plain_for_discord(quote)) > most:
        quote = split(plain_for_discord(quote), most)[0]
        return _block(_bold(quote, escaped=True) + " …")
    room = (most - units(plain_for_discord(quote))) // 2
    return _block(f"{_tail(before, room)}{_bold(quote)}{_head(after, room)}")


def _block(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines() if line.strip())


def _bold(text: str, *, escaped: bool = False) -> str:
    """Each line in bold by itself: emphasis does not cross lines of a block quote."""
    lines = (text if escaped else plain_for_discord(text)).splitlines()
    return "\n".join(f"**{line.strip()}**" if line.strip() else "" for line in lines)


def _head(text: str, room: int) -> str:
    shown = plain_for_discord(text)
    return shown if units(shown) <= room else plain_for_discord(shorten(text, room // 2))


def _tail(text: str, room: int) -> str:
    shown = plain_for_discord(text)
    if units(shown) <= room:
        return shown
    kept = text[-(room // 2) :]
    return "…" + plain_for_discord(kept.partition(" ")[2] or kept)


def _passage_buttons(citation: Citation, answer_id: str, numbers: Sequence[int]) -> tuple[Button, ...]:
    place, last = numbers.index(citation.number), len(numbers) - 1
    before, after = numbers[max(place - 1, 0)], numbers[min(place + 1, last)]
    buttons = [
        Button("◀ Previous", f"fn:turn:{answer_id}:{before}:b", disabled=place == 0),
        Button("Next ▶", f"fn:turn:{answer_id}:{after}:f", disabled=place == last),
    ]
    address = safe_url(citation.article.url)
    original = [Button("Original", address, "link")] if address else []
    return (*(buttons if last else []), *original)
