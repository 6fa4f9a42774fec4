"""Letters (.eml) and web archives (.mhtml), which have the same form -> Document."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import fragment_blocks, joined
from retrieval.reading.document.document import Document, Facts, tidy
from retrieval.reading.document.encoding import decode
from retrieval.reading.formats.html import read_html
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.metadata.date_parser import parse_date

_LONGEST_HEADER = 2_000  # characters: the parser takes the square of the time for longer ones
_MOST_NESTED = 200  # parts that hold parts: the same
_NESTING = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_LEAST_PLAIN = 0.5  # of the HTML part's text: a shorter plain part is a notice ("view in your browser")


def read_letter(data: bytes) -> Document:
    """The text of a letter, its subject, sender and date. Raises ReadError when there is none."""
    message = _message(data)
    plain, markup = _part(message, "plain"), _part(message, "html")
    text, headings = joined(fragment_blocks(markup)) if markup else ("", ())
    if plain and len(plain.split()) >= _LEAST_PLAIN * len(text.split()):
        text, headings = plain, ()
    if not any(map(str.isalnum, text)):
        raise ReadError("There is no text in this letter.")
    return read_structured(text, headings, _facts(message))


def read_archive(data: bytes) -> Document:
    """The page of a web archive. Raises ReadError when it holds none."""
    message = _message(data)
    markup = _part(message, "html")
    if not markup:
        raise ReadError("There is no web page in this archive.")
    document = read_html(markup)
    address = _header(message, "Snapshot-Content-Location") or _header(message, "Content-Location")
    url = address if address and address.startswith(("http:", "https:")) else None
    saved = Facts(title=_header(message, "Subject"), url=url)
    return Document(document.text, document.facts.over(saved), document.headings, document.dropped)


class _ShortHeaders(EmailPolicy):
    """Reads no more of a header than a person would."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        header: str = super().header_fetch_parse(name, value[:_LONGEST_HEADER])
        return header


def _message(data: bytes) -> EmailMessage:
    if len(_NESTING.findall(data)) > _MOST_NESTED:
        raise ReadError("This letter is too broken to be read.")
    try:
        return message_from_bytes(data, policy=_ShortHeaders())  # type: ignore[arg-type]
    except Exception as error:  # the parser meant never to fail; broken headers find its gaps
        raise ReadError("This letter is too broken to be read.") from error


def _part(message: EmailMessage, subtype: str) -> str | None:
    """The first part of text/*subtype* that is not an attachment, decoded."""
    for part in message.walk():
        try:
            if part.get_content_type() != f"text/{subtype}" or part.get_content_disposition() == "attachment":
                continue
            payload = part.get_payload(decode=True)
            charset = part.get_content_charset()
        except Exception:  # noqa: S112 (a broken part; the others may be whole)
            continue
        if isinstance(payload, bytes) and payload.strip():
            return decode(payload, charset)
    return None


def _facts(message: EmailMessage) -> Facts:
    name, _ = parseaddr(_header(message, "From") or "")
    return Facts(
        title=_header(message, "Subject"),
        author=name or None,
        published=parse_date(_header(message, "Date")),
    )


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        return tidy(str(message[name])) if message[name] is not None else None
    except Exception:  # a header that cannot be parsed says nothing
        return None
