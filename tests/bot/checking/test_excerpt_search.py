"""A pasted text is traced to its article; what stands nowhere is not found anywhere."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from index_world import HashEmbeddings
from repository import ROOT

from bot.assistant import Assistant
from bot.checking.excerpt_search import LONGEST_EXCERPT, find_excerpt, match_json
from bot.checking.word_alignment import keys_of
from bot.errors import QuestionInvalid
from bot.terminal.commands.cli import main
from retrieval.library import Library
from retrieval.reading.corpus import Corpus
from retrieval.splitting.sentences import sentence_spans

SAMPLES = ROOT / "corpus"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    embeddings = HashEmbeddings()
    opened = Library(
        Corpus([SAMPLES]),
        tmp_path_factory.mktemp("quotes") / "index",
        embeddings=lambda: embeddings,
        fingerprint=lambda: "hash",
    )
    opened.sync()
    yield opened
    opened.close()


def texts(library: Library) -> dict[str, str]:
    found = (library.corpus.find(info) for info in library.articles())
    return {article.info.id: article.text for article in found if article}


def test_every_sentence_is_found_where_it_stands(library: Library) -> None:
    """Each sentence of the sample articles, pasted in capitals on one line, leads back to its words."""
    for text in texts(library).values():
        for start, end in sentence_spans(text):
            pasted = " ".join(text[start:end].upper().split())
            if len(keys_of(pasted)) < 8:
                continue
            finds = find_excerpt(library, pasted)
            assert finds, pasted
            assert finds[0].exact
            assert keys_of(finds[0].quote) == keys_of(pasted)


def test_a_find_is_an_exact_place(library: Library) -> None:
    """The quote is what stands between its offsets; the line is that of the file."""
    find = find_excerpt(library, "a shopkeeper may set the rent but he may not tape the tenants mouth shut")[
        0
    ]
    text = texts(library)[find.article.id]
    assert text[find.start : find.end] == find.quote
    assert find.quote.startswith('"A shopkeeper')
    assert text.splitlines()[find.line - 1].startswith(find.quote[:20])
    assert match_json(find)["article"]["publisher"] == find.article.publisher


def test_changed_words_do_not_hide_it(library: Library) -> None:
    """With a tenth of the words replaced, the article is still found, and the find is not called exact."""
    chance = random.Random(7)
    for name, text in texts(library).items():
        spans = [span for span in sentence_spans(text) if len(text[slice(*span)].split()) >= 12]
        start, end = chance.choice(spans)
        words = text[start:end].split()
        for place in chance.sample(range(len(words)), round(len(words) / 10)):
            words[place] = "quincunx"
        finds = find_excerpt(library, " ".join(words))
        assert name in {find.article.id for find in finds}
        assert not finds[0].exact


def test_the_first_to_publish_comes_first(library: Library) -> None:
    """Of an article and its reprint, the article; both are listed."""
    finds = find_excerpt(library, "The dual listing in Shanghai and Hong Kong was worth $37 billion.")
    assert [find.article.id for find in finds[:2]] == [
        "kestrel-wire/deepfake-meeting.txt",
        "meridale-observer/deepfake-meeting-reprint.txt",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The moon landing was first broadcast to a small village hall beside the northern lake that summer.",
        "Valmere Norhaven Corvane Orchardia regulators said on Thursday that penguins may vote in the crown.",
        "on Thursday",
        "日本語の文章はここにはありません。",
    ],
)
def test_what_is_not_there_is_not_found(library: Library, text: str) -> None:
    """Neither other texts, nor the names of these articles in another order, nor two common words."""
    assert [find for find in find_excerpt(library, text) if not find.exact] == []
    assert text == "on Thursday" or not find_excerpt(library, text)


def test_lines_that_are_not_indexed_are_found_in_their_file(library: Library) -> None:
    """A headline, and a line left out as clutter, are found too when pasted as they are."""
    for pasted in ("Orchardia takes app store fine to court", "The bakery that only opens in the rain"):
        assert find_excerpt(library, pasted)[0].exact, pasted


@pytest.mark.parametrize("text", ["", " … ", "word " * (LONGEST_EXCERPT + 1)])
def test_no_words_or_far_too_many_are_refused(library: Library, text: str) -> None:
    """One sentence each."""
    with pytest.raises(QuestionInvalid):
        find_excerpt(library, text)


def test_the_command_line_traces_texts(library: Library) -> None:
    """One text, or rows of them; a broken row is named; exit code 1 when a text is nowhere."""

    def run(*arguments: str, typed: str = "") -> Result:
        assistant = Assistant(library)
        return CliRunner().invoke(
            main, ["quote", "--no-sync", *arguments], obj=lambda _: assistant, input=typed
        )

    one = run("The dual listing in Shanghai and Hong Kong was worth $37 billion.")
    assert "kestrel-wire/deepfake-meeting.txt:" in one.stdout
    assert "(exact match)" in one.stdout
    assert run("This was never written by any of these papers at all.").exit_code == 1
    found = json.loads(
        run("--json", "-", typed="no one may borrow more than 60,000 dinars through apps").stdout
    )
    assert found["found"][0]["article"]["id"] == "kestrel-wire/online-lending.txt"
    rows = run(
        "--jsonl", typed='{"id": 7, "text": "Corvane and Lower Tessa abstained."}\n[]\n{"text": "?"}\n'
    )
    assert [json.loads(line)["id"] for line in rows.stdout.splitlines()] == [7]
    assert [json.loads(line)["line"] for line in rows.stderr.splitlines()[:2]] == [2, 3]
    assert rows.exit_code == 1
