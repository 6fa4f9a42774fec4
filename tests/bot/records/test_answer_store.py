"""Answers are kept whole, found, forgotten for good, and safe with many threads and processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Contradiction, Sentence, UnsupportedSpan, Usage
from bot.errors import RecordsFailure
from bot.records.answer_store import AnswerStore
from bot.records.record import Feedback
from bot.records.record_database import MIGRATIONS
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

DAY = date(2024, 9, 1)
INFO = ArticleInfo("a.txt", "a.txt", "Harbour fees", publisher="The Kestrel Wire", published="2024-08-30")


def answer(question: str = "What does the harbour charge?", quote: str = "It charges 12 marks.") -> Answer:
    citation = Citation(1, INFO, quote, 40, 40 + len(quote), 3, "Fees", 10, 200)
    passage = Passage(INFO, quote, 40, 40 + len(quote), 3, "Fees", ((40, 40 + len(quote)),))
    return Answer(
        question=question,
        standalone_question=question,
        status="answered",
        sentences=(Sentence(quote, (1,), "partly", missing=(UnsupportedSpan(3, 5),)),),
        citations=(citation,),
        confidence=0.8,
        mode="model",
        model="some-model",
        usage=Usage(120, 9),
        seconds={"total": 0.2},
        contradictions=(Contradiction("quote", "The articles' own words differ.", (1,)),),
        cost=0.25,
        nearest=(Hit(passage, 0.5, dense=1, also_in=(INFO,)),),
        complete=True,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "answers.sqlite3"


@pytest.fixture
def records(path: Path) -> Iterator[AnswerStore]:
    kept = AnswerStore(path)
    yield kept
    kept.close()


def test_an_answer_comes_back_as_it_was(records: AnswerStore) -> None:
    """Nothing of an answer is lost: spans, passages, verdicts, model, usage."""
    kept = records.add(answer(), as_of=DAY, conversation="dm/7", person="7")
    record = records.load(kept)
    assert record is not None
    assert record.answer == replace(answer(), id=kept)
    assert (record.as_of, record.conversation, record.person) == (DAY, "dm/7", "7")
    assert record.intact


def test_an_answer_of_an_older_footnote_is_read(records: AnswerStore, path: Path) -> None:
    """What was kept before missing words, contradictions and costs were known has none."""
    kept = records.add(answer(), as_of=DAY)
    records.close()
    connection = sqlite3.connect(path)
    document = json.loads(connection.execute("SELECT document FROM answers").fetchone()[0])
    del document["contradictions"], document["cost"], document["sentences"][0]["missing"]
    connection.execute("UPDATE answers SET document = ?", (json.dumps(document),))
    connection.commit()
    connection.close()
    record = records.load(kept)
    assert record is not None
    assert record.answer.sentences[0].missing == ()
    assert (record.answer.contradictions, record.answer.cost) == ((), None)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_kept(question: str, quote: str) -> None:
    """Quotes, NULs, emoji and SQL are only text."""
    records = AnswerStore(Path.cwd() / "any-text" / "answers.sqlite3")
    kept = records.add(answer(question, quote), as_of=DAY)
    record = records.load(kept)
    records.forget([kept])
    records.close()
    assert record is not None
    assert (record.answer.question, record.answer.citations[0].quote) == (question, quote)
    assert record.intact


def test_the_newest_come_first_and_an_id_may_be_cut(records: AnswerStore) -> None:
    """History is listed from the end; enough of an id names its answer."""
    ids = [records.add(answer(f"Question {n}?"), as_of=DAY, conversation=f"c{n % 2}") for n in range(5)]
    assert [each.id for each in records.latest(3)] == ids[:1:-1]
    assert [each.id for each in records.latest(conversation="c1")] == [ids[3], ids[1]]
    found = records.load(ids[2][:8])
    assert found is not None
    assert found.id == ids[2]
    assert records.load("zz") is None


def test_a_conversation_goes_on_after_a_restart(records: AnswerStore) -> None:
    """The last turns are read back in the order they were said."""
    for n in range(4):
        records.add(answer(f"Question {n}?"), as_of=DAY, conversation="thread")
    turns = records.turns("thread", limit=2)
    assert [turn.question for turn in turns] == ["Question 2?", "Question 3?"]
    assert turns[0].answer == "It charges 12 marks. [1]"


def test_full_text_finds_question_answer_and_quotes(records: AnswerStore) -> None:
    """All words must be there, in any form and case; marks of the query language are only marks."""
    wanted = records.add(answer("Who pays the ferryman?", "The islanders pay him."), as_of=DAY)
    records.add(answer(), as_of=DAY)
    for words in ("ferryman", "PAYING islander", 'the "ferrym', "ferryman:*"):
        assert [each.id for each in records.search(words)] == [wanted], words
    assert records.search("ferryman submarine") == []
    assert records.search(" ?! ") == []


def test_what_is_forgotten_is_gone_from_the_file(records: AnswerStore, path: Path) -> None:
    """By id, by conversation or by age; not one word of it stays on the disk."""
    secret = "zanzibarine"
    by_id = records.add(answer(f"{secret} one"), as_of=DAY)
    records.add(answer(f"{secret} two"), as_of=DAY, conversation="gone")
    kept = records.add(answer("What stays?"), as_of=DAY)
    assert records.forget([by_id, "unknown"]) == 1
    assert records.forget(conversation="gone") == 1
    assert [each.id for each in records.latest()] == [kept]
    assert records.search(secret) == []
    records.close()
    assert not [file for file in path.parent.iterdir() if secret.encode() in file.read_bytes()]
    assert records.forget(before=datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert records.count() == 0


def test_one_opinion_for_each_person(records: AnswerStore) -> None:
    """A second opinion replaces the first; opinions go with their answer."""
    kept = records.add(answer(), as_of=DAY)
    assert records.add_feedback(Feedback(kept, "ann", helpful=True))
    assert records.add_feedback(
        Feedback(kept, "bob", helpful=False, reason="outdated", words="It is 13 now.")
    )
    assert records.add_feedback(Feedback(kept, "ann", helpful=False, reason="other"))
    assert not records.add_feedback(Feedback("unknown", "ann", helpful=True))
    given = {each.person: (each.helpful, each.reason, each.words) for each in records.feedback(kept)}
    assert given == {"ann": (False, "other", None), "bob": (False, "outdated", "It is 13 now.")}
    assert len(records.feedback()) == 2
    records.forget([kept])
    assert records.feedback() == []


def test_an_old_file_is_brought_up_to_date(path: Path) -> None:
    """A file of the first schema keeps its answers and learns the rest."""
    path.parent.mkdir()
    old = sqlite3.connect(path)
    for statement in (*MIGRATIONS[0], "PRAGMA application_id = 1181708148", "PRAGMA user_version = 1"):
        old.execute(statement)
    old.commit()
    old.close()
    records = AnswerStore(path)
    kept = records.add(answer(), as_of=DAY)
    assert records.add_feedback(Feedback(kept, "ann", helpful=True))
    records.close()


@pytest.mark.parametrize(
    "pragmas",
    [("PRAGMA application_id = 1181708148", "PRAGMA user_version = 99"), ("PRAGMA user_version = 0",)],
    ids=["newer", "foreign"],
)
def test_a_newer_or_foreign_file_is_refused_and_untouched(path: Path, pragmas: tuple[str, ...]) -> None:
    """What we do not understand we do not write to."""
    path.parent.mkdir()
    other = sqlite3.connect(path)
    for statement in ("CREATE TABLE theirs (x)", *pragmas):
        other.execute(statement)
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(RecordsFailure):
        AnswerStore(path).add(answer(), as_of=DAY)
    assert path.read_bytes() == before


def test_a_damaged_file_is_one_sentence(path: Path) -> None:
    """A file that is no database is named, with what to do."""
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(RecordsFailure, match="damaged or no database") as caught:
        AnswerStore(path).latest()
    assert "Move the file away" in caught.value.help


def test_a_state_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(RecordsFailure, match="cannot be kept"):
        AnswerStore(tmp_path / "state" / "answers.sqlite3").latest()


def test_an_altered_quote_is_noticed(records: AnswerStore, path: Path) -> None:
    """A record whose quote is no longer the one that was kept does not pass as intact."""
    kept = records.add(answer(), as_of=DAY)
    records.close()
    other = sqlite3.connect(path)
    other.execute("UPDATE answers SET document = replace(document, '12 marks', '99 marks')")
    other.commit()
    other.close()
    record = records.load(kept)
    assert record is not None
    assert not record.intact


def test_threads_and_processes_write_together(path: Path) -> None:
    """Every answer of six threads and three processes is kept, also when the file is new."""
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path; "
        "from bot.records.answer_store import AnswerStore;"
        "from test_answer_store import answer, DAY; r = AnswerStore(Path(sys.argv[1]));"
        "[r.add(answer(f'From a process {n}'), as_of=DAY) for n in range(30)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), *sys.path]) for _ in range(3)]
    records = AnswerStore(path)
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda n: records.add(answer(f"From a thread {n}"), as_of=DAY), range(60)))
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(set(ids)) == 60
    assert records.count() == 150
    assert len(records.search("process", limit=500)) == 90
    records.close()
