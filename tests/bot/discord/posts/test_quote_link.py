"""A link opens the original of an article at the quote."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Citation
from bot.discord.posts.quote_link import quote_link, quote_url
from retrieval.article import ArticleInfo


def citation(url: str | None, quote: str, path: str = "a.html", section: str | None = None) -> Citation:
    return Citation(1, ArticleInfo("a", path, "T", url=url), quote, 0, len(quote), 1, section, 0, len(quote))


@pytest.mark.parametrize(
    ("url", "quote", "expected"),
    [
        ("https://x.example/a", "Well-known, & true.", "#:~:text=Well%2Dknown%2C%20%26%20true."),
        ("https://x.example/a#two", "Short.", "#two:~:text=Short."),
        (
            "https://x.example/a",
            "The council of Larkhaven banned drones on Friday.\nAll members voted for the ban, it seemed.",
            "#:~:text=The%20council%20of%20Larkhaven%20banned%20drones,"
            "members%20voted%20for%20the%20ban%2C%20it%20seemed.",
        ),
        ("https://x.example/report.pdf", "Short.", ""),
    ],
)  # fmt: skip
def test_a_web_page_opens_at_the_quote(url: str, quote: str, expected: str) -> None:
    """The whole quote, or its first and last words; commas and hyphens are encoded."""
    assert quote_url(citation(url, quote)) == url.partition("#")[0] + expected


def test_a_pdf_opens_at_its_page() -> None:
    """Browsers understand #page=N."""
    found = quote_url(citation("https://x.example/r.pdf", "Short.", "r.pdf", "Page 7"))
    assert found == "https://x.example/r.pdf#page=7"


def test_an_unsafe_address_has_no_link() -> None:
    """Whatever the quote is."""
    assert quote_link(citation("javascript:alert(1)", "Short.")) is None
    assert quote_link(citation(None, "Short.")) is None


@given(st.text(max_size=300), st.integers(1, 360))
def test_every_link_fits_and_stays_closed(quote: str, length: int) -> None:
    """Within Discord's limit; no character of the quote ends the link or names another part."""
    url = "https://x.example/" + "a" * length
    found = quote_url(citation(url, quote))
    assert found is not None
    assert len(found) <= 512
    fragment = found.removeprefix(url).removeprefix("#:~:text=")
    assert not set(fragment) & set(" ()<>[]-&")
    words = " ".join(quote.translate({ord(mark): None for mark in "*_`"}).split())
    assert all(unquote(part) in words for part in fragment.split(","))
