"""Makes untrusted text harmless on Discord: no pings, no invites, no foreign links or Markdown."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urlsplit

from bot.rendering.sanitize import sanitize, sanitize_line

PING = re.compile(r"@(?=everyone|here|[&!]?\d)", re.I)
_INVITE = re.compile(
    r"(discord(?:app)?|dsc)(\.)(?=gg\b|com/+invite|com/+servers|media\b|me\b|io\b|li\b|new\b)", re.I
)
ZERO_WIDTH_SPACE = "\u200b"  # invisible, but keeps Discord from matching
_MARKDOWN = re.compile(r"[\\*_~|`\[\]<>]|:(?=//)|^[ \t]*[#+-]", re.M)
_LIST_NUMBER = re.compile(r"^([ \t]*\d+)([.)])", re.M)
_CODED_LINK = re.compile(r"(?<=\])(?=\(\s*<?\s*\w+:)")
_MAX_URL = 400  # characters; Discord allows 512 in a button, but a source line should stay short


def escape_for_discord(text: str) -> str:
    """*text* as one line without pings, for places without Markdown (footers, labels, names)."""
    return defuse_pings(sanitize_line(text))


def plain_for_discord(text: str) -> str:
    """*text* of an article or a person, shown literally: all Markdown is escaped."""
    text = _MARKDOWN.sub(lambda match: match[0][:-1] + "\\" + match[0][-1], defuse_pings(sanitize(text)))
    return _LIST_NUMBER.sub(r"\1\\\2", text)


def defuse_code(text: str) -> str:
    """Code without links: Discord's clients link "[x](https://…)" even there."""
    return _CODED_LINK.sub(ZERO_WIDTH_SPACE, text)


def safe_url(url: str | None) -> str | None:
    """The URL if it is http(s) with a public host, no user name and no Discord invite; else None."""
    if not url or len(url) > _MAX_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (UnicodeError, ValueError):
        return None
    if parts.scheme not in {"http", "https"} or parts.username or not _is_public(host):
        return None
    path = quote(parts.path, safe="/%:;,=+~!$&'*-._") or "/"
    query = "?" + quote(parts.query, safe="/%:;,=+~!$&'*-._?") if parts.query else ""
    fragment = "#" + quote(parts.fragment, safe="/%:;,=+~!$&'*-._?") if parts.fragment else ""
    address = f"{parts.scheme}://{host}{port}{path}{query}{fragment}"
    return None if len(address) > _MAX_URL or defuse_pings(address) != address else address


def _is_public(host: str) -> bool:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+\.?", host, re.I):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def defuse_pings(text: str) -> str:
    """Break what Discord acts on even in plain text: pings and invites."""
    return _INVITE.sub(rf"\1\2{ZERO_WIDTH_SPACE}", PING.sub("@" + ZERO_WIDTH_SPACE, text))
