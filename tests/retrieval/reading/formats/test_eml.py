"""Reading of emails: all text parts, forwarded messages, quoted history, and wrong encodings."""

from __future__ import annotations

import base64

import pytest

from retrieval.reading.document.document import Document, to_article
from retrieval.reading.formats.eml import read_email

OWN = "The quay cost nine million, and no ship was turned away."
OTHER = "They say the quay cost thirty million and that the harbour master was paid."


def _email(body: str, subject: str = "Quay", kind: str = "text/plain", more: str = "") -> bytes:
    head = f"From: Jane Roe <jane@courier.example>\nSubject: {subject}\n{more}MIME-Version: 1.0\n"
    return f'{head}Content-Type: {kind}; charset="utf-8"\n\n{body}\n'.encode()


def _body(document: Document) -> str:
    return to_article(document, "a.eml", "a.eml").body


def _quoted(document: Document) -> list[str]:
    return [document.text[d.start : d.end] for d in document.dropped if d.reason == "quoted message"]


@pytest.mark.parametrize(
    "attribution",
    [
        "On Sun, 3 May 2020 at 18:00, A. Poe <poe@post.example> wrote:",
        "On Sun, 3 May 2020 at 18:00, A. Poe\n<poe@post.example> wrote:",
        "Am 03.05.2020 um 18:00 schrieb A. Poe:",
        "Le dim. 3 mai 2020 à 18:00, A. Poe <poe@post.example> a écrit :",
        "El dom, 3 may 2020 a las 18:00, A. Poe (<poe@post.example>) escribió:",
        "A. Poe <poe@post.example> 于2020年5月3日周日 18:00写道：",
    ],
)
def test_quoted_history_is_dropped_with_the_line_that_names_its_author(attribution: str) -> None:
    """It stays in the text, so that it can be reported, but it is not indexed as the sender's words."""
    document = read_email(_email(f"{OWN}\n\n{attribution}\n> {OTHER}\n>\n> Is it so?\n", "Re: Quay"))
    assert _body(document) == OWN
    assert _quoted(document) == [*attribution.split("\n"), f"> {OTHER}", ">", "> Is it so?"]


def test_answers_between_quoted_lines_are_kept() -> None:
    """Only the lines with ">" are the other person's."""
    document = read_email(_email(f"A. Poe wrote:\n> {OTHER}\n\n{OWN}\n\n> Is it so?\n\nYes.", "AW: Quay"))
    assert _body(document) == f"{OWN}\nYes."


@pytest.mark.parametrize(
    "header",
    [
        "-----Original Message-----\nFrom: A. Poe\nSent: Sunday",
        "________________________________\nFrom: A. Poe <poe@post.example>\nSent: Sunday, 3 May 2020\n"
        "To: Jane Roe\nSubject: Quay",
        "Von: A. Poe\nGesendet: Sonntag, 3. Mai 2020\nAn: Jane Roe\nBetreff: Quay",
    ],
)
def test_a_message_repeated_in_full_below_a_reply_is_dropped(header: str) -> None:
    """Outlook does not mark the lines, but repeats the headers."""
    document = read_email(_email(f"{OWN}\n\n{header}\n\n{OTHER}\n", "RE: Quay"))
    assert _body(document) == OWN


@pytest.mark.parametrize(
    "quote",
    [
        f'<div class="gmail_quote"><div class="gmail_attr">On Sunday A. Poe wrote:<br></div>'
        f"<blockquote><p>{OTHER}</p></blockquote></div>",
        f'<div class="moz-cite-prefix">On Sunday A. Poe wrote:</div><blockquote type="cite">{OTHER}'
        "</blockquote>",
    ],
)
def test_quoted_history_in_html_is_dropped(quote: str) -> None:
    """By the classes that mail programs give it."""
    document = read_email(_email(f"<p>{OWN}</p>{quote}", "Re: Quay", "text/html"))
    assert _body(document) == OWN
    assert any(OTHER in line for line in _quoted(document))


def test_a_passage_marked_as_a_quote_in_a_letter_is_kept() -> None:
    """A letter that is not a reply can quote a document."""
    document = read_email(_email(f"The report says\n> {OTHER}\n\n{OWN}"))
    assert _quoted(document) == []


