"""Maps the fields of a row or of front matter to an article's metadata and text, under their usual names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.reading.document.article_tags import field_tags, tidy_tags
from retrieval.reading.document.document import Metadata
from retrieval.reading.document.field_markup import plain_line
from retrieval.reading.document.field_names import (
    ANSWER_FIELDS,
    CONTEXT_FIELDS,
    HEADING_FIELDS,
    INLINE_FIELDS,
    METADATA_FIELDS,
    MISSING_VALUES,
    QUESTION_FIELDS,
    RECORD_FIELDS,
    SUMMARY_FIELDS,
    TEXT_FIELDS,
    UNPUBLISHED,
    VALUE_FIELDS,
    WEBSITE_FIELDS,
    WRAPPERS,
)
from retrieval.reading.metadata.date_parser import parse_date

_MAX_DEPTH = 6  # of objects inside a field
_MAX_WRAPPERS = 3
_MAX_NAMED_FIELDS = 12  # in an error message


@dataclass(frozen=True, slots=True)
class FieldText:
    """The text of an article as a field contains it, possibly HTML, and its question if it is an answer."""

    text: str
    question: str | None = None


def flatten(row: Mapping[str, object], depth: int = 0) -> dict[str, object]:
    """Lower-case field name -> value, with the fields of wrappers ("_source", "metadata") added."""
    fields = {str(name).lower(): value for name, value in row.items()}
    if depth < _MAX_WRAPPERS:
        for name in WRAPPERS:
            inner = fields.get(name)
            if isinstance(inner, Mapping):
                for inner_name, value in flatten(inner, depth + 1).items():
                    if inner_name not in fields or _is_number_for_name(inner_name, fields[inner_name]):
                        fields[inner_name] = value
    return fields


def metadata_from_fields(fields: Mapping[str, object]) -> Metadata:
    """The metadata in front matter or a flattened row; dates as ISO 8601."""
    lowered = {str(name).lower(): value for name, value in fields.items()}

    def texts(field: str) -> Iterator[str]:
        for name, value in _present(lowered, METADATA_FIELDS[field]):
            if not _is_number_for_name(name, value) and (text := _field_text(value)):
                yield text

    def first_date(field: str) -> str | None:
        values = (_date_value(value) for _, value in _present(lowered, METADATA_FIELDS[field]))
        return next((day for value in values if (day := parse_date(value))), None)

    return Metadata(
        title=next(texts("title"), None),
        publisher=next((text for text in texts("publisher") if not _is_location(text)), None),
        author=next(texts("author"), None),
        published=first_date("published"),
        updated=first_date("updated"),
        url=next(map(_absolute_url, texts("url")), None)
        or next((text for text in texts("publisher") if _is_url(text)), None),
        language=next(texts("language"), None),
        tags=tidy_tags(
            tag
            for name, value in _present(lowered, METADATA_FIELDS["tags"])
            for tag in field_tags(value, plural=name == "tags")
        ),
    )


def article_text(fields: Mapping[str, object], *, with_summary: bool = True) -> FieldText | None:
    """The text of a flattened row; its summary if it has nothing else. None if it has no text.

    The first text field is used, unless another one is more than twice as long: then the first is an excerpt.
    """
    texts = list(_texts(fields, TEXT_FIELDS))
    if texts:
        longest = max(texts, key=len)
        return FieldText(longest if len(longest) > 2 * len(texts[0]) else texts[0])
    question = next(_texts(fields, QUESTION_FIELDS), None)
    answer = next(_texts(fields, ANSWER_FIELDS), None)
    if question and answer:
        return FieldText(answer, question)
    if context := next(_texts(fields, CONTEXT_FIELDS), None):
        return FieldText(context)
    summary = max(_texts(fields, SUMMARY_FIELDS), key=len, default=None) if with_summary else None
    return FieldText(summary) if summary else None


def _texts(fields: Mapping[str, object], names: Sequence[str]) -> Iterator[str]:
    return (text for _, value in _present(fields, names) if (text := text_value(value)))


def _present(fields: Mapping[str, object], names: Sequence[str]) -> Iterator[tuple[str, object]]:
    """The fields with these names, in the order of the names."""
    return ((name, fields[name]) for name in names if name in fields)


def text_value(value: object, depth: int = 0) -> str | None:
    """The text of a field: a string, a list of paragraphs, or an object such as {"rendered": "…"}."""
    if isinstance(value, str):
        return value if value.strip() and value.strip().lower() not in MISSING_VALUES else None
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return _object_text({str(name).lower(): part for name, part in value.items()}, depth)
    if isinstance(value, list) and not any(map(is_record, value)):
        parts = [text for part in value if (text := text_value(part, depth + 1))]
        words = len(parts) > 1 and not any(" " in part for part in parts)
        return (" " if words else "\n\n").join(parts) or None
    return None


def _object_text(value: Mapping[str, object], depth: int) -> str | None:
    """The text of a paragraph or section; a section's heading comes first."""
    for name in INLINE_FIELDS:
        spans = value.get(name)
        if isinstance(spans, list):
            return "".join(text for span in spans if (text := text_value(span, depth + 1))) or None
    body = next((text for name in VALUE_FIELDS if (text := text_value(value.get(name), depth + 1))), None)
    heading = next((title for name in HEADING_FIELDS if isinstance(title := value.get(name), str)), None)
    return f"{heading}\n\n{body}" if heading and body else body


