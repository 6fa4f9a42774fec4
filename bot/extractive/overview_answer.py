"""The answer to a question for what there is: the first sentence of each of the newest articles, cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.answer import Answer, Sentence
from bot.citations import CitationList, selected
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.report_date import with_report_date
from retrieval.hit import Hit

MOST = 5  # articles that are told
SURE = 0.95  # that an overview is what was asked for


def overview_answer(question: str, hits: Sequence[Hit]) -> Answer:
    """What the openings of articles (``Hit.listed``) say, a line each, in their order."""
    numbered = CitationList()
    leads = list(_leads(hits))
    sentences = tuple(
        Sentence(
            " ".join(lead.text.split()),
            (numbered.number(lead.hit.passage, lead.start, lead.end),),
            "supported",
            ("\n- " if place else "- ") + with_report_date(lead.hit.passage.article),
        )
        for place, lead in enumerate(leads[:MOST])
    )
    notice = f"These are the newest of {hits[0].listed:,} articles." if leads[MOST:] else None
    return selected(question, sentences, numbered, SURE, None, notice)


def _leads(hits: Sequence[Hit]) -> Iterator[Candidate]:
    """The first sentence of each hit."""
    told = set()
    for each in candidates(hits):
        if each.rank not in told:
            told.add(each.rank)
            yield each
