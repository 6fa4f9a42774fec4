"""The result of one check of `footnote doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckState = Literal["ok", "warning", "broken", "off"]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check. "off" means not configured, which is fine."""

    name: str
    state: CheckState
    text: str
    help: str = ""
