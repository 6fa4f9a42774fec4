"""Finds who says what in a text, and speakers of a claim to whom its source does not ascribe the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.facts.name_mentions import CAPITALIZED, key
from retrieval.splitting.sentences import sentence_spans
from retrieval.text_analysis import STOP_WORDS, content_stems, stems

MIN_SHARED = 2  # stems of what is said, in a claim and a sentence of its source
MIN_SHARE = 0.5  # of the stems of what a claim says
MARGIN = 0.1  # by which the share of another speaker's words is greater
MAX_DISTANCE = 2  # sentences between a pronoun and the speaker it means
_VERBS = (
    "said|says|say|told|tells|calls?|called|argue[sd]?|warn(?:s|ed)?|claim(?:s|ed)?|admit(?:s|ted)?"
    "|concede[sd]?|note[sd]?|explain(?:s|ed)?|wr(?:ites?|ote)|state[sd]?|add(?:s|ed)|insist(?:s|ed)?"
    "|believe[sd]?|conclude[sd]?|describe[sd]?|predict(?:s|ed)?|den(?:y|ies|ied)|suggest(?:s|ed)?"
    "|announce[sd]?|complain(?:s|ed)?|remark(?:s|ed)?|criticize[sd]?|demand(?:s|ed)?|promise[sd]?"
)
_NAME = rf"(?:(?:{CAPITALIZED}|[A-Z]\.)\s)*{CAPITALIZED}"
_TITLE = rf"(?:(?!{CAPITALIZED})[\w-]+\s){{0,4}}"  # "the minister", without a comma before the name
_FULL_NAME = rf"(?:{CAPITALIZED}\s)+(?:[A-Z]\.\s)?{CAPITALIZED}"
_FULL_NAMES = re.compile(rf"(?<![Tt]he )\b{_FULL_NAME}")
_SUBJECT = re.compile(rf"^\W*{_TITLE}({_FULL_NAME})")  # a full name that a sentence begins with
_PRONOUN = re.compile(r"\W*(?:he|she|his|her)\b", re.IGNORECASE)
_ATTRIBUTIONS = (
    # "Ada Brook said", "Ada Brook, who heads it, said", "Ada Brook of the quay said", "she said"
    re.compile(
        rf"(?<![\w’'-])(?P<who>{_NAME}|[Hh]e|[Ss]he)"
        r"(?:,\s[^,.;“”\"]{1,80},|\s(?:of|from|for|at)\s[^,.;“”\"]{1,60}?)?"
        rf"\s(?:also\s|then\s|has\s|had\s)?(?:{_VERBS})\b"
    ),
    re.compile(rf",\s(?P<who>{_NAME}),\s(?:{_VERBS})\b"),  # "its head, Ada Brook, said"
    re.compile(rf"[,”\"’?!]\s(?:{_VERBS})\s{_TITLE}(?P<who>{_NAME})"),  # "“It is,” said Ada Brook"
    re.compile(rf"\b[Aa]ccording to\s{_TITLE}(?P<who>{_NAME})"),
)
# Last words of names of organizations, whose words are often those of a person.
_ORGANIZATIONS = frozenset(
    "agency association authority bank board bureau business co college commission committee company "
    "corporation council court daily department dispatch economics fed government group house inc institute "
    "journal league lines ltd magazine ministry news office optics organization party police post press "
    "review service times union university".split()
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """A speaker at ``text[start:end]`` and the stems of all other words of the sentence.

    ``names`` are the words of the name as they are compared, empty for a pronoun.
    """

    start: int
    end: int
    names: tuple[str, ...]
    said: frozenset[str]


def attributions(sentence: str) -> list[Attribution]:
    """Who says something in a sentence.

    >>> [found.names for found in attributions("“It is cheap,” said the minister Ada Brook.")]
    [('ada', 'brook')]
    """
    found = []
    for pattern in _ATTRIBUTIONS:
        for match in pattern.finditer(sentence):
            names = _keys(match["who"])
            if names or _PRONOUN.fullmatch(match["who"]):
                rest = f"{sentence[: match.start()]} {sentence[match.end() :]}"
                found.append(Attribution(*match.span("who"), names, frozenset(content_stems(rest))))
    return found


class KnownSpeakers:
    """Who says what in some texts; a pronoun means the last speaker named before it.

    >>> source = "Ada Brook called the toll too low. Its opponent Ben Marsh called the bridge too narrow."
    >>> claim = "Brook called the bridge too narrow."
    >>> [claim[start:end] for start, end in KnownSpeakers([source]).mistaken(claim)]
    ['Brook']
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._said = [said for text in texts for said in _said(text)]
        full = [name.split() for text in texts for name in _FULL_NAMES.findall(text)]
        self._people = {key(words[-1]) for words in full} - _ORGANIZATIONS

    def mistaken(self, claim: str, before: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
        """The places of the people in a claim whose words the texts ascribe to somebody else.

        *before* are the sentences before the claim, which say whom a pronoun means.
        """
        for found in attributions(claim):
            names = found.names or self._meant([*before, *filter(None, [claim[: found.start]])])
            if names and names[-1] in self._people and self._is_other(names, found.said):
                yield found.start, found.end

    def _meant(self, before: Sequence[str]) -> tuple[str, ...]:
        """The person of the last of these sentences that is about one; () if it is about several."""
        distance = 0
        for sentence in reversed(before):
            distance += _PRONOUN.match(sentence) is None
            if distance > MAX_DISTANCE:
                break
            found = [one.names for one in attributions(sentence) if one.names]
            named = _FULL_NAMES.findall(sentence) if sentence.endswith("?") else _SUBJECT.findall(sentence)
            people = {words[-1]: words for words in (*found, *map(_keys, named)) if words[-1] in self._people}
            if people:
                return next(iter(people.values())) if len(people) == 1 else ()
        return ()

    def _is_other(self, names: Sequence[str], words: frozenset[str]) -> bool:
        """True if another speaker's sentence has more of the words than any that can be the speaker's."""
        speaker = {stem for name in names for stem in stems(name)}
        words = words - speaker
        own = other = 0.0
        for said, speakers in self._said:
            shared = words & said
            if len(shared) < MIN_SHARED:
                continue
            share = len(shared) / len(words)
            if not speakers or speakers.intersection(names) or speaker & said:
                own = max(own, share)
            else:
                other = max(other, share)
        return other >= MIN_SHARE and other - own > MARGIN


def _said(text: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The stems of each sentence, and the words of the names of those who speak in it.

    A sentence within quotation marks has the speaker named in its paragraph, or else the one before.
    """
    last: tuple[str, ...] = ()
    distance = 0
    for paragraph in re.finditer(r"[^\n]+", text):
        spans = sentence_spans(paragraph[0])
        found = [attributions(paragraph[0][start:end]) for start, end in spans]
        named = next((one.names for several in found for one in several if one.names), ())
        for (start, end), several in zip(spans, found, strict=True):
            is_quoted = not several and _is_quoted(paragraph[0], start, end)
            distance += not is_quoted
            for one in several:
                if one.names:
                    last, distance, named = one.names, 0, one.names
            meant = last if distance <= MAX_DISTANCE else ()
            names = {name for one in several for name in one.names or meant}
            if is_quoted:
                names.update(named or meant)
            yield frozenset(content_stems(paragraph[0][start:end])), frozenset(names)


def _is_quoted(paragraph: str, start: int, end: int) -> bool:
    """True if a sentence is wholly within quotation marks, which can open in a sentence before."""
    before, sentence = paragraph[:start], paragraph[start:end].strip()
    is_open = before.count('"') % 2 == 1 or before.rfind("“") > before.rfind("”")
    return (is_open or sentence[:1] in '"“') and not re.search(r'["“”]', sentence.strip('"“”'))


def _keys(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared, without words such as "The"."""
    return tuple(word for word in map(key, name.split()) if word not in STOP_WORDS)
