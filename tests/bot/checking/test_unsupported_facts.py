"""A claim's figures, dates, names and quotations are found in its evidence in whatever form, or named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checking.unsupported_facts import unsupported_facts
from bot.facts import date_mentions, figures, name_mentions

EVIDENCE = [
    "Regulator meets tech firms · The Daily Post · 2021-03-18",
    "The Chinese cyberspace regulator met eleven companies on Thursday, among them Ant Group and Tencent. "
    "Ant’s listing, stopped in November 2020, was worth $37 billion; 1,523 people had asked for shares. "
    "“We will do what the law asks of us,” said Erdoğan Smith-Jones, 47, of the People's Bank of China. "
    "Shares fell between 3 and 4.4 per cent, and half of the 2.5m users left in the 1990s.",
]


@pytest.mark.parametrize(
    "claim",
    [
        "11 companies met the regulator.",
        "The listing was worth US$37bn.",
        "The listing was worth 37 billion dollars.",
        "It was worth 37,000 million dollars.",
        "More than 1,500 people asked.",
        "Some 1,500 people asked.",
        "Shares fell by 3% to 4.4%.",
        "Shares fell by up to 4.4 percent.",
        "50% of the 2,500,000 users left.",
        "They met on 18 March 2021.",
        "They met on March 18th.",
        "They met in March 2021, on a Thursday.",
        "They met in 2021.",
        "The listing was stopped in Nov. 2020.",
        "China's regulator met ANT and Tencent.",
        "The PBOC's Erdogan Smith Jones spoke.",
        'Smith-Jones said: "We will do what the law asks of us."',
        "Yesterday nobody spoke of it.",
        "Regulators may march on.",
        "Both banks asked two questions.",
        "- 1. First point [4]\n- 2. Second point [12]",
    ],
)
def test_facts_in_another_form_are_found(claim: str) -> None:
    """Words and digits, scales, rounding, hedges, calendars and peoples' names agree with each other."""
    assert unsupported_facts(claim, EVIDENCE) == []


@pytest.mark.parametrize(
    ("claim", "wrong", "kind"),
    [
        ("The regulator met 12 companies.", "12", "number"),
        ("It met twenty-one companies.", "twenty-one", "number"),
        ("It met two companies.", "two", "number"),
        ("The listing was worth $40 billion.", "$40 billion", "number"),
        ("The listing was worth $37 million.", "$37 million", "number"),
        ("More than 1,600 people asked.", "1,600", "number"),
        ("Shares fell by 11%.", "11%", "number"),
        ("They met on 19 March 2021.", "19 March 2021", "date"),
        ("They met on 18 March 2022.", "18 March 2022", "date"),
        ("They met on a Friday.", "Friday", "date"),
        ("The listing was stopped in 2019.", "2019", "date"),
        ("It met Alibaba as well.", "Alibaba", "name"),
        ("The JPMorgan listing was stopped.", "JPMorgan", "name"),
        ('"We will never obey the law," he said.', "We will never obey the law,", "quotation"),
    ],
)
def test_a_fact_that_is_not_there_is_named_with_its_place(claim: str, wrong: str, kind: str) -> None:
    """The span is the whole fact, units included, and nothing else of the claim."""
    assert [(claim[start:end], what) for start, end, what in unsupported_facts(claim, EVIDENCE)] == [
        (wrong, kind)
    ]


def test_no_evidence_bears_out_no_fact() -> None:
    """A claim without facts has none to miss, whatever the evidence."""
    assert [kind for *_, kind in unsupported_facts("Ant met 11 firms in 2021 with Bo.", [])] == [
        "number",
        "date",
        "name",
    ]
    assert unsupported_facts("", []) == unsupported_facts("they met.", []) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The United States and Belgian clubs agreed.", "Clubs in Belgium and the U.S. agreed."),
        ("It was seen in Western Australia.", "It was seen off the west coast of Australia."),
        ("They won seven titles in a row.", "It was their seventh title in a row."),
        ("She taught there in 1973.", "She taught there 1972-1973."),
        ("He took over in February.", "he took over in february ."),
    ],
)
def test_a_fact_in_other_words_is_not_missing(claim: str, evidence: str) -> None:
    """Country and people, count and ordinal, the second year of a span, small letters."""
    assert unsupported_facts(claim, [evidence]) == []


def test_the_pronoun_us_is_no_country() -> None:
    """Only "US" in capitals, or with full stops, supports "American"."""
    assert unsupported_facts("They are American.", ["He told us so."]) == [(9, 17, "name")]


WORDS = st.sampled_from(
    [
        *"Ant Group Inc. met 11 eleven one two-thirds $3.5 bn 40% 4 per cent May 18 March, 2021 on".split(),
        *"2021-03-18 Monday “we will go on” \"it said so\" COVID-19 G7 O'Neill's 1,234 1990s".split(),
        *"U.S. € 3-4 7:30 İstanbul ... [2] 1. over about".split(),
    ]
)


@given(st.lists(WORDS | st.text(max_size=4), max_size=25).map(" ".join))
def test_any_text_bears_itself_out(text: str) -> None:
    """No fact of a text is missing from the text; spans lie within it, in order."""
    assert unsupported_facts(text, [text]) == []
    for found in (figures.figures(text), date_mentions.date_mentions(text), name_mentions.names(text)):
        spans = [(each.start, each.end) for each in found]
        assert spans == sorted(spans)
        assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=3))
def test_any_claim_is_judged_without_an_error(claim: str, evidence: list[str]) -> None:
    """Whatever a model writes, spans lie within it."""
    assert all(0 <= start < end <= len(claim) for start, end, _ in unsupported_facts(claim, evidence))
