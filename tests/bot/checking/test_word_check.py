"""The word check marks hard facts that the sources lack, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence
from bot.checking.word_check import check_words, has_claim
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.splitting.sentences import sentence_spans

FINE = (
    "The harbour board fined Brightpath Ferries 412 million crowns on Thursday for leaving 23 of its 46 "
    "boats without life rafts. Brightpath, which runs 46 boats, did not appeal. “We will pay what we owe and "
    "not a crown more,” said Odile Brandt, its chief executive. The board had fined Tern Lines 385 million "
    "crowns last year. The fine is due in May. The largest ferry carries 1,250 passengers and sails at 7:30."
)
QUAY = (
    "The council of Larkhaven met on Monday. Seven of nine members voted for the new quay, which costs $40 "
    "million. The quay opens in 2023 and is two miles long."
)
GERMAN = (
    "Die Hafenbehörde hat das Unternehmen Brightpath am Donnerstag zu 412 Millionen Kronen "
    "verurteilt, weil 23 der 46 Boote keine Rettungsinseln hatten. Das Unternehmen will nicht zahlen."
)
NOT_TOLD = "The articles do not say whether shareholders complained."
QUESTION = "What did the harbour board do?"


def make_hit(number: int, text: str, title: str, publisher: str, day: str | None) -> Hit:
    info = ArticleInfo(
        f"{number}.txt", f"{number}.txt", title, publisher, author="Ines Marlow", published=day
    )
    return Hit(Passage(info, text, 0, len(text), 1, None, tuple(sentence_spans(text))), 1.0 / number)


HITS = [
    make_hit(1, FINE, "Board fines ferry line", "The Quay", "2022-03-04"),
    make_hit(2, QUAY, "Council votes for quay", "Northern Ledger", "2022-03-08"),
]


def make_answer(*texts: str, cited: tuple[int, ...] = (1,), question: str = QUESTION) -> Answer:
    citations = tuple(
        Citation(number, hit.passage.article, hit.passage.text[:9], 0, 9, 1, None, 0, 99)
        for number, hit in enumerate(HITS, 1)
        if number in cited
    )
    sentences = tuple(Sentence(text, cited, "neutral") for text in texts)
    return Answer(question, question, "answered", sentences, citations, mode="model")


def check(text: str, cited: tuple[int, ...] = (1,), question: str = QUESTION) -> Sentence:
    return check_words(make_answer(text, cited=cited, question=question), HITS).sentences[0]


def missing(sentence: Sentence) -> list[str]:
    return [sentence.text[span.start : span.end] for span in sentence.missing]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        # figures
        ("The board fined Brightpath 421 million crowns.", ["421 million"]),
        ("The board fined Brightpath 412 billion crowns.", ["412 billion"]),
        ("It left 23 of its 40 boats without rafts.", ["40"]),
        ("The ferry carries about 900 passengers.", ["900"]),
        ("The ferry sails at 8:30.", ["8"]),
        # units and currencies
        ("The board fined Brightpath 412 million dollars.", ["412 million dollars"]),
        ("The board fined Brightpath $412 million.", ["$412 million"]),
        ("The board fined Brightpath €412 million.", ["€412 million"]),
        ("The ferry carries 1,250 tonnes.", ["1,250 tonnes"]),
        # dates, also against those that the article's date implies
        ("The board fined Brightpath on 5 March 2022.", ["5 March 2022"]),
        ("The fine is due in June 2022.", ["June 2022"]),
        ("Tern Lines was fined in 2019.", ["2019"]),
        ("The board fined Brightpath on a Tuesday.", ["Tuesday"]),
        # names
        ("Tern Lines was fined, according to Jonas Feld.", ["Jonas Feld"]),
        ("The board and the PBOC fined Brightpath.", ["PBOC"]),
        # quotations
        ("“We will never pay a single crown,” said Brandt.", ["We will never pay a single crown,"]),
        # a negation on one side only
        ("Brightpath, which runs 46 boats, appealed.", ["appealed"]),
        ("The largest ferry never carries 1,250 passengers.", ["never"]),
    ],
)
def test_a_hard_fact_that_no_source_contains_is_marked(text: str, wrong: list[str]) -> None:
    """The span is the fact with its unit; the rest of the sentence is not marked."""
    sentence = check(text)
    assert sentence.support == "unsupported"
    assert missing(sentence) == wrong


@pytest.mark.parametrize(
    "text",
    [
        "The board fined Brightpath 412 million crowns.",
        "The board fined Brightpath some 410 million crowns.",
        "Half of its boats had no life rafts.",
        "The ferry carries over 1,200 passengers.",
        # weekday, month and year relative to the article's date
        "The board fined Brightpath on 3 March 2022.",
        "Tern Lines was fined in 2021.",
        "The fine is due in May 2022.",
        "In March 2022, the board fined Brightpath.",
        # title, publisher, author and date of the article
        "According to The Quay, Brightpath was fined.",
        "Ines Marlow reports that Brightpath was fined.",
        "The Quay wrote on 4 March 2022 that the board fined Brightpath.",
        # names in another form, quotations, negations
        "Brandt said that Brightpath would pay.",
        "Ms Brandt said: “We will pay what we owe”.",
        "Brightpath did not appeal against the fine.",
        "**Brightpath** must pay **412 million crowns**.",
        # a paraphrase, and an invention without a hard fact: words cannot tell them apart
        "A ferry company has to pay for missing safety equipment.",
        "The ferry company has bought new rafts since.",
    ],
)
def test_a_sentence_without_a_wrong_fact_is_neutral(text: str) -> None:
    """It is not marked, and it is not confirmed either."""
    sentence = check(text)
    assert (sentence.support, sentence.missing) == ("neutral", ())


@pytest.mark.parametrize(
    "text",
    [
        "Brightpath, which runs 46 boats, did not appeal.",
        "brightpath which runs 46 boats did not appeal",
        "The largest ferry carries 1,250 passengers",
    ],
)
def test_a_sentence_copied_word_for_word_is_supported(text: str) -> None:
    """Case and punctuation do not matter; a copy from an article that is not cited does not count."""
    assert check(text).support == "supported"
    assert check(text, cited=(2,)).support != "supported"


def test_a_wrong_fact_in_copied_words_is_not_supported() -> None:
    """One other figure is enough."""
    assert check("Brightpath, which runs 64 boats, did not appeal.").support == "unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "No.",
        "Not quite.",
        "The companies:",
        "**The fines:**",
        "The articles do not say who will pay.",
        "The passages do not state how many passengers the Orla Finch carries.",
        "The articles say nothing about Jonas Feld or 3 million crowns.",
        "The number of crew members is not given in the passages.",
        "Neither article mentions a fine of 12 million dollars.",
    ],
)
def test_what_claims_nothing_is_neutral(text: str) -> None:
    """Yes or no, leads, and what the articles do not say, whatever names and figures it mentions."""
    assert not has_claim(text) or "Neither" in text
    sentence = check(text)
    assert (sentence.support, sentence.missing) == ("neutral", ())


@pytest.mark.parametrize(
    ("question", "text", "formula"),
    [
        (
            "What is the difference?",
            "The fines differ by 27 million crowns: 412 million and 385 million.",
            "412,000,000 - 385,000,000 = 27,000,000",
        ),
        (
            "How much did both pay together?",
            "Together they paid 797 million crowns.",
            "412,000,000 + 385,000,000 = 797,000,000",
        ),
        ("How much is 9*3?", "It is 27.", "9 * 3 = 27"),
        ("What share of the boats had no rafts?", "It is 50 percent.", "23 / 46 * 100 = 50"),
        (
            "By how much did the fine rise?",
            "It rose by 7 percent.",
            "(412,000,000 - 385,000,000) / 385,000,000 * 100 = 7.01",
        ),
    ],
)
def test_a_calculation_is_recomputed_and_shown(question: str, text: str, formula: str) -> None:
    """Sums, differences, shares and increases of figures in the sources are not marked."""
    sentence = check(text, question=question)
    assert (sentence.support, sentence.missing) == ("neutral", ())
    assert sentence.calculations == (formula,)


@pytest.mark.parametrize(
    ("question", "text", "wrong"),
    [
        (
            "What is the difference?",
            "The fines differ by 28 million crowns: 412 million and 385 million.",
            ["28 million"],
        ),
        ("What share of the boats had no rafts?", "It is 60 percent.", ["60 percent"]),
        ("What did they pay?", "In 2022, 5 more boats were fined than in 2017.", ["5", "2017"]),
    ],
)
def test_a_wrong_calculation_is_marked(question: str, text: str, wrong: list[str]) -> None:
    """A result that is only near, or that years of dates happen to give."""
    assert missing(check(text, question=question)) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Brightpath | 412 million crowns | 3 March 2022", []),
        ("Brightpath | 421 million crowns | 3 March 2022", ["421 million"]),
        ("Tern Lines | 385 million crowns | 2019", ["2019"]),
    ],
)
def test_the_cells_of_a_table_row_are_checked(text: str, wrong: list[str]) -> None:
    """Capitalised words at the start of a cell are no names."""
    assert missing(check(text)) == wrong


def test_an_uncited_conclusion_that_states_something_has_no_source() -> None:
    """A summary of what was said has one, and the articles' silence needs none."""
    texts = ("Regulators everywhere lose patience with monopolies.", "So the board fined Brightpath.")
    fined = Sentence("The board fined Brightpath 412 million crowns.", (1,), "neutral")
    for text, support in (*zip(texts, ("unsupported", "neutral"), strict=True), (NOT_TOLD, "neutral")):
        answer = make_answer(fined.text, cited=(1,))
        whole = replace(answer, sentences=(fined, Sentence(text, (), "neutral")))
        assert check_words(whole, HITS).sentences[1].support == support


