"""Underlines stretches of a text that rich lays out itself, such as Markdown, where no style can be given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style

# Around a stretch in the text: no width, read as letters by Markdown, and never in text that is clean.
BEGIN, END = "\u2060", "\u2061"
_STYLE = Style(underline=True, dim=True)
_PARTS = re.compile(f"([{BEGIN}{END}]|\\s{{2,}}|\n)")


class Underlined:
    """A renderable whose text between BEGIN and END is drawn dim and underlined; the two are not drawn."""

    def __init__(self, inner: RenderableType) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        inside = False
        for segment in console.render(self.inner, options):
            if segment.control:
                yield segment
                continue
            for part in _PARTS.split(segment.text):
                if part in (BEGIN, END):
                    inside = part == BEGIN
                elif part:
                    drawn = inside and not part.isspace()
                    yield Segment(part, (segment.style or Style()) + _STYLE if drawn else segment.style)
