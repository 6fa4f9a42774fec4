"""The output of a reader for one document, and its conversion to an Article."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date

from retrieval.article import Article, ArticleInfo, Dropped, Heading
from retrieval.reading.document.article_tags import tidy_tags
from retrieval.reading.metadata.date_line import not_future
from retrieval.reading.metadata.language import detect_language, is_detectable

# Change it whenever the same file would give a different text, metadata or dropped lines.
READING_VERSION = "reading-6"
_PAGE_MARK = re.compile(r"Page \d+")  # the start of a page of a PDF file
_MAX_TITLE_LENGTH = 300
_MAX_FALLBACK_TITLE_LENGTH = 70  # characters of the text that serve as a title if there is no other


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata as the document states it; None for what it does not state. Dates are ISO 8601."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    updated: str | None = None
    url: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()

    def with_fallback(self, other: Metadata) -> Metadata:
        """This metadata, with missing fields taken from *other*."""
        missing = (field.name for field in fields(self) if getattr(self, field.name) in (None, ()))
        return replace(self, **{name: getattr(other, name) for name in missing})


@dataclass(frozen=True, slots=True)
class Document:
    """An unmodified text with spans into it: its headings, and what is not indexed."""

    text: str
    metadata: Metadata = Metadata()
    headings: tuple[Heading, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    omitted: tuple[str, ...] = ()  # parts of the file that are not in the text: "2 of 9 pages have no text"


def to_article(document: Document, id: str, path: str) -> Article:
    """The article of a document; the title falls back to the file name, then to the first words."""
    metadata = document.metadata
    title = tidy(metadata.title) or _title_from_file_name(path, id) or _first_words(document) or id
    return Article(
        info=ArticleInfo(
            id=id,
            path=path,
            title=title[:_MAX_TITLE_LENGTH],
            publisher=tidy(metadata.publisher),
            author=_strip_by(tidy(metadata.author)),
            published=not_future(metadata.published)
            or not_future(_date_in_path(metadata.url) or _date_in_file_name(path, id)),
            updated=not_future(metadata.updated),
            url=tidy(metadata.url),
            language=_language(metadata.language, document.text),
            tags=tidy_tags(filter(None, map(tidy, metadata.tags))),
        ),
        text=document.text,
        headings=document.headings,
        dropped=document.dropped,
        omitted=document.omitted,
    )


def file_name_metadata(path: str) -> Metadata:
    """The title and date in a file's name, for a file that does not state them."""
    return Metadata(title=_title_from_file_name(path, path), published=_date_in_path(path))


def tidy(value: str | None) -> str | None:
    """A metadata value on one line, without control characters; None if it is blank."""
    if value is None:
        return None
    words = " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", " ", value).split()
    )
    return words or None


def _strip_by(name: str | None) -> str | None:
    return re.sub(r"^[Bb]y:?\s+(?=\S)", "", name) if name else None


def _date_in_path(path: str | None) -> str | None:
    """The date in a file name or URL ("2021/03/18/ant.html", "2021-03-18-ant.txt"), if any."""
    match = re.search(r"(?<!\d)((?:19|20)\d\d)([-_/]?)(\d\d)\2(\d\d)(?!\d)", path or "")
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat() if match else None
    except ValueError:
        return None


def _date_in_file_name(path: str, id: str) -> str | None:
    """The date in a file name; None for a row of a dump, since the dump's name does not describe it."""
    return _date_in_path(path) if id == path else None


def _language(declared: str | None, text: str) -> str | None:
    """The language of an article: the declared one, unless the text is clearly in another.

    Templates of web pages often declare English. A declared language that cannot be detected is believed.
    """
    code, detected = _language_code(declared), detect_language(text)
    if code is None or (detected is not None and is_detectable(code)):
        return detected or code
    return code


def _language_code(tag: str | None) -> str | None:
    """ "en-US" and "en_GB.UTF-8" -> "en"; None for an invalid tag."""
    code = re.match(r"[a-z]{2,3}(?![a-z])", (tag or "").strip().lower())
    return code[0] if code else None


def _title_from_file_name(path: str, id: str) -> str | None:
    """The words of a file name ("2021-03-18-china-summons" -> "china summons"), if at least two.

    None for a row of a dump, since the dump's name does not describe it.
    """
    if id != path:
        return None
    stem = path.rpartition("/")[2].partition(".")[0]
    words = [word for word in re.split(r"[\W_]+", stem) if word and not any(map(str.isdigit, word))]
    return " ".join(words) if sum(len(word) > 2 for word in words) > 1 else None


def _first_words(document: Document) -> str | None:
    start = 0
    for drop in (*document.dropped, None):
        end = drop.start if drop else len(document.text)
        paragraphs = re.split(r"\n[ \t\r]*\n", document.text[start : min(end, start + 2000)])
        words = next((words for part in paragraphs if (words := tidy(part)) and _has_letters(words)), None)
        if words:
            short = len(words) <= _MAX_FALLBACK_TITLE_LENGTH
            return words if short else words[:_MAX_FALLBACK_TITLE_LENGTH].rsplit(" ", 1)[0] + " …"
        start = drop.end if drop else start
    return None


def _has_letters(words: str) -> bool:
    return any(map(str.isalnum, words)) and not _PAGE_MARK.fullmatch(words)
