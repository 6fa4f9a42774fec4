"""Accounts: open questions are answered with several sentences of one article, in its order."""

from __future__ import annotations

import pytest
from extractive_answers import ask

from retrieval.article import Article, ArticleInfo

STORY = Article(
    ArticleInfo("locks", "locks.txt", "Tern locks close", "The Quay", published="2022-05-10"),
    "The locks of Tern closed on Monday after a barge struck the lower gate. "
    "Nobody was hurt. "
    "The gate of the Tern locks bent because the barge came too fast, the harbour office said. "
    "What to know about the locks\n\n"
    "Who pays for the Tern locks? "
    "Repairs to the Tern locks take three weeks. "
    "Twelve boats wait above the locks.",
)
ROUND_UP = Article(
    ArticleInfo("week", "week.txt", "The week in short", "The Quay", published="2022-05-14"),
    "Gulls were counted. Which locks closed after a barge struck a gate? A. Tern B. Arden. Drones are out.",
)


def test_an_account_starts_with_the_lead_and_follows_the_article() -> None:
    """The lead and what follows, in the article's order and word for word, from one article only."""
    found = ask("What happened to the Tern locks?", STORY, ROUND_UP)
    starts = [citation.start for citation in found.citations]
    assert found.sentences[0].text.startswith("The locks of Tern closed on Monday")
    assert len(found.sentences) > 2
    assert starts == sorted(starts)
    assert {citation.article.id for citation in found.citations} == {"locks"}
    assert all(STORY.text[c.start : c.end] == c.quote for c in found.citations)


def test_headings_and_questions_are_not_quoted() -> None:
    """A heading and a question of the article state nothing."""
    text = ask("What happened to the Tern locks?", STORY, ROUND_UP).text
    assert "Who pays" not in text
    assert "What to know" not in text


def test_why_is_answered_with_the_reason() -> None:
    """The sentence with the reason is part of the account."""
    assert "came too fast" in ask("Why did the gate of the Tern locks bend?", STORY, ROUND_UP).text


def test_why_is_answered_from_the_article_with_the_reason() -> None:
    """Not from one that only asks the same question."""
    cause = Article(
        ArticleInfo("gate", "gate.txt", "Steel"),
        "A study of the harbour office found that the gate of the Tern locks began to bend because its steel "
        "was too thin.",
    )
    quiz = Article(ArticleInfo("quiz", "quiz.txt", "Quiz"), "Why did the gate of the Tern locks bend?")
    assert "too thin" in ask("Why did the gate of the Tern locks bend?", quiz, cause).text


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What do you think, were the Tern locks closed?", "asks for an opinion"),
        ("Should I use the Tern locks or wait?", "asks for an opinion"),
        ("Who struck the Tern locks in August 2023?", "reported before the dates"),
        ("Wann hat Tern seine Schleusen wieder für Frachtschiffe geöffnet?", "words not in the corpus"),
        ("Who closed the Quibbleton locks of Tern?", "name not in the corpus"),
        ("Who is the architect of the Tern locks?", "not said"),
    ],
)
def test_what_no_sentence_can_answer_is_refused(question: str, reason: str) -> None:
    """However near the sentences are: an opinion, a later event, a name or a role that no article has."""
    found = ask(question, STORY, ROUND_UP)
    assert (found.status, found.reason) == ("not_found", reason)


def test_a_question_about_the_past_is_answered_from_a_later_article() -> None:
    """Only articles from before the days that are asked for are ruled out."""
    assert ask("Who struck the Tern locks in May 2022?", STORY).reason != "reported before the dates"


def test_a_role_can_have_another_word() -> None:
    """Leaders are called by many words; a sentence that has one of them can answer."""
    office = Article(
        ArticleInfo("office", "office.txt", "Office"), "Ada Quill runs the harbour office of Tern."
    )
    assert ask("Who is the head of the harbour office of Tern?", office).reason != "not said"
    assert ask("Who is the painter of the harbour office of Tern?", office).reason == "not said"
