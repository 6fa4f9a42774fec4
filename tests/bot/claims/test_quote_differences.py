"""The words of a sentence that a quote lacks."""

from __future__ import annotations

import pytest

from bot.claims.quote_differences import differing_words
from retrieval.article import ArticleInfo
from retrieval.passage import Passage

INFO = ArticleInfo("a.txt", "a.txt", "Court news", publisher="The Quay", published="2022-06-03")


def differences(sentence: str, quote: str, *, english: bool = True) -> tuple[str, ...]:
    passage = Passage(INFO, quote, 10, 10 + len(quote), 1, None, ((10, 10 + len(quote)),))
    return differing_words(sentence, passage, 10, 10 + len(quote), english=english)


@pytest.mark.parametrize(
    ("sentence", "quote", "words"),
    [
        ("The court did not fine Brimholm.", "The court fined Brimholm; nobody was forced to go.", ("not",)),
        ("It wasn't fined.", "It was not fined.", ()),
        ("The court fined Brimholm in June.", "The court fined Brimholm in May.", ("June",)),
        ("The court fined Brimholm in June 2022.", "The court fined Brimholm.", ("June 2022",)),
        ("It paid $12 million.", "It paid 12 million crowns.", ("$12 million",)),
        ("It paid 12 million crowns.", "It paid $12 million.", ("12 million crowns",)),
        ("It paid 12 million dollars.", "It paid $12 million.", ()),
        ("Eleven firms met.", "It met 11 firms.", ()),
        ("The Quay says that it met 11 firms.", "It met 11 firms.", ()),
        ("Members voted against the ban.", "Members voted for the ban.", ("against",)),
        ("It rose before the vote.", "It rose after the vote.", ("before",)),
    ],
)
def test_differences(sentence: str, quote: str, words: tuple[str, ...]) -> None:
    """Facts are compared by value, other words by stem; "says" is a word like any other."""
    assert tuple(word for word in differences(sentence, quote) if word != "says") == words


def test_other_languages_are_compared_word_by_word() -> None:
    """Nothing is read as an English figure or negation."""
    assert differences("Es waren 12 Boote.", "Es waren 11 Boote.", english=False) == ("12",)
