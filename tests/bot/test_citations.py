"""A model's draft becomes an answer with exact quotes; nothing is checked yet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answer_json import answer_json
from bot.citations import best_span, cite
from bot.reply.answer_parser import Draft, DraftSentence
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split

ARTICLE = Article(
    ArticleInfo("drones", "drones.txt", "Harbour town bans delivery drones"),
    "Preamble.\r\n\r\nThe council of Larkhaven banned delivery drones on Friday. "
    "Seven of nine members voted for the ban. "
    "Mayor Odile Brandt said that gulls had attacked 14 drones since January.",
)
HITS = [Hit(passage, 1.0) for passage in split(ARTICLE)]


def draft(*sentences: tuple[str, tuple[int, ...]]) -> Draft:
    return Draft(tuple(DraftSentence(text, hits) for text, hits in sentences), complete=True)


def test_the_supporting_sentence_is_quoted_exactly() -> None:
    """The quote is the supporting sentence, with its span and line in the article."""
    answer = cite(draft(("Gulls had attacked 14 drones.", (0,))), HITS, "q", "q")
    citation = answer.citations[0]
    assert citation.quote == "Mayor Odile Brandt said that gulls had attacked 14 drones since January."
    assert ARTICLE.text[citation.start : citation.end] == citation.quote
    assert citation.line == 3
    assert answer.text == "Gulls had attacked 14 drones. [1]"


def test_one_quote_has_one_number() -> None:
    """Two sentences supported by the same quote share its number; numbers follow the text."""
    answer = cite(
        draft(
            ("The ban passed by seven of nine members.", (0,)),
            ("Brandt said gulls attacked 14 drones.", (0,)),
            ("Seven of nine members voted for it.", (0,)),
        ),
        HITS,
        "q",
        "q",
    )
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,), (1,)]
    assert [citation.number for citation in answer.citations] == [1, 2]


def test_a_sentence_without_a_citation_is_matched_or_has_none() -> None:
    """A sentence with most words of a passage gets its quote."""
    texts = ("Seven of nine members voted for the ban.", "Penguins rule the moon tonight.", "Yes.")
    answer = cite(draft(*((text, ()) for text in texts)), HITS, "q", "q")
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (), ()]
    assert answer.citations[0].quote == "Seven of nine members voted for the ban."


def test_a_cited_answer_is_not_checked_yet() -> None:
    """Every sentence is neutral, with the lead and tail of the model."""
    row = DraftSentence("Gulls | 41", (0,), "\n| ", " |")
    answer = cite(Draft((row,)), HITS, "q", "q")
    assert answer.checked is None
    (sentence,) = answer.sentences
    assert (sentence.support, sentence.missing) == ("neutral", ())
    assert (sentence.lead, sentence.marked) == ("\n| ", "Gulls | 41 [1] |")


def test_not_found_has_no_sentences() -> None:
    """If the model answers NOT_FOUND, there are no sentences and no citations."""
    answer = cite(Draft((), complete=True, not_found=True), HITS, "q", "q")
    assert (answer.status, answer.sentences, answer.citations) == ("not_found", (), ())
    assert answer_json(answer)["status"] == "not_found"


@given(st.text(max_size=200))
def test_every_quote_is_a_span_of_whole_sentences(claim: str) -> None:
    """Whatever a model writes, its quote starts and ends at sentence boundaries of the passage."""
    passage = HITS[0].passage
    start, end = best_span(claim, passage)
    assert start in {first for first, _ in passage.sentences}
    assert end in {last for _, last in passage.sentences}
    assert ARTICLE.text[start:end] == passage.text[start - passage.start : end - passage.start]
