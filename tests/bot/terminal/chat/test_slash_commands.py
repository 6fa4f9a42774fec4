"""The slash commands, on a screen of 60 columns without colour."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from chain_world import chain
from fakes import FERRY, HARBOUR, SHELF, FakeAssistant
from openai_stand_in import OpenAIStandIn, checker
from rich.console import Console

from bot.answer import Answer, Contradiction, Sentence, UnsupportedSpan
from bot.rendering.text_rendering import plain_answer
from bot.terminal.chat import slash_commands
from bot.terminal.chat.chat_session import Session
from bot.terminal.chat.passage_commands import SlashCommandInvalid
from bot.terminal.chat.slash_commands import COMMANDS
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


def output(session: Session) -> str:
    """The output since the last call, without intermediate frames of live displays."""
    file = session.screen.console.file
    assert isinstance(file, io.StringIO)
    text = file.getvalue()
    file.seek(0)
    file.truncate()
    return "\n".join(line.rstrip() for line in text.rpartition("\x1b[2K")[2].splitlines()).strip()


async def session_after(question: str, *, terminal: bool = True) -> Session:
    session = make_session(terminal=terminal)
    await session.ask(question)
    output(session)
    return session


async def test_a_source_is_shown_in_context() -> None:
    """Source line, state, and the highlighted quote in its passage."""
    session = await session_after("How much did the boat cost?")
    await slash_commands.run(session, "/source 1")
    assert output(session) == (
        "[1] Ferry line tests an electric boat · Northern Ledger ·\n"
        "    2022-05-11 · ferry.md:5\n"
        "unchanged: the quote is still in the article\n"
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
        (FERRY.text.replace("3.2", "4.1"), "changed:", "»The boat cost 3.2 million crowns"),
        (None, "deleted:", "»The boat cost 3.2 million crowns"),
    ],
)
async def test_a_source_is_checked_against_the_current_article(
    text: str | None, state: str, shown: str
) -> None:
    """A moved quote is found again; a lost quote is shown as it was cited."""
    assistant = FakeAssistant()
    session = make_session(assistant=assistant)
    await session.ask("How much did the boat cost?")
    output(session)
    assistant.fake.shelf.articles.remove(FERRY)
    if text is not None:
        assistant.fake.shelf.articles.append(replace(FERRY, text=text, digest=""))
    await slash_commands.run(session, "/source 1")
    text_shown = output(session)
    assert state in text_shown
    assert shown in text_shown


async def test_numbers_refer_to_the_last_list() -> None:
    """After /search, /source shows its hits."""
    session = await session_after("How much did the boat cost?")
    await slash_commands.run(session, "/search drones attacked")
    assert "[1] Harbour town bans delivery drones" in output(session)
    assert slash_commands.is_command("[1]")
    await slash_commands.run(session, "[1]")
    assert "»Mayor Odile Brandt" in output(session)


async def test_checked_sentences_can_be_opened() -> None:
    """/check prints a verdict for each sentence; its numbers refer to the quotes."""
    session = make_session(terminal=False)
    await slash_commands.run(session, "/check The boat cost 3.2 million dollars. I love it!")
    assert output(session).startswith(
        "closest: The boat cost 3.2 million dollars. [1] (differs: 3.2 million dollars)\n"
        "no claim: I love it!\n\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske.\n\n"
        "No model checked these sentences"
    )
    await slash_commands.run(session, "/source 1")
    assert "»The boat cost 3.2 million crowns, said captain Jon Aske.«" in output(session)


async def test_without_text_the_last_answer_is_checked(server: OpenAIStandIn) -> None:
    """With a model, each sentence gets its verdict, and the tokens are counted."""
    assistant = FakeAssistant()
    session = make_session(terminal=False, assistant=assistant)
    with pytest.raises(SlashCommandInvalid, match="There is no answer yet"):
        await slash_commands.run(session, "/check")
    await session.ask("How much did the boat cost?")
    output(session)
    server.reset()
    text = "The boat cost 3.2 million crowns, said captain Jon Aske."
    server.check_all(checker({text: ("SUPPORTED", text)}))
    assistant.chain = chain(server)
    before = assistant.usage()
    await slash_commands.run(session, "/check")
    assert output(session).splitlines()[0] == f"supported: {text} [1]"
    assert assistant.usage() != before
    assert session.citations[0].quote == text


async def test_an_answer_is_explained() -> None:
    """/explain needs an answer and shows the index generation that was searched."""
    session = make_session()
    with pytest.raises(SlashCommandInvalid):
        await slash_commands.run(session, "/explain")
    await session.ask("How much did the boat cost?")
    output(session)
    await slash_commands.run(session, "/explain")
    assert "generation 1" in output(session)


async def test_articles_are_filtered_by_words() -> None:
    """All words must match the line of an article."""
    session = make_session()
    await slash_commands.run(session, "/articles northern ledger")
    assert output(session) == "Ferry line tests an electric boat · Northern Ledger ·\n2022-05-11"
    await slash_commands.run(session, "/articles nothing")
    assert output(session) == "No articles match."


async def test_long_article_lists_are_truncated() -> None:
    """The list ends with the number of omitted articles."""
    articles = [replace(HARBOUR, info=replace(HARBOUR.info, id=f"{n}.txt"), digest="") for n in range(45)]
    session = make_session(assistant=FakeAssistant(articles))
    await slash_commands.run(session, "/articles")
    assert output(session).endswith("… and 5 more. Use /articles WORD to filter.")


async def test_a_conversation_is_saved_with_its_quotes(tmp_path: Path) -> None:
    """Questions, answers, quotes and sources as Markdown; existing files are not overwritten."""
    session = await session_after("How much did the boat cost?")
    await session.ask("Who is the king of cheese?")
    path = tmp_path / "conversation.md"
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
    with pytest.raises(SlashCommandInvalid, match="already exists"):
        await slash_commands.run(session, f"/save {path}")
    with pytest.raises(SlashCommandInvalid, match="Cannot write"):
        await slash_commands.run(session, f"/save {tmp_path / 'no' / 'conversation.md'}")


async def test_new_clears_the_conversation() -> None:
    """Turns, answers and sources are cleared; there is nothing to save."""
    session = await session_after("How much did the boat cost?")
    await slash_commands.run(session, "/new")
    for line in ("/source 1", "/sources", "/save x.md"):
        with pytest.raises(SlashCommandInvalid):
            await slash_commands.run(session, line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/sorce 1", "Did you mean /source?"),
        ("/xyzzy", "Unknown command: /xyzzy."),
        ("/source", "Missing argument. Usage: /source N"),
        ("/source 9", "There is no source 9. Valid numbers: 1."),
        ("/open x\x1b[31my", "There is no source xy"),
    ],
)
async def test_invalid_commands_are_rejected(line: str, message: str) -> None:
    """The error says what is wrong and what is valid."""
    session = await session_after("How much did the boat cost?")
    with pytest.raises(SlashCommandInvalid) as caught:
        await slash_commands.run(session, line)
    assert message in str(caught.value)


async def test_sync_help_usage_and_quit() -> None:
    """The remaining simple commands."""
    session = make_session()
    await slash_commands.run(session, "/sync")
    assert output(session) == "Synced in 0.1 s: 3 new; 7 passages."
    await slash_commands.run(session, "/sync")
    assert output(session) == "Already up to date."
    await slash_commands.run(session, "/usage")
    assert output(session).startswith("No model is configured")
    await slash_commands.run(session, "/help")
    help_text = output(session)
    assert all(name in help_text for name in COMMANDS)
    await slash_commands.run(session, "Help")
    assert output(session) == help_text
    await slash_commands.run(session, "/QUIT")
    assert session.is_over


@pytest.mark.parametrize("line", ["exit", "quit ", "/exit"])
async def test_exit_words_of_other_programs_exit(line: str) -> None:
    """The words alone exit; a question that contains them is a question."""
    session = make_session()
    assert slash_commands.is_command(line)
    await slash_commands.run(session, line)
    assert session.is_over
    assert not slash_commands.is_command("exit polls")


async def test_a_whole_article_is_printed_without_a_terminal() -> None:
    """On a pipe, /open prints the article with the quote marked and lines unwrapped."""
    session = await session_after("How much did the boat cost?", terminal=False)
    await slash_commands.run(session, "/open 1")
    text = output(session)
    assert text.startswith("Ferry line tests an electric boat · Northern Ledger · 2022-05-11\nferry.md\n")
    assert "\n»The boat cost 3.2 million crowns, said captain Jon Aske.«" in text
    assert "The ferry line tests an electric boat between Larkhaven and Tern Island. It carries" in text


def replace_with_wrong_answer(session: Session) -> Answer:
    """Replace the last answer by one of a model with a wrong figure."""
    text = "The boat cost 3.9 million crowns."
    sentence = Sentence(text, (1,), "unsupported", missing=(UnsupportedSpan(14, 25),))
    answer = replace(session.answers[-1], sentences=(sentence,), mode="model")
    session.answers[-1] = answer
    return answer


async def test_why_lists_missing_facts() -> None:
    """Each marked sentence with the problem and the facts that no source contains."""
    session = await session_after("How much did the boat cost?")
    await slash_commands.run(session, "/why")
    assert output(session) == "No sentence of the last answer is marked."
    replace_with_wrong_answer(session)
    await slash_commands.run(session, "/why")
    assert output(session) == (
        "[?] The boat cost 3.9 million crowns.\n    not in the passages; missing: 3.9 million"
    )


async def test_why_quotes_what_contradicts_a_sentence() -> None:
    """Only its own contradiction, from the article."""
    session = await session_after("How much did the boat cost?")
    said = Sentence("It cost 4 million.", (1,), "contradicted")
    uncited = Sentence("It is fast.", (), "unsupported", " ")
    against = (
        Contradiction("quote", "The article says: “The boat cost 3.2 million.”", (1,)),
        Contradiction("quote", "The article says: “It is blue.”", (2,)),
    )
    session.answers[-1] = replace(
        session.answers[-1], sentences=(said, uncited), contradictions=against, mode="model"
    )
    await slash_commands.run(session, "/why")
    assert output(session) == (
        "[!] It cost 4 million.\n"
        "    the passages say otherwise\n"
        "    The article says: “The boat cost 3.2 million.” [1]\n"
        "[?] It is fast.\n"
        "    no source; not in the passages"
    )


async def test_why_shows_calculations_and_what_was_not_checked() -> None:
    """Of unmarked sentences, too; without any, the legend tells what the check covered."""
    session = await session_after("How much did the boat cost?")
    plain = Sentence("It is fast.", (1,), "neutral")
    computed = Sentence("It rose by 27.", (1,), "supported", calculations=("412 - 385 = 27",))
    answer = replace(session.answers[-1], sentences=(plain, computed), mode="model", checked="words")
    session.answers[-1] = answer
    await slash_commands.run(session, "/why")
    assert output(session) == "It rose by 27.\n    calculated: 412 - 385 = 27"
    session.answers[-1] = replace(answer, sentences=(plain,))
    await slash_commands.run(session, "/why")
    assert output(session) == (
        "No sentence of the last answer is marked.\nOnly figures, dates, names and quotations were checked."
    )


async def test_strict_toggles_strict_mode() -> None:
    """It applies to the following questions."""
    session = await session_after("How much did the boat cost?")
    for strict in (True, False):
        await slash_commands.run(session, "/strict")
        assert session.assistant.strict is strict
        assert f"Strict mode {'on' if strict else 'off'}" in output(session)


async def test_missing_facts_are_underlined_in_a_terminal_only() -> None:
    """The legend explains it; plain text marks them on request."""
    session = make_session()
    session.answers.append(Answer("Q", "Q", "answered", complete=True))
    answer = replace(replace_with_wrong_answer(session), citations=())
    session.screen.answer(answer)
    shown = output(session)
    assert "The boat cost 3.9 million crowns. [1] [?]" in shown
    assert shown.endswith("underlined: not found in the passages cited for the sentence")
    assert plain_answer(answer).startswith("The boat cost 3.9 million crowns. [1] [?]")
    assert "cost [not in source: 3.9 million] crowns. [1]" in plain_answer(answer, mark_missing=True)


async def test_markdown_of_a_model_is_rendered_and_link_targets_are_visible() -> None:
    """Lists and emphasis are rendered; links show their target."""
    session = make_session()
    text = "**Seven** members:\n\n- one\n- two, see [here](https://bad.example)"
    sentence = Sentence(text, (), "unsupported")
    session.screen.answer(Answer("Q", "Q", "answered", (sentence,), mode="model", complete=True))
    text_shown = output(session)
    assert "Seven members:" in text_shown
    assert " • one" in text_shown
    assert "https://bad.example" in text_shown
    assert text_shown.endswith("[?] not in the passages")


async def test_quotes_are_not_rendered_as_markdown() -> None:
    """Markdown characters in a quote are shown verbatim."""
    session = make_session()
    sentence = Sentence("It *rose* by __5__ # in `May`.", (), "supported")
    session.screen.answer(Answer("Q", "Q", "answered", (sentence,), complete=True))
    assert output(session) == "It *rose* by __5__ # in `May`."


async def test_a_stopped_answer_is_shown_up_to_that_point() -> None:
    """After cancelling, the partial answer and its sources stay on the screen and in the session."""
    session = make_session(assistant=FakeAssistant(SHELF, pause=0.05))
    task = asyncio.create_task(session.ask("council banned delivery drones Friday"))
    while not session.citations:  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "The council of Larkhaven banned delivery drones on Friday." in output(session)
    assert len(session.citations) == 1
