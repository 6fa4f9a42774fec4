"""Whatever goes wrong with a check, the answer is shown, with the marks of the word check and one notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from model_world import all_answers, make_assistant, make_library
from openai_stand_in import OpenAIStandIn, Request, checker

from bot.answer import Answer
from bot.answering import ONLY_WORDS_CHECKED
from bot.errors import SettingsInvalid
from bot.rendering.text_rendering import plain_answer
from retrieval.library import Library

DRONES = """Harbour town bans delivery drones

March 4, 2022

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
QUESTION = "Why did Larkhaven ban drones?"
TRUE = "The council wanted peace from them."
FALSE = "Gulls had attacked 41 drones since January, the mayor said."
REPLY = f"{TRUE} [1] {FALSE} [1]"
LABELS = {TRUE: ("NOT SAID", "-"), FALSE: ("CONTRADICTED", "gulls had attacked 14 drones")}
BY_WORDS = ["neutral", "unsupported"]
BY_MODEL = ["unsupported", "contradicted"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = make_library(tmp_path_factory.mktemp("check-faults"), {"drones.txt": DRONES})
    yield library
    library.close()


async def answer_of(
    server: OpenAIStandIn, library: Library, state: Path, prepare: Callable[[], None], **settings: Any
) -> Answer:
    """The last answer, after checking that the growing ones and the words are those of the model."""
    assistant = make_assistant(server, library, state, check="model", **settings)
    prepare()
    server.say(REPLY)
    answers = await all_answers(assistant, QUESTION)
    assert [answer.complete for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert answers[-2].checking
    assert (answers[-1].mode, answers[-1].status) == ("model", "answered")
    assert [sentence.text for sentence in answers[-1].sentences] == [TRUE, FALSE]
    assert all(sentence.citations for sentence in answers[-1].sentences)
    return answers[-1]


def is_checked_by_words(answer: Answer) -> bool:
    """True if the marks are those of the word check, and one notice says so once."""
    assert answer.notice is not None
    assert answer.notice.count(ONLY_WORDS_CHECKED) == 1
    assert plain_answer(answer).replace("\n", " ").count(ONLY_WORDS_CHECKED) == 1
    (span,) = answer.sentences[1].missing
    assert FALSE[span.start : span.end] == "41"
    return answer.checked == "words" and [s.support for s in answer.sentences] == BY_WORDS


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (400, "invalid_request_error", "HTTP 400"),
        (401, "invalid_api_key", "key"),
        (403, None, "model stand-in"),
        (404, "model_not_found", "stand-in"),
        (429, None, "ate limit"),
        (429, "insufficient_quota", "quota"),
        (500, None, "HTTP 500"),
        (503, None, "HTTP 503"),
    ],
)
async def test_a_refused_check_leaves_the_answer(
    server: OpenAIStandIn, library: Library, tmp_path: Path, status: int, code: str | None, says: str
) -> None:
    """Every status; the notice says what failed."""
    answer = await answer_of(
        server, library, tmp_path, lambda: server.fail_check(status, code, f"No. {code or ''}")
    )
    assert is_checked_by_words(answer)
    assert says in (answer.notice or "")


@pytest.mark.parametrize(
    "how",
    [
        {"text": ""},
        {"text": " \n"},
        {"text": "<think>1 | 1 | - | SUPPORTED"},
        {"text": "I cannot check this, sorry."},
        {"text": "%PDF-1.4 \x00\x01\ufffd" * 40},
        {"text": "{" * 5000},
        {"text": '{"sentences": [{"number": 1, "verdict"'},
        {"text": '{"sentences": "none"}'},
        {"text": "[]"},
        {"text": "9 | 1 | a | SUPPORTED\n30 | 1 | b | CONTRADICTED"},
        {"text": "1 | 1 | words | perhaps\n2 | 1 | words | 7"},
        {"text": "x" * 1_000_000, "cut": 50_000},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "cut"},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "cut before"},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "end early"},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "garbage"},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "error in stream"},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "html"},
        {"text": "1 | 1 | a | SUPPORTED", "fault": "error body", "error": {"message": "Busy"}},
        {"text": "1 | 1 | a | SUPPORTED", "finish": "content_filter"},
        {"text": "", "refusal": "I cannot."},
        {"text": "", "finish": "length"},
    ],
    ids=lambda how: f"{how['text'][:20]!r} {how.get('fault') or how.get('finish') or ''}",
)
async def test_a_reply_without_verdicts_leaves_the_answer(
    server: OpenAIStandIn, library: Library, tmp_path: Path, how: dict[str, Any]
) -> None:
    """Empty, no verdicts, for other sentences, cut, broken, or a megabyte of anything."""
    options = dict(how)
    answer = await answer_of(
        server, library, tmp_path, lambda: server.check_all(options.pop("text"), **options)
    )
    assert is_checked_by_words(answer)


