"""Saves an article from the web as a Markdown file with front matter."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from retrieval.article import Article
from retrieval.errors import ReadError, RetrievalError
from retrieval.index.durable_files import fsync_folder, is_disk_full
from retrieval.reading.document.document import Document, to_article

_MAX_SLUG_LENGTH = 60


class SaveFailed(RetrievalError):
    """A file cannot be written; ``reason`` does not name it."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path} cannot be written: {cause}.")
        self.reason = f"it cannot be saved: {cause}."


def article_path(folder: Path, url: str) -> Path:
    """Where the article of a URL is saved: the same URL always has the same file."""
    parts = urlsplit(url)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    slug = re.sub(r"[\W_]+", "-", last.rpartition(".")[0] or last).strip("-").lower()[:_MAX_SLUG_LENGTH]
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    host = re.sub(r"[^\w.-]", "-", parts.hostname or "web").strip(".").removeprefix("www.")
    return folder / host / f"{slug or 'index'}-{digest}.md"


def save_article(document: Document, url: str, folder: Path) -> Path:
    """Save a document. Raises ReadError if it has no text, SaveFailed."""
    path = article_path(folder, url)
    article = to_article(document, url, path.name)
    if not any(map(str.isalnum, article.body)):
        raise ReadError("It contains no article text.")
    write_file(path, article_markdown(article, url).encode("utf-8", "replace"))
    return path


def write_file(path: Path, data: bytes) -> None:
    """Write a file completely or not at all. Raises SaveFailed."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
        fsync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        cause = "the disk is full" if is_disk_full(error) else str(error.strerror)
        raise SaveFailed(path, cause) from error


def article_markdown(article: Article, url: str) -> str:
    """The body as Markdown, with headings, below the metadata in YAML."""
    import yaml

    info = article.info
    fields = {
        "title": info.title,
        "author": info.author,
        "publisher": info.publisher,
        "published": info.published,
        "updated": info.updated,
        "language": info.language,
        "url": url,
        "tags": list(info.tags),
    }
    known = {name: value for name, value in fields.items() if value}
    front_matter = yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=1_000)
    return f"---\n{front_matter}---\n\n{_body(article)}\n"


def _body(article: Article) -> str:
    """The text without what is dropped; each heading starts with "##"."""
    text, cut = article.text, 0
    marks = {heading.start: "## " for heading in article.headings}
    parts: list[str] = []
    spans = [(part.start, part.end) for part in article.dropped] + [(len(text), len(text))]
    for start, end in spans:
        while cut < start:
            stop = min([position for position in marks if cut < position < start], default=start)
            parts += [marks.get(cut, ""), text[cut:stop]]
            cut = stop
        cut = max(cut, end)
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()
