"""What a model wraps around its answer, taken off: hidden reasoning, JSON, a code fence around all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

_THINK = r"think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
_REASONING = re.compile(
    rf"<({_THINK})\b[^>\n]*>.*?</\1\s*>|\[THINK\].*?\[/THINK\]", re.DOTALL | re.IGNORECASE
)
_OPEN_REASONING = re.compile(rf"<({_THINK})\b[^>\n]*>.*\Z|\[THINK\].*\Z", re.DOTALL | re.IGNORECASE)
# Some servers swallow the opening tag: everything before a lone closing tag was reasoning.
_CLOSED_REASONING = re.compile(rf"\A.*</(?:{_THINK})\s*>|\A.*\[/THINK\]", re.DOTALL | re.IGNORECASE)
_WRAPPED = re.compile(r"</?(?:answer|final|final_answer|response|output)\s*>", re.IGNORECASE)
_FENCE = re.compile(
    r"\A\s*```[ \t]*(?:markdown|md|text|txt|plaintext|json)?[ \t]*\n(.*?)(?:\n?```\s*\Z|\Z)", re.DOTALL
)
_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# A model that plays both parts goes on with a question of its own, or begins with ours.
_RUN_ON = re.compile(
    r"(?<=\S)[ \t]{0,9}\n[ \t\n]{0,9}(?:question|user|human)[ \t]*:.*\Z", re.DOTALL | re.IGNORECASE
)
_RUN_UP = re.compile(r"\A\s*question\s*:[^\n]*\n+\s*answer\s*:[ \t]*", re.IGNORECASE)
_HALF_RUN = re.compile(
    r"(?:\A|\n)[ \t]{0,9}(?:q|us|hu)[a-z]{0,6}[ \t]*\Z|\A\s*question\s*:.*\Z", re.DOTALL | re.IGNORECASE
)
_HALF_TAG = re.compile(r"<[/\w]{0,14}\Z|\[/?T?H?I?N?K?\Z")

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
_MARK_KEYS = (
    "citations", "citation", "sources", "source", "references", "reference", "refs", "ref", "passages",
    "passage", "markers", "marker", "ids", "numbers",
)  # fmt: skip
_NUMBER_KEYS = ("number", "id", "index", "passage", "source", "ref")


def unwrap(text: str, complete: bool) -> str:
    """The answer inside *text*; while it is not *complete*, only what can be shown already.

    >>> unwrap("<think>11? yes.</think>It met 11. [1]", complete=True)
    'It met 11. [1]'
    >>> unwrap('{"answer": "It met 11.", "citations": [1, 3]}', complete=True)
    'It met 11. [1][3]'
    """
    text = _SCRIPT.sub("", _without_reasoning(text))
    text = _RUN_ON.sub("", _RUN_UP.sub("", text))
    if not complete:
        text = _HALF_RUN.sub("", text)
        text = _HALF_TAG.sub("", text)
    if text.lstrip().startswith("```"):
        if not complete and "\n" not in text.lstrip():
            return ""
        text = _unfenced(text, complete)
    if _looks_like_json(text):
        return _from_json(text) if complete else ""
    return text


def _without_reasoning(text: str) -> str:
    if "<" not in text and "[" not in text:
        return text
    text = _REASONING.sub("", text)
    text = _CLOSED_REASONING.sub("", text)
    return _WRAPPED.sub("", _OPEN_REASONING.sub("", text)).lstrip("\n")


def _unfenced(text: str, complete: bool) -> str:
    match = _FENCE.match(text)
    if match is None:
        return text
    inner = match[1]
    return inner if complete else re.sub(r"\n?`{1,3}\Z", "", inner)


def _looks_like_json(text: str) -> bool:
    return re.match(r"\s*(?:\{\s*(?:[\"'}]|\Z)|\[\s*[{\"])", text) is not None


def _from_json(text: str) -> str:
    start = re.search(r"[{\[]", text)
    assert start is not None
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, start.start())
    except (ValueError, RecursionError):
        return _from_broken_json(text)
    found = _marked(value, depth=0)
    # JSON through and through that holds no text is a call of some tool, and no answer.
    return found if found or not text[end:].strip("` \n") else text


def _from_broken_json(text: str) -> str:
    """The longest string after a key that holds text, of JSON that was cut or is not quite JSON."""
    keys = "|".join(_TEXT_KEYS)
    found: list[str] = re.findall(rf'"(?:{keys})"\s*:\s*"((?:[^"\\]|\\.)*)', text, re.IGNORECASE)
    if not found:
        return text
    longest = max(found, key=len).rstrip("\\")
    try:
        return f"{json.loads(chr(34) + longest + chr(34), strict=False)}"
    except ValueError:
        return longest


def _marked(value: object, depth: int) -> str:
    """A JSON value as marked text: sentences in order, each followed by its markers."""
    if isinstance(value, str):
        return value
    if depth > 6:
        return ""
    if isinstance(value, list):
        return " ".join(filter(None, (_marked(each, depth + 1) for each in value)))
    if not isinstance(value, Mapping):
        return ""
    fields = {str(key).casefold(): each for key, each in value.items()}
    if fields.get("not_found") is True or fields.get("found") is False:
        return "NOT_FOUND"
    text = next((t for key in (*_TEXT_KEYS, *_LIST_KEYS) if (t := _marked(fields.get(key), depth + 1))), "")
    if not text or re.search(r"\[\^?\d", text):
        return text
    numbers = [n for key in _MARK_KEYS if key in fields for n in _numbers(fields[key])]
    return text + (" " + "".join(f"[{n}]" for n in dict.fromkeys(numbers)) if numbers else "")


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
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, Mapping):
        for key in _NUMBER_KEYS:
            if key in value:
                yield from _numbers(value[key])
                return
