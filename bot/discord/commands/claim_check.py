"""The sentences of any text looked up in the articles: which are supported, and by what passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Citation, Support
from bot.citations import best_span, judge, quote
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.splitting.sentences import sentence_spans

MOST = 8  # sentences of a text that are looked up
LEAST = 3  # words of a sentence that claims something
_ORDER = ("supported", "partly", "unsupported")


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A sentence, the best verdict that any passage gave, and that passage's quote (none: unsupported)."""

    text: str
    support: Support
    citation: Citation | None


def claims(text: str) -> list[str]:
    """The sentences of a text that can be looked up, the first MOST of them."""
    sentences = [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
    return [each for each in sentences if len(each.split()) >= LEAST and not each.endswith("?")][:MOST]


def check(claim: str, hits: Sequence[Hit], number: int) -> CheckedClaim:
    """The verdict on a claim by the best of the passages found for it; its citation bears *number*."""
    judged = [_judged(claim, hit.passage) for hit in hits]
    if not judged:
        return CheckedClaim(claim, "unsupported", None)
    support, passage = min(judged, key=lambda each: _ORDER.index(each[0]))
    if support == "unsupported":
        return CheckedClaim(claim, support, None)
    return CheckedClaim(claim, support, quote(passage, *best_span(claim, passage), number))


def _judged(claim: str, passage: Passage) -> tuple[Support, Passage]:
    start, end = best_span(claim, passage)
    said = passage.text[start - passage.start : end - passage.start]
    head = passage.head  # the year of "on March 18" often stands only there
    return judge(claim, [said, head], [passage.text, head]), passage
