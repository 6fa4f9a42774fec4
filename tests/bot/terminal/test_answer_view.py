"""A model's answer on the screen: its structure, its marks, and "checking…" while it is checked."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from markdown_answers import hostile_answers, markdown_answer
from rich.console import Console

from bot.answer import Answer, Contradiction, Sentence, UnsupportedSpan
from bot.terminal.answer_view import answer_view
from bot.terminal.screen import Screen


def make_console(width: int = 60, *, colour: bool = False) -> Console:
    system = "standard" if colour else None
    return Console(
        file=io.StringIO(),
        width=width,
        height=50,
        force_terminal=True,
        color_system=system,  # type: ignore[arg-type]
        highlight=False,
        markup=False,
        emoji=False,
    )


def written_to(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def render(answer: Answer, width: int = 60, *, colour: bool = False) -> str:
    console = make_console(width, colour=colour)
    console.print(answer_view(answer))
    return "\n".join(line.rstrip() for line in written_to(console).splitlines())


def model_answer(*sentences: Sentence) -> Answer:
    return replace(markdown_answer(), sentences=sentences)


def test_structure_and_marks() -> None:
    """A real table with the marks inside its cells; the marker of code is below it."""
    assert render(markdown_answer()) == (
        "Fees\n"
        "\n"
        "The harbour raised its fees in May. [1]\n"
        " • It has two | three piers. [1]\n"
        " • Gulls pay nothing. [2] [?]\n"
        "\n"
        "port         fee\n"
        "────────────────\n"
        "Tern       4 [1]\n"
        "Ouse   9 [2] [!]\n"
        "\n"
        "▌ Fees are fair. [2]\n"
        "\n"
        "  print(4 + 9)\n"
        "[1]"
    )


def test_only_the_missing_words_are_dim_and_underlined() -> None:
    """Surrounding emphasis is preserved."""
    sentence = Sentence("It paid **40 crowns** for it.", (), "supported", missing=(UnsupportedSpan(10, 19),))
    shown = render(model_answer(sentence), colour=True)
    assert "It paid \x1b[1;2;4m40 crowns\x1b[0m for it." in shown


def test_an_underline_continues_on_the_next_line() -> None:
    """Padding at the end of a line is not underlined."""
    text = "It was paid to the Bank of Varnholt last year."
    span = UnsupportedSpan(text.index("the"), text.index(" last"))
    shown = render(model_answer(Sentence(text, (), "supported", missing=(span,))), 24, colour=True)
    assert "\x1b[2;4mthe Bank\x1b[0m" in shown
    assert "\x1b[2;4mof Varnholt\x1b[0m last year." in shown


@given(hostile_answers, st.integers(20, 80))
def test_every_marker_and_mark_is_visible(answer: Answer, width: int) -> None:
    """In any Markdown and at any width."""
    sentences = tuple(replace(s, text=re.sub(r"[\[\]!?\d]", "x", s.text)) for s in answer.sentences)
    sentences = tuple(replace(s, lead="\n", tail="", citations=(1, 2), missing=()) for s in sentences)
    shown = "".join(render(replace(answer, sentences=sentences), width).split())
    expected = {"unsupported": "[?]", "contradicted": "[!]"}
    marks = ["[1][2]" + expected.get(sentence.support, "") for sentence in sentences]
    assert "".join(re.findall(r"\[(?:\d|\?|!)\]", shown)) == "".join(marks)


async def test_checking_is_shown_in_the_place_of_the_sources() -> None:
    """The complete answer with its marks and sources replaces it."""
    complete = replace(
        markdown_answer(),
        contradictions=(Contradiction("quote", "The article says: “Ouse pays 7.”", (2,)),),
        checked="model",
    )
    plain = tuple(replace(sentence, support="neutral", missing=()) for sentence in complete.sentences)
    growing = replace(complete, sentences=plain, complete=False, contradictions=(), checked=None)

    async def answers() -> AsyncIterator[Answer]:
        yield replace(growing, sentences=(), progress="Reading 2 passages of 1 article…")
        await asyncio.sleep(0.2)  # the screen is redrawn twelve times a second
        yield replace(growing, sentences=plain[:1])
        yield replace(growing, checking=True)
        await asyncio.sleep(0.2)
        yield complete

    console = make_console()
    assert await Screen(console).show(answers()) == complete
    shown = written_to(console)
    before, final = shown[: shown.rindex("\x1b[2K")], shown[shown.rindex("\x1b[2K") :]
    assert "Reading 2 passages of 1 article…" in before
    assert "checking…" in before
    assert not re.search(r"\[[?!]\]|Harbour fees · The Quay", before)
    assert "checking…" not in final
    assert final.index("Ouse pays 7.” [2]") < final.index("[1] Harbour fees · The Quay")
    assert final.index("[2] Harbour fees") < final.index("[!] the passages say otherwise")


async def test_a_pipe_shows_only_the_complete_answer() -> None:
    """Without a terminal nothing is redrawn."""

    async def answers() -> AsyncIterator[Answer]:
        yield replace(markdown_answer(), complete=False, checking=True)
        yield markdown_answer()

    console = Console(file=io.StringIO(), highlight=False, markup=False, emoji=False)
    await Screen(console).show(answers())
    assert "checking" not in written_to(console)
    assert written_to(console).count("Fees are fair.") == 1
