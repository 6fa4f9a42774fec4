"""Lines of a model's answer that are no part of it: headings, rules, footnotes, lists of sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEADER_WORDS = (
    "sources", "source", "references", "reference", "citations", "citation", "footnotes", "footnote", "notes",
    "works cited", "bibliography", "source list", "sources used", "sources cited", "cited passages",
    "passages",
    "quellen", "quelle", "fuentes", "fuente", "fonti", "fonte", "bronnen", "références", "références :",
    "sources :", "fontes", "источники", "来源", "参考资料", "出典",
)  # fmt: skip
_HEADER = re.compile(
    r"[\W_]*(?:" + "|".join(re.escape(word) for word in sorted(_HEADER_WORDS, key=len, reverse=True)) + r")"
    r"[*_\s]*(?P<colon>[:：]?)[*_]*\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"[\s>*-]*\[(?P<label>\^?[\w-]{1,20})\]:\s*(?P<text>.*)")
_HALF_DEFINITION = re.compile(r"[\s>*-]*\[\^?[\w-]{0,20}(?:\]:?)?\s*")
_HEADING = re.compile(r"\s*#{1,6}(?:\s|$)|\s*(?:\*\*|__)[^*_\n]{1,80}(?<![.!?])(?:\*\*|__):?\s*$")
_HALF_HEADING = re.compile(r"\s*#|\s*(?:\*\*|__)[^*_\n]{0,80}(?:\*{0,2}|_{0,2}):?\s*$")
_RULE = re.compile(r"\s*(?:[-*_=]\s?){3,}\s*$")
_ENTRY = re.compile(r"\s*(?:[-*+•]\s|\(?\d{1,3}[.):\]]|[\[【^]|>|https?://|passage\s+\d)", re.IGNORECASE)
_MARKER = re.compile(r"[\[【［]\s*\^?\d|[¹²³⁴-⁹]|\^\d")
_MARKS_ONLY = re.compile(r"(?:[\s\[\](),;&^【】†#.-]|\d|and|passages?|sources?)*", re.IGNORECASE)
_POINTS_AT = re.compile(
    r"\W*(?:passages?|sources?|nr\.?|no\.?|number)?\W{0,3}(\d{1,3})(?!\d|[^\S\n]*[a-z]{3})", re.IGNORECASE
)
_FIRST = re.compile(r"\s*(?:[-*+•]\s+)?[\[【［]\s*\^?(\d{1,3})\s*[\]】］]\s*[-–:.]?\s*[\"“*_]*")


@dataclass(slots=True)
class AnswerBody:
    """The lines kept; what the footnotes' labels point at; passages that a list of sources named."""

    lines: list[str] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    listed: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The kept lines as one text."""
        return "\n".join(self.lines)


def body(text: str, titles: Sequence[str], complete: bool) -> AnswerBody:
    """Read *text* line by line; *titles* are those of the passages, ``titles[0]`` of passage 1.

    While it is not *complete*, the last line is left out as long as it may turn out to be dropped.
    """
    found = AnswerBody()
    dropped: list[str] = []
    lines = text.split("\n")
    in_fence = in_list = False
    for index, line in enumerate(lines):
        is_open = not complete and index == len(lines) - 1
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
        elif not in_fence:
            in_list = _in_list(line, in_list, bool(found.lines))
            if in_list or _is_dropped(line, titles, is_open, bool(found.lines)):
                _note(line, found)
                dropped.append(line)
                continue
        found.lines.append(line)
    if complete and not re.search(r"\w", found.text):
        found.lines = [line for line in dropped if not _DEFINITION.match(line)]
    return found


def _in_list(line: str, in_list: bool, follows_text: bool) -> bool:
    header = _HEADER.fullmatch(line) if follows_text else None
    if header is not None and (not header["rest"] or _is_list_of_marks(header)):
        return True
    return in_list and (not line.strip() or _ENTRY.match(line) is not None)


def _is_list_of_marks(header: re.Match[str]) -> bool:
    rest = header["rest"]
    return bool(header["colon"]) and (
        _MARKS_ONLY.fullmatch(rest) is not None or _ENTRY.match(rest) is not None
    )


def _is_dropped(line: str, titles: Sequence[str], is_open: bool, follows_text: bool) -> bool:
    if _DEFINITION.match(line) or _RULE.match(line):
        return True
    if is_open and _may_be_dropped(line, titles, follows_text):
        return True
    if _HEADING.match(line) and not _MARKER.search(line):
        return True
    return _is_title(line, titles, whole=True)


def _may_be_dropped(line: str, titles: Sequence[str], follows_text: bool) -> bool:
    if _HALF_DEFINITION.fullmatch(line) or _HALF_HEADING.match(line):
        return True
    start = re.sub(r"^[\W_]+", "", line).casefold()
    if follows_text and any(word.startswith(start.rstrip(" :*_")) for word in _HEADER_WORDS):
        return True
    return _is_title(line, titles, whole=False)


def _is_title(line: str, titles: Sequence[str], whole: bool) -> bool:
    """Whether a line is "[n]" and the title of passage n; or, when not *whole*, may become that."""
    match = _FIRST.match(line)
    if match is None or not 1 <= int(match[1]) <= len(titles):
        return False
    title = titles[int(match[1]) - 1].casefold().strip()
    rest = line[match.end() :].casefold().strip()
    if whole:
        return rest == title or (len(title) > 20 and rest.startswith(title) and len(rest) < len(title) + 120)
    return title.startswith(rest) or rest.startswith(title)


def _note(line: str, found: AnswerBody) -> None:
    definition = _DEFINITION.match(line)
    if definition is not None:
        target = _POINTS_AT.match(definition["text"])
        if target is not None:
            found.labels[definition["label"].lstrip("^")] = int(target[1])
        return
    header = _HEADER.fullmatch(line)
    if header is not None and _MARKS_ONLY.fullmatch(header["rest"]):
        found.listed.extend(int(number) for number in re.findall(r"\d{1,3}", header["rest"]))
        return
    first = _FIRST.match(line)
    if first is not None:
        found.listed.append(int(first[1]))
