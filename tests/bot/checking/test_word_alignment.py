"""An excerpt is found in a text word by word, with its edits counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.checking.word_alignment import align, keys_of, span_of

WORDS = st.lists(st.sampled_from("abcde"), max_size=12)


def edits(a: list[str], b: list[str]) -> int:
    """Levenshtein's distance, the plain way."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        above, row = row, [i]
        for j, right in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
    return row[-1]


@given(WORDS.filter(bool), WORDS.filter(bool))
def test_no_place_in_the_text_needs_fewer_edits(excerpt: list[str], text: list[str]) -> None:
    """The similarity is that of the best of all stretches, and the stretch found has it."""
    found = align(excerpt, text)
    least = min(edits(excerpt, text[i:j]) for i in range(len(text) + 1) for j in range(i, len(text) + 1))
    assert abs(found.similarity - max(0.0, 1 - least / len(excerpt))) < 1e-9
    assert edits(excerpt, text[found.first : found.last]) == least


@given(st.text() | st.text(alphabet="aé漢 ｶ.İ"))
def test_words_stand_where_they_say(text: str) -> None:
    """Each word's place is a stretch of the text, in order, without overlap, and reads as its key."""
    at = 0
    for number, key in enumerate(keys_of(text)):
        start, end = span_of(text, number, number + 1)
        assert at <= start < end <= len(text)
        assert keys_of(text[start:end]) == [key]
        at = end


def test_nothing_is_near_to_nothing() -> None:
    """An empty excerpt or text aligns nowhere."""
    assert align([], ["a"]).similarity == align(["a"], []).similarity == 0.0
