"""Reads Markdown: the text keeps its markup, and metadata comes from YAML, TOML or JSON front matter."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from retrieval.article import Heading
from retrieval.reading.document.article_fields import flatten, metadata_from_fields
from retrieval.reading.document.article_tags import inline_tags
from retrieval.reading.document.document import Document, Metadata
from retrieval.reading.document.note_markup import plain_notes
from retrieval.reading.formats.plain_text import dropped_lines, header_metadata
from retrieval.reading.page.boilerplate import boilerplate_reason
from retrieval.text_lines import Line, is_shredded, lines_of

_ATX = re.compile(r"#{1,6}[ \t]+(?P<words>.*?)(?:[ \t]+#+)?")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_INLINE_FIELD = re.compile(r"([\w-]{1,30})::[ \t]+(.+)")  # of Obsidian's Dataview: "status:: open"
_UNQUOTED_TAGS = re.compile(  # comments in YAML, but people write them
    r"^((?:tags?|keywords?):[ \t]+|[ \t]*-[ \t]+)(#\w[^'\n\r]*)", re.MULTILINE | re.IGNORECASE
)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)\W*|<img\b[^>]*>")
_COMMENT = re.compile(r"<!--.*-->")
_FRONT_MATTER_END = {"---": ("---", "..."), "+++": ("+++",), "{": ("}",)}  # first line -> last lines
_MAX_FRONT_MATTER_LINES = 200
_MAX_HEADER_LINES = 6  # non-blank lines after the title that can contain byline and date


def read_markdown(text: str) -> Document:
    """The document of a Markdown file; unterminated front matter is treated as text."""
    text = plain_notes(text)
    if is_shredded(text):
        return Document(text)
    all_lines = lines_of(text)
    front_end = _front_matter_end(all_lines)
    metadata = Metadata()
    if front_end:
        metadata = _front_matter(text[all_lines[0].start : all_lines[front_end - 1].end])
    reasons = dict.fromkeys(range(1, front_end + 1), "front matter")
    lines = [line for line in all_lines if line.words]
    body = [line for line in lines if line.number > front_end]
    headings = list(_headings(text, body, reasons))
    title = _title(headings, metadata, body)
    if title is not None:
        reasons[title[0]] = "title"
        metadata = metadata.with_fallback(Metadata(title=title[2]))
    inline = [match for line in body if (match := _INLINE_FIELD.fullmatch(line.words))]
    fields = metadata_from_fields({match[1].casefold(): match[2] for match in inline})
    tags = metadata.tags + fields.tags + inline_tags(text[body[0].start :] if body else "")
    metadata = replace(metadata.with_fallback(fields), tags=tags)
    after = [line for line in body if line.number not in reasons and not _INLINE_FIELD.match(line.words)]
    after = after[:_MAX_HEADER_LINES]
    metadata = metadata.with_fallback(header_metadata(after, reasons))
    kept = tuple(heading for number, heading, _ in headings if number not in reasons)
    return Document(text, metadata, kept, dropped_lines(lines, reasons))


def _front_matter_end(lines: Sequence[Line]) -> int:
    """The number of the line that ends the front matter; 0 if there is none."""
    closing = _FRONT_MATTER_END.get(lines[0].words)
    if closing is None:
        return 0
    for line in lines[1:_MAX_FRONT_MATTER_LINES]:
        if line.words in closing:
            return line.number if line.number > 2 or lines[0].words == "{" else 0
    return 0


def _front_matter(block: str) -> Metadata:
    """The metadata in front matter with its delimiters: YAML (---), TOML (+++) or JSON ({ and })."""
    if block.startswith("{"):
        return metadata_from_fields(_fields_of(_parse_json, block))
    inside = block.partition("\n" if "\n" in block else "\r")[2]
    inside = inside[: -len(block.split()[-1])]
    if block.startswith("+++"):
        fields = _fields_of(tomllib.loads, inside.replace("\r\n", "\n")) or _plain_fields(inside)
        return metadata_from_fields(flatten({**_mapping(fields.get("params")), **fields}))
    return metadata_from_fields(_parse_yaml(inside))


def _fields_of(parse: Callable[[str], object], block: str) -> Mapping[str, object]:
    try:
        return _mapping(parse(block))
    except (ValueError, RecursionError):
        return {}


def _parse_json(block: str) -> object:
    return json.loads(block, strict=False)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _parse_yaml(block: str) -> Mapping[str, object]:
    import yaml  # imported only when needed

    block = _UNQUOTED_TAGS.sub(r"\1'\2'", block)
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 (strings only: the safest loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return _plain_fields(block)
    return loaded if isinstance(loaded, dict) else {}


def _plain_fields(block: str) -> dict[str, object]:
    """The "name: value" or "name = value" lines of front matter that is not valid YAML or TOML."""
    matches = re.finditer(r"^([A-Za-z_]{2,30})(?::[ \t]+|[ \t]*=[ \t]*)(\S.*)$", block, re.MULTILINE)
    return {match[1]: match[2].strip("\"' \r") for match in matches}


def _headings(
    text: str, lines: Sequence[Line], reasons: dict[int, str]
) -> Iterator[tuple[int, Heading, str]]:
    """(line number, heading, words) of each heading; adds a reason for each boilerplate or image line."""
    fence: str | None = None
    previous: Line | None = None
    for line in lines:
        fence_match = _FENCE.match(line.words)
        if fence_match and (fence is None or line.words.startswith(fence)):
            fence, previous = (fence_match[1] if fence is None else None), None
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
    return "comment" if _COMMENT.fullmatch(words) else boilerplate_reason(words)


def _title(
    headings: Sequence[tuple[int, Heading, str]], metadata: Metadata, body: Sequence[Line]
) -> tuple[int, Heading, str] | None:
    """The heading that is the title: equal to the front matter's title, or at the top of the body."""
    if not headings or not body:
        return None
    title = metadata.title
    if title is None:
        return headings[0] if headings[0][0] <= body[:3][-1].number else None
    return next((heading for heading in headings if _same_words(heading[2], title)), None)


def _same_words(a: str, b: str) -> bool:
    return re.findall(r"\w+", a.casefold()) == re.findall(r"\w+", b.casefold())
