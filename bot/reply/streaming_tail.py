"""Holds back the end of a growing text while it can still become a marker, a link or a list mark."""

from __future__ import annotations

import re

_OPEN, _CLOSE = r"[\[［【〔]", r"[\]］】〕]"
_NOT_CLOSE = r"[^\]］】〕\n]"
_MAX_TAIL = 400  # characters from the end that are examined: no marker is longer
_MAX_ROUNDS = 8  # removing one tail can expose another; a line that needs more rounds is not a sentence
_NAMED = r"(?:see|passages?|sources?:?|refs?|citations?|articles?|documents?|docs?|and|to)"
_TAILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # an open bracket, and one that can become a link: "[", "[1, ", "(see [", "![pict", "[text](http"
        rf"[ \t]*\(?\s*(?:see\s+|sources?:?\s*)?!?{_OPEN}{{1,2}}{_NOT_CLOSE}{{0,300}}\Z",
        r"!?\[[^\]\n]*\]\((?:[^()\n]|\([^()\n]*\))*\Z",
        r"!?\[(?!\s*\^?[#P]?\d)[^\]\n]*\]\Z",
        r"(?<=\s)!\Z",
        # round brackets around numbers, words or markers: "(", "(1", "(passage 2", "([1]"
        rf"[ \t]*\((?:\s|{_NAMED}|[\d,;&–—-])*\)?\Z",
        r"[ \t]*\([a-z]{0,10}\Z",
        rf"[ \t]*\((?:\s|{_NAMED}|[,;&]|{_OPEN}{_NOT_CLOSE}{{0,30}}{_CLOSE})*\Z",
        # "passage 2", which is replaced by a name
        r"\b(?:the\s+)?(?:passages?|sources?)\s*(?:\d[\d,\s-]*(?:an?d?\s*)?)?\Z",
        r"\b(?:p(?:a(?:s(?:s(?:ag?)?)?)?)?|s(?:o(?:u(?:rc?)?)?)?)\Z",
        # "[2] reports", at the start of a sentence
        rf"(?:\A|(?<=[.!?])[ \t]*){_OPEN}\^?\d{{1,3}}{_CLOSE}[ \t]+[a-z]{{0,9}}\Z",
        # markers in HTML, TeX, superscripts
        r"<(?:sup|cite|ref)\b[^>\n]*(?:>[^<\n]{0,20}(?:<[/\w]*)?)?\Z",
        r"<(?:[a-z/!][^<>\n]{0,300})?\Z",
        r"\\[a-z]{0,4}(?:\{[\d,\s]*)?\Z",
        r"\$(?:\^[^$\n]{0,12})?\Z",
        r"[¹²³⁴-⁹⁰]+\Z",
        # a list mark without its item, and what connects one marker to the next
        r"\A[ \t]*(?:[-*+•>|]+|\d{1,2}[.)]?)?[ \t]*\Z",
        r"(?<=[\]］】〕})>])[ \t]*[,;&]?[ \t]*(?:an?d?[ \t]*)?\Z",
    )
)


def without_open_tail(text: str) -> str:
    """The part of *text* that can be shown while more is expected.

    >>> without_open_tail("It met 11 firms [1], [")
    'It met 11 firms [1]'
    """
    start = max(text.rfind("\n") + 1, len(text) - _MAX_TAIL)
    line = text[start:]
    if line.count("`") % 2:
        line = line[: line.rfind("`")]
    for _ in range(_MAX_ROUNDS):
        shorter = line
        for tail in _TAILS:
            shorter = tail.sub("", shorter)
        if shorter == line:
            return text[:start] + line
        line = shorter
    return text[:start]
