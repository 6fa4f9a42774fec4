"""An answer streams first; then a second request checks it, and its marks appear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from model_world import DAY, all_answers, make_assistant, make_library
from openai_stand_in import OpenAIStandIn, Request, checker

from bot.answer import Answer, Usage
from bot.assistant import Assistant
from bot.build import make_assistant as build_assistant
from bot.model.budget import Budget
from bot.settings import read_settings
from bot.terminal.commands.cli import main
from retrieval.library import Library

DRONES = """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
QUESTION = "Who banned delivery drones in Larkhaven?"
TRUE = "It was the town council that outlawed them."
FALSE = "Gulls had attacked 41 drones since January, the mayor said."
INVENTED = "The gulls are said to be proud of it."
LEAD = "In short:"
LABELS = {
    TRUE: ("SUPPORTED", "The council of Larkhaven banned delivery drones"),
    FALSE: ("CONTRADICTED", "gulls had attacked 14 drones"),
    INVENTED: ("NOT SAID", "-"),
    LEAD: ("NO CLAIM", "-"),
}
REPLY = f"{LEAD}\n\n{TRUE} [1] {FALSE} [1] {INVENTED} [1]"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = make_library(tmp_path_factory.mktemp("checks"), {"drones.txt": DRONES})
    yield library
    library.close()


@pytest.fixture
def assistant(server: OpenAIStandIn, library: Library, tmp_path: Path) -> Assistant:
    assistant = make_assistant(server, library, tmp_path, check="model")
    server.answer_all(REPLY, cut=5)
    server.check_all(checker(LABELS))
    return assistant


def support(answer: Answer) -> dict[str, str]:
    return {sentence.text: sentence.support for sentence in answer.sentences}


VERDICTS = {LEAD: "neutral", TRUE: "supported", FALSE: "contradicted", INVENTED: "unsupported"}


async def test_the_verdicts_are_those_of_the_model(assistant: Assistant) -> None:
    """Each with the words that decide as its quote; the article's words are below the answer."""
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert support(answer) == VERDICTS
    assert answer.checked == "model"
    assert answer.notice is None
    quotes = {citation.number: citation.quote for citation in answer.citations}
    assert quotes[answer.sentences[1].citations[0]] == (
        "The council of Larkhaven banned delivery drones on Friday."
    )
    (against,) = answer.contradictions
    assert against.text == (
        "The article says: “Mayor Odile Brandt said that gulls had attacked 14 drones since January.”"
    )
    assert [quotes[number] for number in against.citations] == [against.text[19:-1]]
    assert answer.confidence == pytest.approx(1 / 3)


async def test_the_answer_streams_before_it_is_checked(assistant: Assistant, server: OpenAIStandIn) -> None:
    """The first words are shown before the check is sent; the whole answer once while it runs, unmarked."""
    shown: list[Answer] = []
    before: list[int] = []

    def check(request: Request) -> str:
        before.append(len(shown))
        return checker(LABELS)(request)

    server.check_all(check)
    async for answer in assistant.ask(QUESTION, as_of=DAY):
        shown.append(answer)  # noqa: PERF401 (the check counts them meanwhile)
    growing, checking, last = shown[:-2], shown[-2], shown[-1]
    assert len(growing) > 5
    assert before == [len(shown) - 1]
    assert [answer.checking for answer in shown] == [False] * len(growing) + [True, False]
    assert [answer.complete for answer in shown] == [False] * (len(growing) + 1) + [True]
    assert all(
        not sentence.is_marked and not sentence.missing for a in shown[:-1] for sentence in a.sentences
    )
    assert {sentence.support for sentence in checking.sentences} == {"neutral"}
    assert not checking.contradictions
    assert checking.checked is None
    assert [s.text for s in checking.sentences] == [s.text for s in last.sentences]
    assert [len(server.answers), len(server.checks)] == [1, 1]


async def test_the_check_sees_the_question_the_sentences_and_their_passages(
    assistant: Assistant, server: OpenAIStandIn
) -> None:
    """With publisher, date and weekday; each sentence with the numbers of what it cites."""
    await all_answers(assistant, QUESTION)
    (check,) = server.checks
    assert f"Question: {QUESTION}" in check.prompt
    assert check.sentences == [(LEAD, ()), (TRUE, (1,)), (FALSE, (1,)), (INVENTED, (1,))]
    assert 'date="2022-03-04" weekday="Friday"' in check.prompt
    assert "gulls had attacked 14 drones since January" in check.passages[1]


