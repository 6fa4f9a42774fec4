"""A model's unsupported sentences are marked in place, or in strict mode omitted and never shown briefly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_world import all_answers, make_assistant, make_library
from openai_stand_in import OpenAIStandIn, checker

from bot.answer import Answer, CheckKind
from bot.answer_json import answer_json
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
INVENTED = "Penguins rule the moon."
LABELS = {
    TRUE: ("SUPPORTED", "banned delivery drones on Friday"),
    LATER: ("SUPPORTED", LATER),
    FALSE: ("CONTRADICTED", "gulls had attacked 14 drones"),
    INVENTED: ("NOT SAID", "-"),
    "The council:": ("NO CLAIM", "-"),
    "The drones:": ("NO CLAIM", "-"),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = make_library(tmp_path_factory.mktemp("answering"), {"drones.txt": DRONES})
    yield library
    library.close()


def texts(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


async def test_unsupported_tokens_are_marked_in_place(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """By default nothing is left out; a token that is not in the sources is marked, in JSON too."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(f"{TRUE} [1] {FALSE} [1] {LATER} [1]")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert texts(answer) == [TRUE, FALSE, LATER]
    true, false, later = answer_json(answer)["sentences"]
    assert "missing" not in true | later
    assert [span["text"] for span in false["missing"]] == ["41"]
    (span,) = false["missing"]
    assert FALSE[span["start"] : span["end"]] == "41"


async def test_a_sentence_without_citations_is_checked_against_all_hits(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """Tokens that are in no passage are marked; names that are in one are not."""
    assistant = make_assistant(server, library, tmp_path)
    server.say(f"{TRUE} [1] Brandt will sell the gulls to Orla Finch for $9 million.")
    answer = (await all_answers(assistant, QUESTION))[-1]
    row = answer_json(answer)["sentences"][1]
    assert row["support"] == "unsupported"
    assert [span["text"] for span in row["missing"]] == ["Orla Finch", "$9 million"]


async def test_strict_omits_and_counts(server: OpenAIStandIn, library: Library, tmp_path: Path) -> None:
    """The remaining citations are numbered from 1 without a gap, and each number is used."""
    assistant = make_assistant(server, library, tmp_path, strict=True, check="model")
    server.check_all(checker(LABELS))
    server.say(f"{FALSE} [1] {TRUE} [1] {INVENTED} {LATER} [1]")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert texts(answer) == [TRUE, LATER]
    assert answer.notice == "2 sentences were left out because the articles do not support them."
    used = [number for sentence in answer.sentences for number in sentence.citations]
    used += [number for contradiction in answer.contradictions for number in contradiction.citations]
    assert sorted(set(used)) == [citation.number for citation in answer.citations]
    assert answer.text.startswith("The council")
    assert answer.mode == "model"


@pytest.mark.parametrize("check", ["model", "words", "off"])
@pytest.mark.parametrize("cut", [1, 3, 7, 40])
async def test_strict_never_retracts_a_sentence(
    server: OpenAIStandIn, library: Library, tmp_path: Path, cut: int, check: CheckKind
) -> None:
    """A marked sentence is never shown, not even while it grows: nothing is shown before it is checked."""
    assistant = make_assistant(server, library, tmp_path, strict=True, check=check)
    server.check_all(checker(LABELS))
    text = f"{FALSE} [1]\n\nThe council:\n\n- {TRUE} [1]\n- The fine was 40 crowns. [1]\n- {LATER} [1]"
    server.say(f"{text}\n\nThe drones:\n\n- Orla Finch [1]\n- 41 gulls [1]", cut=cut)
    answers = await all_answers(assistant, QUESTION)
    final = answers[-1]
    if check == "off":
        assert any(growing.sentences for growing in answers[:-1])
        assert texts(final)[0] == FALSE
        return
    assert texts(final) == ["The council:", TRUE, LATER]
    assert final.text.startswith("The council:\n\n- The council of Larkhaven")
    assert all(not growing.sentences for growing in answers[:-1])


async def test_strict_falls_back_to_an_extractive_answer(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """If no sentence is left, the answer is extractive, says why, and includes the model's usage."""
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


async def test_strict_leaves_a_supported_answer_unchanged(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """There is no notice, and sentences and citations are the same; NOT_FOUND stays not found."""
    results = []
    for strict in (False, True):
        assistant = make_assistant(server, library, tmp_path, strict=strict)
        server.say(f"{TRUE} [1] {LATER} [1]")
        answer = (await all_answers(assistant, QUESTION))[-1]
        results.append((answer.sentences, answer.citations, answer.notice))
    assert results[0] == results[1]
    server.say("NOT_FOUND")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert (answer.status, answer.mode) == ("not_found", "model")


async def test_the_cost_follows_the_usage(server: OpenAIStandIn, library: Library, tmp_path: Path) -> None:
    """JSON has the cost of an answer only with a price table; the assistant adds the costs up."""
    prices = tmp_path / "prices.toml"
    prices.write_text('"stand-in" = { input = 2.0, output = 10.0 }\n', encoding="utf-8")
    assistant = make_assistant(server, library, tmp_path, prices=prices)
    server.say(f"{TRUE} [1]")
    answer = (await all_answers(assistant, QUESTION))[-1]
    row = answer_json(answer)
    usage = row["usage"]
    cost = (2 * usage["input_tokens"] + 10 * usage["output_tokens"]) / 1_000_000
    assert row["cost"] == pytest.approx(cost) == pytest.approx(assistant.usage().cost)
    assert re.search("usage.*cost", " ".join(row))
    server.say(f"{TRUE} [1]")
    unpriced = (await all_answers(make_assistant(server, library, tmp_path), QUESTION))[-1]
    assert "cost" not in answer_json(unpriced)
