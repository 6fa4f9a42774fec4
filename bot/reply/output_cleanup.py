"""Removes what a model wraps around its answer: reasoning, JSON, a code fence around the whole answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

_THINK = r"think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
_REASONING = re.compile(
    rf"<({_THINK})\b[^>\n]*>.*?</\1\s*>|\[THINK\].*?\[/THINK\]", re.DOTALL | re.IGNORECASE
)
_OPEN_REASONING = re.compile(rf"<({_THINK})\b[^>\n]*>.*\Z|\[THINK\].*\Z", re.DOTALL | re.IGNORECASE)
# Some servers drop the opening tag: everything before a lone closing tag is reasoning.
_CLOSED_REASONING = re.compile(rf"\A.*</(?:{_THINK})\s*>|\A.*\[/THINK\]", re.DOTALL | re.IGNORECASE)
_WRAPPER_TAG = re.compile(r"</?(?:answer|final|final_answer|response|output)\s*>", re.IGNORECASE)
_FENCE = re.compile(
    r"\A\s*```[ \t]*(?:markdown|md|text|txt|plaintext|json)?[ \t]*\n(.*?)(?:\n?```\s*\Z|\Z)", re.DOTALL
)
_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# Models that continue the dialogue add a question of their own, or repeat ours first.
_RUN_ON = re.compile(
    r"(?<=\S)[ \t]{0,9}\n[ \t\n]{0,9}(?:question|user|human)[ \t]*:.*\Z", re.DOTALL | re.IGNORECASE
)
_REPEATED_QUESTION = re.compile(r"\A\s*question\s*:[^\n]*\n+\s*answer\s*:[ \t]*", re.IGNORECASE)
_PARTIAL_RUN_ON = re.compile(
    r"(?:\A|\n)[ \t]{0,9}(?:q|us|hu)[a-z]{0,6}[ \t]*\Z|\A\s*question\s*:.*\Z", re.DOTALL | re.IGNORECASE
)
_PARTIAL_TAG = re.compile(r"<[/\w]{0,14}\Z|\[/?T?H?I?N?K?\Z")

_TEXT_KEYS = (
    "answer",
    "text",
    "sentence",
    "response",
    "content",
    "output",
    "result",
    "claim",
    "statement",
    "message",
)
_LIST_KEYS = ("sentences", "answers", "claims", "statements", "points", "items", "paragraphs", "results")
_CITATION_KEYS = (
    "citations", "citation", "sources", "source", "references", "reference", "refs", "ref", "passages",
    "passage", "markers", "marker", "ids", "numbers",
)  # fmt: skip
_NUMBER_KEYS = ("number", "id", "index", "passage", "source", "ref")


def unwrap(text: str, complete: bool) -> str:
    """The answer inside *text*; unless it is *complete*, only the part that can be shown already.

    >>> unwrap("<think>11? yes.</think>It met 11. [1]", complete=True)
    'It met 11. [1]'
    >>> unwrap('{"answer": "It met 11.", "citations": [1, 3]}', complete=True)
    'It met 11. [1][3]'
    """
    text = _SCRIPT.sub("", without_reasoning(text))
    text = _RUN_ON.sub("", _REPEATED_QUESTION.sub("", text))
    if not complete:
        text = _PARTIAL_RUN_ON.sub("", text)
        text = _PARTIAL_TAG.sub("", text)
    if text.lstrip().startswith("```"):
        if not complete and "\n" not in text.lstrip():
            return ""
        text = _unfenced(text, complete)
    if _looks_like_json(text):
        return _from_json(text) if complete else ""
    return text


def without_reasoning(text: str) -> str:
    """The text without hidden reasoning and the tags around an answer."""
    if "<" not in text and "[" not in text:
        return text
    text = _REASONING.sub("", text)
    text = _CLOSED_REASONING.sub("", text)
    return _WRAPPER_TAG.sub("", _OPEN_REASONING.sub("", text)).lstrip("\n")


def _unfenced(text: str, complete: bool) -> str:
    match = _FENCE.match(text)
    if match is None or "```" in match[1].rstrip("`\n"):
        return text  # code, with more of the answer after it
    return match[1] if complete else re.sub(r"\n?`{1,3}\Z", "", match[1])


def _looks_like_json(text: str) -> bool:
    return re.match(r"\s*(?:\{\s*(?:[\"'}]|\Z)|\[\s*[{\"])", text) is not None


def _from_json(text: str) -> str:
    start = re.search(r"[{\[]", text)
    assert start is not None
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, start.start())
    except (ValueError, RecursionError):
        return _from_broken_json(text)
    found = _text_with_markers(value, depth=0)
    # A reply that is nothing but JSON without text is a tool call, not an answer.
    return found if found or not text[end:].strip("` \n") else text


def _from_broken_json(text: str) -> str:
    """The longest string under a text key, in JSON that is truncated or invalid."""
    keys = "|".join(_TEXT_KEYS)
    found: list[str] = re.findall(rf'"(?:{keys})"\s*:\s*"((?:[^"\\]|\\.)*)', text, re.IGNORECASE)
    if not found:
        return text
    longest = max(found, key=len).rstrip("\\")
    try:
        return f"{json.loads(chr(34) + longest + chr(34), strict=False)}"
    except ValueError:
        return longest


def _text_with_markers(value: object, depth: int) -> str:
    """The sentences in a JSON value in order, each followed by its markers."""
    if isinstance(value, str):
        return value
    if depth > 6:
        return ""
    if isinstance(value, list):
        return " ".join(filter(None, (_text_with_markers(item, depth + 1) for item in value)))
    if not isinstance(value, Mapping):
        return ""
    fields = {str(key).casefold(): field for key, field in value.items()}
    if fields.get("not_found") is True or fields.get("found") is False:
        return "NOT_FOUND"
    texts = (_text_with_markers(fields.get(key), depth + 1) for key in (*_TEXT_KEYS, *_LIST_KEYS))
    text = next(filter(None, texts), "")
    if not text or re.search(r"\[\^?\d", text):
        return text
    numbers = [number for key in _CITATION_KEYS if key in fields for number in _numbers(fields[key])]
    return text + (" " + "".join(f"[{number}]" for number in dict.fromkeys(numbers)) if numbers else "")


def _numbers(value: object) -> Iterable[int]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield value
    elif isinstance(value, str):
        found = re.fullmatch(r"\W*(?:passage|source|ref|citation)?\W*(\d{1,4})\W*", value, re.IGNORECASE)
        if found:
            yield int(found[1])
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, Mapping):
        for key in _NUMBER_KEYS:
            if key in value:
                yield from _numbers(value[key])
                return
