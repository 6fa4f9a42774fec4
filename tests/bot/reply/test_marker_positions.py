"""Markers are removed and nothing else: the words of a model stay as it wrote them."""

from __future__ import annotations

import re

import pytest

from bot.reply.answer_parser import AnswerParser, DraftSentence, read_draft

NAMES = ["The Quay", "Northern Ledger", "The Wire"]
# 1,200 characters of prose with what markers can be confused with: numbers, brackets, abbreviations, quotes.
SENTENCES = (
    "The battery was glued in.",
    "The council voted on what the money should go to.",
    "It met 11 companies, fined two of them, and left on 3 May 2022.",
    "Seven of nine members (78%) voted for the ban.",
    "“We will pay what we owe,” said Odile Brandt.",
    'The note read: "Do not open [sic] this door".',
    "Fees rose from $3.5 million to $4.1 million, or 17 per cent.",
    "The U.S. firm's shares fell by 0.1 points.",
    "Did the board fine the company?",
    "No, it did not appeal, according to its lawyer.",
    "**Brightpath** must pay *twice* the amount!",
    "The ferry sails at 7:30, 9:15 and 12:00 on weekdays.",
    "Sam Bankman-Fried, who founded FTX, was tried in New York.",
    "The report calls it “a mess”; the mayor calls it progress.",
    "Its index is `a[1]`, and its price is 4 crowns per m².",
    "The attacks of 9/11 changed what passengers may carry.",
    "Larkhaven – a town of 4,000 – banned delivery drones…",
    "In 2021, before the vote, the board had fined Tern Lines.",
    "Section (b) of the law sets two maximum amounts: 10 and 40.",
    "Die Hafenbehörde verhängte am 18. März eine Strafe von 412 Millionen Kronen.",
)
# How models write their markers: the sentence without its end, and its end.
FORMS = {
    "before the full stop": "{words} [2]{end}",
    "without a space": "{words}[2]{end}",
    "after the full stop": "{words}{end} [2]",
    "after it without a space": "{words}{end}[2]",
    "two markers": "{words} [2][3]{end}",
    "a list of numbers": "{words}{end} [2, 3]",
    "a range": "{words}{end} [2-3]",
    "bold": "{words}{end} **[2]**",
    "escaped": "{words}{end} \\[2\\]",
    "with a label": "{words}{end} [ID:2]",
    "with a word": "{words}{end} [Source 2]",
    "lenticular": "{words}{end}【2】",
    "a footnote": "{words}{end}[^2]",
    "in round brackets": "{words} (passage 2){end}",
    "at the start of its line": "[2] {words}{end}",
}
END = re.compile(r"(?:[.!?…]|[.”\"]{2})\Z")


def only_sentence(text: str) -> DraftSentence:
    (sentence,) = read_draft(text, 3, ("One", "Two", "Three"), NAMES).sentences
    return sentence


def positions(sentence: str) -> list[int]:
    """The ends of the words, except where the marker would be code, or the noun of "according to"."""
    ends = [match.start() for match in re.finditer(r"(?<=\S) ", sentence)]
    return [
        at for at in ends if sentence[:at].count("`") % 2 == 0 and not sentence[:at].endswith("according to")
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_form_leaves_the_words(sentence: str, form: str) -> None:
    """300 sentences: the text is the model's, and the passages are recorded."""
    end = END.search(sentence)
    words, stop = (sentence[: end.start()], end[0]) if end else (sentence, "")
    read = only_sentence(FORMS[form].format(words=words, end=stop))
    assert read.text == sentence
    assert read.hits == ((1, 2) if form in ("two markers", "a list of numbers", "a range") else (1,))
    assert (read.lead, read.tail) == ("", "")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_position_leaves_the_words(sentence: str) -> None:
    """A marker after each word; it belongs to the sentence wherever it is."""
    for at in positions(sentence):
        read = only_sentence(f"{sentence[:at]} [2]{sentence[at:]}")
        assert (read.text, read.hits) == (sentence, (1,)), sentence[:at]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_position_leaves_the_words_while_they_stream(sentence: str) -> None:
    """At no moment is a marker or another word shown."""
    for at in positions(sentence)[::3]:
        parser = AnswerParser(3, ("One", "Two", "Three"), NAMES)
        for character in f"{sentence[:at]} [2]{sentence[at:]}":
            draft = parser.feed(character)
            shown = "".join(part.lead + part.text for part in draft.sentences) if draft else ""
            assert sentence.startswith(shown.rstrip())
        assert [read.text for read in parser.finish().sentences] == [sentence]


def test_all_sentences_in_one_answer_keep_their_own_passages() -> None:
    """In a paragraph, and in a list."""
    expected = [(sentence, (place % 3,)) for place, sentence in enumerate(SENTENCES)]
    for before, between in (("", " "), ("- ", "\n- ")):
        text = before + between.join(f"{words} [{hits[0] + 1}]" for words, hits in expected)
        found = [(read.text, read.hits) for read in read_draft(text, 3, (), NAMES).sentences]
        assert found == expected


@pytest.mark.parametrize(
    ("text", "plain", "hits"),
    [
        ("Passage 2 says 412, passage 1 says 385.", "Northern Ledger says 412, The Quay says 385.", (1, 0)),
        ("According to [2], it left.", "According to Northern Ledger, it left.", (1,)),
        ("According to passages 1 and 3, it left.", "According to The Quay and The Wire, it left.", (0, 2)),
        ("[2] reports that it left.", "Northern Ledger reports that it left.", (1,)),
        ("See passage 9 of the book.", "See passage 9 of the book.", ()),
        ("It left [2] NOT_FOUND for the price.", "It left", (1,)),
    ],
)
def test_a_marker_used_as_a_noun_becomes_the_publisher(text: str, plain: str, hits: tuple[int, ...]) -> None:
    """The only words that are replaced."""
    read = only_sentence(text)
    assert (read.text, read.hits) == (plain, hits)
