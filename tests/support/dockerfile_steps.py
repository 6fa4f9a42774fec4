"""Reads the repository's Dockerfile, and writes its steps as a shell script for an empty folder."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repository import ROOT


@dataclass(frozen=True)
class Step:
    """One instruction, such as ("COPY", "bot ./bot")."""

    name: str
    rest: str

    def words(self) -> list[str]:
        """The arguments: of the JSON form or split at spaces, without options of the instruction."""
        text = re.sub(r"^(--\S+\s+)*(CMD\s+)?", "", self.rest)
        return list(json.loads(text)) if text.startswith("[") else shlex.split(text)


def steps() -> list[Step]:
    """The instructions in order; continued lines are joined, comments dropped."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = (line.strip() for line in text.splitlines())
    return [Step(*line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]


def only(name: str) -> Step:
    """The instruction with this name, of which there is one."""
    (step,) = [step for step in steps() if step.name == name]
    return step


def shell_script(folder: Path, python: Sequence[str]) -> str:
    """The steps with *folder* in place of "/", and a virtual environment of *python* for the image's Python.

    Users and permissions are left out: they are not of this folder.
    """
    lines = ["set -eu", f"mkdir -p {folder}/data {folder}/articles", f"cd {folder}"]
    lines += [f"{shlex.join(python)} -m venv {folder}/python", f'export PATH="{folder}/python/bin:$PATH"']
    for step in steps():
        rest = re.sub(r"(?<![\w.])/(app|data|articles)\b", rf"{folder}/\1", step.rest)
        if step.name == "ENV":
            lines.append(f"export {rest}")
        elif step.name == "WORKDIR":
            lines.append(f"mkdir -p {rest} && cd {rest}")
        elif step.name == "COPY":
            *sources, target = rest.split()
            lines += [f"mkdir -p {target}"] if target.endswith("/") or len(sources) > 1 else []
            lines.append(f"cp -r {' '.join(f'{ROOT}/{source}' for source in sources)} {target}")
        elif step.name == "RUN" and not rest.startswith("useradd"):
            lines.append(rest)
    return "\n".join(lines)
