"""Finds where a claim differs from the closest sentence of its source: a value or a negation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.checking import date_mentions, figures
from bot.checking.date_mentions import DateMention
from bot.checking.figures import Figure
from retrieval.splitting.sentences import sentence_spans
from retrieval.text_analysis import content_stems, stems

MIN_SHARE = 0.6  # of the claim's content stems in a sentence of the source, for the two to be compared
MIN_SHARED = 3
_DATE_PREPOSITIONS = ("in on at", "since from starting", "until till by before")
_WORD = re.compile(r"[\w’']+")
_NEGATION = re.compile(
    r"(?:not|no|never|neither|nor|without|cannot|none|nobody|nothing|\w+n[’']t)", re.IGNORECASE
)
_SCALAR = re.compile(r"(?:no|not) (?:longer|more|less|fewer|later|earlier|only|just|one)\b", re.IGNORECASE)
NEAR = 3  # words between a negation and what it negates

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _Aligned:
    """The sentence of the source closest to a claim, with the sentences around it."""

    text: str
    around: str
    share: float


def differing_facts(claim: str, evidence: Sequence[str], implied: Sequence[DateMention] = ()) -> list[Span]:
    """Spans of the claim that its closest sentence contradicts, as (start, end, kind).

    Kinds are "number" and "date", for another value of the same thing, and "negation", for one on only one
    side. *implied* are further dates that the source supports.

    >>> evidence = ["Brightpath, which runs 43 clinics, accepted the decision."]
    >>> differing_facts("Brightpath runs 74 clinics and accepted the decision.", evidence)
    [(16, 18, 'number')]
    >>> differing_facts("Brightpath runs 43 clinics and did not accept the decision.", evidence)
    [(35, 38, 'negation')]
    """
    nearest = _nearest(claim, evidence)
    if nearest is None:
        return []
    return sorted(
        {
            *_other_values(claim, nearest),
            *_other_dates(claim, nearest, implied),
            *_negations(claim, nearest, evidence),
        }
    )


def _nearest(claim: str, evidence: Sequence[str]) -> _Aligned | None:
    words = _words_beside_facts(claim)
    best: _Aligned | None = None
    for text in evidence:
        sentences = _sentences(text)
        for place, (sentence, its_stems) in enumerate(sentences):
            shared = words & its_stems
            share = len(shared) / max(1, len(words))
            if len(shared) >= MIN_SHARED and share >= MIN_SHARE and (best is None or share > best.share):
                around = " ".join(text for text, _ in sentences[max(0, place - 1) : place + 2])
                best = _Aligned(sentence, around, share)
    return best


def _words_beside_facts(claim: str) -> set[str]:
    """The content stems of a claim without its figures and dates, which are compared separately."""
    facts: list[Figure | DateMention] = [*date_mentions.date_mentions(claim), *figures.figures(claim)]
    for fact in facts:
        claim = claim[: fact.start] + " " * (fact.end - fact.start) + claim[fact.end :]
    return set(content_stems(claim))


@lru_cache(maxsize=512)
def _sentences(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    found = (text[start:end] for start, end in sentence_spans(text))
    return tuple((sentence, frozenset(content_stems(sentence))) for sentence in found)


def _other_values(claim: str, nearest: _Aligned) -> Iterator[Span]:
    """Figures of the claim where the source's sentence has another figure for the same things."""
    known, said = _with_nouns(nearest.around), _with_nouns(nearest.text)
    for figure, noun in _with_nouns(claim):
        if not noun or figure.hedge or figure.loose:
            continue
        same = [other for other, its_noun in known if its_noun == noun]
        rivals = [other for other, its_noun in said if its_noun == noun]
        if rivals and not figures.is_supported_by(figure, same):
            yield figure.start, figure.end, "number"


def _with_nouns(text: str) -> list[tuple[Figure, str]]:
    """The figures outside dates, each with its unit or the stem of the word after it."""
    dates = [(mention.start, mention.end) for mention in date_mentions.date_mentions(text)]
    found = figures.outside(figures.figures(text), dates)
    return [(figure, figure.unit or _stem_after(text, figure.end)) for figure in found]


def _stem_after(text: str, end: int) -> str:
    match = re.match(r"\s+(\w{3,})", text[end:])
    found = stems(match[1]) if match else []
    return found[0] if found else ""


def _other_dates(claim: str, nearest: _Aligned, implied: Sequence[DateMention]) -> Iterator[Span]:
    """Dates of the claim where the source's sentence has another date after the same preposition."""
    known = date_mentions.date_mentions(nearest.around)
    said = date_mentions.date_mentions(nearest.text)
    for mention in date_mentions.date_mentions(claim):
        if date_mentions.is_supported_by(mention, [*known, *implied]):
            continue
        before = _word_before(claim, mention.start)
        rivals = [
            other
            for other in said
            if _word_before(nearest.text, other.start) == before and _same_parts(mention, other)
        ]
        if before and rivals:
            yield mention.start, mention.end, "date"


def _same_parts(one: DateMention, other: DateMention) -> bool:
    return any(
        getattr(one, part) is not None
        and getattr(other, part) is not None
        and getattr(one, part) != getattr(other, part)
        for part in ("year", "month", "day")
    )


def _word_before(text: str, at: int) -> str:
    match = re.search(r"([A-Za-z]+)\W*$", text[:at])
    word = match[1].lower() if match else ""
    return next((group for group in _DATE_PREPOSITIONS if word in group.split()), word)


def _negations(claim: str, nearest: _Aligned, evidence: Sequence[str]) -> Iterator[Span]:
    """A negation before a word that the source never negates, or a word that only the source negates."""
    shared = set(content_stems(claim)) & set(content_stems(nearest.text))
    ours, theirs = negated(claim), negated(nearest.text)
    if ours and not negated(nearest.around):
        denied = {stem for text in evidence for _, _, stem in negated(text)}
        for start, end, stem in ours:
            if stem in shared and stem not in denied:
                yield start, end, "negation"
    elif theirs and not ours:
        lost = {stem for _, _, stem in theirs} & shared
        lost = {stem for stem in lost if not _is_affirmed(stem, evidence)}
        for match in _WORD.finditer(claim):
            if lost.intersection(stems(match[0])):
                yield match.start(), match.end(), "negation"
                return


def _is_affirmed(stem: str, evidence: Sequence[str]) -> bool:
    """True if a sentence of the evidence has the stem without a negation before it."""
    return any(
        stem in its_stems and all(stem != other for _, _, other in negated(sentence))
        for text in evidence
        for sentence, its_stems in _sentences(text)
    )


def negated(text: str) -> list[tuple[int, int, str]]:
    """Each negation with the stem of each content word that closely follows it."""
    words = list(_WORD.finditer(text))
    found = []
    for place, word in enumerate(words):
        if not _NEGATION.fullmatch(word[0]) or _SCALAR.match(text, word.start()):
            continue
        for other in words[place + 1 : place + 1 + NEAR]:
            found += [(word.start(), word.end(), stem) for stem in content_stems(other[0])]
    return found