def is_record(value: object) -> bool:
    """True for an object that is an article of a list rather than a paragraph."""
    if not isinstance(value, Mapping):
        return False
    names = {str(name).lower() for name in value}
    return any(name in names for name in METADATA_FIELDS["title"]) and not names.isdisjoint(RECORD_FIELDS)


def unpublished_reason(fields: Mapping[str, object]) -> str | None:
    """The reason why a post of a website was never published; None if it was, or if it is not a post."""
    status = fields.get("post_status") or fields.get("status")
    if not isinstance(status, str) or status.lower() not in UNPUBLISHED:
        return None
    is_post = status.lower() == "draft" or any(name in fields for name in WEBSITE_FIELDS)
    return f"it is not published (status: {status.lower()})" if is_post else None


def describe_fields(row: Mapping[str, object]) -> str:
    """The names of a row's fields for an error message: "id, content.rendered, …"."""
    names: list[str] = []
    for name, value in row.items():
        inner = list(value)[:3] if isinstance(value, Mapping) else []
        names += [f"{name}.{part}" for part in inner] or [str(name)]
    shown = [" ".join(name.split())[:40] for name in names[:_MAX_NAMED_FIELDS]]
    return ", ".join([*shown, "…"] if len(names) > len(shown) else shown)


def _field_text(value: object) -> str | None:
    """A metadata value as text: the joined items of a list, the name or title of a mapping."""
    if isinstance(value, Mapping):
        parts = (_field_text(value.get(name)) for name in ("name", "title", *VALUE_FIELDS))
        return next((words for words in parts if words), None)
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(words for part in value if (words := _field_text(part)))) or None
    if isinstance(value, str):
        words = " ".join(plain_line(value).split())
        return words if words and words.lower() not in MISSING_VALUES else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return str(value)


def _date_value(value: object) -> object:
    """The date of a field; MongoDB wraps it: {"$date": …}."""
    if isinstance(value, Mapping):
        return _date_value(value.get("$date", value.get("value", value.get("$numberlong"))))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _is_number_for_name(name: str, value: object) -> bool:
    """True for the number of an author or publisher, as in WordPress, which is not a name."""
    is_name = name in METADATA_FIELDS["author"] or name in METADATA_FIELDS["publisher"]
    return is_name and (isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()))


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _is_location(text: str) -> bool:
    """True for a URL or a file path, which LangChain stores as "source"."""
    return "://" in text or ("/" in text and " " not in text and "." in text.rpartition("/")[2])


def _absolute_url(url: str) -> str:
    return f"https://www.reddit.com{url}" if url.startswith("/r/") else url
