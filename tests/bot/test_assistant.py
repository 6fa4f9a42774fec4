"""The Assistant over real files: answers, conversations, quotes checked in the current articles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer
from bot.assistant import Assistant
from bot.build import make_assistant
from bot.errors import QuestionInvalid
from bot.question.checked_question import MAX_QUESTION_CHARS, checked_question
from bot.question.conversation import Conversations, Turn
from bot.settings import Settings
from retrieval.hit import Hit
from retrieval.search.typos import SpellingCorrection

DRONES = """Harbour town bans delivery drones

Updated March 4th, 2022 at 10:00 GMT

The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.

Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.
"""
FERRY = """---
title: Ferry line tests an electric boat
publisher: Northern Ledger
date: 2022-05-11
---
The ferry line tests an electric boat between Larkhaven and Tern Island. It carries 120 passengers.

The electric boat cost 3.2 million crowns, said captain Jon Aske.
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "drones.txt").write_text(DRONES, encoding="utf-8")
    (folder / "ferry.md").write_text(FERRY, encoding="utf-8")
    return folder


@pytest.fixture
def assistant(corpus: Path, tmp_path: Path, cache: Path) -> Iterator[Assistant]:
    settings = Settings(corpus=(corpus,), index=tmp_path / "index", cache=cache)
    assistant = make_assistant(settings)
    assistant.library.sync()
    yield assistant
    assistant.library.close()


async def ask(assistant: Assistant, question: str, conversation: str = "") -> Answer:
    answers = [answer async for answer in assistant.ask(question, conversation=conversation)]
    assert [answer.complete for answer in answers] == [False] * (len(answers) - 1) + [True]
    return answers[-1]