@pytest.mark.parametrize("fault", ["hang", "hang in stream"])
async def test_a_check_that_hangs_is_given_up(
    server: OpenAIStandIn, library: Library, tmp_path: Path, fault: str
) -> None:
    """After the time-out, like an answer."""
    answer = await answer_of(
        server, library, tmp_path, lambda: server.check_all("1 | 1 | a | SUPPORTED", fault=fault), timeout=0.4
    )
    assert is_checked_by_words(answer)
    assert "in time" in (answer.notice or "")


async def test_a_transient_fault_is_retried(server: OpenAIStandIn, library: Library, tmp_path: Path) -> None:
    """Then there is no notice."""

    def prepare() -> None:
        server.fail_check(500)
        server.check_all(checker(LABELS))

    answer = await answer_of(server, library, tmp_path, prepare, retries=1)
    assert [sentence.support for sentence in answer.sentences] == BY_MODEL
    assert (answer.checked, answer.notice) == ("model", None)
    assert len(server.checks) == 2


async def test_a_megabyte_after_the_verdicts_is_cut(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """What came first counts."""

    def check(request: Request) -> str:
        return checker(LABELS)(request) + "\n" + "and so on " * 100_000

    answer = await answer_of(server, library, tmp_path, lambda: server.check_all(check, cut=50_000))
    assert [sentence.support for sentence in answer.sentences] == BY_MODEL


def as_json(request: Request) -> str:
    """The labels as the schema has them."""
    rows = []
    for number, (sentence, cited) in enumerate(request.sentences, 1):
        verdict, words = LABELS[sentence]
        copied = [] if words == "-" else [words]
        rows.append({"number": number, "passages": list(cited), "deciding_words": copied, "verdict": verdict})
    return json.dumps({"sentences": rows}, indent=1)


def as_json_lines(request: Request) -> str:
    """One object on each line."""
    return "\n".join(json.dumps(row) for row in json.loads(as_json(request))["sentences"])


@pytest.mark.parametrize("model", ["stand-in", "gpt-5.4-mini"])
@pytest.mark.parametrize("reply", [checker(LABELS), as_json, as_json_lines])
async def test_json_and_lines_are_read_whichever_was_asked_for(
    server: OpenAIStandIn, library: Library, tmp_path: Path, model: str, reply: Callable[[Request], str]
) -> None:
    """A model without structured output can write JSON, and one with it can write lines."""
    answer = await answer_of(
        server, library, tmp_path, lambda: server.check_all(reply), chat_model=model, retries=0
    )
    assert ("response_format" in server.checks[0].body) == (model != "stand-in")
    assert [sentence.support for sentence in answer.sentences] == BY_MODEL
    assert answer.notice is None
    assert "14 drones" in answer.contradictions[0].text
    assert answer.usage.output_tokens == (len(REPLY) // 4) + len(reply(server.checks[0])) // 4


async def test_one_failed_part_leaves_all_to_the_word_check(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """A long answer is never checked half by one and half by the other; no part is left running."""
    assistant = make_assistant(server, library, tmp_path, check="model")
    server.say_check("Sorry.")
    server.say(" ".join(f"Gulls attacked {number} drones. [1]" for number in range(20, 50)), cut=80)
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert answer.checked == "words"
    assert [sentence.support for sentence in answer.sentences] == ["unsupported"] * 30
    assert len(server.checks) == 2


def test_a_check_model_without_its_key_is_refused_at_the_start(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """Before any question is asked."""
    with pytest.raises(SettingsInvalid, match="fireworks:some-model needs an API key"):
        make_assistant(server, library, tmp_path, check="model", check_model="fireworks:some-model")


async def test_a_strict_answer_whose_check_fails_is_left_to_the_word_check(
    server: OpenAIStandIn, library: Library, tmp_path: Path
) -> None:
    """What it marks is left out; both notices are there."""
    assistant = make_assistant(server, library, tmp_path, check="model", strict=True)
    server.fail_check(500)
    server.say(REPLY)
    answer = (await all_answers(assistant, QUESTION))[-1]
    assert [sentence.text for sentence in answer.sentences] == [TRUE]
    assert ONLY_WORDS_CHECKED in (answer.notice or "")
    assert (answer.notice or "").endswith("1 sentence was left out because the articles do not support it.")