def test_all_text_parts_are_read_in_order() -> None:
    """A picture in the middle splits a letter in two; attachments are not part of it."""
    body = (
        f"--b\nContent-Type: text/plain\n\n{OWN}\n"
        "--b\nContent-Type: image/png\nContent-Disposition: inline\n\nx\n"
        "--b\nContent-Type: text/html\n\n<p>It <b>opened</b> on Sunday.</p>\n"
        "--b\nContent-Type: text/plain\n"
        f"Content-Disposition: attachment; filename=a.txt\n\n{OTHER}\n--b--\n"
    )
    document = read_email(_email(body, kind="multipart/mixed; boundary=b"))
    assert _body(document) == f"{OWN}\nIt opened on Sunday."
    assert document.omitted == ("attachment a.txt is not read",)


def test_an_alternative_of_several_parts_is_read_whole() -> None:
    """The HTML alternative can be split around a picture, too."""
    body = (
        "--a\nContent-Type: text/plain\n\nView this letter in your browser.\n--a\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/html\n\n<p>{OWN}</p>\n"
        "--b\nContent-Type: text/html\n\n<p>It rained.</p>\n--b--\n"
        "--a--\n"
    )
    document = read_email(_email(body, kind="multipart/alternative; boundary=a"))
    assert _body(document) == f"{OWN}\nIt rained."


def test_an_attached_message_is_read_below_its_sender() -> None:
    """Its quotes are kept, since all of it was forwarded."""
    inner = f"From: A. Poe <poe@post.example>\nSubject: Quay\nDate: Sun, 3 May 2020 18:00:00 +0000\n\n{OTHER}"
    body = (
        f"--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    document = read_email(_email(body, "Fwd: Quay", "multipart/mixed; boundary=b"))
    assert _body(document).startswith(
        "See below.\nForwarded message: A. Poe <poe@post.example>, Sun, 3 May 2020"
    )
    assert _body(document).endswith(OTHER)
    (heading,) = document.headings
    assert document.text[heading.start : heading.end].startswith("Forwarded message: A. Poe")
    assert document.metadata.author == "Jane Roe"


def test_a_message_forwarded_in_the_text_is_kept_below_its_sender() -> None:
    """With its sender as the heading of the section."""
    body = f"See below.\n\n---------- Forwarded message ---------\nFrom: A. Poe <a@b.example>\n\n> {OTHER}\n"
    document = read_email(_email(body, "Fwd: Quay"))
    assert OTHER in _body(document)
    assert [document.text[h.start : h.end] for h in document.headings] == ["From: A. Poe <a@b.example>"]


def test_flowed_text_is_unwrapped() -> None:
    """RFC 3676: a space at the end of a line continues the paragraph."""
    document = read_email(
        _email("The quay \ncost nine million.\n\nIt is open.\n-- \nJane", kind="text/plain; format=flowed")
    )
    assert document.text.startswith("The quay cost nine million.\n\nIt is open.\n-- \nJane")


def test_headers_are_read_in_the_encoding_that_was_meant() -> None:
    """GB2312 often is GBK; a character can be split between two words; some headers are raw bytes."""
    words = ("陶镕基".encode("gb18030"), "Ärzte".encode())
    subject = f"=?utf-8?q?={words[1][:1].hex().upper()}?= =?utf-8?q?={words[1][1:2].hex().upper()}rzte?="
    sender = f"=?gb2312?B?{base64.b64encode(words[0]).decode()}?= <a@b.example>"
    metadata = read_email(f"From: {sender}\nSubject: {subject}\n\n{OWN}".encode()).metadata
    assert (metadata.author, metadata.title) == ("陶镕基", "Ärzte")
    raw = read_email("From: Zoë <a@b.example>\nSubject: Café\n\n".encode("latin-1") + OWN.encode()).metadata
    assert (raw.author, raw.title) == ("Zoë", "Café")
    comma = read_email(f"From: =?utf-8?q?Roe=2C_Jane?= <a@b.example>\nSubject: x\n\n{OWN}".encode()).metadata
    assert comma.author == "Roe, Jane"
