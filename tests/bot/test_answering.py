"""Answers of a model: its unsupported sentences marked in place, or left out and counted, never flashed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_world import all_answers, make_assistant, make_library
from openai_stand_in import OpenAIStandIn

from bot.answer import Answer, answer_json
from retrieval.library import Library

DRONES = """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
QUESTION = "Who banned delivery drones in Larkhaven?"
TRUE = "The council of Larkhaven banned delivery drones on Friday."
FALSE = "Mayor Odile Brandt said that gulls had attacked 41 drones since January."
LATER = "Seven of nine members voted for the ban."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = make_library(tmp_path_factory.mktemp("answering"), {"drones.txt": DRONES})
    yield library
    library.close()


def texts(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


async def test_the_wrong_token_is_marked_in_place(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """By default nothing is left out; the token that no source has is told, in JSON too."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(f"{TRUE} [1] {FALSE} [1] {LATER} [1]")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert texts(answer) == [TRUE, FALSE, LATER]
    true, false, later = answer_json(answer)["sentences"]
    assert "missing" not in true | later
    assert [each["text"] for each in false["missing"]] == ["41"]
    (span,) = false["missing"]
    assert FALSE[span["start"] : span["end"]] == "41"


async def test_a_sentence_that_cites_nothing_is_held_against_all_that_was_read(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """What stands in no passage at all is marked; names that do are not."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(f"{TRUE} [1] Brandt will sell the gulls to Orla Finch for $9 million.")
    answer = (await all_answers(assistant, QUESTION))[-1]
    row = answer_json(answer)["sentences"][1]
    assert row["support"] == "unsupported"
    assert [each["text"] for each in row["missing"]] == ["Orla Finch", "$9 million"]


async def test_strict_leaves_out_and_counts(server: OpenAIStandIn, library: Library, tmp_path: Path) -> None:
    """What is left is numbered from 1 without a gap, and each number is used."""
    assistant = make_assistant(server, library, tmp_path, strict=True)
    server.say(f"{FALSE} [1] {TRUE} [1] Penguins rule the moon. {LATER} [1]")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert texts(answer) == [TRUE, LATER]
    assert answer.notice == "2 sentences were left out because the articles do not support them."
    used = [number for sentence in answer.sentences for number in sentence.citations]
    assert sorted(set(used)) == [citation.number for citation in answer.citations]
    assert answer.text.startswith("The council")
    assert answer.mode == "model"


@pytest.mark.parametrize("cut", [1, 3, 7, 40])
async def test_strict_never_shows_a_sentence_that_it_takes_back(
    server: OpenAIStandIn, library: Library, tmp_path: Path, cut: int
) -> None:
    """However the stream is cut: what a growing answer shows stands, whole, in the last one."""
    assistant = make_assistant(server, library, tmp_path, strict=True)
    said = f"{FALSE} [1]\n\nThe council:\n\n- {TRUE} [1]\n- The fine was 40 crowns. [1]\n- {LATER} [1]"
    server.say(f"{said}\n\nThe drones:\n\n- Orla Finch [1]\n- 41 gulls [1]", cut=cut)
    answers = await all_answers(assistant, QUESTION)
    final = answers[-1]
    assert texts(final) == ["The council:", TRUE, LATER]
    for growing in answers[:-1]:
        assert texts(growing) == texts(final)[: len(growing.sentences)]
        assert all(sentence.support != "unsupported" for sentence in growing.sentences)
        assert growing.text in final.text
    assert any(growing.sentences for growing in answers[:-1])


async def test_strict_with_nothing_left_selects_from_the_articles(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """The answer is then the articles' own, says why, and counts what the model used."""
    assistant = make_assistant(server, library, tmp_path, strict=True)
    server.say(f"{FALSE} [1]")
    answers = await all_answers(assistant, QUESTION)
    assert all(not answer.sentences for answer in answers[:-1])
    assert answers[-1].mode == "extractive"
    assert answers[-1].model is None
    assert answers[-1].notice is not None
    assert answers[-1].notice.startswith("1 sentence was left out because the articles do not support it. ")
    assert answers[-1].usage.output_tokens > 0
    assert "41" not in answers[-1].text


async def test_strict_changes_nothing_of_a_true_answer(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """No notice, the same sentences and citations; NOT_FOUND stays not found."""
    said = f"{TRUE} [1] {LATER} [1]"
    both = []
    for strict in (False, True):
        assistant = make_assistant(server, library, tmp_path, strict=strict)
        server.say(said)
        answer = (await all_answers(assistant, QUESTION))[-1]
        both.append((answer.sentences, answer.citations, answer.notice))
    assert both[0] == both[1]
    server.say("NOT_FOUND")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert (answer.status, answer.mode) == ("not_found", "model")


async def test_the_cost_stands_beside_the_usage(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """With a table of prices, and only then, JSON says what an answer cost; the chat adds them up."""
    prices = tmp_path / "prices.toml"
    prices.write_text('"stand-in" = { input = 2.0, output = 10.0 }\n', encoding="utf-8")
    assistant = make_assistant(server, library, tmp_path, prices=prices)
    server.say(f"{TRUE} [1]")
    answer = (await all_answers(assistant, QUESTION))[-1]
    row = answer_json(answer)
    usage = row["usage"]
    cost = (2 * usage["input_tokens"] + 10 * usage["output_tokens"]) / 1_000_000
    assert row["cost"] == pytest.approx(cost) == pytest.approx(assistant.cost())
    assert re.search("usage.*cost", " ".join(row))
    server.say(f"{TRUE} [1]")
    unpriced = (await all_answers(make_assistant(server, library, tmp_path), QUESTION))[-1]
    assert "cost" not in answer_json(unpriced)
