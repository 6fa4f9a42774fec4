"""Looks written as text, by models without tool calls: lines "SEARCH: …", and tool calls written as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.looks.look import Look
from bot.looks.look_tools import TOOLS, read_calls

_QUOTES = ' *_`"“”'
_LIMIT = re.compile(r"\s*(since|until|publisher)\b[ :=]*(.+)", re.IGNORECASE)
_NAMES = frozenset(tool["function"]["name"] for tool in TOOLS)
_LINE_START = r"^[ \t>*_`#\-•.\d)]{0,8}"
# A line with a marker is a sentence of an answer.
_LINE = re.compile(rf"{_LINE_START}SEARCH[*_`]{{0,2}}[ \t]*:(?![^\n]*\[\d)[ \t]*([^\n]*)(?:\n|\Z)", re.M)
_OPEN_LINE = re.compile(rf"{_LINE_START}(?:S|SE|SEA|SEAR|SEARC|SEARCH[*_`]{{0,2}}[ \t]*(?::[^\n]*)?)\Z", re.M)
_CALL_TAG = re.compile(r"<(tool_call|function_call|tools?)>.*?(?:</\1>|\Z)|\[TOOL_CALLS\].*", re.S | re.I)
_OPEN_CALL_TAG = re.compile(r"<[a-z_]{0,13}\Z|\[[A-Z_]{0,10}\Z", re.I)
_JSON_ONLY = re.compile(r"\s*(?:```\w*\s*)?[\[{].*", re.S)


def looks_in(text: str, passages: str = "") -> tuple[Look, ...]:
    """The looks in a reply, in order, except lines that are copied from *passages*.

    >>> looks_in("I need more.\\nSEARCH: ferry fares")
    (SearchLook(query='ferry fares', since=None, until=None, publisher=None),)
    """
    lines: list[Mapping[str, Any]] = [
        {"name": "search", "args": _arguments(found[1])}
        for found in _LINE.finditer(text)
        if found[0].strip() not in passages
    ]
    return read_calls([*lines, *_written_calls(text)])


def _arguments(line: str) -> dict[str, str]:
    """The query of a line, and the limits after it: "ferry fares | publisher The Quay | since 2022"."""
    query, *limits = line.split("|")
    found = (_LIMIT.match(limit) for limit in limits)
    return {"query": query.strip(_QUOTES)} | {
        limit[1].lower(): limit[2].strip(_QUOTES) for limit in found if limit
    }


def without_looks(text: str, complete: bool = True) -> str:
    """The text without its looks; unless it is *complete*, also without an end that can become one.

    >>> without_looks("It met 11. [1]\\nSEA", complete=False)
    'It met 11. [1]\\n'
    """
    if "SEARCH" in text:
        text = _LINE.sub("", text)
    if "<" in text or "[" in text:
        text = _CALL_TAG.sub("", text)
    if complete:
        return text
    return _OPEN_CALL_TAG.sub("", _OPEN_LINE.sub("", text))


def _written_calls(text: str) -> Iterator[Mapping[str, Any]]:
    """Tool calls inside tags, or as a reply that is nothing but JSON."""
    tagged = "".join(match[0] for match in _CALL_TAG.finditer(text))
    source = tagged or (text if _JSON_ONLY.fullmatch(text) else "")
    decoder, at = json.JSONDecoder(strict=False), source.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(source, at)
        except (ValueError, RecursionError):
            return
        call = value.get("function", value) if isinstance(value, dict) else value
        if isinstance(call, Mapping) and call.get("name") in _NAMES:
            yield call
        at = source.find("{", end)
