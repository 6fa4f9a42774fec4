"""The words sent to a language model: Markdown files, and the loader that checks them.

A file holds a head for people (with its version), then the parts `# System` and `# Human`.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from pathlib import Path

# What the program fills in: each prompt must use exactly these.
VARIABLES: dict[str, frozenset[str]] = {
    "answer": frozenset({"passages", "question", "today"}),
    "standalone": frozenset({"history", "question", "today"}),
}
_PART = re.compile(r"^# (System|Human)[ \t]*$", re.MULTILINE)
_VERSION = re.compile(r"\bversion (\d+)", re.IGNORECASE)


class PromptInvalid(Exception):
    """A prompt file cannot be used; str() is one sentence that names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Two templates for `str.format`; ``version`` is the number in the file's head, 0 when it has none."""

    name: str
    version: int
    system: str
    human: str


def load(name: str, folder: Path | None = None) -> Prompt:
    """Read the prompt *name*: ``folder/NAME.md`` where *folder* has it, else the one of Footnote.

    Raises PromptInvalid when the folder or file cannot be read, a part is missing, or a variable is
    missing, unknown or malformed.
    """
    path = _path(name, folder)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise PromptInvalid(f"The prompt {path} cannot be read as UTF-8 text.") from error
    return _parse(name, text, path)


def _path(name: str, folder: Path | None) -> Path:
    own = Path(__file__).parent / f"{name}.md"
    if folder is None:
        return own
    if not folder.is_dir():
        raise PromptInvalid(f"The folder of prompts {folder} does not exist.")
    theirs = folder / f"{name}.md"
    return theirs if theirs.exists() else own


def _parse(name: str, text: str, path: Path) -> Prompt:
    head, *rest = _PART.split(text)
    parts = dict(zip(rest[::2], (part.strip() for part in rest[1::2]), strict=True))
    for part in ("System", "Human"):
        if not parts.get(part):
            raise PromptInvalid(f'The prompt {path} has no text under a line "# {part}".')
    used = _variables(parts["System"], path) | _variables(parts["Human"], path)
    for missing in sorted(VARIABLES[name] - used):
        raise PromptInvalid(f"The prompt {path} does not use its variable {{{missing}}}.")
    for unknown in sorted(used - VARIABLES[name]):
        raise PromptInvalid(f"The prompt {path} uses a variable {{{unknown}}} that nothing fills.")
    version = _VERSION.search(head)
    return Prompt(name, int(version[1]) if version else 0, parts["System"], parts["Human"])


def _variables(template: str, path: Path) -> set[str]:
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise PromptInvalid(
            f"The prompt {path} has a lone brace; literal braces are written twice."
        ) from error
    for _, field, form, conversion in fields:
        if field is not None and (form or conversion or not field.isidentifier()):
            raise PromptInvalid(f"The prompt {path} has a variable {{{field}}} that is not a plain name.")
    return {field for _, field, _, _ in fields if field is not None}
