"""The sentences of any text that can be checked against the articles, and which of them make a claim."""

from __future__ import annotations

import re
import textwrap

from bot.checking.word_check import has_claim
from bot.claims.opinions import is_opinion
from bot.reply.answer_structure import units

MAX_SENTENCE = 1000  # characters; longer ones are checked in parts
MIN_WORDS = 3  # of a claim, or MIN_LETTERS in a script without spaces
MIN_LETTERS = 8
# The source lines and notices of Footnote's own answers: "[1] Title · …", "-# …", "Title · … · a.txt:5".
_OWN_LINE = re.compile(r"^\W{0,6}\[\d{1,3}\].* · .*$|^-#\s.*$|^.* · \S.*:\d+(?: · .*)?$", re.MULTILINE)
_MARKERS = re.compile(r"[ \t]*\[(?:\d{1,3}|[?!~])\]|†")
_EMPHASIS = re.compile(r"\*\*|__|~~|`")


def claim_sentences(text: str) -> list[str]:
    """The sentences and table rows of a Markdown text, each on one line, without emphasis and markers.

    Questions, headings, code and the source lines of an answer are left out.

    >>> claim_sentences("It fined **11** firms. [1] Why?\\n\\n[1] Fines · The Quay · fines.txt:3")
    ['It fined 11 firms.']
    """
    text = _MARKERS.sub("", _OWN_LINE.sub("", text))
    found = (text[unit.start : unit.end] for unit in units(text))
    lines = (" ".join(_EMPHASIS.sub("", part).split()) for part in found if not part.startswith("```"))
    return [
        part for line in lines if not line.endswith(("?", "？")) for part in textwrap.wrap(line, MAX_SENTENCE)
    ]


def is_claim(sentence: str) -> bool:
    """True if a sentence states something that an article could say; False for greetings and opinions."""
    letters = sum(map(str.isalpha, sentence))
    is_long = len(sentence.split()) >= MIN_WORDS or (not sentence.isascii() and letters >= MIN_LETTERS)
    return is_long and has_claim(sentence) and not is_opinion(sentence)
