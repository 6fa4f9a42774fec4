"""Timelines and comparisons: sorted events, and a sentence for each side."""

from __future__ import annotations

import pytest
from extractive_answers import ask

from bot.extractive.two_sides import sides
from retrieval.article import Article, ArticleInfo

LOCKS = Article(
    ArticleInfo("locks", "locks.txt", "The Tern locks reopen", "The Quay", published="2022-06-20"),
    "The Tern locks reopened on 18 June after six weeks. "
    "The Tern locks were built in 1911. "
    "On 9 May a barge struck the gate of the Tern locks. "
    "The Tern locks are deep.",
)
CHRONOLOGY = Article(
    ArticleInfo("strike", "strike.txt", "How the pilots' strike went", "The Quay", published="2022-07-01"),
    "The strike of the Arden pilots lasted a month.\n\n"
    "May 2: Talks fail\n\nThe Arden pilots leave the room.\n\n"
    "May 9: The Arden pilots vote\n\nNine of ten are for a strike.\n\n"
    "May 20: The port closes\n\nShips wait outside Arden.\n\n"
    "June 8: The strike ends\n\nThe Arden pilots get four percent.",
)
FERRY = Article(
    ArticleInfo("ferry", "ferry.txt", "Ferries", "The Quay", published="2022-06-20"),
    "A ticket for the Tern ferry costs 4 crowns. It is blue.",
)
BUS = Article(
    ArticleInfo("bus", "bus.txt", "Buses", "The Quay", published="2022-06-21"),
    "A ticket for the Arden bus costs 3 crowns. It is green.",
)


def test_events_are_sorted_by_their_days() -> None:
    """The text has them in another order; a sentence without a date is left out."""
    found = ask("Give me a timeline of the Tern locks", LOCKS)
    assert [sentence.text[:20] for sentence in found.sentences] == [
        "The Tern locks were ",
        "On 9 May a barge str",
        "The Tern locks reope",
    ]
    assert found.text.count("\n- ") == 2
    assert found.sentences[0].lead == "- Reported on 20 June 2022: "


def test_the_headings_of_a_chronology_come_with_their_sentences() -> None:
    """A dated heading and the sentence below it are one event, and one quote."""
    found = ask("Walk me through the strike of the Arden pilots", CHRONOLOGY)
    assert len(found.citations) == 4
    assert found.citations[1].quote.split("\n\n") == [
        "May 9: The Arden pilots vote",
        "Nine of ten are for a strike.",
    ]
    assert all(CHRONOLOGY.text[c.start : c.end] == c.quote for c in found.citations)


def test_a_year_before_a_colon_is_a_dated_heading() -> None:
    """A chronology often begins its events with only a year."""
    years = {"1911": "The Tern locks are built", "1934": "The Tern locks burn", "1960": "The Tern locks rise"}
    text = "\n\n".join(f"{year}: {event}\n\nThe council of the year agreed." for year, event in years.items())
    article = Article(ArticleInfo("years", "years.txt", "The Tern locks"), f"{text}\n\n1988: They close\n")
    found = ask("timeline of the Tern locks", article)
    assert [sentence.text[:5] for sentence in found.sentences if ":" in sentence.text] == [
        "1911:",
        "1934:",
        "1960:",
        "1988:",
    ]


def test_the_lines_that_a_sentence_introduces_belong_to_it() -> None:
    """A list below a colon is quoted, but not the text after it."""
    text = "The Tern ferry stops at three quays:\n\nOld Pier\n\nGull Rock\n\nMill Weir\n\nIt sails at noon."
    found = ask("list all the quays of the Tern ferry", Article(ArticleInfo("q", "q.txt", "Quays"), text))
    assert all(quay in found.text for quay in ("Old Pier", "Gull Rock", "Mill Weir"))
    assert "noon" not in found.text


def test_each_side_of_a_comparison_has_its_sentence() -> None:
    """In the order of the question, with the days of their articles."""
    found = ask("Which is cheaper, the Tern ferry or the Arden bus?", FERRY, BUS)
    assert [citation.article.id for citation in found.citations[:2]] == ["ferry", "bus"]
    assert [sentence.lead.strip() for sentence in found.sentences[:2]] == [
        "Reported on 20 June 2022:",
        "Reported on 21 June 2022:",
    ]


def test_a_side_that_no_article_mentions_is_named() -> None:
    """The other side is still answered."""
    found = ask("Which is cheaper, the Tern ferry or the tram?", FERRY, BUS)
    assert "tram" in (found.notice or "")
    assert found.reason == "only part answered"
    assert found.citations[0].article.id == "ferry"


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Ferrant Optics vs Quillon, which one is older?", ("Ferrant Optics", "Quillon")),
        ("Compare the ferry with the bus", ("ferry", "bus")),
        ("Who is older, Ada Quill or her brother?", ("Ada Quill", "brother")),
        ("What came first, the strike or the ban?", ("strike", "ban")),
        ("Is it better?", None),
        ("Which is larger, 3 or 4?", None),
    ],
)
def test_the_sides_are_the_phrases_around_the_connective(
    question: str, named: tuple[str, str] | None
) -> None:
    """Articles and pronouns are not part of a side."""
    assert sides(question) == named


def test_a_yes_no_question_is_answered_by_what_the_articles_say() -> None:
    """The deciding sentence is introduced as the articles' statement."""
    assert ask("Is the Tern ferry blue?", FERRY).sentences[0].lead.startswith("The articles say: ")


def test_a_sentence_that_denies_a_word_of_a_yes_no_question_is_quoted() -> None:
    """It decides the question, though others have more of its words."""
    text = (
        "The old lock of Tern will open for barges in May, and the new lock of Tern will open in June. "
        "The lock of Tern was open for barges of any length in May of last year. "
        "Barges will wait at the quay of Tern. "
        "Because of the flood it will not open this year, the office said."
    )
    found = ask(
        "Will the lock of Tern open for barges in May?", Article(ArticleInfo("l", "l.txt", "L"), text)
    )
    assert "not open this year" in found.text


def test_a_list_has_one_sentence_of_each_article_in_the_order_of_their_days() -> None:
    """Sentences that begin with a reference, and articles without the subject, are left out."""
    articles = [
        Article(ArticleInfo(name, f"{name}.txt", name, "The Quay", published=published), text)
        for name, published, text in (
            ("late", "2022-05-03", "The port of Arden had to pay fines again. It is not amused by fines."),
            ("early", "2021-05-03", "It is sad about fines. The harbour office of Tern set three fines."),
            ("other", "2020-05-03", "Gulls attacked a drone above the quay."),
        )
    ]
    found = ask("List all fines", *articles)
    assert [sentence.text for sentence in found.sentences] == [
        "The harbour office of Tern set three fines.",
        "The port of Arden had to pay fines again.",
    ]


def test_a_day_without_a_year_is_next_to_the_day_of_the_article() -> None:
    """In an article of June, 10 August is to come, and 9 May is over."""
    text = "The locks of Tern open on 10 August. The locks of Tern closed on 9 May. They are old."
    article = Article(ArticleInfo("l", "l.txt", "Locks", "The Quay", published="2022-06-20"), text)
    found = ask("timeline of the locks of Tern", article)
    assert [sentence.text[18:24] for sentence in found.sentences] == ["closed", "open o"]
