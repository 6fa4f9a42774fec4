"""Words of others do nothing on Discord: whatever they hold, nobody is pinged, nothing foreign is linked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.posts.escape_markdown import (
    defuse_mentions,
    escape_for_discord,
    link,
    plain_for_discord,
    safe_url,
)

# ruff: noqa: E501
PARTS = [
    "@everyone", "@here", "<@123>", "<@&5>", "<#7>", "</ask:9>", "<t:1:R>", "<:a:1>", "discord.gg/abc",
    "https://discord.com/invite/x", "[free](https://evil.example)", "](http://evil.example)", "[1]", "`", "```",
    "``", "\\", "||", "# ", "-# ", "> ", "**", "_", "~~", "\n", " ", "\u200b", "\u202e", "word", "1. ", "- ",
    "https://evil.example/a_b", "\x1b[31m", "é", "😀", "<https://evil.example>", "(", ")", "[", "]", "<", "\ud800",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=14).map("".join)


def seen(text: str) -> str:
    """What Discord shows of text whose every sign is escaped."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


@given(hostile)
def test_no_kind_of_escape_lets_a_ping_or_an_invite_through(text: str) -> None:
    """Neither in Markdown nor in labels does any text ping or invite."""
    for escaped in (plain_for_discord(text), defuse_mentions(text), escape_for_discord(text)):
        assert not re.search(r"@(everyone|here|[&!]?\d)", escaped)
        assert not re.search(r"discord\.gg/", escaped)
        assert not re.search(r"discord\.com/invite", escaped)


@given(hostile)
def test_plain_text_has_no_live_sign_left(text: str) -> None:
    """Every sign of Markdown stands behind a backslash, so that the words are read as they were written."""
    live = re.sub(r"\\[^0-9A-Za-z\s]", "x", plain_for_discord(text))
    assert not re.search(r"[*_~|`\[\]<>]|://|^[ \t]*[#+-]|^[ \t]*\d+[.)]", live, re.M)


@given(
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="@\u200b"), max_size=60)
)
def test_plain_text_is_seen_letter_for_letter(text: str) -> None:
    """Escaping changes what Discord makes of a text, not what people read."""
    assert seen(plain_for_discord(text)) == text


@given(hostile)
def test_no_link_works_in_a_model_s_markdown(text: str) -> None:
    """A model can neither mask a link nor open one; what is left is code or escaped."""
    live = re.sub(r"\\[^0-9A-Za-z\s]", "x", defuse_mentions(text))
    assert not re.search(r"\]\(\s*<?\w+:", live)
    outside = re.sub(r"```.*?(?:```|\Z)|`[^`\n]+`", "", live, flags=re.S)
    assert not re.search(r"<[@#/:t]|\|\||^#{1,3} |^-# ", outside, re.M)


def test_a_model_s_plain_markdown_stays() -> None:
    """Emphasis, lists and code are what a reader wants to see."""
    text = "**Eleven** companies [1]:\n- Alibaba\n- Tencent\n\n```py\nx[0](1)\n```\n`a || b`"
    assert defuse_mentions(text) == text


def test_a_backslash_of_the_text_does_not_undo_an_escape() -> None:
    """An article cannot eat our backslash with one of its own."""
    assert plain_for_discord("\\[x](y)") == r"\\\[x\](y)"
    assert "\\\\<" not in defuse_mentions("\\<@1>")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.reuters.com/a (b)?q=1", "[reuters.com](https://www.reuters.com/a%20%28b%29?q=1)"),
        ("http://bücher.example/ü", "[xn--bcher-kva.example](http://xn--bcher-kva.example/%C3%BC)"),
    ],
)
def test_a_link_is_named_by_the_host_it_leads_to(url: str, shown: str) -> None:
    """A masked link says where it goes, whatever the article's title claims."""
    assert link(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "https://user:pw@bank.example/", "https://discord.gg/abc", "ftp://x.example/",
        "https://localhost/", "http://127.0.0.1/admin", "http://10.0.0.8/", "https://x.example/" + "a" * 600,
        "https://exa mple.example/", "http://[::1]/", "https://x.example:99999/",
    ],
)  # fmt: skip
def test_an_address_that_could_surprise_is_no_link(url: str | None) -> None:
    """Only plain public web addresses are linked."""
    assert safe_url(url) is None
    assert link(url) is None


@given(st.text(max_size=80))
def test_no_url_of_an_article_breaks_out_of_its_link(path: str) -> None:
    """Brackets, blanks and controls in an address are encoded."""
    shown = link("https://example.org/" + path)
    assert shown is None or re.fullmatch(r"\[example\.org\]\(https://example\.org/[^\s()<>\[\]]*\)", shown)