async def test_an_answer_has_exact_quotes(assistant: Assistant) -> None:
    """The answer is correct, its quotes are spans of their articles, and its times are recorded."""
    answer = await ask(assistant, "How many drones had gulls attacked?")
    assert "14 drones" in answer.sentences[0].text
    for citation in answer.citations:
        article = assistant.library.article(citation.article.id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert (await assistant.locate(citation)).state == "unchanged"
    assert answer.seconds["total"] > 0
    assert answer.mode == "extractive"


async def test_a_follow_up_is_understood_in_its_conversation_only(assistant: Assistant) -> None:
    """The turns of one channel resolve its own follow-ups, not those of another channel."""
    await ask(assistant, "Which electric boat does the ferry line test?", "here")
    follow_up = await ask(assistant, "How much did it cost?", "here")
    assert "3.2 million" in follow_up.text
    assert follow_up.standalone_question != follow_up.question
    assert [turn.question for turn in assistant.turns("here")][-1] == "How much did it cost?"
    elsewhere = await ask(assistant, "How much did it cost?", "there")
    assert elsewhere.standalone_question == "How much did it cost?"
    assistant.forget("here")
    assert assistant.turns("here") == ()


async def test_a_typo_in_a_name_is_corrected_and_reported(assistant: Assistant) -> None:
    """ "Larkhavn" finds Larkhaven, in a follow-up too; the answer keeps the question as asked."""
    answer = await ask(assistant, "When did the council of Larkhavn ban drones?", "chat")
    assert answer.status == "answered"
    assert answer.question == "When did the council of Larkhavn ban drones?"
    assert answer.standalone_question == "When did the council of Larkhaven ban drones?"
    assert answer.notice == "“Larkhavn” is in no article: read as “Larkhaven”."
    assert "Larkhavn" not in (await ask(assistant, "Why did they?", "chat")).standalone_question
    again = await ask(assistant, "How many members of the council of Larkhavn voted for it?", "chat")
    assert again.notice == answer.notice


async def test_a_follow_up_that_finds_nothing_is_searched_again(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the resolved question finds nothing, the question is searched as asked, and the answer shows it."""
    asked, search = "How many passengers does it carry to Tern Island?", assistant.library.search_corrected

    def find_asked(question: str, *options: Any) -> tuple[list[Hit], SpellingCorrection]:
        return search(question, *options) if question == asked else ([], SpellingCorrection(question))

    monkeypatch.setattr(assistant.library, "search_corrected", find_asked)
    finder = Assistant(assistant.library)
    turns = [Turn("Who led Wirecard?", "Markus Braun led Wirecard.", "Who led Wirecard?")]
    answers = [answer async for answer in finder.ask(asked, history=turns, conversation="here")]
    assert "120 passengers" in answers[-1].text
    assert answers[-1].standalone_question == asked
    assert finder.turns("here")[-1].standalone_question == asked


async def test_not_found_shows_the_closest_passages(assistant: Assistant) -> None:
    """A question that no article answers has a reason and the closest passages, and no citations."""
    answer = await ask(assistant, "Who won the chess title in Reykjavik?")
    assert (answer.status, answer.citations, answer.text) == ("not_found", (), "")
    assert answer.reason
    assert answer.nearest


async def test_a_deleted_article_is_not_cited_even_before_a_sync(assistant: Assistant, corpus: Path) -> None:
    """Quotes are checked when the answer is made, so a stale index does not show deleted text."""
    (corpus / "drones.txt").unlink()
    answer = await ask(assistant, "How many drones had gulls attacked?")
    assert all(citation.article.id != "drones.txt" for citation in answer.citations)
    assert "14 drones" not in answer.text
    assert answer.notice


async def test_citations_are_located_as_moved_changed_or_deleted(assistant: Assistant, corpus: Path) -> None:
    """A quote can have moved, its words can have changed, or its article can be deleted."""
    citation = (await ask(assistant, "How many drones had gulls attacked?")).citations[0]
    file = corpus / "drones.txt"
    file.write_text(DRONES.replace("The council", "On a grey day, the council"), encoding="utf-8")
    moved = await assistant.locate(citation)
    assert moved.state == "moved"
    assert moved.article is not None
    assert moved.article.text[moved.start : moved.end] == citation.quote
    file.write_text(DRONES.replace("14 drones", "15 drones"), encoding="utf-8")
    assert (await assistant.locate(citation)).state == "changed"
    file.unlink()
    assert (await assistant.locate(citation)).state == "deleted"


async def test_a_moved_quote_is_cited_at_its_new_position(assistant: Assistant, corpus: Path) -> None:
    """If an edit above the quote shifts it between two syncs, the answer has the new span."""
    text = DRONES.replace("The council", "On a grey day\nthe council")
    (corpus / "drones.txt").write_text(text, encoding="utf-8")
    answer = await ask(assistant, "How many drones had gulls attacked?")
    for citation in answer.citations:
        assert text[citation.start : citation.end] == citation.quote
        assert citation.line == text[: citation.start].count("\n") + 1


async def test_a_change_is_used_after_the_next_sync(assistant: Assistant, corpus: Path) -> None:
    """The same Assistant answers from the new text once it is synced."""
    (corpus / "drones.txt").write_text(DRONES.replace("14 drones", "41 drones"), encoding="utf-8")
    await assistant.sync()
    assert "41 drones" in (await ask(assistant, "How many drones had gulls attacked?")).text


@pytest.mark.parametrize(
    "question", ["", "  \n", "?!", "\x00\x1b", "Thanks a lot!", "ok", "x" * (MAX_QUESTION_CHARS + 1)]
)
async def test_what_is_no_question_is_refused_in_one_sentence(assistant: Assistant, question: str) -> None:
    """Nothing, signs alone, thanks, and whole books are no questions."""
    with pytest.raises(QuestionInvalid) as refused:
        await ask(assistant, question)
    assert str(refused.value).endswith(".")
    assert refused.value.help


@given(st.text(max_size=100))
def test_a_checked_question_has_no_control_characters(text: str) -> None:
    """Terminal escapes, zero-width and other invisible characters are removed."""
    try:
        question = checked_question(text)
    except QuestionInvalid:
        return
    assert question.isprintable()
    assert question == " ".join(question.split())


def test_conversations_are_bounded() -> None:
    """Old turns and the least recent conversations are dropped; the empty key stores nothing."""
    conversations = Conversations(turns=2, conversations=2)
    for number in range(3):
        conversations.add("a", Turn(f"q{number}", "a", "q"))
    assert [turn.question for turn in conversations.turns("a")] == ["q1", "q2"]
    conversations.add("b", Turn("q", "a", "q"))
    conversations.add("c", Turn("q", "a", "q"))
    assert conversations.turns("a") == ()
    conversations.add("", Turn("q", "a", "q"))
    assert conversations.turns("") == ()
