"""What a conversation has mentioned: names, titles and noun phrases, and where each was said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

TURNS = 8  # turns looked back on
LONGEST = 1500  # characters read of each question and answer
PHRASES = 80  # phrases kept, the latest first
WORDS = 5  # words of a noun phrase that is no name

FUNCTION_WORDS = frozenset(
    "a an the this that these those some any each every either neither no none all both few many much "
    "more most several such same other others another else own i me my mine we us our ours you your yours "
    "he him his she her hers it its they them their theirs himself herself itself themselves myself "
    "yourself one ones who whom whose which what when where why how if then than as so and or but nor yet "
    "for of in on at by to from with without within into onto over under above below between among "
    "through during before after since until against about around across along behind beyond near off out "
    "up down per via upon like unlike despite toward towards am is are was were be been being do does did "
    "done doing don doesn didn have has had having will would shall should can could may might must ought "
    "need not n't there here now ever never always often also just only even still already again too very "
    "quite rather really actually well yes ok okay please thanks thank hello because while although "
    "though whether however therefore thus hence besides instead later earlier soon ago once twice first "
    "last next new old good bad great big small long short make made makes making get gets got getting go "
    "goes went going gone take took taken come came coming become became give gave given know known knew "
    "think thought say said says tell told ask asked want wanted use used using find found work worked "
    "works look looked see saw seen happen happened happens happening start started begin began keep kept "
    "let put set try tried show shown call called mean meant anything something nothing everything anyone "
    "someone everyone anybody somebody thing things way ways kind lot time times people interesting "
    "information article articles news headlines "
    "don't didn't doesn't wasn't isn't aren't weren't hasn't haven't hadn't won't wouldn't couldn't can't "
    "i'm it's that's what's".split()
)
TOKEN = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?(?<!\.)|[^\w\s]|\S")
_JOINS = frozenset("of de la le van von der den di da du del bin al &".split())  # inside a name
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{2,60})[”\"]")
_DEMONYM = re.compile(r"[A-Z]\w+(?:ese|ish|ian|ican|rman|rean|pean|ench|utch)")  # "Chinese", before a noun
_POSSESSIVE = re.compile(r"['’]s?$")
_SENTENCE_ENDS = frozenset(".?!:")
_COUNTED = re.compile(r"[mb]illion|thousand|percent|[a-z]{3,}s")
_NOT_SAID = re.compile(
    r"\s*\[\d+\]|Reported on \d+ \w+ \d{4}(?:, updated on \d+ \w+ \d{4})?: "
)  # markers, and the day that bot/extractive/report_date.py tells
_NO_ANSWER = re.compile(
    r"^\s*(?:i\s+don'?t\s+know|cannotanswer|not\s+found)\b|not\s+in\s+the\s+articles", re.I
)


@dataclass(frozen=True, slots=True)
class MentionPlace:
    """Where a phrase was said: ``turn`` counts back from the question (1: the turn before it).

    ``index`` is the token it starts at; ``before`` and ``after`` are the tokens around it, in lower
    case, "" at an end, and "'s" after a possessive.
    """

    turn: int
    answer: bool
    sentence_start: bool
    index: int
    before: str
    after: str


@dataclass(slots=True)
class Mention:
    """A phrase and all its places; a short form ("Zhang") is told under the long one ("Zhang Wei")."""

    text: str
    name: bool
    places: list[MentionPlace] = field(default_factory=list)

    @property
    def words(self) -> frozenset[str]:
        """Its words in lower case, without those of function."""
        return content_words(self.text)


def content_words(text: str) -> frozenset[str]:
    """The words of *text* in lower case that carry meaning of their own."""
    return frozenset(re.findall(r"\w+", text.lower())) - FUNCTION_WORDS


def is_answer(text: str) -> bool:
    """Whether an answer says something, rather than that nothing was found."""
    return bool(text.strip()) and not _NO_ANSWER.search(text[:200])


def own_words(text: str) -> str:
    """What was said, as far as it is read: without markers of citations and the day of a report."""
    return _NOT_SAID.sub("", text[:LONGEST])


_Where = tuple[bool, int, str, str]  # the last four fields of Place


def mentions(history: Sequence[tuple[str, str]]) -> list[Mention]:
    """The phrases of a conversation of (question, answer), the latest mentioned first, short forms merged."""
    found: dict[str, Mention] = {}
    small = _words_written_small(history)
    for turn, (question, answer) in enumerate(reversed(history[-TURNS:]), 1):
        for text, answered in ((answer if is_answer(answer) else "", True), (question, False)):
            for phrase, name, where in _phrases(own_words(text), small):
                mention = found.setdefault(phrase.lower(), Mention(phrase, name))
                mention.name = _is_name(mention, name, where)
                mention.places.append(MentionPlace(turn, answered, *where))
        if len(found) >= PHRASES:
            break
    return _merged(list(found.values()))


def _words_written_small(history: Sequence[tuple[str, str]]) -> frozenset[str]:
    texts = (text[:LONGEST] for turn in history[-TURNS:] for text in turn)
    return frozenset(token for text in texts for token in TOKEN.findall(text) if token[0].islower())


def _is_name(mention: Mention, name: bool, where: _Where) -> bool:
    """A capital inside a sentence makes a name; one at its start only until the phrase is seen without."""
    at_start = where[0]
    if name and not at_start:
        return True
    firm = any(not place.sentence_start for place in mention.places)
    return mention.name if firm or name else False


def _merged(found: list[Mention]) -> list[Mention]:
    """Short forms of a name given to the longest name that begins or ends with them."""
    names = sorted((each for each in found if each.name), key=lambda each: -len(each.text))
    gone: set[int] = set()
    for position, short in enumerate(names):
        for long in names[:position]:
            if id(long) not in gone and _is_short_form(short.text.lower(), long.text.lower()):
                long.places.extend(short.places)
                gone.add(id(short))
                break
    return [each for each in found if id(each) not in gone]


def _is_short_form(short: str, long: str) -> bool:
    return long.endswith(" " + short) or long.startswith(short + " ") or long == short + "s"


def _phrases(text: str, small: frozenset[str]) -> Iterator[tuple[str, bool, _Where]]:
    """Each phrase of a text, whether it is a name, and where it stands.

    A capital at the start of a sentence is none when the word is elsewhere written *small*.
    """
    for quoted in _QUOTED.finditer(text):
        yield quoted[1].strip(" ,."), True, (False, len(text[: quoted.start()].split()), "", "")
    tokens = TOKEN.findall(text)
    for index, token in enumerate(tokens):
        if (not index or tokens[index - 1] in _SENTENCE_ENDS) and token.lower() in small:
            tokens[index] = token.lower()
    index = 0
    while index < len(tokens):
        end, name = _run(tokens, index)
        phrase = _POSSESSIVE.sub("", " ".join(tokens[index:end]))
        if len(phrase) > 1:
            before = tokens[index - 1].lower() if index else ""
            yield phrase, name, (not before or before in _SENTENCE_ENDS, index, before, _after(tokens, end))
        index = max(end, index + 1)


def _after(tokens: Sequence[str], end: int) -> str:
    if _POSSESSIVE.search(tokens[end - 1]):
        return "'s"
    return tokens[end].lower() if end < len(tokens) else ""


def _run(tokens: Sequence[str], start: int) -> tuple[int, bool]:
    """End of the phrase that begins at *start* (equal to *start*: none does), and whether it is a name."""
    end = start
    if tokens[start][0].isupper() and tokens[start].lower() not in FUNCTION_WORDS:
        end = _name_end(tokens, start)
        is_adjective = end == start + 1 and _DEMONYM.fullmatch(tokens[start])
        if not (is_adjective and end < len(tokens) and _is_plain(tokens[end])):
            return end, True
    while end < len(tokens) and end - start < WORDS and _is_plain(tokens[end]):
        end += 1
    return end, False


def _name_end(tokens: Sequence[str], start: int) -> int:
    """A name goes on over capitals, numbers ("Season 1", "March 2021") and "of (the)" before a capital."""
    end = start + 1
    while end < len(tokens) and not _POSSESSIVE.search(tokens[end - 1]):
        word = tokens[end]
        if word[0].isupper() or (word.isdigit() and len(word) in (1, 2, 4) and not _counts(tokens, end)):
            end += 1
            continue
        ahead = end + 1 + (word == "of" and tokens[end + 1 : end + 2] == ["the"])
        if word.lower() not in _JOINS or ahead >= len(tokens) or not tokens[ahead][0].isupper():
            break
        end = ahead + 1
    return end


def _counts(tokens: Sequence[str], number: int) -> bool:
    """Whether a number counts what follows it ("11 companies"), rather than belong to the name before it."""
    counted = tokens[number + 1] if number + 1 < len(tokens) else ""
    return bool(_COUNTED.fullmatch(counted)) and _is_plain(counted)


def _is_plain(token: str) -> bool:
    return token[0].isalnum() and not token[0].isupper() and token.lower() not in FUNCTION_WORDS
