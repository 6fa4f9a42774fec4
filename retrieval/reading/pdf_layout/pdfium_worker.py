"""Extracts positioned text from a PDF file with PDFium; run as a process of its own.

PDFium is native code: a process that can be killed bounds the time and memory a hostile file can use. Reads
the file from stdin and writes JSON to stdout: ``{"title", "pages": [[run, ...], ...]}`` or ``{"error"}``.
A run is ``[angle, text, start, end, baseline, size]``: characters of one size on one baseline, in points.
Positions are along and across the direction of the text, which *angle* gives in degrees; across is upwards.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from typing import Any

MAX_PAGES = 3_000
_MAX_CHARACTERS = 20_000_000
_MAX_MEMORY_BYTES = 2 * 2**30
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_MAX_TILT = 0.2  # radians from the horizontal or vertical; beyond it, text is a watermark or a label
_LINE_END_HYPHENS = frozenset({"\x02", "\ufffe"})  # PDFium's code for a hyphen at the end of a line
_MAX_GAP = 0.9  # sizes between two characters of one run

Run = list[Any]


def main() -> None:
    """Read a PDF file from stdin and write its runs to stdout as JSON."""
    _limit_memory()
    result = read_runs(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(result).encode("ascii"))


def read_runs(data: bytes) -> dict[str, Any]:
    """The title and the runs of all pages, or the "error": locked, damaged, pages, characters."""
    import pypdfium2.raw as pdfium  # not at import: the package is an extra

    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        return {"error": "locked" if pdfium.FPDF_GetLastError() == _PASSWORD_ERROR else "damaged"}
    try:
        count = pdfium.FPDF_GetPageCount(document)
        if count > MAX_PAGES:
            return {"error": "pages"}
        pages: list[list[Run]] = []
        characters = 0
        for index in range(count):
            runs = _page_runs(pdfium, document, index)
            characters += sum(len(run[1]) for run in runs)
            if characters > _MAX_CHARACTERS:
                return {"error": "characters"}
            pages.append(runs)
        return {"title": _title(pdfium, document), "pages": pages}
    finally:
        pdfium.FPDF_CloseDocument(document)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > _MAX_MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, hard))


def _title(pdfium: Any, document: Any) -> str:
    length = pdfium.FPDF_GetMetaText(document, b"Title", None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDF_GetMetaText(document, b"Title", buffer, length)
    return buffer.raw.decode("utf-16-le", "replace").partition("\0")[0]


def _page_runs(pdfium: Any, document: Any, index: int) -> list[Run]:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return []
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        return _runs(pdfium, text_page) if text_page else []
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _runs(pdfium: Any, text_page: Any) -> list[Run]:
    runs: list[Run] = []
    run: Run | None = None
    pending = ""  # spaces that belong to the run only if another character follows
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    matrix = pdfium.FS_MATRIX()
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        character = "\ufffd" if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
        if character.isspace():
            if character in "\r\n" or len(pending) == 2:  # a line break, or a column drawn with spaces
                run, pending = None, ""
            else:
                pending += " "
            continue
        if character in _LINE_END_HYPHENS:
            character = "-"
        if not code or not pdfium.FPDFText_GetCharOrigin(text_page, index, x, y):
            continue
        pdfium.FPDFText_GetLooseCharBox(text_page, index, box)
        pdfium.FPDFText_GetMatrix(text_page, index, matrix)
        angle = _right_angle(math.atan2(matrix.b, matrix.a))
        start, end, baseline, size = _along(angle, x.value, y.value, box)
        if run is not None and _continues(run, angle, start, end, baseline, size):
            run[1] += (" " if pending else "") + character
            run[2], run[3] = min(run[2], start), max(run[3], end)
        else:
            run = [angle, character, start, end, baseline, size]
            runs.append(run)
        pending = ""
    for run in runs:
        run[2:] = [round(value, 2) for value in run[2:]]
    return runs


def _right_angle(radians: float) -> int:
    """0, 90, 180 or 270; -1 for text in any other direction."""
    quarters = round(radians / (math.pi / 2))
    if abs(radians - quarters * math.pi / 2) > _MAX_TILT:
        return -1
    return quarters % 4 * 90


def _along(angle: int, x: float, y: float, box: Any) -> tuple[float, float, float, float]:
    """Start, end, baseline and size (the height of the font) in the direction of the text."""
    if angle == 90:
        return box.bottom, box.top, -x, box.right - box.left
    if angle == 180:
        return -box.right, -box.left, -y, box.top - box.bottom
    if angle == 270:
        return -box.top, -box.bottom, x, box.right - box.left
    return box.left, box.right, y, box.top - box.bottom


def _continues(run: Run, angle: int, start: float, end: float, baseline: float, size: float) -> bool:
    """True if a character belongs to the run: it is next to it, also on its left (Hebrew, Arabic)."""
    if angle != run[0] or abs(size - run[5]) > 0.05 * run[5] or abs(baseline - run[4]) > 0.05 * size:
        return False
    return bool(min(abs(start - run[3]), abs(run[2] - end)) < _MAX_GAP * size)


if __name__ == "__main__":
    main()
