"""A strict answer has no unsupported sentence; the others keep quotes and structure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.answer import Answer, Citation, Contradiction, Sentence, Support
from bot.checking.strict_mode import left_out, renumbered, without_unsupported
from bot.citations import cite
from bot.reply.answer_parser import read_draft
from retrieval.article import ArticleInfo

INFO = ArticleInfo("a.txt", "a.txt", "T")
VERDICTS: tuple[Support, ...] = ("supported", "neutral", "unsupported", "contradicted")
CITED = tuple(Citation(n, INFO, f"quote {n}", n, n + 7, 1, None, 0, 99) for n in range(1, 6))
sentences = st.builds(
    Sentence,
    st.text("ab .", min_size=1, max_size=9),
    st.lists(st.integers(1, 5), max_size=3, unique=True).map(tuple),
    st.sampled_from(VERDICTS),
    st.just(" "),
)
answers = st.builds(
    lambda said, complete: Answer("q", "q", "answered", tuple(said), CITED, mode="model", complete=complete),
    st.lists(sentences, min_size=1, max_size=6),
    st.booleans(),
)


def quoted(answer: Answer) -> list[tuple[str, tuple[str, ...]]]:
    """Each sentence with the quotes that it cites."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return [(each.text, tuple(quotes[number] for number in each.citations)) for each in answer.sentences]


@given(answers)
def test_no_other_sentence_is_lost_and_each_keeps_its_quotes(answer: Answer) -> None:
    """Supported and neutral ones stay. Numbers run from 1 in the order of their first use, without gaps."""
    left = without_unsupported(answer)
    kept = [each for each in answer.sentences if each.support in ("supported", "neutral")]
    assert quoted(left) == [
        pair for pair, each in zip(quoted(answer), answer.sentences, strict=True) if each in kept
    ]
    used = [number for each in left.sentences for number in each.citations]
    assert list(dict.fromkeys(used)) == [citation.number for citation in left.citations]
    assert [citation.number for citation in left.citations] == list(range(1, len(left.citations) + 1))


@given(answers)
def test_a_complete_answer_says_how_many_sentences_were_left_out(answer: Answer) -> None:
    """Without a sentence left it is not found. A growing answer says nothing."""
    left = without_unsupported(answer)
    count = len(answer.sentences) - len(left.sentences)
    if answer.complete and count:
        assert left.notice == left_out(count)
        assert left.status == ("answered" if left.sentences else "not_found")
    else:
        assert (left.notice, left.status) == (None, "answered")


def test_another_notice_is_kept() -> None:
    """That of a failed check, for example."""
    said = (Sentence("True.", (), "neutral"), Sentence("False.", (), "unsupported", " "))
    answer = Answer("q", "q", "answered", said, mode="model", notice="It failed.", complete=True)
    assert without_unsupported(answer).notice == f"It failed. {left_out(1)}"


@pytest.mark.parametrize(
    ("verdicts", "left"),
    [
        (("supported", "supported"), ["Firms:", "One", "Two"]),
        (("unsupported", "supported"), ["Firms:", "Two"]),
        (("contradicted", "neutral"), ["Firms:", "Two"]),
        (("unsupported", "unsupported"), []),
        ((), []),
    ],
)
@pytest.mark.parametrize("mark", ["\n\n- ", "\n1. ", "\n\n| "])
def test_a_line_that_introduces_a_list_goes_with_its_last_item(
    verdicts: tuple[Support, ...], left: list[str], mark: str
) -> None:
    """Also one that introduces a table."""
    lead = Sentence("Firms:", (), "neutral")
    items = zip(("One", "Two"), verdicts, strict=False)
    said = (lead, *(Sentence(text, (1,), verdict, mark) for text, verdict in items))
    answer = Answer("q", "q", "answered", said, CITED, mode="model")
    assert [sentence.text for sentence in without_unsupported(answer).sentences] == left


def test_contradictions_are_renumbered_with_the_sentences() -> None:
    """Their quotes come after those of the sentences, and stay theirs."""
    said = Sentence("It met 11.", (4,), "supported")
    against = Contradiction("articles", "Articles differ.", (2, 4))
    answer = renumbered(Answer("q", "q", "answered", (said,), CITED, contradictions=(against,)))
    assert answer.sentences[0].citations == (1,)
    assert answer.contradictions[0].citations == (2, 1)
    assert [citation.quote for citation in answer.citations] == ["quote 4", "quote 2"]


