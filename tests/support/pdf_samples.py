"""PDF files whose text is placed by position and size."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from format_samples import assemble_pdf
from pypdf import PdfReader, PdfWriter

Placed = tuple[float, float, float, str]  # x, y and size in points, and the text


def placed_pdf(pages: Sequence[Sequence[Placed]], title: str = "", angle: str = "1 0 0 1") -> bytes:
    """A PDF file with each text drawn at its place, in this order."""
    return assemble_pdf([_content(page, angle) for page in pages], title)


def _content(texts: Sequence[Placed], angle: str) -> str:
    shown = (f"/F1 {size} Tf {angle} {x} {y} Tm ({_escape(text)}) Tj" for x, y, size, text in texts)
    return f"BT {' '.join(shown)} ET"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def column(lines: Sequence[str], x: float = 50, y: float = 700, size: float = 10) -> list[Placed]:
    """Lines below one another."""
    return [(x, y - 13 * number, size, line) for number, line in enumerate(lines)]


def locked_pdf(data: bytes, password: str, algorithm: str) -> bytes:
    """The file encrypted with a password, which is empty if only copying is restricted."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    packed = BytesIO()
    writer.write(packed)
    return packed.getvalue()
