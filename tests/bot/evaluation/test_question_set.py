"""Reading questions with known answers, and adding new ones."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import SHELF, FakeAssistant, FakeLibrary
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer
from bot.errors import QuestionSetInvalid
from bot.evaluation.metrics import KnownEvidence
from bot.evaluation.question_set import (
    KnownQuestion,
    add_question,
    article_ids,
    corpus_path,
    question_from_answer,
    read_questions,
)

EVIDENCE = KnownEvidence("harbour.txt", "Seven of nine\nmembers voted")


@pytest.fixture
def library(tmp_path: Path) -> FakeLibrary:
    return FakeLibrary(SHELF, tmp_path / "index")


def test_added_questions_are_read_back(tmp_path: Path, library: FakeLibrary) -> None:
    """A question gets a unique id and keeps its day, history, answers and evidence."""
    new = KnownQuestion(
        "", "How many voted?", ("Seven",), (EVIDENCE,), True, date(2022, 3, 5), (("Who?", "The council."),)
    )
    first = add_question(tmp_path, new, library)
    second = add_question(tmp_path, KnownQuestion("", "Who won the cup?", answerable=False), library)
    assert (first.id, second.id) == ("q01", "q02")
    assert read_questions(tmp_path) == [first, second]
    assert first == replace(new, id="q01")


def test_a_file_without_trailing_newline_is_not_damaged(tmp_path: Path, library: FakeLibrary) -> None:
    """The new row starts on a new line."""
    (tmp_path / "questions.jsonl").write_text('{"question": "Old?", "answerable": false}', encoding="utf-8")
    add_question(tmp_path, KnownQuestion("", "New?", answerable=False), library)
    assert [known.question for known in read_questions(tmp_path)] == ["Old?", "New?"]


@pytest.mark.parametrize(
    "new",
    [
        KnownQuestion("", "What is known?"),
        KnownQuestion("", "Which article?", evidence=(KnownEvidence("gone.txt", ""),)),
        KnownQuestion("", "Which words?", evidence=(KnownEvidence("harbour.txt", "Nine of nine voted"),)),
    ],
)
def test_invalid_questions_are_not_added(new: KnownQuestion, tmp_path: Path, library: FakeLibrary) -> None:
    """Without an answer, with an unknown article or with wrong words, it raises and writes nothing."""
    with pytest.raises(QuestionSetInvalid):
        add_question(tmp_path, new, library)
    assert not (tmp_path / "questions.jsonl").exists()


def test_the_same_question_is_not_added_twice(tmp_path: Path, library: FakeLibrary) -> None:
    """Case is ignored; the day is not."""
    new = KnownQuestion("", "Who won?", answerable=False)
    add_question(tmp_path, new, library)
    with pytest.raises(QuestionSetInvalid, match="already"):
        add_question(tmp_path, replace(new, question="who WON?"), library)
    add_question(tmp_path, replace(new, day=date(2022, 1, 1)), library)


async def test_a_question_is_made_from_an_answer(tmp_path: Path) -> None:
    """Its quotes become the evidence; without an answer it is unanswerable, unless the answer is given."""
    assistant = FakeAssistant()
    last = None
    async for answer in assistant.ask("Who attacked 14 drones?"):
        last = answer
    assert last is not None
    question = question_from_answer(last)
    assert question.answerable
    assert question.evidence
    add_question(tmp_path, question, assistant.library)
    missed = Answer("Who sang?", "Who sang?", "not_found", complete=True)
    assert not question_from_answer(missed).answerable
    assert question_from_answer(missed, correct="Nobody").answers == ("Nobody",)


def test_articles_are_found_by_id_path_and_stem(library: FakeLibrary) -> None:
    """Evidence can name an article in each of these ways; an unknown name is returned unchanged."""
    evidence = [KnownEvidence("harbour.txt", ""), KnownEvidence("ferry", ""), KnownEvidence("gone", "")]
    expected = {"harbour.txt": "harbour.txt", "ferry": "ferry.md", "gone": "gone"}
    assert article_ids(evidence, library) == expected


def test_the_corpus_is_next_to_the_questions(tmp_path: Path) -> None:
    """It is corpus.jsonl, else the folder corpus, else the folder itself."""
    assert corpus_path(tmp_path) == tmp_path
    (tmp_path / "corpus").mkdir()
    assert corpus_path(tmp_path) == tmp_path / "corpus"
    (tmp_path / "corpus.jsonl").touch()
    assert corpus_path(tmp_path) == tmp_path / "corpus.jsonl"


def test_a_missing_question_file_is_reported(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(QuestionSetInvalid, match=r"no questions\.jsonl"):
        read_questions(tmp_path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = st.sampled_from(["id", "question", "answers", "evidence", "answerable", "date", "history"])


@given(st.dictionaries(_FIELDS, _JSON) | _JSON)
def test_any_row_is_a_question_or_an_error(tmp_path_factory: pytest.TempPathFactory, row: object) -> None:
    """Any JSON value is read as a question or raises QuestionSetInvalid."""
    folder = tmp_path_factory.mktemp("set")
    (folder / "questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with contextlib.suppress(QuestionSetInvalid):
        read_questions(folder)
