"""What is left of an answer without its unsupported sentences: the others as they were, numbered anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Contradiction, Sentence, Support
from bot.checking.strict_mode import left_out, renumbered, settled, without_unsupported
from retrieval.article import ArticleInfo

INFO = ArticleInfo("a.txt", "a.txt", "T")
VERDICTS: tuple[Support, ...] = ("supported", "partly", "unsupported")
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
def test_no_true_sentence_is_lost_and_each_keeps_its_quotes(answer: Answer) -> None:
    """Only numbers change: they run from 1 in the order of their first use, all of them used."""
    left = without_unsupported(answer)
    kept = [each for each in answer.sentences if each.support != "unsupported"]
    assert quoted(left) == [
        pair for pair, each in zip(quoted(answer), answer.sentences, strict=True) if each in kept
    ]
    used = [number for each in left.sentences for number in each.citations]
    assert list(dict.fromkeys(used)) == [citation.number for citation in left.citations]
    assert [citation.number for citation in left.citations] == list(range(1, len(left.citations) + 1))


@given(answers)
def test_what_is_left_out_is_said_once_it_is_known(answer: Answer) -> None:
    """A complete answer counts; without a sentence left it is not found. A growing one says nothing."""
    left = without_unsupported(answer)
    count = len(answer.sentences) - len(left.sentences)
    if answer.complete and count:
        assert left.notice == left_out(count)
        assert left.status == ("answered" if left.sentences else "not_found")
    else:
        assert (left.notice, left.status) == (None, "answered")


@pytest.mark.parametrize(
    ("verdicts", "left"),
    [
        (("supported", "supported"), ["Firms:", "One", "Two"]),
        (("unsupported", "supported"), ["Firms:", "Two"]),
        (("unsupported", "unsupported"), []),
        ((), []),
    ],
)
def test_a_line_that_leads_to_a_list_goes_with_its_last_item(
    verdicts: tuple[Support, ...], left: list[str]
) -> None:
    """Also while the list grows: it comes with the first item that stays."""
    lead = Sentence("Firms:", (), "supported")
    items = zip(("One", "Two"), verdicts, strict=False)
    said = (lead, *(Sentence(text, (1,), verdict, "\n\n- ") for text, verdict in items))
    answer = Answer("q", "q", "answered", said, CITED, mode="model")
    assert [sentence.text for sentence in without_unsupported(answer).sentences] == left


@given(answers)
def test_a_growing_answer_settles_all_but_its_last_sentence(answer: Answer) -> None:
    """A complete one is settled."""
    whole = answer.sentences if answer.complete else answer.sentences[:-1]
    assert settled(answer).sentences == whole


def test_contradictions_are_renumbered_with_the_sentences() -> None:
    """Their quotes come after those of the sentences, and stay theirs."""
    said = Sentence("It met 11.", (4,), "supported")
    against = Contradiction("articles", "Articles differ.", (2, 4))
    answer = renumbered(Answer("q", "q", "answered", (said,), CITED, contradictions=(against,)))
    assert answer.sentences[0].citations == (1,)
    assert answer.contradictions[0].citations == (2, 1)
    assert [citation.quote for citation in answer.citations] == ["quote 4", "quote 2"]
