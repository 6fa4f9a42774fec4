"""A model's verdicts become the support, quotes and contradictions of an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence, Support, UnsupportedSpan
from bot.checking.model_check import apply_verdicts, hits_to_check, sentences_to_check
from bot.citations import quote_of
from bot.reply.verdicts import Finding, Verdict
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.splitting.sentences import sentence_spans

FINE = (
    "The board met in 2011. It fined Brightpath 412 million crowns, for “23 of 46” boats had no rafts. "
    "Brightpath did not appeal. Its owner, Odile Brandt, will pay in May."
)
QUAY = (
    "The council voted for a quay. Seven of nine members said yes. Brightpath will rent the new quay in May."
)
SHIFT = 100  # offset of each passage in its article


def make_passage(name: str, text: str, start: int = SHIFT) -> Passage:
    info = ArticleInfo(name, name, f"Title of {name}", "The Quay", published="2022-03-04")
    spans = tuple((start + first, start + last) for first, last in sentence_spans(text))
    return Passage(info, text, start, start + len(text), 1, None, spans)


HITS = [Hit(make_passage("fine.txt", FINE), 1.0), Hit(make_passage("quay.txt", QUAY), 0.5)]
FINED = "It fined Brightpath 412 million crowns, for “23 of 46” boats had no rafts."


def citation(number: int, hit: int, sentence: int) -> Citation:
    passage = HITS[hit].passage
    return quote_of(passage, *passage.sentences[sentence], number)


def make_answer(*sentences: Sentence, citations: tuple[Citation, ...] | None = None) -> Answer:
    cited = (citation(1, 0, 0), citation(2, 1, 0)) if citations is None else citations
    return Answer("q", "q", "answered", sentences, cited, mode="model", complete=True, checked="words")


def said(text: str = "Brightpath was fined 412 million crowns.", *cited: int, **how: object) -> Sentence:
    return replace(Sentence(text, cited or (1,), "neutral"), **how)  # type: ignore[arg-type]


def verdict(finding: Finding, *words: str, passages: tuple[int, ...] = (0,)) -> Verdict:
    return Verdict(finding, passages, words)


def quotes(answer: Answer, sentence: int = 0) -> list[str]:
    by_number = {citation.number: citation.quote for citation in answer.citations}
    return [by_number[number] for number in answer.sentences[sentence].citations]


@pytest.mark.parametrize(
    ("finding", "support"),
    [
        ("supported", "supported"),
        ("contradicted", "contradicted"),
        ("not said", "unsupported"),
        ("no claim", "neutral"),
    ],
)
def test_a_verdict_is_the_support_of_its_sentence(finding: Finding, support: Support) -> None:
    """Of the four verdicts two are marked; the words that no source contains stay only with those."""
    span = (UnsupportedSpan(0, 10),)
    answer = apply_verdicts(make_answer(said(missing=span)), HITS, {0: verdict(finding)})
    assert answer.sentences[0].support == support
    assert answer.sentences[0].missing == (span if answer.sentences[0].is_marked else ())
    assert answer.checked == "model"


def test_the_deciding_words_are_the_quote_in_whole_sentences() -> None:
    """Its offsets count in the article, and it replaces the quote that was a guess."""
    answer = apply_verdicts(make_answer(said()), HITS, {0: verdict("supported", "412 million crowns")})
    assert quotes(answer) == [FINED]
    (quote,) = answer.citations
    start = SHIFT + FINE.index(FINED)
    assert (quote.number, quote.start, quote.end) == (1, start, start + len(FINED))
    assert (quote.passage_start, quote.passage_end) == (SHIFT, SHIFT + len(FINE))


@pytest.mark.parametrize(
    "words",
    [
        "it FINED brightpath",
        'for "23 of 46" boats',
        "fined  Brightpath\n412 million",
        "Brightpath 412 million crowns - for",
    ],
)
def test_white_space_case_and_quotation_marks_do_not_matter(words: str) -> None:
    """Models copy them loosely."""
    answer = apply_verdicts(make_answer(said()), HITS, {0: verdict("supported", words)})
    assert quotes(answer) == [FINED]


def test_deciding_words_across_sentences_quote_all_of_them() -> None:
    """From the first to the last sentence that they touch."""
    found = verdict("supported", "boats had no rafts. Brightpath did not")
    assert quotes(apply_verdicts(make_answer(said()), HITS, {0: found})) == [
        f"{FINED} Brightpath did not appeal."
    ]


def test_deciding_words_in_two_places_are_two_quotes() -> None:
    """In the order of the verdict; a repeated place counts once."""
    found = verdict("supported", "412 million", "will pay in May", "fined Brightpath")
    answer = apply_verdicts(make_answer(said()), HITS, {0: found})
    assert quotes(answer) == [FINED, "Its owner, Odile Brandt, will pay in May."]


def test_a_word_is_not_found_within_another() -> None:
    """ "11" is not in "2011", and "no" is not in "not"."""
    text = "In 2011 nothing was done. It met 11 firms, and no others."
    hits = [Hit(make_passage("firms.txt", text, 0), 1.0)]
    for words in ("11", "no"):
        answer = make_answer(Sentence("It met 11.", (), "neutral"), citations=())
        answer = apply_verdicts(answer, hits, {0: verdict("supported", words)})
        assert quotes(answer) == ["It met 11 firms, and no others."]


def test_words_without_spaces_between_them_are_found() -> None:
    """A part of a Chinese sentence."""
    hits = [Hit(make_passage("zh.txt", "他们昨天离开了港口。渡轮载有乘客。", 0), 1.0)]
    answer = make_answer(Sentence("They left the port.", (), "neutral"), citations=())
    assert quotes(apply_verdicts(answer, hits, {0: verdict("supported", "离开了港口")}))[0].startswith("他们")


def test_inexact_words_are_searched_for() -> None:
    """A word more or less still leads to the sentence."""
    found = verdict(
        "supported", "the board fined Brightpath 412 million crowns for 23 of 46 boats had no rafts"
    )
    assert quotes(apply_verdicts(make_answer(said()), HITS, {0: found})) == [FINED]


@pytest.mark.parametrize("words", ["the moon is made of cheese and honey", "May the", "…", "penguins"])
def test_words_that_are_nowhere_leave_the_quote_as_it_was(words: str) -> None:
    """The verdict counts all the same."""
    answer = apply_verdicts(make_answer(said()), HITS, {0: verdict("supported", words)})
    assert quotes(answer) == ["The board met in 2011."]
    assert answer.sentences[0].support == "supported"


def test_a_wrong_passage_number_does_not_matter() -> None:
    """The words are looked up in the other passages; numbers beyond the last are ignored."""
    for passages in ((1,), (7,), ()):
        found = verdict("supported", "412 million crowns", passages=passages)
        assert quotes(apply_verdicts(make_answer(said()), HITS, {0: found})) == [FINED]


def test_evidence_in_a_passage_that_is_not_cited_is_added() -> None:
    """A related citation of another passage stays behind it."""
    sentence = said("Brightpath will rent the quay for which the council voted.", 2)
    found = verdict("supported", "will pay in May", "rent the new quay", passages=(0, 1))
    answer = apply_verdicts(make_answer(sentence), HITS, {0: found})
    assert quotes(answer) == [
        "Its owner, Odile Brandt, will pay in May.",
        "Brightpath will rent the new quay in May.",
    ]
    answer = apply_verdicts(make_answer(sentence), HITS, {0: verdict("supported", "will pay in May")})
    assert quotes(answer) == ["Its owner, Odile Brandt, will pay in May.", "The council voted for a quay."]


def test_an_unrelated_citation_is_dropped() -> None:
    """It shares no words with its sentence, and another passage decides."""
    answer = apply_verdicts(
        make_answer(said("Brightpath was fined 412 million crowns.", 1, 2)),
        HITS,
        {0: verdict("supported", "412 million crowns")},
    )
    assert quotes(answer) == [FINED]
    assert [citation.number for citation in answer.citations] == [1]


def test_a_contradicted_sentence_shows_the_words_of_the_article() -> None:
    """With the number of their quote; once, even if two sentences are contradicted by them."""
    wrong = said("Brightpath was fined 421 million crowns.")
    found = verdict("contradicted", "fined Brightpath 412 million")
    answer = apply_verdicts(make_answer(wrong, wrong), HITS, {0: found, 1: found})
    (against,) = answer.contradictions
    assert against.text == f"The article says: “{FINED}”"
    assert against.kind == "quote"
    assert against.citations == answer.sentences[0].citations == answer.sentences[1].citations == (1,)


def test_a_contradiction_without_words_shows_none() -> None:
    """The mark alone says it."""
    answer = apply_verdicts(make_answer(said()), HITS, {0: verdict("contradicted")})
    assert answer.sentences[0].support == "contradicted"
    assert answer.contradictions == ()


def test_a_sentence_without_a_verdict_keeps_that_of_the_word_check() -> None:
    """Also its missing words and its quotes; verdicts for sentences that do not exist change nothing."""
    first = said(support="unsupported", missing=(UnsupportedSpan(0, 10),))
    answer = make_answer(first, said("The council voted.", 2, support="supported"))
    assert (
        apply_verdicts(answer, HITS, {5: verdict("contradicted", "412 million")}).sentences
        == answer.sentences
    )
    changed = apply_verdicts(answer, HITS, {1: verdict("not said")})
    assert changed.sentences[0] == first
    assert changed.sentences[1].support == "unsupported"


def test_structure_is_kept() -> None:
    """Words, leads and tails are those of the model."""
    row = replace(said("Brightpath | 412"), lead="\n\n| Firm | Fine |\n|---|---|\n| ", tail=" |")
    answer = apply_verdicts(make_answer(row), HITS, {0: verdict("supported", "412 million")})
    assert answer.sentences[0] == replace(row, support="supported")


def test_sentences_are_sent_with_the_passages_they_cite() -> None:
    """Places in the hits, each once."""
    answer = make_answer(said("One.", 1), said("Both.", 2, 1), Sentence("None.", (), "neutral"))
    checked = sentences_to_check(answer, HITS)
    assert [(sentence.text, sentence.passages) for sentence in checked] == [
        ("One.", (0,)),
        ("Both.", (1, 0)),
        ("None.", ()),
    ]


def test_cited_passages_come_first_then_their_neighbours() -> None:
    """The rest of the hits follows, as far as the budget reaches; a hit is no neighbour."""
    before = make_passage("quay.txt", "What the council did before.", 10)
    answer = make_answer(said("The council voted.", 2), citations=(citation(2, 1, 0),))
    hits = hits_to_check(answer, HITS, [before, HITS[1].passage])
    assert [hit.passage.text for hit in hits] == [QUAY, before.text, FINE]


FINDINGS: tuple[Finding, ...] = ("supported", "contradicted", "not said", "no claim")
WORDS = st.sampled_from(
    ["412 million", "no rafts. Brightpath", "quay", "moon", "will pay in May", "a"]
) | st.text(max_size=30)
VERDICTS = st.builds(
    Verdict,
    st.sampled_from(FINDINGS),
    st.lists(st.integers(0, 4), max_size=3).map(tuple),
    st.lists(WORDS, max_size=3).map(tuple),
)


@given(st.dictionaries(st.integers(0, 4), VERDICTS, max_size=4))
def test_any_verdicts_leave_exact_quotes_numbered_from_one(verdicts: dict[int, Verdict]) -> None:
    """Each quote is a span of its passage, each number is used, and none is missing."""
    sentences = (said(), said("The council voted.", 2), said("Both.", 1, 2))
    answer = apply_verdicts(make_answer(*sentences), HITS, verdicts)
    texts = {hit.passage.article.id: hit.passage.text for hit in HITS}
    for citation in answer.citations:
        assert texts[citation.article.id][citation.start - SHIFT : citation.end - SHIFT] == citation.quote
    used = {number for sentence in answer.sentences for number in sentence.citations}
    used |= {number for contradiction in answer.contradictions for number in contradiction.citations}
    assert sorted(used) == [citation.number for citation in answer.citations] == list(range(1, len(used) + 1))
    assert [s.text for s in answer.sentences] == [s.text for s in sentences]
    assert len(set(answer.contradictions)) == len(answer.contradictions)