def test_code_is_not_checked() -> None:
    """Its figures are those of a program."""
    assert check("```python\nfine = 999\n```").support == "neutral"


def test_figures_and_dates_of_a_data_block_are_checked() -> None:
    """JSON that was asked for states facts; its keys are no names."""
    assert check('```json\n{"Fine": 412, "Boats": 46, "day": "2022-03-03"}\n```').support == "neutral"
    wrong = check('```json\n{"fine": 421, "boats": 46}\n```')
    assert (wrong.support, missing(wrong)) == ("unsupported", ["421"])


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Wie hoch war die Strafe?",
            "Die Hafenbehörde hat Brightpath zu 412 Millionen Kronen verurteilt, weil 23 Boote keine "
            "Rettungsinseln hatten.",
        ),
        ("How high was the fine? Answer in German.", "Brightpath zahlte 412 Millionen Kronen."),
        (
            "¿De cuánto fue la multa?",
            "La autoridad portuaria multó a Brightpath con 412 millones de coronas.",
        ),
        ("How high was the fine? In Spanish.", "Brightpath tuvo que pagar 412 millones de coronas."),
        ("Quelle était l'amende ?", "Brightpath a dû payer 412 millions de couronnes le 3 mars 2022."),
        ("How high was the fine? In French.", "L'amende était de 412 millions de couronnes."),
    ],
)
def test_nothing_is_checked_in_an_answer_in_another_language(question: str, text: str) -> None:
    """Not even if it is short, or the question is in English."""
    sentence = check(text, question=question)
    assert (sentence.support, sentence.missing) == ("neutral", ())


