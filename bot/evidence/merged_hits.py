"""Merges hits that overlap in their article, so that a model reads running text and no sentence twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.hit import Hit
from retrieval.passage import Passage

MAX_LENGTH = 3_000  # characters of a merged passage: a citation of it still names a place


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
