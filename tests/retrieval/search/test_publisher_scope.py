"""Publishers in questions: detection, and the question without attribution."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.publisher_question import history_without_publishers, split_publisher
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.search.publisher_scope import is_publisher_named, without_attribution
from retrieval.splitting.passage_splitter import split

PUBLISHERS = ["The Quay", "Northern Ledger", "The Harbour Gazette", "Quayside"]


def test_publishers_match_as_whole_words() -> None:
    """A short name is case-sensitive, a long one is not; part of a word does not match."""
    assert is_publisher_named("The Quay", "What did The Quay report?")
    assert not is_publisher_named("The Quay", "Did the boat reach the quay?")
    assert is_publisher_named("Northern Ledger", "what did northern ledger say")
    assert not is_publisher_named("Ledger", "Who are the Ledgers?")


def test_the_article_of_a_name_is_optional() -> None:
    """ "Harbour Gazette" matches "The Harbour Gazette"; a single word without its article does not."""
    assert is_publisher_named("The Harbour Gazette", "any news in harbour gazette?")
    assert not is_publisher_named("The Quay", "the Quay was flooded")


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
def test_a_site_matches_by_its_label(site: str, question: str, named: bool) -> None:
    """Dumps often give the site as the publisher; people write its name, with capitals."""
    assert is_publisher_named(site, question) is named
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
def test_attribution_is_removed(question: str, plain: str) -> None:
    """Only publishers of the index are removed, together with the words that introduce them."""
    assert without_attribution(question, PUBLISHERS) == plain


def test_without_publishers_a_question_is_unchanged() -> None:
    """Nothing is removed without names of publishers."""
    assert (
        without_attribution("How many came, according to The Quay?", [])
        == "How many came, according to The Quay?"
    )


def hit(publisher: str | None, *also_in: str) -> Hit:
    info = ArticleInfo(publisher or "none", "a.txt", "Drones", publisher=publisher)
    others = tuple(ArticleInfo(name, "b.txt", "Drones", publisher=name) for name in also_in)
    return Hit(split(Article(info, "The council banned drones."))[0], 1.0, 1, 1, also_in=others)


def test_only_hits_from_the_named_publisher_are_used() -> None:
    """Among them is a reprint that was merged into another hit."""
    hits = [hit("Northern Ledger"), hit("The Quay"), hit("Quayside", "The Quay"), hit(None)]
    plain, own = split_publisher("Who banned drones, according to The Quay?", hits)
    assert plain == "Who banned drones?"
    assert own == [hits[1], hits[2]]


def test_without_hits_from_the_publisher_all_are_used() -> None:
    """Other publishers answer when the named one has no hits."""
    hits = [hit("Northern Ledger"), hit(None)]
    assert split_publisher("Who banned drones, according to The Quay?", hits)[1] == hits


def test_a_publisher_as_the_topic_is_kept() -> None:
    """Only attribution restricts the hits."""
    hits = [hit("Northern Ledger"), hit("The Quay")]
    assert split_publisher("Who sued The Quay over drones?", hits) == ("Who sued The Quay over drones?", hits)


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4))
def test_any_name_in_any_question(question: str, names: list[str]) -> None:
    """Any names: the result consists of words of the question."""
    rest = without_attribution(question, names)
    assert rest in question or set(rest) <= set(question)
    assert not is_publisher_named("  ", question)


def test_a_follow_up_does_not_refer_to_attribution() -> None:
    """ "It" is the topic of the news, not the publisher, unless the question asks who reports it."""
    history = [("Any news from The Quay?", "A ferry sank."), ("Who owns The Quay?", "Odile Brandt.")]
    plain = [("Any news?", "A ferry sank."), history[1]]
    assert history_without_publishers("Who built it?", history, PUBLISHERS) == plain
    assert history_without_publishers("What else did they write?", history, PUBLISHERS) == history
    assert history_without_publishers("And in 2021?", history, PUBLISHERS) == history
