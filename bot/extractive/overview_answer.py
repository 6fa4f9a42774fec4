"""Answers a request for an overview with the first sentence of each of the newest articles, cited."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Answer, Sentence
from bot.citations import CitationList, extractive_answer
from bot.extractive.candidate_sentences import Candidate, candidates
from bot.extractive.report_date import report_date_lead
from bot.localization import localized
from retrieval.hit import Hit

MAX_ARTICLES = 5  # shown
CONFIDENCE = 0.95  # that an overview is what was asked for


def overview_answer(question: str, hits: Sequence[Hit]) -> Answer:
    """The first sentences of listed articles (``Hit.listed``), one per line, in the order of the hits."""
    citations = CitationList()
    first: dict[int, Candidate] = {}
    for candidate in candidates(hits):
        first.setdefault(candidate.rank, candidate)
    leads = list(first.values())
    sentences = tuple(
        Sentence(
            " ".join(lead.text.split()),
            (citations.number(lead.hit.passage, lead.start, lead.end),),
            "supported",
            ("\n- " if index else "- ") + report_date_lead(lead.hit.passage.article),
        )
        for index, lead in enumerate(leads[:MAX_ARTICLES])
    )
    notice = (
        localized("These are the newest of {count} articles.", count=hits[0].listed)
        if leads[MAX_ARTICLES:]
        else None
    )
    return extractive_answer(question, sentences, citations, CONFIDENCE, None, notice)
