"""The prompts for language models: Markdown files, and the loader that validates them.

A file has a header for readers (with the version), then the parts `# System` and `# Human`.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from pathlib import Path

# The variables that each prompt must use, and no others.
VARIABLES: dict[str, frozenset[str]] = {
    "answer": frozenset({"passages", "question", "today"}),
    "check": frozenset({"passages", "question", "sentences"}),
    "look": frozenset({"how", "left", "looks"}),
    "standalone": frozenset({"history", "question", "today"}),
}
_PART = re.compile(r"^# (System|Human)[ \t]*$", re.MULTILINE)
_VERSION = re.compile(r"\bversion (\d+)", re.IGNORECASE)


class PromptInvalid(Exception):
    """A prompt file cannot be used; str() is one sentence that names the file and the problem."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Two templates for `str.format`. ``version`` comes from the file's header, 0 if it has none."""

    name: str
    version: int
    system: str
    human: str


def load(name: str, folder: Path | None = None) -> Prompt:
    """Read the prompt *name*: ``folder/NAME.md`` if it exists, else the built-in one.

    Raises PromptInvalid if the folder or file cannot be read, a part is missing, or a variable is
    missing, unknown or malformed.
    """
    path = _path(name, folder)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise PromptInvalid(f"The prompt {path} cannot be read as UTF-8 text.") from error
    return _parse(name, text, path)


def _path(name: str, folder: Path | None) -> Path:
    built_in = Path(__file__).parent / f"{name}.md"
    if folder is None:
        return built_in
    if not folder.is_dir():
        raise PromptInvalid(f"The prompt folder {folder} does not exist.")
    custom = folder / f"{name}.md"
    return custom if custom.exists() else built_in


def _parse(name: str, text: str, path: Path) -> Prompt:
    header, *rest = _PART.split(text)
    parts = dict(zip(rest[::2], (part.strip() for part in rest[1::2]), strict=True))
    for part in ("System", "Human"):
        if not parts.get(part):
            raise PromptInvalid(f'The prompt {path} has no text under a line "# {part}".')
    used = _variables(parts["System"], path) | _variables(parts["Human"], path)
    for missing in sorted(VARIABLES[name] - used):
        raise PromptInvalid(f"The prompt {path} does not use its variable {{{missing}}}.")
    for unknown in sorted(used - VARIABLES[name]):
        raise PromptInvalid(f"The prompt {path} uses an unknown variable {{{unknown}}}.")
    version = _VERSION.search(header)
    return Prompt(name, int(version[1]) if version else 0, parts["System"], parts["Human"])


def _variables(template: str, path: Path) -> set[str]:
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise PromptInvalid(
            f"The prompt {path} contains an unmatched brace; write literal braces twice."
        ) from error
    for _, field, form, conversion in fields:
        if field is not None and (form or conversion or not field.isidentifier()):
            raise PromptInvalid(f"The prompt {path} has a malformed variable {{{field}}}; use a plain name.")
    return {field for _, field, _, _ in fields if field is not None}
