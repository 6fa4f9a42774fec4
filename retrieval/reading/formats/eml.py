"""Reads emails (.eml) and web archives (.mhtml), which share the MIME format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parseaddr
from itertools import pairwise

from retrieval.article import Dropped, Heading
from retrieval.errors import ReadError
from retrieval.reading.document.blocks import Block, join_blocks
from retrieval.reading.document.document import Document, Metadata, tidy
from retrieval.reading.document.encoding import decode
from retrieval.reading.document.mail_headers import MAIL_POLICY, decoded_header
from retrieval.reading.formats.html import read_html
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.metadata.date_parser import parse_date
from retrieval.reading.page.mail_markup import mail_blocks
from retrieval.reading.page.quoted_lines import is_forward, is_forwarding_mark, is_reply, quoted_reasons
from retrieval.text_lines import Line, is_shredded, lines_of

_MAX_NESTED_PARTS = 200  # the parser takes quadratic time
_NESTED_PART = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_MIN_PLAIN_SHARE = 0.5  # of the HTML part's words: a shorter plain part is a notice ("view in your browser")
_MAX_NAMED_ATTACHMENTS = 10
_DOCUMENT_NAME = re.compile(
    r"\.(?:pdf|docx?|odt|rtf|pptx?|xlsx?|ods|txt|md|html?|epub|csv|zip|eml)$", re.IGNORECASE
)
_MAX_HEAD_BYTES = 65_536
_MAX_DEPTH = 20  # of messages and alternatives
_PLAIN_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/enriched"})


def read_email(data: bytes) -> Document:
    """The text of an email: all its text parts and forwarded messages, with its subject, sender and date.

    Quoted history is dropped. Raises ReadError if the email contains no text.
    """
    message = _message(data)
    text, headings, forwarded = _join(_parts(message, 0))
    if not any(map(str.isalnum, text)):
        raise ReadError("The email contains no text.")
    document = read_structured(text, headings, _metadata(message))
    document = replace(document, omitted=tuple(dict.fromkeys(_attachments(message)))[:_MAX_NAMED_ATTACHMENTS])
    return _without_quoted_history(document, message, forwarded)


def read_mhtml(data: bytes) -> Document:
    """The page of a web archive. Raises ReadError if it contains none."""
    message = _message(data)
    markup = next((text for part in message.walk() if (text := _text(part, "text/html"))), None)
    if not markup:
        raise ReadError("The web archive contains no web page.")
    document = read_html(markup)
    location = _header(message, "Snapshot-Content-Location") or _header(message, "Content-Location")
    url = location if location and location.startswith(("http:", "https:")) else None
    headers = Metadata(title=_header(message, "Subject"), url=url)
    return replace(document, metadata=document.metadata.with_fallback(headers))


@dataclass(frozen=True, slots=True)
class _Part:
    """The text of one part; ``is_forwarded`` if it is a message by somebody else."""

    text: str
    headings: tuple[Heading, ...] = ()
    is_forwarded: bool = False


def _message(data: bytes) -> EmailMessage:
    if len(_NESTED_PART.findall(data)) > _MAX_NESTED_PARTS:
        raise ReadError("The email is too damaged to read.")
    try:
        return message_from_bytes(data, policy=MAIL_POLICY)  # type: ignore[arg-type]
    except Exception as error:  # the parser claims not to raise, but does for some damaged headers
        raise ReadError("The email is too damaged to read.") from error


def _parts(part: EmailMessage, depth: int) -> list[_Part]:
    """The text parts that a mail program shows, in order; of alternatives, the one with the most text."""
    kind = part.get_content_type()
    if depth > _MAX_DEPTH or (depth and _is_attachment(part) and kind != "message/rfc822"):
        return []
    if kind == "multipart/alternative":
        return _best_alternative([_parts(inner, depth + 1) for inner in _inner(part)])
    if kind == "message/rfc822":
        return [found for inner in _inner(part) for found in _forwarded(inner, depth)]
    if part.is_multipart():
        return [found for inner in _inner(part) for found in _parts(inner, depth + 1)]
    if markup := _text(part, "text/html"):
        blocks = mail_blocks(markup)
        text, headings = join_blocks(blocks)
        return [_Part(text, headings)] if text else []
    plain = _text(part, kind) if kind in _PLAIN_TYPES else None
    return [_Part(_unwrapped(part, plain))] if plain and plain.strip() else []


def _inner(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload()
    return (
        [inner for inner in payload if isinstance(inner, EmailMessage)] if isinstance(payload, list) else []
    )


def _best_alternative(alternatives: list[list[_Part]]) -> list[_Part]:
    """The last alternative is the richest; the first is the plain text, unless it is much shorter."""
    alternatives = [parts for parts in alternatives if parts]
    if not alternatives:
        return []
    counts = [sum(len(part.text.split()) for part in parts) for parts in alternatives]
    is_complete = counts[0] >= _MIN_PLAIN_SHARE * max(counts)
    return alternatives[0] if is_complete else alternatives[counts.index(max(counts))]


def _forwarded(message: EmailMessage, depth: int) -> Iterator[_Part]:
    """A forwarded message below a heading that names its sender, date and subject."""
    parts = _parts(message, depth + 1)
    if not parts:
        return
    details = (_header(message, "From"), _header(message, "Date"), _header(message, "Subject"))
    heading = "Forwarded message: " + ", ".join(detail for detail in details if detail)
    text, headings = join_blocks([Block(heading.removesuffix(": "), is_heading=True)])
    yield _Part(text, headings, is_forwarded=True)
    yield from (replace(part, is_forwarded=True) for part in parts)


def _is_attachment(part: EmailMessage) -> bool:
    return (part.get_content_disposition() or "") == "attachment"


def _attachments(message: EmailMessage) -> Iterator[str]:
    """The attached documents, which are not read; no pictures, signatures or calendar entries."""
    for part in message.walk():
        try:
            name = tidy(decoded_header(part.get_filename() or ""))
        except Exception:  # noqa: S112 (a damaged header)
            continue
        if name and not part.is_multipart() and _DOCUMENT_NAME.search(name):
            yield f"attachment {name} is not read"


def _text(part: EmailMessage, kind: str) -> str | None:
    """The decoded text of a part of this content type that is not an attachment; None if it is damaged."""
    try:
        if part.get_content_type() != kind or _is_attachment(part):
            return None
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload.strip():
            return None
        return decode(payload, part.get_content_charset())
    except Exception:  # a damaged part; others can be intact
        return None


def _unwrapped(part: EmailMessage, text: str) -> str:
    """The text with the line breaks of format=flowed (RFC 3676) removed."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joined: list[str] = []
    is_open = False
    for line in text.splitlines():
        line = line.removeprefix(" ")
        if is_open and not line.startswith(">") and line:
            joined[-1] += line
        else:
            joined.append(line)
        is_open = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(joined)


