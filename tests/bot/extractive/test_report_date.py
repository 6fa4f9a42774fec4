"""When a sentence is preceded by the date of its article."""

from __future__ import annotations

from datetime import date

import pytest

from bot.extractive.report_date import asks_about_time, needs_report_date, report_date_lead
from retrieval.article import ArticleInfo

TODAY = date(2022, 6, 1)


def info(published: str | None = None, updated: str | None = None) -> ArticleInfo:
    return ArticleInfo("a", "a.txt", "A", published=published, updated=updated)


@pytest.mark.parametrize(
    ("article", "lead"),
    [
        (info("2021-03-18T18:57:00+05:30"), "Reported on 18 March 2021: "),
        (info(None, "2020-01-02"), "Reported on 2 January 2020: "),
        (info("2021-03-18", "2021-03-18T20:00"), "Reported on 18 March 2021: "),
        (info("2021-03-18", "2021-04-02"), "Reported on 18 March 2021, updated on 2 April 2021: "),
        (info("2021-03"), ""),
        (info(), ""),
    ],
)
def test_only_a_known_day_is_shown(article: ArticleInfo, lead: str) -> None:
    """The day is that of publication, else of the update; a month is not enough."""
    assert report_date_lead(article) == lead


@pytest.mark.parametrize(
    ("question", "sentence", "needed"),
    [
        ("Who met?", "The ministers met on Thursday.", True),
        ("Who met?", "The ministers will meet next month.", True),
        ("Who met?", "They met two weeks ago.", True),
        ("Who met last week?", "The ministers met in Tern.", True),
        ("Who met?", "The ministers met on 18 March 2021.", False),
        ("Who met?", "The lastweek group met.", False),
        ("Who met?", "They meet on 19 September.", True),
        ("Who met?", "They met on September 19th, they say.", True),
        ("Who met?", "They have met since May.", True),
        ("Who met?", "They met on September 19, 2021.", False),
        ("Who met?", "They met in May 2021.", False),
        ("Who met?", "They may meet.", False),
    ],
)
def test_the_day_is_needed_for_relative_dates(question: str, sentence: str, needed: bool) -> None:
    """A day is needed for "Thursday" and "last week", in the sentence or in the question."""
    assert (asks_about_time(question, TODAY) or needs_report_date(sentence)) is needed
