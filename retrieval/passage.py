"""A passage: a run of whole sentences of one article, with its exact place in the article's text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from retrieval.article import ArticleInfo


@dataclass(frozen=True, slots=True)
class Passage:
    """``article_text[start:end] == text``, always; ``line`` is the 1-based line where it starts.

    ``sentences`` are (start, end) offsets in the article's text, within the passage, in order.
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
        """The line of title, publisher, date and section that is embedded and indexed with the text."""
        parts = (self.article.title, self.article.publisher, self.article.date, self.section)
        return " · ".join(part for part in parts if part)

    @property
    def id(self) -> str:
        """32 hexadecimal digits, equal for equal content at the same place of the same article."""
        info = self.article
        key = repr((info, self.start, self.section, self.text))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
