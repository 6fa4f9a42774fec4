"""Markdown articles."""

from __future__ import annotations

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


def test_front_matter_gives_the_facts() -> None:
    """The names that site generators use are understood; dates become ISO 8601."""
    facts = read_markdown(ARTICLE).facts
    assert (facts.title, facts.publisher) == ("Second quay: open at last", "The Harbour Courier")
    assert (facts.author, facts.language) == ("Jane Roe, A. Poe", "en")
    assert (facts.published, facts.updated) == ("2020-05-03T18:00:00-04:00", "2020-05-04")


def test_headings_are_spans_without_marks() -> None:
    """Both kinds of heading are sections; a comment in a code block is none, and the title is dropped."""
    document = read_markdown(ARTICLE)
    assert [ARTICLE[h.start : h.end] for h in document.headings] == ["A costly wall", "Money"]
    reasons = {drop.reason for drop in document.dropped}
    assert reasons == {"front matter", "title", "image", "mark of a heading"}
    assert document.text == ARTICLE


def test_front_matter_that_is_no_yaml_still_gives_its_lines() -> None:
    """An unquoted title with a colon is what people write."""
    text = "---\ntitle: Quay: open\ndate: 3 May 2020\n---\nThe port opened.\n"
    facts = read_markdown(text).facts
    assert (facts.title, facts.published) == ("Quay: open", "2020-05-03")


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    """Lines below it say who and when."""
    facts = read_markdown("# Second quay\n\nBy Jane Roe\n\n3 May 2020\n\nThe port opened.\n").facts
    assert (facts.title, facts.author, facts.published) == ("Second quay", "Jane Roe", "2020-05-03")


@given(st.text(alphabet="-#=` \n\r:ab[]{}!&*|>'\"\t~.", max_size=200))
def test_any_text_is_read(text: str) -> None:
    """Broken front matter is text; spans stay within the file."""
    for candidate in (text, "---\n" + text + "\n---\n" + text):
        document = read_markdown(candidate)
        assert document.text == candidate
        assert all(0 <= drop.start <= drop.end <= len(candidate) for drop in document.dropped)
