"""The commands of the chat, drawn on a screen of 60 columns without colour."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FERRY, HARBOUR, SHELF, FakeAssistant
from rich.console import Console

from bot.answer import Answer, Sentence, UnsupportedSpan
from bot.rendering.text_rendering import plain_answer
from bot.terminal.chat import slash_commands
from bot.terminal.chat.chat_session import Session
from bot.terminal.chat.slash_commands import COMMANDS, SlashInvalid
from bot.terminal.screen import Screen


def make_session(*, terminal: bool = True, assistant: FakeAssistant | None = None) -> Session:
    console = Console(
        file=io.StringIO(),
        width=60,
        height=30,
        force_terminal=terminal,
        no_color=True,
        color_system=None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    return Session(assistant or FakeAssistant(), Screen(console))


def drawn(session: Session) -> str:
    """What is on the screen since the last call, without what a live display drew in between."""
    file = session.screen.console.file
    assert isinstance(file, io.StringIO)
    text = file.getvalue()
    file.seek(0)
    file.truncate()
    return "\n".join(line.rstrip() for line in text.rpartition("\x1b[2K")[2].splitlines()).strip()


async def asked(question: str, *, terminal: bool = True) -> Session:
    session = make_session(terminal=terminal)
    await session.ask(question)
    drawn(session)
    return session


async def test_a_source_is_shown_in_its_surroundings() -> None:
    """Where it stands, whether the article still says so, and the quote between its neighbours."""
    session = await asked("How much did the boat cost?")
    await slash_commands.run(session, "/source 1")
    assert drawn(session) == (
        "[1] Ferry line tests an electric boat · Northern Ledger ·\n"
        "    2022-05-11 · ferry.md:5\n"
        "unchanged: the article says this now as it did when it was\n"
        "cited\n"
        "\n"
        "# Ferry line tests an electric boat\n"
        "\n"
        "The ferry line tests an electric boat between Larkhaven and\n"
        "Tern Island. It carries 120 passengers.\n"
        "\n"
        "»The boat cost 3.2 million crowns, said captain Jon Aske.«"
    )


@pytest.mark.parametrize(
    ("text", "state", "shown"),
    [
        ("New first line.\n\n" + FERRY.text, "moved:", "New first line."),
        (FERRY.text.replace("3.2", "4.1"), "changed since:", "»The boat cost 3.2 million crowns"),
        (None, "deleted:", "»The boat cost 3.2 million crowns"),
    ],
)
async def test_a_source_is_checked_against_its_article_now(text: str | None, state: str, shown: str) -> None:
    """A quote that has moved is found again; one that is gone is shown as it was, and said to be gone."""
    assistant = FakeAssistant()
    session = make_session(assistant=assistant)
    await session.ask("How much did the boat cost?")
    drawn(session)
    assistant.fake.shelf.articles.remove(FERRY)
    if text is not None:
        assistant.fake.shelf.articles.append(replace(FERRY, text=text, digest=""))
    await slash_commands.run(session, "/source 1")
    seen = drawn(session)
    assert state in seen
    assert shown in seen


async def test_numbers_point_at_what_was_shown_last() -> None:
    """After /search and /quote, /source opens what they found."""
    session = await asked("How much did the boat cost?")
    await slash_commands.run(session, "/search drones attacked")
    assert "[1] Harbour town bans delivery drones" in drawn(session)
    assert slash_commands.is_command("[1]")
    await slash_commands.run(session, "[1]")
    assert "»Mayor Odile Brandt" in drawn(session)


async def test_an_answer_is_explained() -> None:
    """What was searched, read and cited for it."""
    session = make_session()
    with pytest.raises(SlashInvalid):
        await slash_commands.run(session, "/explain")
    await session.ask("How much did the boat cost?")
    drawn(session)
    await slash_commands.run(session, "/explain")
    assert "generation 1" in drawn(session)


async def test_articles_are_narrowed_by_words() -> None:
    """All words must stand in the line of an article."""
    session = make_session()
    await slash_commands.run(session, "/articles northern ledger")
    assert drawn(session) == "Ferry line tests an electric boat · Northern Ledger ·\n2022-05-11"
    await slash_commands.run(session, "/articles nothing")
    assert drawn(session) == "No article has that in its title, publisher or date."


async def test_many_articles_are_cut() -> None:
    """A long list ends with how many more there are."""
    infos = [replace(HARBOUR, info=replace(HARBOUR.info, id=f"{n}.txt"), digest="") for n in range(45)]
    session = make_session(assistant=FakeAssistant(infos))
    await slash_commands.run(session, "/articles")
    assert drawn(session).endswith("and 5 more; /articles WORD shows those with that word.")


async def test_a_conversation_is_saved_with_its_quotes(tmp_path: Path) -> None:
    """Questions, answers, quotes and sources as Markdown; a file that is there is left alone."""
    session = await asked("How much did the boat cost?")
    await session.ask("Who is the king of cheese?")
    path = tmp_path / "talk.md"
    await slash_commands.run(session, f"/save {path}")
    assert path.read_text(encoding="utf-8") == (
        "# Conversation with Footnote\n\n"
        "## How much did the boat cost?\n\n"
        "The boat cost 3.2 million crowns, said captain Jon Aske. \\[1\\]\n\n"
        "\\[1\\] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5"
        " · https://ledger.example/ferry\n\n"
        "> The boat cost 3.2 million crowns, said captain Jon Aske.\n\n"
        "## Who is the king of cheese?\n\n"
        "The articles do not answer this: no passage is near the question.\n"
    )
    with pytest.raises(SlashInvalid, match="exists already"):
        await slash_commands.run(session, f"/save {path}")
    with pytest.raises(SlashInvalid, match="cannot be written"):
        await slash_commands.run(session, f"/save {tmp_path / 'no' / 'talk.md'}")


async def test_a_new_conversation_forgets_the_old_one() -> None:
    """Turns, answers and sources are gone; there is nothing to save."""
    session = await asked("How much did the boat cost?")
    await slash_commands.run(session, "/new")
    for line in ("/source 1", "/sources", "/save x.md"):
        with pytest.raises(SlashInvalid):
            await slash_commands.run(session, line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/sorce 1", "Did you mean /source?"),
        ("/xyzzy", "There is no command /xyzzy."),
        ("/source", "needs one thing more"),
        ("/source 9", "There is no source 9; there are 1."),
        ("/open x\x1b[31my", "There is no source xy"),
    ],
)
async def test_wrong_commands_are_refused_in_a_sentence(line: str, words: str) -> None:
    """The sentence says what is wrong and what there is."""
    session = await asked("How much did the boat cost?")
    with pytest.raises(SlashInvalid) as caught:
        await slash_commands.run(session, line)
    assert words in str(caught.value)


async def test_sync_help_usage_and_quit() -> None:
    """The small ones."""
    session = make_session()
    await slash_commands.run(session, "/sync")
    assert drawn(session) == "Synced in 0.1 s: 3 new; 7 passages."
    await slash_commands.run(session, "/sync")
    assert drawn(session) == "Nothing has changed."
    await slash_commands.run(session, "/usage")
    assert drawn(session).startswith("No model is set")
    await slash_commands.run(session, "/help")
    listed = drawn(session)
    assert all(name in listed for name in COMMANDS)
    await slash_commands.run(session, "Help")
    assert drawn(session) == listed
    await slash_commands.run(session, "/QUIT")
    assert session.over


@pytest.mark.parametrize("line", ["exit", "quit ", "/exit"])
async def test_habits_of_other_programs_leave(line: str) -> None:
    """Who types what ends other programs wants to leave, not an answer; a question about an exit is one."""
    session = make_session()
    assert slash_commands.is_command(line)
    await slash_commands.run(session, line)
    assert session.over
    assert not slash_commands.is_command("exit polls")


async def test_a_whole_article_is_printed_without_a_terminal() -> None:
    """On a pipe /open prints the article, its quote marked, lines as long as they are."""
    session = await asked("How much did the boat cost?", terminal=False)
    await slash_commands.run(session, "/open 1")
    text = drawn(session)
    assert text.startswith("Ferry line tests an electric boat · Northern Ledger · 2022-05-11\nferry.md\n")
    assert "\n»The boat cost 3.2 million crowns, said captain Jon Aske.«" in text
    assert "The ferry line tests an electric boat between Larkhaven and Tern Island. It carries" in text


def doubted(session: Session) -> Answer:
    """The answer of a model with a wrong figure."""
    text = "The boat cost 3.9 million crowns."
    said = Sentence(text, (1,), "unsupported", missing=(UnsupportedSpan(14, 25),))
    answer = replace(session.answers[-1], sentences=(said,), mode="model")
    session.answers[-1] = answer
    return answer


async def test_why_names_the_words_that_no_source_has() -> None:
    """Each sentence with a sign, what the sign means there, and what is missing."""
    session = await asked("How much did the boat cost?")
    await slash_commands.run(session, "/why")
    assert drawn(session) == "Every sentence of the last answer is supported by what it\ncites."
    doubted(session)
    await slash_commands.run(session, "/why")
    assert drawn(session) == (
        "[?] The boat cost 3.9 million crowns.\n    not said by any passage it cites; not there: 3.9 million"
    )


async def test_why_tells_a_fact_from_somebody_s_words() -> None:
    """What is only partly said may be told as a fact where the article reports it."""
    session = await asked("How much did the boat cost?")
    said = Sentence("The boat cost 3.2 million crowns.", (1,), "partly")
    session.answers[-1] = replace(session.answers[-1], sentences=(said,), mode="model")
    await slash_commands.run(session, "/why")
    assert (
        drawn(session)
        .replace("\n", " ")
        .endswith("told as a fact; the article reports it as somebody's words")
    )


async def test_strict_is_switched_on_and_off() -> None:
    """It holds for the questions that follow."""
    session = await asked("How much did the boat cost?")
    for strict in (True, False):
        await slash_commands.run(session, "/strict")
        assert session.assistant.strict is strict
        assert "From now on" in drawn(session)


async def test_words_that_no_source_has_are_underlined_in_a_terminal_only() -> None:
    """The line below says so; without a terminal they are marked in words on request."""
    session = make_session()
    session.answers.append(Answer("Q", "Q", "answered", complete=True))
    answer = replace(doubted(session), citations=())
    session.screen.answer(answer)
    shown = drawn(session)
    assert "The boat cost 3.9 million crowns. [1] [?]" in shown
    assert shown.endswith("underlined: in no passage that the sentence cites")
    assert plain_answer(answer).startswith("The boat cost 3.9 million crowns. [1] [?]")
    assert "cost [not in source: 3.9 million] crowns. [1]" in plain_answer(answer, spell_missing=True)


async def test_a_model_s_markdown_is_drawn_and_its_links_are_seen() -> None:
    """Lists and emphasis of a model are rendered; a link shows where it leads."""
    session = make_session()
    text = "**Seven** members:\n\n- one\n- two, see [here](https://bad.example)"
    sentence = Sentence(text, (), "unsupported")
    session.screen.answer(Answer("Q", "Q", "answered", (sentence,), mode="model", complete=True))
    seen = drawn(session)
    assert "Seven members:" in seen
    assert " • one" in seen
    assert "https://bad.example" in seen
    assert seen.endswith("[?] not said by any passage it cites")


async def test_markdown_in_an_article_s_words_is_shown_as_it_is() -> None:
    """A quote loses no character to Markdown."""
    session = make_session()
    sentence = Sentence("It *rose* by __5__ # in `May`.", (), "supported")
    session.screen.answer(Answer("Q", "Q", "answered", (sentence,), complete=True))
    assert drawn(session) == "It *rose* by __5__ # in `May`."


async def test_a_stopped_answer_is_shown_as_far_as_it_came() -> None:
    """Cancelling leaves what was drawn, with its sources, and the session knows them."""
    session = make_session(assistant=FakeAssistant(SHELF, pause=0.05))
    task = asyncio.create_task(session.ask("council banned delivery drones Friday"))
    while not session.citations:  # noqa: ASYNC110 - what it waits for is no event of the program
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "The council of Larkhaven banned delivery drones on Friday." in drawn(session)
    assert len(session.citations) == 1
