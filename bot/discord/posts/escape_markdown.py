"""Makes the words of others harmless on Discord: no ping, no invite, no link or Markdown that is not ours."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urlsplit

from bot.rendering.text_rendering import sanitize, sanitize_line

_PING = re.compile(r"@(?=everyone|here|[&!]?\d)", re.I)
_INVITE = re.compile(
    r"(discord(?:app)?|dsc)(\.)(?=gg\b|com/+invite|com/+servers|media\b|me\b|io\b|li\b|new\b)", re.I
)
_BREAK = "\u200b"  # zero-width space: nothing is seen, nothing is matched
_SIGNS = re.compile(r"[\\*_~|`\[\]<>]|:(?=//)|^[ \t]*[#+-]", re.M)
_LIST_NUMBER = re.compile(r"^([ \t]*\d+)([.)])", re.M)
_CODE = re.compile(r"((?<![\\`])(?:```.*?(?:```|\Z)|`[^`\n]+`(?!`)))", re.S)
_CODED_LINK = re.compile(r"(?<=\])(?=\(\s*<?\s*\w+:)")
# In Markdown that may stay: what the writer escaped, half a link, mentions and timestamps, spoilers,
# links that open something, headings and small print at the start of a line, half a marker at the end.
_ARMED = re.compile(
    r"\\[^0-9A-Za-z\s]|(?<=\])\(|\[(?=\d*\s*\Z)|<|\|\||:(?=//)|^[ \t]*(?:#{1,3}|-#)(?=\s)", re.M
)
_LONGEST_LINK = 400  # characters; a button takes 512, and a source line should stay a line


def escape_for_discord(text: str) -> str:
    """*text* for places that know no Markdown (footers, labels, names): one line that pings nobody."""
    return _disarm(sanitize_line(text))


def plain_for_discord(text: str) -> str:
    """*text* of an article or a person, shown letter for letter: every sign of Markdown is escaped."""
    text = _SIGNS.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], _disarm(sanitize(text)))
    return _LIST_NUMBER.sub(r"\1\\\2", text)


def defuse_mentions(text: str) -> str:
    """Markdown of a model: emphasis, lists, quotes and code stay; links, mentions, headings do not."""
    parts = _CODE.split(_disarm(sanitize(text)))
    return "".join(
        _CODED_LINK.sub(_BREAK, part) if index % 2 else _ARMED.sub(_disarmed, part)
        for index, part in enumerate(parts)
    )


def link(url: str | None) -> str | None:
    """A masked link whose words are the host that it leads to; None for what is no plain web address."""
    address = safe_url(url)
    if address is None:
        return None
    host = urlsplit(address).hostname or ""
    return f"[{plain_for_discord(host.removeprefix('www.'))}]({address})"


def safe_url(url: str | None) -> str | None:
    """The URL when it can be opened without surprise: http(s), a public host, no user in it, no invite."""
    if not url or len(url) > _LONGEST_LINK:
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
    address = f"{parts.scheme}://{host}{port}{path}{query}"
    return None if len(address) > _LONGEST_LINK or _disarm(address) != address else address


def _is_public(host: str) -> bool:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+\.?", host, re.I):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _disarm(text: str) -> str:
    """Break what Discord acts upon even in plain text: pings and invites."""
    return _INVITE.sub(rf"\1\2{_BREAK}", _PING.sub("@" + _BREAK, text))


def _disarmed(found: re.Match[str]) -> str:
    text = found[0]
    if text.startswith("\\"):
        return text
    if text == "||":
        return r"\|\|"
    blank = len(text) - len(text.lstrip())
    return text[:blank] + "\\" + text[blank:]