def test_nothing_is_checked_against_an_article_in_another_language() -> None:
    """An English answer from a German article."""
    hits = [make_hit(1, GERMAN, "Strafe für Brightpath", "Der Kai", "2022-03-04")]
    answer = make_answer("The harbour board fined Brightpath 421 million crowns, said Jonas Feld.")
    assert check_words(answer, hits).sentences[0].support == "neutral"


def test_only_the_cited_articles_count() -> None:
    """A figure of another article is missing; a sentence without citations can rest on all of them."""
    text = "The new quay costs 40 million dollars."
    assert missing(check(text)) == ["40 million dollars"]
    assert missing(check(text, cited=(2,))) == []
    assert missing(check(text, cited=())) == []
    assert missing(check("Brandt will buy the new quay for $41 million.", cited=())) == ["$41 million"]


def test_a_name_in_the_question_is_not_missing() -> None:
    """The reader brought it up."""
    text = "The board fined the company of Jonas Feld."
    assert missing(check(text)) == ["Jonas Feld"]
    assert missing(check(text, question="Did the board fine Jonas Feld?")) == []


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("It was struck in 2021, before the vote.", "The deal was struck in 2021, before the vote."),
        ("The attacks of 9/11 changed it.", "The attacks of 9/11 changed the rules."),
        ("Rates rose by 0.1 points.", "Rates rose by 0.1 percentage points in the spring."),
        ("Bankman-Fried was tried.", "The trial of Sam Bankman-Fried began. He pleaded not guilty."),
        ("Officials said that Wirecard was fined.", "It was fined, officials of Wirecard said."),
    ],
)
def test_forms_that_were_once_misread_are_found(text: str, evidence: str) -> None:
    """A year before a comma, 9/11, decimals, double names, capitals at the start of a sentence."""
    hits = [make_hit(1, evidence, "The deal", "The Quay", "2022-03-04")]
    assert not check_words(make_answer(text), hits).sentences[0].is_marked


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("It was the second fine within two years.", ["two"]),
        ("Larkhaven has two bakeries and both are open.", []),
        ("The quay opens one year later than the fine, two years after 2021.", []),
    ],
)
def test_a_number_of_years_is_not_a_count_of_things(text: str, wrong: list[str]) -> None:
    """A writer counts listed things; a span of time is stated, or the distance of two dates."""
    assert missing(check(text)) == wrong


