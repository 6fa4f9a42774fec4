"""Articles that give another figure than the answer are named with their dates; no others are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answer import Answer, Citation, Sentence
from bot.comparison.article_conflicts import article_conflict
from bot.comparison.contradictions import with_contradictions
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.splitting.sentences import sentence_spans

QUESTION = "How many companies did the regulator meet about deepfakes?"
FIRST = "The regulator met 11 technology companies on Thursday about deepfakes. They kept silent."
OTHER = (
    "Officials were busy. On Thursday the regulator met 12 companies of the technology trade about deepfakes."
)


def make_hit(
    name: str, text: str, day: str | None = "2021-03-18", *, also: tuple[ArticleInfo, ...] = ()
) -> Hit:
    info = ArticleInfo(f"{name}.txt", f"{name}.txt", f"Talks of {name}", name, published=day)
    passage = Passage(info, text, 0, len(text), 1, None, tuple(sentence_spans(text)))
    return Hit(passage, 1.0, also_in=also)


def make_answer(hits: list[Hit], question: str = QUESTION, text: str | None = None) -> Answer:
    passage = hits[0].passage
    start, end = passage.sentences[0]
    quote = passage.text[start:end]
    citation = Citation(1, passage.article, quote, start, end, 1, None, 0, len(passage.text))
    sentence = Sentence(text or quote, (1,), "supported")
    return Answer(question, question, "answered", (sentence,), (citation,), read=tuple(hits), complete=True)


def conflict_text(hits: list[Hit], question: str = QUESTION, text: str | None = None) -> str | None:
    conflict = article_conflict(make_answer(hits, question, text), hits)
    return conflict.text if conflict else None


def test_both_versions_are_shown_with_publishers_and_dates() -> None:
    """The answer's own comes first; each has its exact quote."""
    hits = [make_hit("The Wire", FIRST), make_hit("The Quay", OTHER, "2021-03-19")]
    found = article_conflict(make_answer(hits), hits)
    assert found is not None
    assert found.text == (
        "Articles differ: The Wire (2021-03-18) says 11 technology companies, "
        "The Quay (2021-03-19) says 12 companies."
    )
    assert [quote.quote for quote in found.quotes] == [FIRST.partition(" They")[0], OTHER.partition(". ")[2]]


def test_a_model_s_sentence_is_compared_too() -> None:
    """The figure compared is the one that its quote and it have in common."""
    hits = [make_hit("The Wire", FIRST), make_hit("The Quay", OTHER)]
    assert conflict_text(hits, text="It met eleven.") is not None
    assert conflict_text(hits, text="It met several.") is None


@pytest.mark.parametrize(
    "other",
    [
        "On Thursday the regulator met eleven companies of the technology trade about deepfakes.",
        "On Thursday the regulator met 12 ministers of technology about deepfakes.",
        "On Thursday the regulator met 40 companies of the technology trade about deepfakes.",
        "The regulator met 12 companies.",
        "On Thursday the regulator fined 12 technology firms and companies for deepfakes.",
        "On Thursday the regulator met 12 technology companies about deepfakes. It had met 11 companies.",
    ],
)
def test_compatible_or_unrelated_figures_are_no_conflict(other: str) -> None:
    """The same figure, another noun, another magnitude, too little in common, another act, both figures."""
    assert conflict_text([make_hit("The Wire", FIRST), make_hit("The Quay", other)]) is None


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("The fine is 40 million crowns.", "The boats cost 35 million crowns.", False),
        ("The court fined the old paper mill 40 crowns.", "The court fined the paper mill 40 crowns.", False),
        ("The court fined the old paper mill 40 crowns.", "The court fined the paper mill 45 crowns.", True),
        (
            "The court fined the old paper mill 40 crowns.",
            "The court fined the paper mill 40,000 crowns.",
            False,
        ),
        (
            "The court fined the old paper mill 40 crowns.",
            "The court fined the paper mill in 45 days.",
            False,
        ),
        ("The court fined the old paper mill $40.", "The court fined the paper mill 45 dollars.", True),
    ],
)
def test_amounts_conflict_only_if_comparable(one: str, other: str, conflict: bool) -> None:
    """Too few shared words, equal figures, other units and other magnitudes are no conflict."""
    hits = [make_hit("The Wire", one), make_hit("The Quay", other)]
    assert (conflict_text(hits, "How much was the paper mill fined?") is not None) is conflict


