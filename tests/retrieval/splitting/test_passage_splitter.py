"""Splitting of articles into passages."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import Article, ArticleInfo, Dropped, Heading
from retrieval.splitting.passage_splitter import (
    MAX_OVERLAP,
    MAX_SENTENCE_LENGTH,
    MIN_LENGTH,
    TARGET_LENGTH,
    split,
)
from retrieval.splitting.sentences import sentence_spans

INFO = ArticleInfo("a.txt", "a.txt", "A title")
WORDS = st.lists(
    st.sampled_from(["gull", "harbour", "vote", "Brandt", "14", "U.S.", "ban"]), min_size=1, max_size=30
)
SENTENCE = WORDS.map(lambda words: " ".join(words).capitalize() + ".")
TEXT = st.lists(st.lists(SENTENCE, min_size=1, max_size=9).map(" ".join), min_size=0, max_size=9).map(
    "\n\n".join
)


def sentences(count: int, length: int = 100) -> str:
    return " ".join(f"Sentence {number} " + "x" * (length - 16) + "." for number in range(10, 10 + count))


@given(TEXT | st.text(max_size=300))
def test_every_span_is_exact(text: str) -> None:
    """A passage equals its span of the text, its sentences cover it, and its line number is 1-based."""
    for passage in split(Article(INFO, text)):
        assert text[passage.start : passage.end] == passage.text
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end
        before = text[: passage.start].replace("\r\n", "\n").replace("\r", "\n")
        assert passage.line == before.count("\n") + 1


@given(TEXT)
def test_every_sentence_is_in_a_passage(text: str) -> None:
    """No readable text is missing from the index."""
    passages = split(Article(INFO, text))
    for start, end in sentence_spans(text):
        assert any(text[start:end] in passage.text for passage in passages)


@given(TEXT)
def test_passages_have_a_maximum_length(text: str) -> None:
    """No passage is much longer than the embedding model's window."""
    for passage in split(Article(INFO, text)):
        assert len(passage.text) <= TARGET_LENGTH + MIN_LENGTH + MAX_OVERLAP


def test_neighbours_share_one_sentence() -> None:
    """The last sentence of a passage is the first of the next."""
    passages = split(Article(INFO, sentences(30)))
    assert len(passages) > 2
    for before, after in pairwise(passages):
        assert before.sentences[-1] == after.sentences[0]


def test_no_passage_crosses_a_heading_or_a_dropped_line() -> None:
    """Passages have a section, and no passage contains dropped text."""
    text = "One is here. Two is here.\nAdvertisement\nThree is here.\nThe crackdown\nFour is here."
    drop, head = text.index("Advert"), text.index("The crackdown")
    article = Article(
        INFO,
        text,
        headings=(Heading(head, head + len("The crackdown")),),
        dropped=(Dropped(2, drop, drop + len("Advertisement"), "advert"),),
    )
    assert [(p.text, p.section, p.line) for p in split(article)] == [
        ("One is here. Two is here.", None, 1),
        ("Three is here.", None, 3),
        ("Four is here.", "The crackdown", 5),
    ]


def test_a_very_long_sentence_is_cut_at_whitespace() -> None:
    """A table of 10,000 words without a full stop becomes passages of whole words."""
    words = [f"word{number}" for number in range(10_000)]
    passages = split(Article(INFO, " ".join(words)))
    assert [word for passage in passages for word in passage.text.split()] == words
    assert max(len(passage.text) for passage in passages) <= MAX_SENTENCE_LENGTH


def test_repeated_text_is_one_passage() -> None:
    """Text that an article repeats a thousand times is indexed once, at its first occurrence."""
    passages = split(Article(INFO, "\n\n".join([sentences(12)] * 1000)))
    assert len(passages) < 10
    assert passages[0].start == 0


def test_ids_depend_on_content_and_offset() -> None:
    """The same passage always has the same id; a different offset gives a different one."""
    first, same = split(Article(INFO, "One is here."))[0], split(Article(INFO, "One is here."))[0]
    other = split(Article(INFO, "\nOne is here."))[0]
    assert first.id == same.id != other.id
