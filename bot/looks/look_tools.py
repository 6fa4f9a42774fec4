"""The tools that a model can call: their schemas, and the validation of its calls."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from bot.looks.look import ListLook, Look, ReadLook, SearchLook

MAX_LOOKS = 4  # of one reply; the others are ignored
MAX_QUERY = 300  # characters of a query, topic or publisher

_DAY = {"type": "string", "description": "A day, as in 2022-03-04, or a month or year."}
_PUBLISHER = {"type": "string", "description": "The name of a publisher, as the articles give it."}
_SCOPE = {"since": _DAY, "until": _DAY, "publisher": _PUBLISHER}


def _tool(name: str, description: str, properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": dict(properties), "required": required}
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


TOOLS: tuple[dict[str, Any], ...] = (
    _tool(
        "search",
        "Search the articles for passages about one thing. Returns further numbered passages.",
        {"query": {"type": "string", "description": "The words to look for."}, **_SCOPE},
        ["query"],
    ),
    _tool(
        "read",
        "Read on in the article of a passage: the passages around it, or the whole article.",
        {
            "passage": {"type": "integer", "description": "The number of the passage."},
            "around": {"type": "string", "enum": ["neighbours", "article"]},
        },
        ["passage"],
    ),
    _tool(
        "list",
        "List the articles of a publisher, of some days or on a topic, each with its first passage.",
        {"topic": {"type": "string"}, **_SCOPE},
        [],
    ),
)

_PARTIAL_DAY = re.compile(r"\s*(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?!\d)")
_QUERY = re.compile(r'"(?:query|q|text|topic)"\s*:\s*"((?:[^"\\]|\\.)+)')


def read_calls(calls: Iterable[Mapping[str, Any]]) -> tuple[Look, ...]:
    """The valid looks among tool calls ({"name", "args"}), each once; arguments can be malformed JSON.

    >>> read_calls([{"name": "search", "args": {"query": " ferry "}}, {"name": "rm", "args": {}}])
    (SearchLook(query='ferry', since=None, until=None, publisher=None),)
    """
    return tuple(dict.fromkeys(_valid(calls)))[:MAX_LOOKS]


def _valid(calls: Iterable[Mapping[str, Any]]) -> Iterator[Look]:
    for call in calls:
        arguments = call.get("args", call.get("arguments", call.get("parameters")))
        arguments = _repaired(arguments) if isinstance(arguments, str) else arguments
        look = _look(str(call.get("name") or ""), arguments if isinstance(arguments, Mapping) else {})
        if look is not None:
            yield look


def _repaired(text: str) -> Mapping[str, Any]:
    """The arguments in a string: JSON, the query in broken JSON, or a query alone."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        query = _QUERY.search(text)
        value = query[1] if query else text
    if isinstance(value, str):
        return {} if re.search(r'[{}"]', value) else {"query": value}
    return value if isinstance(value, Mapping) else {}


def _look(name: str, arguments: Mapping[str, Any]) -> Look | None:
    """The look of a call; None for an unknown tool, and if what it needs is missing."""
    scope = {
        "since": _day(arguments.get("since"), last=False),
        "until": _day(arguments.get("until"), last=True),
    }
    publisher = _text(arguments.get("publisher"))
    match name.rpartition(".")[2].strip().lower():
        case "search" if query := _text(arguments.get("query")):
            return SearchLook(query, **scope, publisher=publisher)
        case "read" if (number := _number(arguments.get("passage"))) is not None:
            return ReadLook(number, whole=str(arguments.get("around", "")).lower() == "article")
        case "list":
            return ListLook(_text(arguments.get("topic")), **scope, publisher=publisher)
    return None


def _text(value: object) -> str | None:
    """One line of printable text with at least one letter or digit, truncated."""
    if not isinstance(value, str):
        return None
    line = " ".join("".join(c if c.isprintable() else " " for c in value).split())[:MAX_QUERY]
    return line if any(map(str.isalnum, line)) else None


def _number(value: object) -> int | None:
    found = re.search(r"\d{1,4}", str(value)) if isinstance(value, int | str) else None
    return int(found[0]) if found and not isinstance(value, bool) else None


def _day(value: object, *, last: bool) -> date | None:
    """The first or last day of "2022-03-04", "2022-03" or "2022"; None if it is no date."""
    found = _PARTIAL_DAY.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    month = month or (12 if last else 1)
    try:
        return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))
    except ValueError:
        return None
