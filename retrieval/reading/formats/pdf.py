"""A PDF file with a text layer -> Document: lines are joined to paragraphs, pages become sections.

The text is ours: what stood on one line of the page and went on in the next is one line here, words
divided at a line's end are whole again, and lines that stand on most pages (running heads) are left out.
Where a page begins, a line "Page 2" is put, after the sentence that runs over from the page before, so
that a citation names the page on which its sentence begins.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from statistics import quantiles

from retrieval.article import Heading
from retrieval.errors import ReadError
from retrieval.reading.document.document import Document
from retrieval.reading.document.encoding import without_surrogates
from retrieval.reading.formats.plain_text import read_text
from retrieval.text_lines import ends_sentence, lines_of

_MOST_PAGES = 3_000
_PAGE = re.compile(r"^Page \d+$", re.MULTILINE)
_HYPHEN = re.compile(r"(?<=[a-zäöüßéèà])[-\u00ad\u2010]$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)")


def read_pdf(data: bytes) -> Document:
    """The document of a PDF file. Raises ReadError when it is broken, locked or a mere picture."""
    lines = _without_running_heads(_page_lines(data))
    full = _full_width([line for page in lines for line in page])
    pages = [_paragraphs(page, full) for page in lines]
    if not any(pages):
        raise ReadError("This PDF file has no text layer: its pages are pictures.")
    if len(pages) == 1:
        return read_text("\n\n".join(pages[0]))
    text = with_page_marks(pages)
    document = read_text(text)
    marks = {match.start(): match.end() for match in _PAGE.finditer(text)}
    return Document(
        text=text,
        facts=document.facts,
        headings=tuple(Heading(start, end) for start, end in marks.items()),
        dropped=tuple(drop for drop in document.dropped if drop.start not in marks),
    )


def _page_lines(data: bytes) -> list[list[str]]:
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise ReadError("PDF files need the extra pdf: pip install 'footnote[pdf]'.") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its notes on odd files are not for the person
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("This PDF file is locked with a password.")
        if len(reader.pages) > _MOST_PAGES:
            raise ReadError(f"The PDF file is too long: more than {_MOST_PAGES:,} pages.")
        return [_clean(page.extract_text() or "") for page in reader.pages]
    except ReadError:
        raise
    except Exception as error:  # pypdf has many errors of its own, and broken files find others
        raise ReadError("This PDF file is too broken to be read.") from error


def _clean(text: str) -> list[str]:
    return [line.words for line in lines_of(without_surrogates(text).replace("\0", ""))]


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without first and last lines that, numbers aside, stand on most of them."""
    if len(pages) < 3:
        return list(pages)
    edges = Counter(_key(line) for lines in pages for line in {*_edges(lines)})
    running = {key for key, count in edges.items() if count > len(pages) / 2}
    return [
        [line for at, line in enumerate(lines) if not (_is_edge(at, lines) and _key(line) in running)]
        for lines in pages
    ]


def _edges(lines: Sequence[str]) -> list[str]:
    return [line for at, line in enumerate(lines) if line and _is_edge(at, lines)]


def _is_edge(at: int, lines: Sequence[str]) -> bool:
    return at < 2 or at >= len(lines) - 2


def _key(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _full_width(lines: Sequence[str]) -> float:
    """The usual length of a line that fills its column, in characters."""
    lengths = [len(line) for line in lines if line]
    return quantiles(lengths, n=10)[8] if len(lengths) > 1 else float("inf")


def _paragraphs(lines: Sequence[str], full: float) -> list[str]:
    """Lines of a page joined where one runs on into the next."""
    paragraphs: list[str] = []
    runs_on = False
    for line in lines:
        if not line:
            runs_on = False
        elif runs_on and paragraphs:
            paragraphs[-1] = _glued(paragraphs[-1], line)
            runs_on = _runs_on(line, full)
        else:
            paragraphs.append(line)
            runs_on = _runs_on(line, full)
    return paragraphs


def _runs_on(line: str, full: float) -> bool:
    """Whether a line is as long as lines are, or stops amid a sentence not far from it."""
    if len(line) >= 0.9 * full or _HYPHEN.search(line):
        return True
    return len(line) >= 0.6 * full and not ends_sentence(line) and full > 30


def _glued(before: str, line: str) -> str:
    if _HYPHEN.search(before) and line[:1].islower():
        return before[:-1] + line
    return f"{before} {line}"


def with_page_marks(pages: Sequence[Sequence[str]]) -> str:
    """One text of the paragraphs of all pages, with a mark where each page begins.

    >>> with_page_marks([["It rained on"], ["Monday. Then it", "stopped."]])
    'Page 1\\n\\nIt rained on Monday.\\n\\nPage 2\\n\\nThen it\\n\\nstopped.'
    """
    parts: list[str] = []
    for number, paragraphs in enumerate(pages, start=1):
        rest = list(paragraphs)
        if parts and rest and not _PAGE.fullmatch(parts[-1]) and not ends_sentence(parts[-1]):
            end = _SENTENCE_END.search(rest[0])
            if end and (rest[0][:1].islower() or _goes_on(parts[-1])):
                parts[-1] = _glued(parts[-1], rest[0][: end.end()])
                rest[0] = rest[0][end.end() :].strip()
        parts.append(f"Page {number}")
        parts += [paragraph for paragraph in rest if paragraph]
    return "\n\n".join(parts)


def _goes_on(paragraph: str) -> bool:
    """Whether a paragraph without a stop is cut prose, not a heading."""
    return paragraph.count(" ") >= 2 and paragraph[-1:].isalpha() and paragraph[-1:].islower()