def test_the_quote_of_a_contradiction_stays_without_its_sentence() -> None:
    """The article's own words are shown instead of what they contradict."""
    said = (Sentence("False.", (3,), "contradicted"), Sentence("True.", (4,), "supported", " "))
    against = Contradiction("quote", "The article says: “quote 3”", (3,))
    answer = without_unsupported(Answer("q", "q", "answered", said, CITED, contradictions=(against,)))
    assert quoted(answer) == [("True.", ("quote 4",))]
    assert answer.contradictions[0].citations == (2,)
    assert answer.citations[1].quote == "quote 3"


DOCUMENT = """Summary. It rose twice.

### Fees

| Port | Fee |
|---|---:|
| Tern | 4 |
| Quay | 5 |
| Bay | 6 |

After the table. More after it.

## Boats

- One boat. It is old.
- Two boats.

1. First.
2. Second.

> Quoted words.

```
code
```

The end."""
PLAIN_TABLE = "Port | Fee\n--- | ---\nTern | 4\nQuay | 5\n\nAfter it."


def strict(text: str, dropped: set[int]) -> str:
    """The text of a model's answer without the sentences at *dropped*."""
    answer = cite(read_draft(text, 1), [], "q", "q")
    marked = tuple(
        replace(sentence, support="unsupported") if place in dropped else sentence
        for place, sentence in enumerate(answer.sentences)
    )
    return without_unsupported(replace(answer, sentences=marked)).text


def test_a_dropped_first_row_leaves_the_table_head() -> None:
    """The next row takes its place below the head and the heading."""
    assert strict(DOCUMENT, {2}).startswith(
        "Summary. It rose twice.\n\n### Fees\n\n"
        "| Port | Fee |\n|---|---:|\n| Quay | 5 |\n| Bay | 6 |\n\nAfter the table."
    )
    assert strict(PLAIN_TABLE, {0}) == "Port | Fee\n--- | ---\nQuay | 5\n\nAfter it."


def test_a_table_without_rows_goes_with_its_head() -> None:
    """The heading above it stays, for what follows."""
    assert strict(DOCUMENT, {2, 3, 4}).startswith(
        "Summary. It rose twice.\n\n### Fees\n\nAfter the table. More after it."
    )
    assert strict(PLAIN_TABLE, {0, 1}) == "After it."


@pytest.mark.parametrize(
    ("text", "dropped", "left"),
    [
        ("## A\n\nOne. Two.", {0}, "## A\n\nTwo."),
        ("## A\n\nOne.\n\nTwo.", {0}, "## A\n\nTwo."),
        ("Zero.\n\n## A\n\nOne.\n\n## B\n\nTwo.", {1}, "Zero.\n\n## B\n\nTwo."),
        ("Zero.\n\n## A\n\nOne.\n\n- Two.", {1}, "Zero.\n\n## A\n\n- Two."),
        ("- One. More.\n- Two.", {0}, "- More.\n- Two."),
        ("Zero.\n\n1. One. More.\n2. Two.", {1}, "Zero.\n\n1. More.\n2. Two."),
        ("Zero.\n\n1. One.\n2. Two.\n\nThree.", {1, 2}, "Zero.\n\nThree."),
        ("One. Two.", {0}, "Two."),
        ("One.\n\nTwo.", {0}, "Two."),
    ],
)
def test_headings_and_list_marks_are_inherited(text: str, dropped: set[int], left: str) -> None:
    """By what is left of their section, item or paragraph only."""
    assert strict(text, dropped) == left


@given(st.sets(st.integers(0, 14), max_size=14))
@example({2})
@example({2, 3, 4})
@example({1, 2, 3, 4, 5, 6})
def test_what_is_left_has_the_same_structure(dropped: set[int]) -> None:
    """Rows stay rows below one head, items stay items, prose stays prose, and headings have a text."""
    texts = [sentence.text for sentence in read_draft(DOCUMENT, 1).sentences]
    left = strict(DOCUMENT, dropped)
    tokens = MarkdownIt("commonmark").enable("table").parse(left)
    rows = [place for place in (2, 3, 4) if place not in dropped]
    kinds = [token.type for token in tokens]
    assert kinds.count("tr_open") == (len(rows) + 1 if rows else 0)
    assert kinds.count("thead_open") == (1 if rows else 0)
    assert kinds.count("list_item_open") == sum(
        not set(places) <= dropped for places in ((7, 8), (9,), (10,), (11,))
    )
    assert kinds.count("fence") == (13 not in dropped)
    at = 0
    for place, text in enumerate(texts):
        if place not in dropped:
            at = left.index(text, at) + len(text)
    lines = [line for line in left.splitlines() if line.strip()]
    assert not lines or not lines[-1].startswith("#")
    assert not any(one.startswith("#") and other.startswith("#") for one, other in pairwise(lines))