async def test_the_tokens_of_both_requests_are_counted(assistant: Assistant, server: OpenAIStandIn) -> None:
    """In the answer, and in the day's budget."""
    answer = (await all_answers(assistant, QUESTION))[-1]
    sent = sum(len(request.prompt) // 4 for request in server.requests)
    replies = len(REPLY) // 4 + len(checker(LABELS)(server.checks[0])) // 4
    assert answer.usage == Usage(sent, replies)
    assert assistant.usage() == answer.usage


async def test_the_cost_has_the_prices_of_both_models(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """The check by a cheaper model costs what that model costs."""
    prices = tmp_path / "prices.toml"
    prices.write_text('"stand-in" = { input = 100, output = 0 }\nsmall = { input = 1, output = 0 }\n')
    assistant = make_assistant(server, library, tmp_path, check="model", check_model="small", prices=prices)
    server.say(REPLY)
    answer = (await all_answers(assistant, QUESTION))[-1]
    asked, check = (len(request.prompt) // 4 for request in server.requests)
    assert answer.usage.input_tokens == asked + check
    assert answer.usage.cost == pytest.approx((100 * asked + check) / 1_000_000)
    assert assistant.usage().cost == pytest.approx(answer.usage.cost)


async def test_the_tokens_of_a_failed_check_are_counted(assistant: Assistant, server: OpenAIStandIn) -> None:
    """An unreadable reply costs as much as another."""
    server.say_check("Sorry, I cannot.")
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert answer.checked == "words"
    assert answer.usage.input_tokens == sum(len(request.prompt) // 4 for request in server.requests)


async def test_the_days_tokens_count_the_check(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """The budget file has the sum of both."""
    assistant = make_assistant(server, library, tmp_path, check="model", daily_tokens=10**6)
    server.say(REPLY)
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert Budget(tmp_path / "model-spending.json", tokens=10**6).spent() == answer.usage


async def test_without_tokens_left_the_words_are_checked(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """The answer that used them up is shown with the marks of the word check and one notice."""
    assistant = make_assistant(server, library, tmp_path, check="model", daily_tokens=50)
    server.say(REPLY)
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert support(answer) == {LEAD: "neutral", TRUE: "neutral", FALSE: "unsupported", INVENTED: "neutral"}
    assert answer.checked == "words"
    assert answer.notice == (
        "Today's 50 tokens for the language model are used up. "
        "Only figures, dates, names and quotations were checked."
    )
    assert not server.checks


@pytest.mark.parametrize("check", ["words", "off"])
async def test_without_a_model_check_nothing_is_sent(
    server: OpenAIStandIn, library: Library, tmp_path: Path, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOOTNOTE_CHECK=words marks hard facts only, =off nothing; neither shows that it is checking."""
    server.reset()
    settings = {"FOOTNOTE_CHECK": check, "OPENAI_BASE_URL": server.base_url, "FOOTNOTE_STATE": str(tmp_path)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    built = build_assistant(read_settings())
    assistant = Assistant(library, passages=4, chain=built.chain, check=read_settings().check)
    server.say(REPLY)
    answers = await all_answers(assistant, QUESTION)
    assert answers[-1].checked == check
    assert support(answers[-1])[FALSE] == ("unsupported" if check == "words" else "neutral")
    assert answers[-1].notice is None
    assert not any(answer.checking for answer in answers)
    assert len(server.requests) == 1


async def test_checks_can_have_a_model_of_their_own(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """FOOTNOTE_CHECK_MODEL checks; answers, follow-ups and the name shown are those of the chat model."""
    assistant = make_assistant(server, library, tmp_path, check="model", check_model="small")
    server.check_all(checker(LABELS))
    server.say(REPLY)
    await all_answers(assistant, QUESTION)
    server.say("Who voted for the ban?")
    server.say(f"{TRUE} [1]")
    follow_up = [a async for a in assistant.ask("And who voted?", history=[], as_of=DAY)][-1]
    assert [request.body["model"] for request in server.answers] == ["stand-in"] * len(server.answers)
    assert [request.body["model"] for request in server.checks] == ["small"] * 2
    assert follow_up.model == "stand-in"


async def test_an_answer_without_sentences_is_not_checked(
    assistant: Assistant, server: OpenAIStandIn
) -> None:
    """NOT_FOUND has none."""
    server.say("NOT_FOUND")
    answers = await all_answers(assistant, QUESTION)
    assert answers[-1].status == "not_found"
    assert not any(answer.checking for answer in answers)
    assert not server.checks


async def test_a_long_answer_is_checked_in_parts(assistant: Assistant, server: OpenAIStandIn) -> None:
    """Fifteen sentences at a time; the verdicts come back to their sentences."""
    texts = [f"Gulls attacked {number} drones." for number in range(1, 36)]
    labels = {text: ("SUPPORTED" if n % 2 else "NOT SAID", "-") for n, text in enumerate(texts)}
    server.check_all(checker(labels))
    server.say(" ".join(f"{text} [1]" for text in texts), cut=80)
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert sorted(len(request.sentences) for request in server.checks) == [5, 15, 15]
    assert [s.support for s in answer.sentences] == [
        "supported" if n % 2 else "unsupported" for n in range(35)
    ]


async def test_strict_answers_are_shown_after_the_check(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """No marked sentence is shown at any moment; the article's words stand in for what is left out."""
    assistant = make_assistant(server, library, tmp_path, check="model", strict=True)
    server.check_all(checker(LABELS))
    server.say(REPLY, cut=2)
    answers = await all_answers(assistant, QUESTION)
    assert [list(support(answer)) for answer in answers if not answer.progress] == [[LEAD, TRUE]]
    assert answers[-1].notice == "2 sentences were left out because the articles do not support them."
    assert "14 drones" in answers[-1].contradictions[0].text


def test_json_waits_for_the_check(assistant: Assistant, server: OpenAIStandIn) -> None:
    """`ask --json` prints one object, with the verdicts of the model."""
    result = CliRunner().invoke(main, ["ask", "--no-sync", "--json", QUESTION], obj=lambda _: assistant)
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert row["checked"] == "model"
    assert {sentence["text"]: sentence["support"] for sentence in row["sentences"]} == VERDICTS
    assert row["contradictions"][0]["text"].startswith("The article says: “Mayor Odile Brandt")
    assert len(server.checks) == 1


def test_json_lines_wait_for_the_check(assistant: Assistant) -> None:
    """`ask --jsonl` too, for each of its questions."""
    typed = "\n".join(json.dumps({"id": n, "question": QUESTION}) for n in (1, 2))
    result = CliRunner().invoke(
        main, ["ask", "--no-sync", "--jsonl"], obj=lambda _: assistant, input=typed + "\n"
    )
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["checked"] for row in rows] == ["model", "model"]
    assert all({s["text"]: s["support"] for s in row["sentences"]} == VERDICTS for row in rows)


async def test_closing_the_answer_stops_the_check(assistant: Assistant, server: OpenAIStandIn) -> None:
    """The reader leaves while it is checked: the server sees the connection go."""
    server.check_all(lambda request: checker(LABELS)(request) * 50, pause=0.1)

    async def read() -> None:
        async for _ in assistant.ask(QUESTION, as_of=DAY):
            pass

    task = asyncio.create_task(read())
    await until(lambda: len(server.checks) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: server.left_early == 1)


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(500):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_an_article_that_changes_during_the_check_is_not_quoted(
    server: OpenAIStandIn, tmp_path: Path
) -> None:
    """Neither as a quote nor as a contradiction."""
    library = make_library(tmp_path, {"drones.txt": DRONES})
    file = tmp_path / "articles" / "drones.txt"

    def check(request: Request) -> str:
        file.write_text(DRONES.replace("14 drones", "15 drones"), encoding="utf-8")
        return checker(LABELS)(request)

    for strict in (False, True):
        file.write_text(DRONES, encoding="utf-8")
        assistant = make_assistant(server, library, tmp_path / "state", check="model", strict=strict)
        server.check_all(check)
        server.say(REPLY)
        answer = (await all_answers(assistant, QUESTION))[-1]
        assert support(answer)[TRUE] == "supported"
        assert all("14 drones" not in citation.quote for citation in answer.citations)
        assert not answer.contradictions
        used = {number for sentence in answer.sentences for number in sentence.citations}
        assert used <= {citation.number for citation in answer.citations}
    library.close()
