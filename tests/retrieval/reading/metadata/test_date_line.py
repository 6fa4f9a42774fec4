"""Lines that state when an article was published, and lines with other dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.metadata.date_line import date_line, not_future


@pytest.mark.parametrize(
    "line",
    [
        "Deadline: 3 June 2021",
        "Application deadline 3 June 2021",
        "Born: 3 June 1961",
        "Born in Elsmere on 3 June 1961",
        "Hearing date: 14 February 2019",
        "Photo taken 2 May 1998",
        "Photo taken on 2 May 1998",
        "Expiration date: 31 January 2021",
        "Date of birth: 3 May 1961",
        "Invoice date: 3 May 2020",
        "Built: 3 May 1998",
        "opened:: 2021-05-09",
        "By 3 June 2021",
        "3 June 2021: the council meets",
        "3 June 2021 – 5 June 2021",
        "Einsendeschluss: 4. März 2024",
        "Geboren am 4. März 1954",
        "Née le 4 mars 1954",
        "Fecha límite: 4 de marzo de 2024",
        "截止日期：2024年3月4日",
        "生于1961年6月3日",
        "締切：2024年3月4日",
        "Published 3 May 2199",
        "Date: 12 July 2199",
    ],
)
def test_the_date_of_something_else_is_not_a_publication_date(line: str) -> None:
    """Nor is a date in the future, whatever its label."""
    assert date_line(line) is None


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        ("3 May 2020", "2020-05-03", None),
        ("Date: 3 May 2020", "2020-05-03", None),
        ("Sunday, May 3, 2020", "2020-05-03", None),
        ("By Jane Roe, 3 May 2020", "2020-05-03", None),
        ("Reuters | 3 May 2020 | 3 min read", "2020-05-03", None),
        ("Home / Ports / 3 May 2020", "2020-05-03", None),
        ("Posted in Ports on 3 May 2020", "2020-05-03", None),
        ("Date of publication: 3 May 2020", "2020-05-03", None),
        ("Published 3 May 2020 | Updated: 4 May 2020", "2020-05-03", "2020-05-04"),
        ("Veröffentlicht am 4. März 2024, 10:15 Uhr", "2024-03-04T10:15:00", None),
        ("Stand: 4. März 2024", None, "2024-03-04"),
        ("Publié le 4 mars 2024 à 10h15, mis à jour le 5 mars 2024", "2024-03-04T10:15:00", "2024-03-05"),
        ("4 de marzo de 2024 | Actualizado 5 de marzo de 2024", "2024-03-04", "2024-03-05"),
        ("Pubblicato il 4 marzo 2024 alle 10:15", "2024-03-04T10:15:00", None),
        ("Publicado em 4 de março de 2024 às 10h15", "2024-03-04T10:15:00", None),
        ("Gepubliceerd op 4 maart 2024 om 10:15 uur", "2024-03-04T10:15:00", None),
        ("Опубликовано 4 марта 2024, 10:15", "2024-03-04T10:15:00", None),
        ("2024年3月4日 10時15分", "2024-03-04T10:15:00", None),
        ("公開日：2024年3月4日 更新日：2024年3月5日", "2024-03-04", "2024-03-05"),
        ("发布时间：2024年3月4日 10:15", "2024-03-04T10:15:00", None),
        ("来源：新华社 2024年3月4日 10:15", "2024-03-04T10:15:00", None),
    ],
)
def test_labelled_and_bare_dates_are_publication_dates(
    line: str, published: str | None, updated: str | None
) -> None:
    """In the languages of the date parser; names, places and sections can stand beside them."""
    found = date_line(line)
    assert found is not None
    assert (found.published, found.updated) == (published, updated)


def test_a_decomposed_or_wide_spelling_is_read() -> None:
    """Accents as characters of their own, and wide digits."""
    for line in ("Veröffentlicht am 4. Ma\u0308rz 2024", "２０２４年３月４日"):
        found = date_line(line)
        assert found is not None
        assert found.published == "2024-03-04"


def test_an_ambiguous_date_is_read_if_the_language_writes_the_day_first() -> None:
    """03.04.2024 is 3 April in German, and unknown in English."""
    assert date_line("Veröffentlicht: 03.04.2024") is None
    found = date_line("Veröffentlicht: 03.04.2024", day_first=True)
    assert found is not None
    assert found.published == "2024-04-03"


def test_tomorrow_is_not_the_future() -> None:
    """It is already tomorrow in another time zone."""
    today = date(2021, 3, 18)
    days = [(today + timedelta(days=n)).isoformat() for n in (-1, 0, 1, 2)]
    assert [not_future(day, today) for day in days] == [*days[:3], None]


@given(st.text(alphabet="0123456789 .:/|-年月日DatePublishedBorn", max_size=220))
def test_any_line_is_handled(line: str) -> None:
    """No line raises an error."""
    found = date_line(line)
    assert found is None or found.published or found.updated
