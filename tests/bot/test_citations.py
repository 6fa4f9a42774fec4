"""A model's draft becomes an answer with exact quotes, each sentence judged against them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answer import answer_json
from bot.citations import best_span, cite, judge
from bot.model.answer_parser import Draft, DraftSentence
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
    """The quote is the sentence that says it, at its place and line in the article."""
    answer = cite(draft(("Gulls had attacked 14 drones.", (0,))), HITS, "q", "q")
    citation = answer.citations[0]
    assert citation.quote == "Mayor Odile Brandt said that gulls had attacked 14 drones since January."
    assert ARTICLE.text[citation.start : citation.end] == citation.quote
    assert citation.line == 3
    assert answer.text == "Gulls had attacked 14 drones. [1]"


def test_a_speaker_s_words_told_as_a_fact_are_partly_supported() -> None:
    """Unless the sentence names the speaker, or the question asks for his words."""
    fact, told = ("Gulls had attacked 14 drones.", (0,)), ("Brandt said gulls attacked 14 drones.", (0,))
    answer = cite(draft(fact, told), HITS, "q", "How many drones did gulls attack?")
    assert [sentence.support for sentence in answer.sentences] == ["partly", "supported"]
    assert answer.sentences[0].missing == ()
    asked = cite(draft(fact), HITS, "q", "What did the mayor say about gulls?")
    assert asked.sentences[0].support == "supported"


def test_one_quote_has_one_number() -> None:
    """Two sentences that rest on the same quote share its number; numbers follow the text."""
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


def test_a_wrong_figure_is_never_supported() -> None:
    """Words that agree do not help a number that the article does not hold."""
    answer = cite(draft(("Gulls had attacked 40 drones since January.", (0,))), HITS, "q", "q")
    assert answer.sentences[0].support == "unsupported"


def test_a_figure_beside_the_quote_is_partly_supported() -> None:
    """What stands in the passage, but not in the quote, is not fully supported by it."""
    quote = "The council banned drones on Friday."
    passage = f"{quote} There were 14 drones in the town."
    assert judge("The council banned 14 drones on Friday.", [quote], [passage]) == "partly"


def test_a_sentence_without_a_citation_is_matched_or_marked() -> None:
    """A sentence that the passages say gets its quote; one that they do not say is unsupported."""
    answer = cite(
        draft(("Seven of nine members voted for the ban.", ()), ("Penguins rule the moon tonight.", ())),
        HITS,
        "q",
        "q",
    )
    assert [sentence.support for sentence in answer.sentences] == ["supported", "unsupported"]
    assert answer.sentences[1].citations == ()


def test_a_line_that_leads_to_a_list_claims_nothing() -> None:
    """Few words, all of them read, and a colon; one that says more is judged like any other."""
    said = ["The members of the council:", "Penguins:", "The council banned members and drones on Friday:"]
    answer = cite(draft(*((text, ()) for text in said), ("Nine members:", ())), HITS, "q", "q")
    assert [sentence.support == "supported" for sentence in answer.sentences][:2] == [True, False]
    assert answer.sentences[0].citations == ()
    assert answer.sentences[3].support == "unsupported"


def test_not_found_shows_nothing() -> None:
    """When the model says that the articles do not hold it, no sentence and no citation is left."""
    answer = cite(Draft((), complete=True, not_found=True), HITS, "q", "q")
    assert (answer.status, answer.sentences, answer.citations) == ("not_found", (), ())
    assert answer_json(answer)["status"] == "not_found"


@given(st.text(max_size=200))
def test_every_quote_is_a_span_of_whole_sentences(claim: str) -> None:
    """Whatever a model writes, the quote found for it begins and ends with a sentence of the passage."""
    passage = HITS[0].passage
    start, end = best_span(claim, passage)
    assert start in {first for first, _ in passage.sentences}
    assert end in {last for _, last in passage.sentences}
    assert ARTICLE.text[start:end] == passage.text[start - passage.start : end - passage.start]
