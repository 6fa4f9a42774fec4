"""Markdown with YAML front matter -> Document: text and marks as they are, facts from the front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from retrieval.article import Heading
from retrieval.reading.document.document import Document, Facts
from retrieval.reading.formats.plain_text import dropped_lines, header_facts
from retrieval.reading.metadata.date_parser import parse_date
from retrieval.reading.page.boilerplate import clutter_reason
from retrieval.text_lines import Line, is_shredded, lines_of

_ATX = re.compile(r"#{1,6}[ \t]+(?P<words>.*?)(?:[ \t]+#+)?")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)\W*|<img\b[^>]*>")
_COMMENT = re.compile(r"<!--.*-->")
_HEADER_LINES = 6  # lines with words after the title that may say who and when
_NAMES = {
    "title": ("title", "headline"),
    "publisher": ("publisher", "source", "site", "site_name", "outlet", "publication", "newspaper"),
    "author": ("author", "authors", "byline", "by", "creator"),
    "published": (
        "published",
        "date",
        "datepublished",
        "published_at",
        "pubdate",
        "publish_date",
        "published_date",
        "publishedat",
        "publication_date",
        "date_published",
        "date_publish",
        "created",
    ),
    "updated": (
        "updated",
        "modified",
        "lastmod",
        "last_modified",
        "datemodified",
        "updated_at",
        "last_updated",
    ),
    "url": ("url", "link", "canonical", "canonical_url", "source_url", "permalink"),
    "language": ("language", "lang", "locale"),
}


def read_markdown(text: str) -> Document:
    """The document of a Markdown file; broken front matter is taken for text."""
    if is_shredded(text):
        return Document(text)
    every = lines_of(text)
    front = _front_matter(every)
    facts = facts_of(_yaml(text[every[1].start : every[front - 1].start])) if front else Facts()
    reasons = dict.fromkeys(range(1, front + 1), "front matter")
    lines = [line for line in every if line.words]
    body = [line for line in lines if line.number > front]
    headings = list(_headings(text, body, reasons))
    title = _title(headings, facts, body)
    if title is not None:
        reasons[title[0]] = "title"
        facts = facts.over(Facts(title=title[2]))
    after = [line for line in body if line.number not in reasons][:_HEADER_LINES]
    facts = facts.over(header_facts(after, reasons))
    kept = tuple(heading for number, heading, _ in headings if number not in reasons)
    return Document(text, facts, kept, dropped_lines(lines, reasons))


def facts_of(fields: Mapping[str, object]) -> Facts:
    """The facts under the names that front matter and rows of dumps use; dates as ISO 8601."""
    lowered = {str(name).lower(): value for name, value in fields.items()}

    def first(fact: str) -> str | None:
        return next((text for name in _NAMES[fact] if (text := _words(lowered.get(name)))), None)

    def first_date(fact: str) -> str | None:
        return next((day for name in _NAMES[fact] if (day := parse_date(lowered.get(name)))), None)

    return Facts(
        title=first("title"),
        publisher=first("publisher"),
        author=first("author"),
        published=first_date("published"),
        updated=first_date("updated"),
        url=first("url"),
        language=first("language"),
    )


def _words(value: object) -> str | None:
    """A field as words: a list as its parts, a mapping as its name."""
    if isinstance(value, Mapping):
        return _words(value.get("name") or value.get("title"))
    if isinstance(value, list):
        return ", ".join(words for part in value if (words := _words(part))) or None
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _front_matter(lines: Sequence[Line]) -> int:
    """The number of the line that ends the front matter, 0 when there is none."""
    if lines[0].words != "---":
        return 0
    for line in lines[1:200]:
        if line.words in ("---", "..."):
            return line.number if line.number > 2 else 0
    return 0


def _yaml(block: str) -> Mapping[str, object]:
    import yaml  # only when a file has front matter

    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 (strings only: the safest loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return _plain_fields(block)
    return loaded if isinstance(loaded, dict) else {}


def _plain_fields(block: str) -> dict[str, object]:
    """Front matter that is no YAML (a title with a colon in it) is still lines of "name: value"."""
    matches = re.finditer(r"^([A-Za-z_]{2,30}):[ \t]+(\S.*)$", block, re.MULTILINE)
    return {match[1]: match[2].strip("\"' \r") for match in matches}


def _headings(
    text: str, lines: Sequence[Line], reasons: dict[int, str]
) -> Iterator[tuple[int, Heading, str]]:
    """(line number, heading, words) of each heading; clutter and image lines get their reasons on the way."""
    fence: str | None = None
    previous: Line | None = None
    for line in lines:
        mark = _FENCE.match(line.words)
        if mark and (fence is None or line.words.startswith(fence)):
            fence, previous = (mark[1] if fence is None else None), None
            continue
        if fence is not None:
            continue
        atx = _ATX.fullmatch(text[line.start : line.end])
        if atx and atx["words"]:
            start = line.start + atx.start("words")
            yield line.number, Heading(start, start + len(atx["words"])), atx["words"]
        elif re.fullmatch(r"=+|-{3,}", line.words) and previous and previous.number == line.number - 1:
            reasons[line.number] = "mark of a heading"
            if previous.number not in reasons and len(previous.words) <= 200:
                yield previous.number, Heading(previous.start, previous.end), previous.words
        elif reason := _reason(line.words):
            reasons[line.number] = reason
        previous = line


def _reason(words: str) -> str | None:
    if _IMAGE.fullmatch(words):
        return "image"
    return "comment" if _COMMENT.fullmatch(words) else clutter_reason(words)


def _title(
    headings: Sequence[tuple[int, Heading, str]], facts: Facts, body: Sequence[Line]
) -> tuple[int, Heading, str] | None:
    """The heading that is the title: at the top of the body, or one that says what the front matter says."""
    if not headings or not body:
        return None
    number = headings[0][0]
    wanted = facts.title
    if wanted is None and number <= body[:3][-1].number:
        return headings[0]
    return next((heading for heading in headings if wanted and _same(heading[2], wanted)), None)


def _same(one: str, other: str) -> bool:
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())
