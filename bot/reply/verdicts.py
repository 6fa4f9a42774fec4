"""Parses the reply to a check request: a verdict and the deciding words for each sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.reply.output_cleanup import unwrap, without_reasoning

Finding = Literal["supported", "contradicted", "not said", "no claim"]

# What models write for the four verdicts, after case, hyphens and emphasis are removed.
_FINDINGS: tuple[tuple[str, Finding], ...] = (
    ("not supported", "not said"),
    ("unsupported", "not said"),
    ("not stated", "not said"),
    ("not said", "not said"),
    ("not found", "not said"),
    ("not mentioned", "not said"),
    ("contradict", "contradicted"),
    ("refuted", "contradicted"),
    ("no claim", "no claim"),
    ("neutral", "no claim"),
    ("partly supported", "not said"),
    ("partially supported", "not said"),
    ("supported", "supported"),
    ("entailed", "supported"),
)
_NUMBER = re.compile(r"[\s>*#(\[-]*(?:sentence\s*|s)?(\d{1,3})\b[\s.):\]*-]*", re.IGNORECASE)
_PASSAGE_NUMBER = re.compile(r"\d{1,3}")
_PLACES = re.compile(r"\s*(?:…|\.\.\.)\s*")
_JSON = re.compile(r"\s*(?:```\w*\s*)?(?:\{\s*\"|\[\s*\{)")  # a reply that is JSON from its start
_LEAST_FAVOURABLE_FIRST: tuple[Finding, ...] = ("contradicted", "not said", "no claim", "supported")
_QUOTES = " \t\"'“”‘’«»*`"

# For models with structured output; the fields in the order in which they are written.
SCHEMA: dict[str, Any] = {
    "name": "sentence_check",
    "strict": True,
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["sentences"],
        "properties": {
            "sentences": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["number", "passages", "deciding_words", "verdict"],
                    "properties": {
                        "number": {"type": "integer"},
                        "passages": {"type": "array", "items": {"type": "integer"}},
                        "deciding_words": {"type": "array", "items": {"type": "string"}},
                        "verdict": {
                            "type": "string",
                            "enum": ["SUPPORTED", "CONTRADICTED", "NOT SAID", "NO CLAIM"],
                        },
                    },
                },
            }
        },
    },
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The model's verdict on a sentence; ``passages`` are 0-based, ``words`` are copied from them."""

    finding: Finding
    passages: tuple[int, ...] = ()
    words: tuple[str, ...] = ()


def read_verdicts(text: str, count: int) -> dict[int, Verdict]:
    """The verdicts in a reply about sentences 1 to *count*, by 0-based sentence; lines or JSON.

    A sentence without a readable line has no verdict. The verdict is the last field of a line, so words
    copied from a passage cannot be mistaken for it. Of several verdicts on one sentence the least favourable
    counts, so a line copied from a passage cannot improve it.

    >>> read_verdicts("1 | 2 | met 11 firms | SUPPORTED\\n2 | - | - | **Not said**", 2)
    {0: Verdict(finding='supported', passages=(1,), words=('met 11 firms',)), \
1: Verdict(finding='not said', passages=(), words=())}
    """
    text = without_reasoning(text)
    found: dict[int, Verdict] = {}
    for number, verdict in _from_json(text) if _JSON.match(text) else _from_lines(text) or _from_json(text):
        if 1 <= number <= count:
            found[number - 1] = min(found.get(number - 1, verdict), verdict, key=_favour)
    return found


def _favour(verdict: Verdict) -> int:
    return _LEAST_FAVOURABLE_FIRST.index(verdict.finding)


def _from_lines(text: str) -> list[tuple[int, Verdict]]:
    return list(_lines(text))


def _lines(text: str) -> Iterator[tuple[int, Verdict]]:
    for line in unwrap(text, complete=True).splitlines():
        fields = [part.strip() for part in line.strip().strip("|").split("|")]
        number = _NUMBER.match(fields[0])
        if number is None:
            continue
        if len(fields) == 1:  # "1. SUPPORTED", "1: not said"
            finding = _finding(fields[0][number.end() :])
            if finding:
                yield int(number[1]), Verdict(finding)
            continue
        finding = _finding(fields[-1])
        if finding:
            passages = fields[1] if len(fields) > 2 else ""
            words = " | ".join(fields[2:-1])
            yield int(number[1]), _verdict(finding, passages, _PLACES.split(words))


def _from_json(text: str) -> list[tuple[int, Verdict]]:
    """The rows of a JSON reply: one value, or one on each line."""
    found: list[tuple[int, Verdict]] = []
    first = re.search(r"[{\[](?=\s*[\"{])", text)
    at = first.start() if first else None
    while at is not None:
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        rows = value.get("sentences", [value]) if isinstance(value, Mapping) else value
        found += _rows(rows) if isinstance(rows, Sequence) else []
        following = re.compile(r"[\s,]*(?=[{\[])").match(text, end)
        at = following.end() if following else None
    return found


def _rows(rows: Sequence[object]) -> Iterator[tuple[int, Verdict]]:
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        finding = _finding(str(row.get("verdict", "")))
        number = re.search(r"\d{1,3}", str(row.get("number", row.get("sentence", ""))))
        if finding and number:
            words = row.get("deciding_words", row.get("words", ()))
            listed = [str(part) for part in words] if isinstance(words, list) else _PLACES.split(str(words))
            yield int(number[0]), _verdict(finding, str(row.get("passages", "")), listed)


def _verdict(finding: Finding, passages: str, words: Sequence[str]) -> Verdict:
    numbers = tuple(int(number) - 1 for number in _PASSAGE_NUMBER.findall(passages) if int(number))
    copied = tuple(plain for part in words if len(plain := part.strip(_QUOTES)) > 1)
    return Verdict(finding, numbers, copied)


def _finding(text: str) -> Finding | None:
    plain = re.sub(r"[\s_*`.:,\-–—]+", " ", text).strip().casefold()
    return next((finding for words, finding in _FINDINGS if plain.startswith(words)), None)
