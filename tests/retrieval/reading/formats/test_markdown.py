"""Reading of Markdown articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.formats.markdown import read_markdown

ARTICLE = """\
---
title: "Second quay: open at last"
source: The Harbour Courier
authors: [Jane Roe, {name: A. Poe}]
date: 2020-05-03 18:00 EDT
lastmod: 2020-05-04
url: https://courier.example/quay
lang: en
---
# Second quay: open at last

![The quay](quay.jpg)

The port of Elsmere opened its **second quay** on Sunday.

## A costly wall ##

```
# no heading
```

Money
-----
It took 14 months.
"""


def test_the_metadata_comes_from_front_matter() -> None:
    """The field names of site generators are supported; dates become ISO 8601."""
    metadata = read_markdown(ARTICLE).metadata
    assert (metadata.title, metadata.publisher) == ("Second quay: open at last", "The Harbour Courier")
    assert (metadata.author, metadata.language) == ("Jane Roe, A. Poe", "en")
    assert (metadata.published, metadata.updated) == ("2020-05-03T18:00:00-04:00", "2020-05-04")


def test_heading_spans_exclude_markup() -> None:
    """Both heading styles are recognized; a comment in a code block is not one, and the title is dropped."""
    document = read_markdown(ARTICLE)
    assert [ARTICLE[h.start : h.end] for h in document.headings] == ["A costly wall", "Money"]
    reasons = {drop.reason for drop in document.dropped}
    assert reasons == {"front matter", "title", "image", "mark of a heading"}
    assert document.text == ARTICLE


def test_front_matter_that_is_not_valid_yaml_is_parsed_line_by_line() -> None:
    """People write unquoted titles with a colon."""
    text = "---\ntitle: Quay: open\ndate: 3 May 2020\n---\nThe port opened.\n"
    metadata = read_markdown(text).metadata
    assert (metadata.title, metadata.published) == ("Quay: open", "2020-05-03")


@pytest.mark.parametrize(
    "block",
    [
        '+++\ntitle = "Quay"\ndate = 2020-05-03T18:00:00Z\n[params]\nauthor = "Jane Roe"\n+++\n',
        '+++\r\ntitle = "Quay"\r\ndate = 2020-05-03T18:00:00Z\r\nauthors = ["Jane Roe"]\r\n+++\r\n',
        '+++\ntitle = "Quay"\ndate = 2020-05-03T18:00:00+00:00 # broken = [\nauthor = "Jane Roe"\n= 1\n+++\n',
        '{\n"title": "Quay",\n"date": "2020-05-03T18:00:00Z",\n"author": {"name": "Jane Roe"}\n}\n',
    ],
)
def test_front_matter_can_be_toml_or_json(block: str) -> None:
    """As Hugo writes it, also with a syntax error; it is not indexed."""
    document = read_markdown(f"{block}\nThe port opened.\n")
    assert (document.metadata.title, document.metadata.author) == ("Quay", "Jane Roe")
    assert (document.metadata.published or "")[:19] == "2020-05-03T18:00:00"
    assert {drop.reason for drop in document.dropped} == {"front matter"}


def test_a_rule_of_plus_signs_is_text() -> None:
    """Without an end, nothing is front matter."""
    assert read_markdown("+++\nThe port opened.\n").dropped == ()


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    """The lines below it give author and date."""
    metadata = read_markdown("# Second quay\n\nBy Jane Roe\n\n3 May 2020\n\nThe port opened.\n").metadata
    assert (metadata.title, metadata.author, metadata.published) == ("Second quay", "Jane Roe", "2020-05-03")


@given(st.text(alphabet="-#=` \n\r:ab[]{}!&*|>'\"\t~.", max_size=200))
def test_any_text_is_read(text: str) -> None:
    """Damaged front matter is treated as text; spans stay within the file."""
    for candidate in (
        text,
        *(f"{mark}\n{text}\n{end}\n{text}" for mark, end in (("---", "---"), ("+++", "+++"), ("{", "}"))),
    ):
        document = read_markdown(candidate)
        assert document.text == candidate
        assert all(0 <= drop.start <= drop.end <= len(candidate) for drop in document.dropped)
