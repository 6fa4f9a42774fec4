"""Other articles that say the same as a sentence: cited beside its own, as further sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.citations import best_span, judge
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems

MOST = 2  # further sources
SAID = 0.6  # share of the sentence's words that a quote must hold to be judged at all
LEAST = 5  # words of meaning of a sentence that can be told from others
_NAME = re.compile(r"\b(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[A-Z][\w’'-]+")


def corroborations(sentence: str, article: str, hits: Sequence[Hit]) -> list[tuple[Passage, int, int]]:
    """Where other articles than the one with the id *article* say all of a sentence, one place in each.

    Places are spans of the articles' texts. Reprints, copies and other versions are no further source.
    """
    return list(islice(_saying(sentence, article, hits), MOST))


def _saying(sentence: str, article: str, hits: Sequence[Hit]) -> Iterator[tuple[Passage, int, int]]:
    words = frozenset(content_stems(sentence))
    names = frozenset(content_stems(" ".join(_NAME.findall(sentence))))
    seen = _kin(article, hits)
    for hit in hits if len(words) >= LEAST else ():
        passage = hit.passage
        if passage.article.id in seen:
            continue
        start, end = best_span(sentence, passage)
        quote = passage.text[start - passage.start : end - passage.start]
        held = frozenset(content_stems(quote))
        if len(words & held) < SAID * len(words) or not names <= held:
            continue
        if judge(sentence, [quote, passage.head], [passage.text, passage.head]) == "supported":
            seen |= _kin(passage.article.id, hits)
            yield passage, start, end


def _kin(article: str, hits: Sequence[Hit]) -> set[str]:
    """The ids of an article and of those that hits name beside it as reprints, copies or versions."""
    stories = [{hit.passage.article.id, *(info.id for info in hit.also_in)} for hit in hits]
    return {article}.union(*(story for story in stories if article in story))
