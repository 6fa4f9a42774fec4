"""The tokens that a sentence's sources lack: whole, in order, and only where a mark does no harm."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Sentence, UnsupportedSpan
from bot.checking.marked_spans import listed, merge_spans, pieces, tokens
from bot.checking.unsupported_facts import unsupported_facts


def sentence(text: str, evidence: str = "") -> Sentence:
    return Sentence(text, (1,), "unsupported", missing=merge_spans(text, unsupported_facts(text, [evidence])))


def test_the_words_of_a_name_are_one_token() -> None:
    """A name is marked once, with the figure and the date beside it apart."""
    said = sentence("In May 2021 the Bank of Varnholt paid Orla Finch $40 billion.", "Somebody was paid.")
    assert tokens(said) == ["May 2021", "Bank of Varnholt", "Orla Finch", "$40 billion"]


def test_what_overlaps_is_one_token() -> None:
    """A quotation with a figure in it is marked once."""
    said = sentence("She said “we paid 40 crowns for it” twice.", "Nothing.")
    assert tokens(said) == ["we paid 40 crowns for it"]


def test_names_of_two_sentences_or_lists_stay_apart() -> None:
    """Only blanks, a comma and small words join."""
    text = "Aske; Brandt"
    assert len(merge_spans(text, [(0, 4, "name"), (6, 12, "name")])) == 2


def test_nothing_is_marked_in_code_links_and_tags() -> None:
    """A mark there would be shown as code, or break what it stands in."""
    text = "It paid `40 crowns` to [them](https://evil.example/41) at https://bad.example/42 <b 43> and 44."
    spans = [(text.index(n), text.index(n) + 2) for n in ("40", "41", "42", "43", "44")]
    said = Sentence(text, (), "unsupported", missing=tuple(UnsupportedSpan(*span) for span in spans))
    assert [part for part, missing in pieces(said) if missing] == ["44"]


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=6))
def test_the_pieces_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    """Whatever the spans, no letter is lost, doubled or moved."""
    said = Sentence(text, (), "contradicted", missing=tuple(UnsupportedSpan(*sorted(span)) for span in spans))
    assert "".join(part for part, _ in pieces(said)) == text


@given(st.text("aB9 ,.of", max_size=40), st.data())
def test_joined_tokens_are_in_order_and_apart(text: str, data: st.DataObject) -> None:
    """Each fact found is within a token, and tokens do not overlap."""
    ends = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted)
    kinds = st.sampled_from(["name", "number", "date", "quotation"])
    facts = st.tuples(ends, kinds).map(lambda each: (each[0][0], each[0][1], each[1]))
    found = data.draw(st.lists(facts, max_size=6)) if len(text) > 1 else []
    made = merge_spans(text, found)
    assert all(before.end <= after.start for before, after in pairwise(made))
    assert all(any(t.start <= s and e <= t.end for t in made) for s, e, _ in found)


def test_a_note_lists_few_and_short_tokens() -> None:
    """Ten wrong figures and a quotation without end make one line."""
    figures = sentence("It sold " + ", ".join(f"{n} cows" for n in range(11, 21)) + ".", "None.")
    quoted = sentence("He said “" + "never again " * 20 + "” there.", "None.")
    answer = Answer("q", "q", "answered", (quoted, figures), mode="model")
    assert listed(answer).endswith("…, 11, 12, 13, 14, …")
    assert len(listed(answer)) < 120
    assert listed(replace(answer, sentences=())) == ""
