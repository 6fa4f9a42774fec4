"""The answer store: round trip, search, deletion, migrations, errors, concurrency."""

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
from bot.records.record import Feedback, answer_from_json, answer_to_json
from bot.records.record_database import MIGRATIONS
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

DAY = date(2024, 9, 1)
INFO = ArticleInfo("a.txt", "a.txt", "Harbour fees", publisher="The Kestrel Wire", published="2024-08-30")


def make_answer(
    question: str = "What does the harbour charge?", quote: str = "It charges 12 marks."
) -> Answer:
    citation = Citation(1, INFO, quote, 40, 40 + len(quote), 3, "Fees", 10, 200)
    passage = Passage(INFO, quote, 40, 40 + len(quote), 3, "Fees", ((40, 40 + len(quote)),))
    return Answer(
        question=question,
        standalone_question=question,
        status="answered",
        sentences=(Sentence(quote, (1,), "contradicted", missing=(UnsupportedSpan(3, 5),)),),
        citations=(citation,),
        confidence=0.8,
        mode="model",
        model="some-model",
        usage=Usage(120, 9, 0.25),
        seconds={"total": 0.2},
        contradictions=(Contradiction("quote", "The articles' own words differ.", (1,)),),
        checked="model",
        nearest=(Hit(passage, 0.5, dense=1, also_in=(INFO,)),),
        complete=True,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "answers.sqlite3"


@pytest.fixture
def records(path: Path) -> Iterator[AnswerStore]:
    store = AnswerStore(path)
    yield store
    store.close()


def test_an_answer_round_trips(records: AnswerStore) -> None:
    """Every field is preserved: spans, passages, support, model, usage."""
    row = Sentence("12 | marks", (1,), "neutral", "\n| ", (), ("7 + 5 = 12",), " |")
    answer = replace(make_answer(), sentences=(*make_answer().sentences, row))
    answer_id = records.add(answer, as_of=DAY, conversation="dm/7", person="7")
    record = records.load(answer_id)
    assert record is not None
    assert record.answer == replace(answer, id=answer_id)
    assert (record.as_of, record.conversation, record.person) == (DAY, "dm/7", "7")
    assert record.intact


def test_answers_of_older_versions_are_readable(records: AnswerStore, path: Path) -> None:
    """Fields that did not exist yet have their defaults, and the former verdict "partly" is "unsupported"."""
    answer_id = records.add(make_answer(), as_of=DAY)
    records.close()
    connection = sqlite3.connect(path)
    document = json.loads(connection.execute("SELECT document FROM answers").fetchone()[0])
    del document["contradictions"], document["usage"]["cost"], document["checked"], document["checking"]
    for name in ("missing", "tail", "calculations"):
        del document["sentences"][0][name]
    document["sentences"][0]["support"] = "partly"
    connection.execute("UPDATE answers SET document = ?", (json.dumps(document),))
    connection.commit()
    connection.close()
    record = records.load(answer_id)
    assert record is not None
    quote = make_answer().sentences[0].text
    assert record.answer.sentences == (Sentence(quote, (1,), "unsupported"),)
    assert (record.answer.contradictions, record.answer.usage.cost, record.answer.checked) == ((), None, None)


def test_a_former_verdict_in_the_text_is_not_changed() -> None:
    """Only the field is."""
    answer = make_answer(quote='It says "support":"partly" and \\"support\\": \\"partly\\".')
    assert answer_from_json(answer_to_json(answer)) == answer


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_stored(question: str, quote: str) -> None:
    """Quotation marks, NULs, emoji and SQL are plain text."""
    records = AnswerStore(Path.cwd() / "any-text" / "answers.sqlite3")
    answer_id = records.add(make_answer(question, quote), as_of=DAY)
    record = records.load(answer_id)
    records.forget([answer_id])
    records.close()
    assert record is not None
    assert (record.answer.question, record.answer.citations[0].quote) == (question, quote)
    assert record.intact


def test_newest_answers_first_and_id_prefixes(records: AnswerStore) -> None:
    """A unique prefix of an id finds its answer."""
    ids = [records.add(make_answer(f"Question {n}?"), as_of=DAY, conversation=f"c{n % 2}") for n in range(5)]
    assert [record.id for record in records.latest(3)] == ids[:1:-1]
    assert [record.id for record in records.latest(conversation="c1")] == [ids[3], ids[1]]
    found = records.load(ids[2][:8])
    assert found is not None
    assert found.id == ids[2]
    assert records.load("zz") is None


def test_a_conversation_survives_a_restart(records: AnswerStore) -> None:
    """The last turns are read in chronological order, with what they cite ("Who reported this?")."""
    for n in range(4):
        records.add(make_answer(f"Question {n}?"), as_of=DAY, conversation="thread")
    turns = records.turns("thread", limit=2)
    assert [turn.question for turn in turns] == ["Question 2?", "Question 3?"]
    assert turns[0].answer == "It charges 12 marks. [1]"
    assert [citation.quote for citation in turns[0].citations] == [
        citation.quote for citation in make_answer().citations
    ]
    assert turns[0].citations


def test_full_text_finds_question_answer_and_quotes(records: AnswerStore) -> None:
    """All words must match, stemmed and ignoring case; query syntax is not interpreted."""
    wanted = records.add(make_answer("Who pays the ferryman?", "The islanders pay him."), as_of=DAY)
    records.add(make_answer(), as_of=DAY)
    for words in ("ferryman", "PAYING islander", 'the "ferrym', "ferryman:*"):
        assert [record.id for record in records.search(words)] == [wanted], words
    assert records.search("ferryman submarine") == []
    assert records.search(" ?! ") == []


def test_deleted_answers_are_erased_from_the_file(records: AnswerStore, path: Path) -> None:
    """By id, by conversation or by age; no text remains on disk."""
    secret = "zanzibarine"
    by_id = records.add(make_answer(f"{secret} one"), as_of=DAY)
    records.add(make_answer(f"{secret} two"), as_of=DAY, conversation="gone")
    answer_id = records.add(make_answer("What stays?"), as_of=DAY)
    assert records.forget([by_id, "unknown"]) == 1
    assert records.forget(conversation="gone") == 1
    assert [record.id for record in records.latest()] == [answer_id]
    assert records.search(secret) == []
    records.close()
    assert not [file for file in path.parent.iterdir() if secret.encode() in file.read_bytes()]
    assert records.forget(before=datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert records.count() == 0


def test_one_feedback_per_person_and_answer(records: AnswerStore) -> None:
    """New feedback replaces the old; feedback is deleted with its answer."""
    answer_id = records.add(make_answer(), as_of=DAY)
    assert records.add_feedback(Feedback(answer_id, "ann", helpful=True))
    assert records.add_feedback(
        Feedback(answer_id, "bob", helpful=False, reason="outdated", words="It is 13 now.")
    )
    assert records.add_feedback(Feedback(answer_id, "ann", helpful=False, reason="other"))
    assert not records.add_feedback(Feedback("unknown", "ann", helpful=True))
    given = {
        entry.person: (entry.helpful, entry.reason, entry.words) for entry in records.feedback(answer_id)
    }
    assert given == {"ann": (False, "other", None), "bob": (False, "outdated", "It is 13 now.")}
    assert len(records.feedback()) == 2
    records.forget([answer_id])
    assert records.feedback() == []


def test_old_files_are_migrated(path: Path) -> None:
    """A file of the first schema version accepts feedback after the migration."""
    path.parent.mkdir()
    old = sqlite3.connect(path)
    for statement in (*MIGRATIONS[0], "PRAGMA application_id = 1181708148", "PRAGMA user_version = 1"):
        old.execute(statement)
    old.commit()
    old.close()
    records = AnswerStore(path)
    answer_id = records.add(make_answer(), as_of=DAY)
    assert records.add_feedback(Feedback(answer_id, "ann", helpful=True))
    records.close()


@pytest.mark.parametrize(
    "pragmas",
    [("PRAGMA application_id = 1181708148", "PRAGMA user_version = 99"), ("PRAGMA user_version = 0",)],
    ids=["newer", "foreign"],
)
def test_newer_and_foreign_files_are_rejected_unchanged(path: Path, pragmas: tuple[str, ...]) -> None:
    """Not a byte is written to them."""
    path.parent.mkdir()
    foreign = sqlite3.connect(path)
    for statement in ("CREATE TABLE theirs (x)", *pragmas):
        foreign.execute(statement)
    foreign.commit()
    foreign.close()
    before = path.read_bytes()
    with pytest.raises(RecordsFailure):
        AnswerStore(path).add(make_answer(), as_of=DAY)
    assert path.read_bytes() == before


def test_a_damaged_file_is_an_error(path: Path) -> None:
    """The error names the file and says what to do."""
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(RecordsFailure, match="damaged or not a database") as caught:
        AnswerStore(path).latest()
    assert "Move the file away" in caught.value.help


def test_an_unusable_state_folder_is_an_error(tmp_path: Path) -> None:
    """A file is in the place of the folder."""
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(RecordsFailure, match="Cannot save answers"):
        AnswerStore(tmp_path / "state" / "answers.sqlite3").latest()


def test_a_full_disk_is_named(records: AnswerStore, path: Path) -> None:
    """With the folder and the space needed; what was stored before stays, and storing works again."""
    kept = records.add(make_answer(), as_of=DAY)
    with records._database.reading() as connection:
        limit = connection.execute("PRAGMA max_page_count").fetchone()[0]
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are
    with pytest.raises(RecordsFailure, match=r"The disk is full: .* 1 MB, and [\d.]+ MB") as caught:
        records.add(make_answer("Why? " * 50_000), as_of=DAY)
    assert str(path.parent) in str(caught.value)
    with records._database.reading() as connection:
        connection.execute(f"PRAGMA max_page_count = {limit}")
    assert records.load(kept) is not None
    assert records.load(records.add(make_answer(), as_of=DAY)) is not None


def test_an_altered_quote_is_detected(records: AnswerStore, path: Path) -> None:
    """The record is no longer intact."""
    answer_id = records.add(make_answer(), as_of=DAY)
    records.close()
    other = sqlite3.connect(path)
    other.execute("UPDATE answers SET document = replace(document, '12 marks', '99 marks')")
    other.commit()
    other.close()
    record = records.load(answer_id)
    assert record is not None
    assert not record.intact


def test_concurrent_writes_by_threads_and_processes(path: Path) -> None:
    """Every answer of six threads and three processes is stored, even in a new file."""
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path; "
        "from bot.records.answer_store import AnswerStore;"
        "from test_answer_store import make_answer, DAY; r = AnswerStore(Path(sys.argv[1]));"
        "[r.add(make_answer(f'From a process {n}'), as_of=DAY) for n in range(30)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), *sys.path]) for _ in range(3)]
    records = AnswerStore(path)
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda n: records.add(make_answer(f"From a thread {n}"), as_of=DAY), range(60)))
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(set(ids)) == 60
    assert records.count() == 150
    assert len(records.search("process", limit=500)) == 90
    records.close()
