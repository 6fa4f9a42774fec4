"""One small document in each format that is packed or binary: a letter, a book, a Word file, a PDF file."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from functools import cache
from io import BytesIO

import docx

PROSE = "The port of Elsmere opened its second quay on Sunday, two years after the plan, to large ships."


def letter() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Second quay — open"
    message["From"] = "Jane Roe <jane@courier.example>"
    message["Date"] = "Sun, 03 May 2020 18:00:00 -0400"
    message.set_content("View this letter in your browser.")
    message.add_alternative(f"<h1>Second quay — open</h1><p>{PROSE}</p><p>Unsubscribe</p>", subtype="html")
    return message.as_bytes()


@cache
def book() -> bytes:
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
def word() -> bytes:
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


def pdf_of(pages: list[list[str]]) -> bytes:
    """A small PDF file with a text layer, written by hand."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*".replace("\\", "") for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    file = "%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(file))
        file += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer << /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF"
    return f"{file}{end}{trailer}".encode()
