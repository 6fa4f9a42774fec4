"""Groups the chosen sentences into blocks, each of which becomes one quote, and writes them as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.answer import Sentence
from bot.citations import CitationList
from bot.extractive.candidate_sentences import Candidate
from bot.extractive.report_date import asks_about_time, needs_report_date, report_date_lead
from bot.extractive.sentence_choice import MAX_SENTENCES

Block = list[Candidate]  # neighbouring sentences of one passage


def best_first_blocks(chosen: Sequence[Candidate], found: Sequence[Candidate]) -> list[Block]:
    """The best sentence's block, then others of its article in text order, then the rest.

    If the first block starts with a reference, the sentence before it is added.
    """
    if not chosen:
        return []
    blocks = _runs(sorted(chosen, key=lambda candidate: (candidate.rank, candidate.start)))
    first = next(block for block in blocks if chosen[0] in block)
    article = chosen[0].hit.passage.article.id
    others = [block for block in blocks if block is not first]
    same = sorted((b for b in others if b[0].hit.passage.article.id == article), key=lambda b: b[0].start)
    rest = [block for block in others if block[0].hit.passage.article.id != article]
    return [_with_context(first, found), *same, *rest]


def text_order_blocks(chosen: Sequence[Candidate], found: Sequence[Candidate]) -> list[Block]:
    """The blocks of one article in its order; a reference at the start is resolved as above."""
    first, *rest = _runs(sorted(chosen, key=lambda candidate: candidate.start))
    return [_with_context(first, found), *rest]


def _runs(chosen: Sequence[Candidate]) -> list[Block]:
    blocks: list[Block] = []
    for candidate in chosen:
        if blocks and blocks[-1][-1].adjoins(candidate):
            blocks[-1].append(candidate)
        else:
            blocks.append([candidate])
    return blocks


def _with_context(block: Block, found: Sequence[Candidate]) -> Block:
    first = block[0]
    if len(block) >= MAX_SENTENCES or not first.starts_with_reference:
        return block
    return [other for other in found if other.adjoins(first) and other.index < first.index] + block


def block_sentences(
    blocks: Sequence[Block],
    citations: CitationList,
    question: str,
    as_of: date,
    opening: str = "",
    separator: str = " ",
) -> Iterator[Sentence]:
    """The sentences, with one citation per block and the article's report date where it is needed.

    *opening* precedes the first block, *separator* the others.
    """
    days = {block[0].hit.passage.article.day for block in blocks}
    is_dated = len(days) > 1 or asks_about_time(question, as_of)
    needing_date = {
        candidate.hit.passage.article.id
        for block in blocks
        for candidate in block
        if is_dated or needs_report_date(candidate.text)
    }
    dated_article = None
    for block_index, block in enumerate(blocks):
        passage = block[0].hit.passage
        number = citations.number(passage, block[0].start, block[-1].end)
        for index, candidate in enumerate(block):
            lead = " " if index else separator if block_index else opening
            if passage.article.id != dated_article and passage.article.id in needing_date:
                lead, dated_article = lead + report_date_lead(passage.article), passage.article.id
            yield Sentence(" ".join(candidate.text.split()), (number,), "supported", lead)
