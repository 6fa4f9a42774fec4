"""A passage: consecutive whole sentences of one article, with their exact span in its text."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from retrieval.article import ArticleInfo

_PAGE_SECTION = re.compile(r"Page (\d+)")


@dataclass(frozen=True, slots=True)
class Passage:
    """``article_text[start:end] == text`` always holds; ``line`` is the 1-based line where it starts.

    ``sentences`` are (start, end) offsets into the article's text, in order and within the passage.
    """

    article: ArticleInfo
    text: str
    start: int
    end: int
    line: int
    section: str | None
    sentences: tuple[tuple[int, int], ...]

    @property
    def head(self) -> str:
        """Title, publisher, date and section on one line, embedded and indexed with the text."""
        parts = (self.article.title, self.article.publisher, self.article.date, self.section)
        return " · ".join(filter(None, parts))

    @property
    def id(self) -> str:
        """32 hexadecimal digits, the same for the same content at the same offset of the same article."""
        info = self.article
        key = repr((info, self.start, self.section, self.text, *info.tags))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def page_of(path: str, section: str | None) -> int | None:
    """The page of a passage of a PDF file; None in other formats, which have no pages.

    The sections of a PDF file are its pages, unless it has only one.

    >>> page_of("a.pdf", "Page 5"), page_of("a.pdf", None), page_of("a.md", "Page 5")
    (5, 1, None)
    """
    if not path.lower().removesuffix(".gz").endswith(".pdf"):
        return None
    page = _PAGE_SECTION.fullmatch(section or "")
    return int(page[1]) if page else 1


def place_of(path: str, line: int, section: str | None) -> str:
    """Where a passage is: the page of a PDF file, the line of other files.

    >>> place_of("a.pdf", 21, "Page 5"), place_of("a.md", 21, "Costs")
    ('a.pdf, p. 5', 'a.md:21')
    """
    page = page_of(path, section)
    return f"{path}:{line}" if page is None else f"{path}, p. {page}"