def test_the_answer_s_own_article_and_its_reprints_do_not_conflict() -> None:
    """An article does not contradict itself, nor does its copy; copies of another are named once."""
    wire, quay = make_hit("The Wire", FIRST), make_hit("The Quay", OTHER)
    assert conflict_text([wire, replace(wire, passage=make_hit("The Wire", OTHER).passage)]) is None
    assert conflict_text([make_hit("The Wire", FIRST, also=(quay.passage.article,)), quay]) is None
    copy = make_hit("The Copy", OTHER)
    text = conflict_text([wire, make_hit("The Quay", OTHER, also=(copy.passage.article,)), copy])
    assert text is not None
    assert "The Copy" not in text


def test_a_much_later_figure_is_no_conflict() -> None:
    """Articles months apart report different states; articles without a date are compared."""
    wire = make_hit("The Wire", FIRST)
    assert conflict_text([wire, make_hit("The Quay", OTHER, "2021-09-01")]) is None
    assert conflict_text([wire, make_hit("The Quay", OTHER, None)]) is not None


def test_only_questions_for_a_figure_or_date_have_conflicts() -> None:
    """A figure that was not asked for is ignored."""
    hits = [make_hit("The Wire", FIRST), make_hit("The Quay", OTHER)]
    assert conflict_text(hits, "Why did the regulator meet technology companies?") is None


def test_conflicting_dates_are_shown() -> None:
    """If the question asks for a date, dates are compared."""
    first = "The ban of delivery drones starts in Larkhaven on 1 May 2021."
    other = "In Larkhaven the ban of delivery drones starts on 1 June 2021."
    hits = [make_hit("The Wire", first), make_hit("The Quay", other)]
    text = conflict_text(hits, "When does the ban of delivery drones start in Larkhaven?")
    assert text is not None
    assert text.endswith("The Wire (2021-03-18) says 1 May 2021, The Quay (2021-03-18) says 1 June 2021.")


def test_a_contradiction_is_cited_exactly_or_omitted() -> None:
    """New quotes get the next numbers; a quote no longer in its article removes the whole contradiction."""
    hits = [make_hit("The Wire", FIRST), make_hit("The Quay", OTHER)]
    answer = make_answer(hits)
    texts = {hit.passage.article.id: hit.passage.text for hit in hits}

    def find(info: ArticleInfo) -> Article | None:
        return Article(info, texts[info.id])

    whole = with_contradictions(answer, [None, article_conflict(answer, hits)], find)
    assert whole.contradictions[0].citations == (1, 2)
    assert [citation.number for citation in whole.citations] == [1, 2]
    assert whole.contradictions[0].marked.endswith("12 companies. [1][2]")
    texts["The Quay.txt"] = OTHER.replace("12", "13")
    assert with_contradictions(answer, [article_conflict(answer, hits)], find) == answer


LENGTH = "How many metres long is the bridge over the river Orne near the town?"


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        (
            "Bridge 1 over the river Orne near the town is 40 metres long.",
            "Bridge 2 over the river Orne near the town is 45 metres long.",
            LENGTH,
        ),
        (
            "The Nim14 locomotive of the mountain railway pulls 300 tonnes uphill.",
            "The Nim11 locomotive of the mountain railway pulls 240 tonnes uphill.",
            "How many tonnes does the locomotive of the mountain railway pull?",
        ),
        (
            "The Arden bridge over the river Orne near the town is 40 metres long.",
            "The Belmont bridge over the river Orne near the town is 45 metres long.",
            LENGTH,
        ),
        (
            "Line No. 4 of the tram serves 12 stations between the harbour and the castle.",
            "Line No. 7 of the tram serves 15 stations between the harbour and the castle.",
            "How many stations does the tram line serve between the harbour and the castle?",
        ),
    ],
)
def test_things_with_other_numbers_or_names_do_not_contradict_one_another(
    one: str, other: str, question: str
) -> None:
    """The same sentences about one and the same thing do."""
    assert conflict_text([make_hit("The Wire", one), make_hit("The Quay", other)], question) is None
    same = other
    for ours, theirs in (
        ("Bridge 1", "Bridge 2"),
        ("Nim14", "Nim11"),
        ("Arden", "Belmont"),
        ("No. 4", "No. 7"),
    ):
        if ours in one and theirs in same:
            same = same.replace(theirs, ours)
    assert conflict_text([make_hit("The Wire", one), make_hit("The Quay", same)], question) is not None


def test_the_numbers_of_things_can_be_in_titles() -> None:
    """A report about phase 1 and one about phase 2, which say "the phase" in their texts."""
    texts = (
        "The phase of the works at the harbour takes 14 months in all.",
        "The phase of the works at the harbour takes 18 months in all.",
    )
    hits = [make_hit("phase 1", texts[0]), make_hit("phase 2", texts[1])]
    question = "How many months does the phase of the works at the harbour take?"
    assert conflict_text(hits, question) is None
    assert conflict_text([make_hit("one", texts[0]), make_hit("two", texts[1])], question) is not None
