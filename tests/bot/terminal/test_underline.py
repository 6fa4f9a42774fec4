"""Underlined stretches of Markdown: drawn so, wherever the lines break, and their ends are never seen."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.markdown import Markdown

from bot.terminal.underline import BEGIN, END, Underlined


def drawn(text: str, width: int = 60, *, colour: bool = True) -> str:
    system = "standard" if colour else None
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=system)  # type: ignore[arg-type]
    console.print(Underlined(Markdown(text, hyperlinks=False)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_stretch_is_dim_and_underlined_and_nothing_else_is() -> None:
    """Also within emphasis, which is kept."""
    shown = drawn(f"It paid **{BEGIN}40 crowns{END}** for it.")
    assert "It paid \x1b[1;2;4m40 crowns\x1b[0m for it." in shown


def test_a_stretch_goes_on_in_the_next_line() -> None:
    """The blanks that fill a line are not underlined."""
    shown = drawn(f"It was paid to {BEGIN}the Bank of Varnholt{END} last year.", width=24)
    assert "\x1b[2;4mthe Bank\x1b[0m" in shown
    assert "\x1b[2;4mof Varnholt\x1b[0m last year." in shown


@given(st.text(max_size=60), st.text(max_size=30), st.integers(8, 60))
def test_the_ends_are_never_drawn(before: str, within: str, width: int) -> None:
    """Whatever Markdown they stand in."""
    shown = drawn(f"{before}{BEGIN}{within}{END} after", width)
    assert BEGIN not in shown.replace(before, "").replace(within, "")
    assert END not in shown.replace(before, "").replace(within, "")
