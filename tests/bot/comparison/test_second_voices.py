"""Contradictions end to end: between articles, and between a model's answer and the extractive one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from model_world import all_answers, make_assistant, make_library
from openai_stand_in import OpenAIStandIn

from bot.answer import Answer
from bot.answer_json import answer_json
from bot.assistant import Assistant
from bot.discord.posts.answer_layout import answer_posts
from bot.rendering.text_rendering import plain_answer
from bot.terminal.chat.transcript import as_markdown
from retrieval.library import Library

ARTICLES = {
    "drones.txt": """Harbour town bans delivery drones

March 4, 2022

Mayor Odile Brandt said that gulls had attacked 14 delivery drones in Larkhaven since January.
""",
    "gulls.txt": """Gulls win against drones

March 7, 2022

Gulls had attacked 16 delivery drones in Larkhaven since January, said a fisherman. The nets stay.
""",
    "ferry.txt": """Ferry line tests an electric boat

May 11, 2022

The ferry line tests an electric boat between Larkhaven and Tern Island. It carries 120 passengers.
""",
}
BOAT = "The electric boat of the ferry line"
DRONES = "How many delivery drones had gulls attacked in Larkhaven since January?"
FERRY = (
    "The line tests an electric boat between Larkhaven and Tern Island: how many passengers does it carry?"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = make_library(tmp_path_factory.mktemp("contradictions"), ARTICLES)
    yield library
    library.close()


def check_shown(answer: Answer, line: str) -> None:
    """Check that a contradiction is below the answer in every output, with markers of exact quotes."""
    assert line in plain_answer(answer)
    assert line.replace("[", r"\[").replace("]", r"\]") in as_markdown([answer])
    assert line in answer_posts(answer)[0].cards[0].description.replace("\\", "")
    (row,) = answer_json(answer)["contradictions"]
    assert line.startswith(row["text"])
    quotes = {citation.number: citation.quote for citation in answer.citations}
    assert set(row["citations"]) <= set(quotes)
    assert line not in answer.text


async def test_differing_articles_are_shown_without_a_model(library: Library) -> None:
    """The extractive answer names both publishers, their dates and figures."""
    answer = (await all_answers(Assistant(library), DRONES))[-1]
    first, second = ("14", "16") if "14" in answer.sentences[0].text else ("16", "14")
    days = {"14": "2022-03-04", "16": "2022-03-07"}
    (against,) = answer.contradictions
    assert f"({days[first]}) says {first} delivery drones, " in against.text
    assert against.text.endswith(f"({days[second]}) says {second} delivery drones.")
    check_shown(answer, against.marked)


async def test_differing_articles_are_shown_with_a_model(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """Even if it cites only one of them."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(
        lambda request: f"Gulls had attacked 14 delivery drones, Odile Brandt said. {marker(request.prompt)}"
    )
    answer = (await all_answers(assistant, DRONES))[-1]
    (against,) = answer.contradictions
    assert against.kind == "articles"
    check_shown(answer, against.marked)


def marker(prompt: str) -> str:
    """The marker of the passage about drones."""
    position = prompt.index('title="Harbour')
    return f"[{prompt[:position].rpartition('number=')[2].strip(' ').strip(chr(34))}]"


async def test_a_wrong_figure_is_contradicted_in_the_articles_own_words(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """Both figures are shown; if they agree, there is no contradiction."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(f"{BOAT} carries 210 passengers. [1]")
    answer = (await all_answers(assistant, FERRY))[-1]
    assert answer.sentences[0].missing
    (against,) = answer.contradictions
    assert against.kind == "quote"
    assert against.text.startswith("The articles' own words differ: “")
    assert "It carries 120 passengers.”" in against.text
    check_shown(answer, against.marked)
    server.say("The electric boat carries 120 passengers. [1] It sank on 1 April.")
    assert not (await all_answers(assistant, FERRY))[-1].contradictions


async def test_strict_shows_the_articles_own_words_instead(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """If the contradicted sentence is left out, the articles' own words are below the rest."""
    assistant = make_assistant(server, library, tmp_path, strict=True)
    server.say(f"{BOAT} carries 210 passengers. [1] The line tests an electric boat. [1]")
    answer = (await all_answers(assistant, FERRY))[-1]
    assert "210" not in answer.text
    (against,) = answer.contradictions
    assert against.text.startswith("In the articles' own words: “")
    assert "It carries 120 passengers.”" in against.text
    check_shown(answer, against.marked)


async def test_a_contradiction_with_an_outdated_quote_is_omitted(library: Library, tmp_path: Path) -> None:
    """Its quotes are checked in the current articles like those of the answer."""
    folder = library.corpus.roots[0]
    file = folder / "gulls.txt"
    original = file.read_text(encoding="utf-8")
    file.write_text(original.replace("16", "14"), encoding="utf-8")
    try:
        answer = (await all_answers(Assistant(library), DRONES))[-1]
    finally:
        file.write_text(original, encoding="utf-8")
    assert not answer.contradictions