def _join(parts: list[_Part]) -> tuple[str, tuple[Heading, ...], int]:
    """The texts of all parts with a blank line between them, and the offset of the first forwarded one."""
    text = ""
    headings: list[Heading] = []
    forwarded: int | None = None
    for part in parts:
        text = f"{text.rstrip()}\n\n" if text.strip() else text
        if part.is_forwarded and forwarded is None:
            forwarded = len(text)
        headings += [Heading(h.start + len(text), h.end + len(text)) for h in part.headings]
        text += part.text
    return text, tuple(headings), len(text) if forwarded is None else forwarded


def _without_quoted_history(document: Document, message: EmailMessage, forwarded: int) -> Document:
    """The document with quoted history dropped, and the senders of forwarded messages as headings.

    *forwarded* is the offset of the attached messages, whose own quotes are kept.
    """
    if is_shredded(document.text):
        return document
    subject = _header(message, "Subject")
    reply = is_reply(subject) or message["In-Reply-To"] is not None
    lines = [line for line in lines_of(document.text) if line.words]
    own = [line for line in lines if line.start < forwarded]
    reasons = quoted_reasons(own, reply=reply, forward=is_forward(subject))
    dropped = {drop.start: drop for drop in document.dropped}
    headings = {heading.start: heading for heading in document.headings}
    for line in own:
        if line.number in reasons:
            dropped[line.start] = Dropped(line.number, line.start, line.end, reasons[line.number])
            headings.pop(line.start, None)
    for sender in _forwarded_senders(lines):
        if sender.number not in reasons:
            dropped.pop(sender.start, None)
            headings[sender.start] = Heading(sender.start, sender.end)
    return replace(
        document,
        headings=tuple(headings[start] for start in sorted(headings)),
        dropped=tuple(dropped[start] for start in sorted(dropped)),
    )


def _forwarded_senders(lines: list[Line]) -> Iterator[Line]:
    """The line below each "Forwarded message" in the text, which names its sender ("From: …")."""
    for mark, below in pairwise(lines):
        if is_forwarding_mark(mark.words) and re.match(r"[^:]{1,20}:", below.words):
            yield below


def _metadata(message: EmailMessage) -> Metadata:
    name, _ = parseaddr(str(message["From"] or ""))
    return Metadata(
        title=_header(message, "Subject"),
        author=tidy(decoded_header(name)),
        published=parse_date(_header(message, "Date")),
    )


def message_id(data: bytes) -> str | None:
    """The unique id that a message states, without its angle brackets."""
    head = re.split(rb"\r?\n\r?\n", data[:_MAX_HEAD_BYTES], maxsplit=1)[0]
    found = re.search(rb"^message-id:\s*<([^<>\s]{1,300})>", head, re.IGNORECASE | re.MULTILINE)
    return found[1].decode("utf-8", "replace") if found else None


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        return tidy(decoded_header(str(message[name]))) if message[name] is not None else None
    except Exception:  # an unparsable header
        return None
