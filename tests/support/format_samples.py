"""One small document in each packed or binary format: email, mailbox, EPUB, ZIP, Word, PDF."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from functools import cache
from io import BytesIO

import docx

PROSE = "The port of Elsmere opened its second quay on Sunday, two years after the plan, to large ships."


def sample_email() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Second quay — open"
    message["From"] = "Jane Roe <jane@courier.example>"
    message["Date"] = "Sun, 03 May 2020 18:00:00 -0400"
    message.set_content("View this letter in your browser.")
    message.add_alternative(f"<h1>Second quay — open</h1><p>{PROSE}</p><p>Unsubscribe</p>", subtype="html")
    return message.as_bytes()


@cache
def sample_epub() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "in/book.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Quays</dc:title>'
            "<dc:creator>Jane Roe</dc:creator>"
            "<dc:language>en</dc:language><dc:date>2020-05-03</dc:date></metadata>"
            '<manifest><item id="b" href="b%20c.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        archive.writestr(
            "in/a.xhtml", f"<?xml version='1.0'?><html><body><h1>One</h1><p>{PROSE}</p></body></html>"
        )
        archive.writestr("in/b c.xhtml", f"<html><body><h1>Two</h1><p>{PROSE}</p></body></html>")
    return packed.getvalue()


@cache
def sample_docx() -> bytes:
    file = docx.Document()
    file.core_properties.author = "Jane Roe"
    file.add_heading("Second quay", 0)
    file.add_paragraph(PROSE)
    file.add_heading("A costly wall", 1)
    file.add_paragraph("One item", style="List Bullet")
    table = file.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Ships", "300"
    packed = BytesIO()
    file.save(packed)
    return packed.getvalue()


def sample_mbox() -> bytes:
    """A mailbox with two emails; the second one has a line that starts with "From "."""
    reply = sample_email().replace(b"<p>", b"<p>From the sea. ").replace(b"Sun, 03", b"Mon, 04")
    lines = [b"From jane@courier.example Sun May  3 18:00:00 2020", sample_email(), b""]
    return b"\n".join([*lines, b"From jane@courier.example Mon May  4 18:00:00 2020", reply, b""])


@cache
def sample_zip() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("news/2020-05-03-second-quay.txt", f"Second quay opens\n\n{PROSE}\n")
        archive.writestr("rows.jsonl", f'{{"id": "r1", "text": "{PROSE}"}}\n')
        archive.writestr("book.epub", sample_epub())
    return packed.getvalue()


def make_pdf(pages: list[list[str]]) -> bytes:
    """A minimal PDF file with a text layer; one list of lines for each page."""
    shown = (" ".join(f"({line}) Tj T*".replace("\\", "") for line in lines) for lines in pages)
    return assemble_pdf([f"BT /F1 12 Tf 14 TL 72 720 Td {lines} ET" for lines in shown])


def assemble_pdf(contents: list[str], title: str = "") -> bytes:
    """A PDF file with these content streams, one for each page; its font is F1."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({title}) >>",
    ]
    kids = []
    for stream in contents:
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body = "%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    xref = f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n{entries}"
    trailer = f"trailer << /Size {len(offsets) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}{xref}{trailer}".encode("latin-1")
