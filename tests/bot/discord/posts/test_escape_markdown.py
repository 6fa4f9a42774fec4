"""Untrusted text is harmless on Discord: no pings and no foreign links, whatever it contains."""

from __future__ import annotations

import re

import pytest
from discord_hostile import hostile_texts
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord, safe_url
from bot.discord.posts.quote_link import labelled_link


def rendered(text: str) -> str:
    """Escaped text as Discord shows it."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


@given(hostile_texts)
def test_no_function_lets_pings_or_invites_through(text: str) -> None:
    """Neither in Markdown nor in labels."""
    for escaped in (plain_for_discord(text), escape_for_discord(text)):
        assert not re.search(r"@(everyone|here|[&!]?\d)", escaped)
        assert not re.search(r"discord\.gg/", escaped)
        assert not re.search(r"discord\.com/invite", escaped)


@given(hostile_texts)
def test_plain_text_has_no_active_markdown(text: str) -> None:
    """Every Markdown character is escaped with a backslash."""
    active = re.sub(r"\\[^0-9A-Za-z\s]", "x", plain_for_discord(text))
    assert not re.search(r"[*_~|`\[\]<>]|://|^[ \t]*[#+-]|^[ \t]*\d+[.)]", active, re.M)


@given(
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="@\u200b"), max_size=60)
)
def test_plain_text_is_shown_literally(text: str) -> None:
    """Escaping does not change what people read."""
    assert rendered(plain_for_discord(text)) == text


def test_a_backslash_in_the_text_does_not_undo_an_escape() -> None:
    """Backslashes of an article are escaped too."""
    assert plain_for_discord("\\[x](y)") == r"\\\[x\](y)"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.reuters.com/a (b)?q=1", "[reuters.com](https://www.reuters.com/a%20%28b%29?q=1)"),
        ("https://x.example/a#b(c)", "[x.example](https://x.example/a#b%28c%29)"),
        ("http://bücher.example/ü", "[xn--bcher-kva.example](http://xn--bcher-kva.example/%C3%BC)"),
    ],
)
def test_a_link_is_labelled_with_its_host(url: str, shown: str) -> None:
    """So a masked link always shows where it leads."""
    assert labelled_link(safe_url(url)) == shown


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "https://user:pw@bank.example/", "https://discord.gg/abc", "ftp://x.example/",
        "https://localhost/", "http://127.0.0.1/admin", "http://10.0.0.8/", "https://x.example/" + "a" * 600,
        "https://exa mple.example/", "http://[::1]/", "https://x.example:99999/",
    ],
)  # fmt: skip
def test_unsafe_urls_are_not_linked(url: str | None) -> None:
    """Only plain public web addresses are."""
    assert safe_url(url) is None


@given(st.text(max_size=80))
def test_no_url_breaks_out_of_its_link(path: str) -> None:
    """Brackets, white space and control characters in a URL are encoded."""
    shown = labelled_link(safe_url("https://example.org/" + path))
    assert shown is None or re.fullmatch(r"\[example\.org\]\(https://example\.org/[^\s()<>\[\]]*\)", shown)
