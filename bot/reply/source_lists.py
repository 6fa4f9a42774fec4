"""Separates the body of a model's answer from the lines around it: footnotes, lists of sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEADER_WORDS = (
    "sources", "source", "references", "reference", "citations", "citation", "footnotes", "footnote", "notes",
    "sources used", "sources cited", "cited passages",
    "passages",
    "quellen", "quelle", "fuentes", "fuente", "fonti", "fonte", "bronnen", "références",
    "fontes", "источники", "来源", "参考资料", "出典",
)  # fmt: skip
_HEADER = re.compile(
    r"[\W_]*(?:" + "|".join(re.escape(word) for word in sorted(_HEADER_WORDS, key=len, reverse=True)) + r")"
    r"[*_\s]*(?P<colon>[:：]?)[*_]*\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"[\s>*-]*\[(?P<label>\^?[\w-]{1,20})\]:\s*(?P<text>.*)")
_PARTIAL_DEFINITION = re.compile(r"[\s>*-]*\[\^?[\w-]{0,20}(?:\]:?)?\s*")
_ANSWER_HEADING = re.compile(r"\s*#{1,6}\s+(?:final\s+)?answer\W*", re.IGNORECASE)
_HORIZONTAL_RULE = re.compile(r"\s*(?:[-*_=]\s?){3,}\s*$")
_LIST_ENTRY = re.compile(r"\s*(?:[-*+•]\s|\(?\d{1,3}[.):\]]|[\[【^]|>|https?://|passage\s+\d)", re.IGNORECASE)
_MARKERS_ONLY = re.compile(r"(?:[\s\[\](),;&^【】†#.-]|\d|and|passages?|sources?)*", re.IGNORECASE)
_TARGET_PASSAGE = re.compile(
    r"\W*(?:passages?|sources?|nr\.?|no\.?|number)?\W{0,3}(\d{1,3})(?!\d|[^\S\n]*[a-z]{3})", re.IGNORECASE
)
_LEADING_MARKER = re.compile(r"\s*(?:[-*+•]\s+)?[\[【［]\s*\^?(\d{1,3})\s*[\]】］]\s*[-–:.]?\s*[\"“*_]*")


@dataclass(slots=True)
class AnswerBody:
    """The lines kept, the passage of each footnote label, and the passages in a list of sources."""

    lines: list[str] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    listed: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The kept lines as one text."""
        return "\n".join(self.lines)


def answer_body(text: str, titles: Sequence[str], complete: bool) -> AnswerBody:
    """Read *text* line by line; *titles* are those of the passages, ``titles[0]`` of passage 1.

    Unless it is *complete*, the last line is left out if it can still become one that is dropped.
    """
    body = AnswerBody()
    dropped: list[str] = []
    lines = text.split("\n")
    in_fence = in_list = False
    for index, line in enumerate(lines):
        is_open = not complete and index == len(lines) - 1
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
        elif not in_fence:
            in_list = _is_in_list(line, in_list, bool(body.lines))
            if in_list or _is_dropped(line, titles, is_open, bool(body.lines)):
                _collect_passages(line, body)
                dropped.append(line)
                continue
        body.lines.append(line)
    if complete and not re.search(r"\w", body.text):
        body.lines = [line for line in dropped if not _DEFINITION.match(line)]
    return body


def _is_in_list(line: str, in_list: bool, follows_text: bool) -> bool:
    header = _HEADER.fullmatch(line) if follows_text else None
    if header is not None and (not header["rest"] or _is_list_of_markers(header)):
        return True
    return in_list and (not line.strip() or _LIST_ENTRY.match(line) is not None)


def _is_list_of_markers(header: re.Match[str]) -> bool:
    rest = header["rest"]
    return bool(header["colon"]) and (
        _MARKERS_ONLY.fullmatch(rest) is not None or _LIST_ENTRY.match(rest) is not None
    )


def _is_dropped(line: str, titles: Sequence[str], is_open: bool, follows_text: bool) -> bool:
    if _DEFINITION.match(line):
        return True
    if not follows_text and (_HORIZONTAL_RULE.match(line) or _ANSWER_HEADING.fullmatch(line)):
        return True
    if is_open and _can_become_dropped(line, titles, follows_text):
        return True
    return _is_title(line, titles, whole=True)


def _can_become_dropped(line: str, titles: Sequence[str], follows_text: bool) -> bool:
    if _PARTIAL_DEFINITION.fullmatch(line) or (not follows_text and re.match(r"\s*#", line)):
        return True
    start = re.sub(r"^[\W_]+", "", line).casefold()
    if follows_text and any(word.startswith(start.rstrip(" :*_")) for word in _HEADER_WORDS):
        return True
    return _is_title(line, titles, whole=False)


def _is_title(line: str, titles: Sequence[str], whole: bool) -> bool:
    """True if a line is "[n]" and the title of passage n, or, unless *whole*, if it can become that."""
    match = _LEADING_MARKER.match(line)
    if match is None or not 1 <= int(match[1]) <= len(titles):
        return False
    title = titles[int(match[1]) - 1].casefold().strip()
    rest = line[match.end() :].casefold().strip()
    if whole:
        return rest == title or (len(title) > 20 and rest.startswith(title) and len(rest) < len(title) + 120)
    return title.startswith(rest) or rest.startswith(title)


def _collect_passages(line: str, body: AnswerBody) -> None:
    """Add the passages that a dropped line names to the labels or to the list of sources."""
    definition = _DEFINITION.match(line)
    if definition is not None:
        target = _TARGET_PASSAGE.match(definition["text"])
        if target is not None:
            body.labels[definition["label"].lstrip("^")] = int(target[1])
        return
    header = _HEADER.fullmatch(line)
    if header is not None and _MARKERS_ONLY.fullmatch(header["rest"]):
        body.listed.extend(int(number) for number in re.findall(r"\d{1,3}", header["rest"]))
        return
    marker = _LEADING_MARKER.match(line)
    if marker is not None:
        body.listed.append(int(marker[1]))
