"""Follow-up questions rewritten as standalone questions, without a language model."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repository import SHARED

from bot.question.context_words import ContextWords
from bot.question.conversation_mentions import mentions
from bot.question.follow_up import MAX_QUESTION_LENGTH, readings, standalone_question

REGULATOR = (
    "How many companies did the Chinese cyberspace regulator meet?",
    "The Cyberspace Administration of China met 11 companies, among them Alibaba and Tencent. [1]",
)
ELECTION = (
    "Who won the 2022 election in Brazil?",
    "Luiz Inácio Lula da Silva won the runoff against Jair Bolsonaro on 30 October 2022. [1]",
)
LISTING = (
    "Who stopped Ant Group's IPO, and how much was the listing worth?",
    "Regulators stopped the $37 billion listing. [1] Jack Ma had criticised them in Shanghai. [2]",
)
Resolve = Callable[[str, Sequence[tuple[str, str]]], str]
LAUNCH = ("What did Apple announce in September?", "Apple announced a new watch. [1]")


@pytest.fixture(scope="module")
def resolve(tmp_path_factory: pytest.TempPathFactory) -> Resolve:
    """`standalone_question` with the model for word probabilities."""
    return partial(
        standalone_question,
        probabilities=ContextWords(cache_dir=tmp_path_factory.mktemp("cache")).probabilities,
    )


@pytest.mark.parametrize(
    "question", ["What are the headlines?", "Tell me about ferries", "Any news about Brazil?"]
)
def test_topic_requests_are_standalone(resolve: Resolve, question: str) -> None:
    """Requests for the news or a named topic do not refer to the conversation."""
    assert resolve(question, [LISTING]) == question


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (REGULATOR, "And in 2019?", "How many companies did the Chinese cyberspace regulator meet in 2019?"),
        (ELECTION, "What about 2018?", "Who won the election in Brazil in 2018?"),
        (ELECTION, "And in Colombia?", "Who won the 2022 election in Colombia?"),
        (LISTING, "and Tencent?", "Who stopped Tencent's IPO, and how much was the listing worth?"),
        (LAUNCH, "And Google?", "What did Google announce in September?"),
        (LAUNCH, "What about in October?", "What did Apple announce in October?"),
    ],
)
def test_an_ellipsis_is_completed_from_the_previous_question(
    resolve: Resolve, before: tuple[str, str], question: str, expected: str
) -> None:
    """A new date or name replaces the old one."""
    assert resolve(question, [before]) == expected


@pytest.mark.parametrize(
    ("before", "question", "words"),
    [
        (ELECTION, "How old is he?", "Luiz Inácio Lula da Silva"),
        (LISTING, "What did he say?", "Jack Ma"),
        (LAUNCH, "Who is its CEO?", "Apple's CEO"),
        (REGULATOR, "Why?", "How many companies did the Chinese cyberspace regulator meet"),
        (REGULATOR, "Which ones?", "Which companies did the Chinese cyberspace regulator meet"),
        (REGULATOR, "Who else attended?", "besides Alibaba, Cyberspace Administration of China"),
    ],
)
def test_references_are_resolved(
    resolve: Resolve, before: tuple[str, str], question: str, words: str
) -> None:
    """Pronouns become names; bare questions get the previous question and the names of its answer."""
    assert words in resolve(question, [before])


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Who is Jack Ma?",
        "How many people voted in Chile in 2021?",
        "",
        "   ",
        "x" * (MAX_QUESTION_LENGTH + 1),
    ],
)
def test_a_standalone_question_is_unchanged(resolve: Resolve, question: str) -> None:
    """Nothing is added to a question that names its topic, to an empty one, or to a pasted text."""
    assert resolve(question, [LISTING, ELECTION]) == question


def test_it_refers_to_the_last_question(resolve: Resolve) -> None:
    """ "It" is the name in the last question, not those of earlier turns or of its answer."""
    history = [REGULATOR, ("What happened to Ant Group?", "China stopped its listing, said Beijing. [1]")]
    assert resolve("How much was it worth?", history).startswith("How much was Ant Group worth")


def test_without_probabilities_a_follow_up_refers_to_the_last_question() -> None:
    """Without the model, a phrase of the last question is the antecedent."""
    assert standalone_question("Who is its CEO?", [ELECTION, LAUNCH]) == "Who is Apple's CEO?"


def test_a_new_topic_ignores_the_old_one(resolve: Resolve) -> None:
    """Neither its first question nor later pronouns refer to the topic before."""
    fees = "Which cloud providers will lower their switching fees?"
    assert resolve(fees, [REGULATOR, LISTING]) == fees
    answered = (fees, "Greyline and Stackhaven will lower the fees by half in October. [1]")
    rewritten = resolve("When will they do it?", [REGULATOR, LISTING, answered])
    assert "Ant Group" not in rewritten
    assert "China" not in rewritten


def test_added_phrases_do_not_accumulate(resolve: Resolve) -> None:
    """Phrases that were added in brackets do not count as part of an earlier question."""
    history = [LISTING, ("Why (Jack Ma, Shanghai, Beijing)?", "The rules of online lending had changed. [1]")]
    assert "Beijing" not in resolve("What did that mean for the listing?", history)


@pytest.mark.parametrize(
    ("question", "resolved", "expected"),
    [
        ("How large are its fleets today?", "RESOLVED", ("RESOLVED", "How large are its fleets today?")),
        ("How does voice clone fraud work?", "RESOLVED", ("How does voice clone fraud work?", "RESOLVED")),
        ("Why did it meet them?", "RESOLVED", ("RESOLVED",)),
        ("why was the listing stopped", "RESOLVED", ("why was the listing stopped", "RESOLVED")),
        ("why did the regulator meet", "RESOLVED", ("RESOLVED",)),
        ("Who is Jack Ma of Alibaba?", "Who is Jack Ma of Alibaba?", ("Who is Jack Ma of Alibaba?",)),
    ],
)  # fmt: skip
def test_a_long_follow_up_has_two_readings(question: str, resolved: str, expected: tuple[str, ...]) -> None:
    """On its own and resolved: first on its own if no word refers back, short only if all words are new."""
    assert readings(question, resolved, [REGULATOR]) == expected


def test_without_history_nothing_changes(resolve: Resolve) -> None:
    """The first question of a conversation is unchanged."""
    assert resolve("Why did they stop it?", []) == "Why did they stop it?"


def test_an_answer_without_a_result_adds_no_words(resolve: Resolve) -> None:
    """ "I don't know" is not a phrase to search for."""
    rewritten = resolve("Why did he resign?", [("Who led Wirecard?", "I don't know.")])
    assert "Wirecard" in rewritten
    assert "know" not in rewritten


_TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from(
        "Who did he it they Why And in 2019 ? . ' “ ” Apple's the of Bank March else (a) [1] That".split()
    ),
    max_size=10,
).map(" ".join)


@settings(deadline=None, max_examples=150)
@given(_TEXTS, st.lists(st.tuples(_TEXTS, _TEXTS), max_size=10))
def test_words_come_from_the_conversation(
    resolve: Resolve, question: str, history: list[tuple[str, str]]
) -> None:
    """Any conversation: the result consists of its words, "besides" and "in"."""
    rewritten = resolve(question, history)
    said = " ".join([question, *(text for turn in history for text in turn)])
    words = re.compile(r"[^\W_]+")
    assert set(words.findall(rewritten.lower())) <= set(words.findall(said.lower())) | {"besides", "in", "s"}


@pytest.mark.skipif(not (SHARED / "eval").is_dir(), reason="the evaluation sets are next to the repository")
def test_matches_human_rewrites_as_measured(resolve: Resolve, tmp_path: Path) -> None:
    """On CANARD, the words that people add are predicted from the history with F1 .48 (seen in training)."""
    sys.path.insert(0, str(SHARED / "eval"))
    try:
        from score import rewrite  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    lines = (SHARED / "eval" / "canard_dev" / "turns.jsonl").read_text(encoding="utf-8").splitlines()[:500]
    turns = tmp_path / "turns.jsonl"
    turns.write_text("\n".join(lines), encoding="utf-8")
    rows = [json.loads(line) for line in lines]
    rewritten = [
        {"turn": number, "question": resolve(row["question"], [(q, a) for q, a in row["history"]])}
        for number, row in enumerate(rows)
    ]
    output = tmp_path / "rewritten.jsonl"
    output.write_text("".join(json.dumps(row) + "\n" for row in rewritten), encoding="utf-8")
    assert rewrite(turns, output)["f1"] >= 0.48


def test_a_capital_at_the_start_of_a_sentence_is_not_a_name() -> None:
    """A word that also occurs in lower case is not a name; a number of many digits ends a name."""
    found = {
        mention.text: mention.is_name
        for mention in mentions([("What is high-risk?", "High-risk is what Orchardia 412 sells.")])
    }
    assert found["Orchardia"]
    assert not any(name for text, name in found.items() if text.casefold() == "high-risk")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is a deepfake?", "What is a deepfake?"),
        ("Something else: how many clinics are there?", "how many clinics are there?"),
    ],
)
def test_definitions_and_announced_changes_are_standalone(
    resolve: Resolve, question: str, expected: str
) -> None:
    """Nothing from the conversation is added to them."""
    assert resolve(question, [LISTING]) == expected


def test_a_person_asked_about_becomes_the_topic(resolve: Resolve) -> None:
    """ "Who is X?" makes X the antecedent of later pronouns."""
    asked = ("Who is Yasmin Aldaberra?", "Governor Yasmin Aldaberra heads the bank. [1]")
    assert "Yasmin Aldaberra" in resolve("What did she say?", [LISTING, asked])


def test_a_pronoun_is_not_a_place(resolve: Resolve) -> None:
    """A name that only follows "in" or "at" is a place, if there is another name."""
    before = ("Who leads the investigators?", "“Nobody asked,” said Gudrun Aasen, who leads six in Skarholm.")
    assert "did Gudrun Aasen say" in resolve("what did she say?", [before])


def test_names_typed_in_lower_case_are_those_of_the_answer(resolve: Resolve) -> None:
    """A question typed without capitals does not make a name of the answer a common noun."""
    before = (
        "what happened to pockettree",
        "PocketTree withdrew its prospectus. The exchange in Tesmar waited.",
    )
    assert "did PocketTree want" in resolve("how much did they want to raise", [before])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("timeline of ferries", "timeline of ferries"),
        ("list all fines", "list all fines"),
        ("list the fines in 2022", "list the fines in 2022"),
        ("and a timeline?", "and a timeline? (Who leads Ferrant Optics)"),
    ],
)
def test_a_request_that_names_its_topic_stands_alone(question: str, expected: str) -> None:
    history = [("Who leads Ferrant Optics?", "Ada Quill leads it.")]
    assert standalone_question(question, history) == expected
