"""Links that open the original of an article at the quote."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from bot.discord.posts.escape_markdown import plain_for_discord, safe_url
from retrieval.passage import page_of

if TYPE_CHECKING:
    from bot.answer import Citation

_MAX_BUTTON_URL = 512  # characters; Discord's limit
_MAX_LENGTHS = (80, 40)  # characters of a quote that a link contains whole; of a longer one, half at each end


def quote_url(citation: Citation) -> str | None:
    """The article's URL, with a text fragment that scrolls a web page to the quote; None if it is not safe.

    The fragment "#:~:text=first words,last words" is that of https://wicg.github.io/scroll-to-text-fragment/.
    For a PDF file, the link opens the page.
    """
    url = safe_url(citation.article.url)
    if url is None:
        return None
    if urlsplit(url).path.lower().endswith(".pdf"):
        page = page_of(citation.article.path, citation.section)
        return url if page is None or "#" in url else f"{url}#page={page}"
    separator = ":~:" if "#" in url else "#:~:"
    links = (f"{url}{separator}text={_fragment(citation.quote, length)}" for length in _MAX_LENGTHS)
    return next((link for link in links if len(link) <= _MAX_BUTTON_URL), url)


def quote_link(citation: Citation) -> str | None:
    """The link in Markdown, labelled with the host it leads to."""
    return labelled_link(quote_url(citation))


def labelled_link(url: str | None) -> str | None:
    """A Markdown link labelled with the host it leads to; *url* is safe."""
    if url is None:
        return None
    host = urlsplit(url).hostname or ""
    return f"[{plain_for_discord(host.removeprefix('www.'))}]({url})"


def _fragment(text: str, length: int) -> str:
    """The words to find, encoded: the whole text, or its first and last words."""
    text = " ".join(text.translate({ord(mark): None for mark in "*_`"}).split())
    if len(text) <= length:
        return _encoded(text)
    half = length // 2
    head, tail = text[: half + 1], text[-half - 1 :]
    return f"{_encoded(head.rpartition(' ')[0] or head)},{_encoded(tail.partition(' ')[2] or tail)}"


def _encoded(text: str) -> str:
    """Percent-encoded, also the hyphen, which separates the parts of a text fragment."""
    return quote(text, safe="").replace("-", "%2D")