def test_a_name_alone_is_not_confirmed() -> None:
    """An item of a list repeats a name of the passage, whatever the list says of it."""
    assert check("Tern Lines").support == "neutral"


def test_a_quotation_goes_on_in_the_next_passage() -> None:
    """Its speaker is named in the passage before it."""
    text = (
        "“The rafts were ordered late,” said Odile Brandt. Ben Marsh counted them.\n\n“The yard had no "
        "steel, and the winter was hard.”"
    )
    hit = make_hit(1, text, "Rafts", "The Quay", "2022-03-04")
    start = text.index("“The yard")
    parts = [(0, start - 2), (start, len(text))]
    hits = [
        replace(hit, passage=replace(hit.passage, text=text[a:b], start=a, end=b, sentences=((a, b),)))
        for a, b in reversed(parts)
    ]
    answer = make_answer("Ben Marsh counted them.", "He said that the yard had no steel.")
    assert missing(check_words(answer, hits).sentences[1]) == ["He"]
    answer = make_answer("Odile Brandt paid.", "She said that the yard had no steel.")
    assert missing(check_words(answer, hits).sentences[1]) == []


@given(st.text(max_size=120))
def test_any_sentence_is_checked_without_an_error(text: str) -> None:
    """Words, citations and leads stay; spans are within the sentence."""
    answer = make_answer(text)
    (sentence,) = check_words(answer, HITS).sentences
    assert (sentence.text, sentence.citations, sentence.lead) == (text, (1,), "")
    assert all(0 <= span.start < span.end <= len(text) for span in sentence.missing)
    assert sentence.is_marked == bool(sentence.missing)
