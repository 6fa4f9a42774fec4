"""Publishers in questions: who is named, and what is asked apart from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.publisher_question import publishers_mentioned, split_publisher
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.search.publisher_scope import publishers_in, without_attribution
from retrieval.splitting.passage_splitter import split

PUBLISHERS = ["The Quay", "Northern Ledger", "The Harbour Gazette", "Quayside"]


def test_publishers_are_named_as_whole_words() -> None:
    """A short name needs its capitals, a long one does not; part of a word is no name."""
    assert publishers_in("The Quay", "What did The Quay report?")
    assert not publishers_in("The Quay", "Did the boat reach the quay?")
    assert publishers_in("Northern Ledger", "what did northern ledger say")
    assert not publishers_in("Ledger", "Who are the Ledgers?")


def test_the_article_of_a_name_may_be_left_out() -> None:
    """People write "Harbour Gazette" for "The Harbour Gazette"; one word alone is too little."""
    assert publishers_in("The Harbour Gazette", "any news in harbour gazette?")
    assert not publishers_in("The Quay", "the Quay was flooded")


@pytest.mark.parametrize(
    ("site", "question", "named"),
    [
        ("cnn.com", "What did CNN report?", True),
        ("cnn.com", "What did cnn.com report?", True),
        ("cnn.com", "What did cnn report?", False),
        ("time.com", "Time to go, says who?", False),
        ("time.com", "What did TIME report?", True),
        ("usatoday.com", "Any news from USA TODAY?", True),
        ("usatoday.com", "Any news from USA Today?", True),
        ("theweek.co.uk", "Who won, according to The Week?", True),
        ("theweek.co.uk", "Who won in the week of the vote?", False),
        ("theweek.co.uk", "The week of the vote", False),
        ("www.harbour-gazette.org", "What did the Harbour Gazette say?", True),
    ],
)
def test_a_site_is_known_by_its_name(site: str, question: str, named: bool) -> None:
    """Dumps often give the site for the publisher; people write its name, with capitals."""
    assert publishers_in(site, question) is named
    assert (without_attribution(question, [site]) != question) is named


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("How many came, according to The Quay?", "How many came?"),
        ("According to The Quay and the Northern Ledger, how many came?", "how many came?"),
        ("Who won, as reported by The Quay, Northern Ledger and The Harbour Gazette?", "Who won?"),
        ("In The Quay, who won?", "who won?"),
        ("What does the Harbour Gazette say about ferries?", "ferries?"),
        ("What has Northern Ledger written on the ban?", "the ban?"),
        ("Any news from The Quay?", "Any news?"),
        ("Did The Quay report a ban?", "Did The Quay report a ban?"),  # who reports it is what is asked
        ("Who is the mayor of Quayside Bay?", "Who is the mayor of Quayside Bay?"),
        ("Who was sued by Northern Ledger?", "Who was sued by Northern Ledger?"),
        ("Who resigned from The Quay?", "Who resigned from The Quay?"),
        ("What is in The Quay?", "What is?"),
        ("Which ship is in The Quay?", "Which ship is in The Quay?"),
        ("Show me the articles of Northern Ledger", "Show me the articles"),
        ("How many came, according to The Tide?", "How many came, according to The Tide?"),
    ],
)
def test_what_is_asked_is_told_from_who_reports_it(question: str, plain: str) -> None:
    """Only what names a publisher of the index is left out, with the words that lead to it."""
    assert without_attribution(question, PUBLISHERS) == plain


def test_without_publishers_a_question_stays() -> None:
    """Nothing is left out for want of names."""
    assert (
        without_attribution("How many came, according to The Quay?", [])
        == "How many came, according to The Quay?"
    )


def hit(publisher: str | None, *also_in: str) -> Hit:
    info = ArticleInfo(publisher or "none", "a.txt", "Drones", publisher=publisher)
    others = tuple(ArticleInfo(name, "b.txt", "Drones", publisher=name) for name in also_in)
    return Hit(split(Article(info, "The council banned drones."))[0], 1.0, 1, 1, also_in=others)


def test_the_publisher_that_is_named_answers() -> None:
    """Of the hits those of the named publisher are left, a reprint that was folded among them."""
    hits = [hit("Northern Ledger"), hit("The Quay"), hit("Quayside", "The Quay"), hit(None)]
    plain, own = split_publisher("Who banned drones, according to The Quay?", hits)
    assert plain == "Who banned drones?"
    assert own == [hits[1], hits[2]]


def test_a_publisher_without_hits_leaves_all() -> None:
    """When nothing was found of the publisher that is named, the others answer."""
    hits = [hit("Northern Ledger"), hit(None)]
    assert split_publisher("Who banned drones, according to The Quay?", hits)[1] == hits


def test_a_publisher_that_is_asked_about_is_none_to_answer() -> None:
    """Only who is said to report it is to answer alone."""
    hits = [hit("Northern Ledger"), hit("The Quay")]
    assert split_publisher("Who sued The Quay over drones?", hits) == ("Who sued The Quay over drones?", hits)


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4))
def test_any_name_in_any_question(question: str, names: list[str]) -> None:
    """Whatever a publisher calls itself: what is left of a question are words of it, in their order."""
    rest = without_attribution(question, names)
    assert rest in question or set(rest) <= set(question)
    assert not publishers_in("  ", question)


def test_a_follow_up_does_not_mean_who_was_to_answer() -> None:
    """ "It" is what the news are about, not whose they are; who reports is meant where that is asked."""
    history = [("Any news from The Quay?", "A ferry sank."), ("Who owns The Quay?", "Odile Brandt.")]
    plain = [("Any news?", "A ferry sank."), history[1]]
    assert publishers_mentioned("Who built it?", history, PUBLISHERS) == plain
    assert publishers_mentioned("What else did they write?", history, PUBLISHERS) == history
    assert publishers_mentioned("And in 2021?", history, PUBLISHERS) == history
