"""Merges hits that overlap in their article, so that a model reads running text and no sentence twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.prompting.token_count import count_tokens
from retrieval.hit import Hit
from retrieval.passage import Passage

MAX_LENGTH = 3_000  # characters of a merged passage: a citation of it still names a place


def merge_best(hits: Sequence[Hit], tokens: int) -> list[Hit]:
    """The first of the *hits*, best first, that a budget of *tokens* can hold, merged.

    Selected before they are merged: else the neighbours of good hits would take the place of better ones.
    """
    return merge_overlapping([*_fitting(hits, tokens)])


def _fitting(hits: Sequence[Hit], tokens: int) -> Iterator[Hit]:
    """The hits until their text is longer than *tokens*, what several share counted once."""
    chosen: defaultdict[str, list[Passage]] = defaultdict(list)
    for hit in hits:
        if tokens <= 0:
            return
        passage, others = hit.passage, chosen[hit.passage.article.id]
        tokens -= count_tokens(_new_text(passage, others))
        others.append(passage)
        yield hit


def _new_text(passage: Passage, others: Sequence[Passage]) -> str:
    """The text of a passage that no other one has, which overlaps it at one of its ends."""
    start = max((other.end for other in others if other.start <= passage.start < other.end), default=0)
    end = min(
        (other.start for other in others if other.start < passage.end <= other.end), default=passage.end
    )
    return passage.text[max(start, passage.start) - passage.start : max(0, end - passage.start)]


def merge_overlapping(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, those that overlap merged at the rank of the best of them; duplicates are dropped."""
    ranks = {(hit.passage.article.id, hit.passage.start): rank for rank, hit in reversed([*enumerate(hits)])}
    runs: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda hit: (hit.passage.article.id, hit.passage.start)):
        if runs and _continues(runs[-1], hit):
            runs[-1].append(hit)
        else:
            runs.append([hit])
    best = [min(run, key=lambda hit: ranks[hit.passage.article.id, hit.passage.start]) for run in runs]
    merged = [
        replace(first, passage=_merged([hit.passage for hit in run]))
        for first, run in zip(best, runs, strict=True)
    ]
    order = [ranks[hit.passage.article.id, hit.passage.start] for hit in best]
    return [hit for _, hit in sorted(zip(order, merged, strict=True), key=lambda pair: pair[0])]


def _continues(run: Sequence[Hit], hit: Hit) -> bool:
    first, last, passage = run[0].passage, run[-1].passage, hit.passage
    return (
        passage.article.id == last.article.id
        and passage.start < last.end
        and passage.section == last.section
        and hit.also_in == run[0].also_in
        and passage.end - first.start <= MAX_LENGTH
    )


def _merged(passages: Sequence[Passage]) -> Passage:
    merged = passages[0]
    for passage in passages[1:]:
        merged = replace(
            merged,
            text=merged.text + passage.text[merged.end - passage.start :],
            end=max(merged.end, passage.end),
            sentences=tuple(sorted({*merged.sentences, *passage.sentences})),
        )
    return merged
