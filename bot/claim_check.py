"""Checks the sentences of any text against the articles: `footnote check`, `/check` and "Check this"."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

from bot.answer import Answer, Citation
from bot.answer_json import citation_json
from bot.assistant import Assistant
from bot.checking.model_check import deciding_places
from bot.checking.quote_location import without_lost_quotes
from bot.citations import best_span, quote_of
from bot.claims.claim_sentences import claim_sentences, is_claim
from bot.claims.quote_differences import differing_words
from bot.errors import ModelFailed, QuestionInvalid
from bot.localization import localized_count
from bot.prompting.passage_prompt import CheckedSentence
from bot.reply.verdicts import Finding, Verdict
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Filters, Hit
from retrieval.reading.metadata.language import detect_language
from retrieval.text_analysis import content_stems

if TYPE_CHECKING:
    from bot.model.prompt_chain import ModelChain

ClaimVerdict = Literal["supported", "contradicted", "not in the articles", "no claim", "unchecked"]

MAX_SENTENCES = 100  # of one text that are checked
ONLY_COMPARED = (
    "{count} sentence was compared with the closest quote only.",
    "{count} sentences were compared with the closest quote only.",
)
CLAIMS_AT_ONCE = 5  # in one request, which has the passages of all of them
MAX_REQUESTS = 4  # at once
PASSAGES_PER_CLAIM = 5
MIN_OVERLAP = 0.5  # share of a claim's content stems in the closest quote, to be shown
NO_SENTENCE = "This text has no sentence that can be checked."
QUESTION = (
    "Do the articles say this? The sentences are from someone's message; an opinion, a wish or a greeting is "
    "NO CLAIM."
)
_VERDICTS: Mapping[Finding, ClaimVerdict] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not said": "not in the articles",
    "no claim": "no claim",
}
_REFERRING = re.compile(r"\W*(?:he|she|it|they|this|that|these|those|his|her|its|their)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A sentence with its verdict and the quote that decides, or the closest quote if it is unchecked.

    ``differences`` are the words of an unchecked sentence that its quote lacks.
    """

    text: str
    verdict: ClaimVerdict
    citation: Citation | None = None
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The sentences of a text in order; ``skipped`` more were not checked.

    ``by_model``: without a model nothing is confirmed. ``notice`` is a line about a model that failed, which
    quotes the errors in ``failures``.
    """

    claims: tuple[CheckedClaim, ...]
    skipped: int = 0
    by_model: bool = False
    notice: str | None = None
    failures: tuple[str, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes, each once, in the order of their numbers."""
        found = {claim.citation.number: claim.citation for claim in self.claims if claim.citation}
        return tuple(found[number] for number in sorted(found))


@dataclass(frozen=True, slots=True)
class _Judged:
    """A model's verdict, and the passages that its request had."""

    verdict: Verdict
    hits: Sequence[Hit]


async def check_text(assistant: Assistant, text: str, filters: Filters | None = None) -> CheckedText:
    """Check the sentences of a text, each against the passages closest to it. Raises RetrievalError.

    With a model its verdicts count. A sentence without one gets the closest quote and the words in which they
    differ; it is never confirmed. Citations are numbered in the order of the sentences.
    """
    found = claim_sentences(text)
    sentences = found[:MAX_SENTENCES]
    hits = [await _hits(assistant, sentences, place, filters) for place in range(len(sentences))]
    judged: dict[int, _Judged] = {}
    failed: list[str] = []
    if assistant.chain:
        judged, failed = await _judge(assistant, assistant.chain, sentences, hits)
    unjudged = sum(bool(passages) and place not in judged for place, passages in enumerate(hits))
    english = detect_language(text) in ("en", None)

    def claims() -> list[CheckedClaim]:
        found = [_claim(s, hits[place], judged.get(place), english) for place, s in enumerate(sentences)]
        return _numbered(_with_current_quotes(found, assistant.library.corpus.find))

    return CheckedText(
        claims=tuple(await asyncio.to_thread(claims)),
        skipped=len(found) - len(sentences),
        by_model=assistant.chain is not None and (bool(judged) or not failed),
        notice=f"{failed[0]} {localized_count(*ONLY_COMPARED, unjudged)}" if failed else None,
        failures=tuple(failed[:1]),
    )


def checked_json(checked: CheckedText) -> dict[str, Any]:
    """A checked text in JSON output; "citation" and "differences" are omitted when empty."""
    rows: list[dict[str, Any]] = []
    for claim in checked.claims:
        rows.append({"text": claim.text, "verdict": claim.verdict})
        if claim.citation:
            rows[-1]["citation"] = citation_json(claim.citation)
        if claim.differences:
            rows[-1]["differences"] = list(claim.differences)
    state = {"by_model": checked.by_model, "skipped": checked.skipped, "notice": checked.notice}
    return {"sentences": rows, **state}


async def _hits(
    assistant: Assistant, sentences: Sequence[str], place: int, filters: Filters | None
) -> list[Hit]:
    """The passages closest to a sentence; to one that begins with a pronoun, also by the sentence before."""
    sentence = sentences[place]
    if not is_claim(sentence):
        return []
    query = f"{sentences[place - 1]} {sentence}" if place and _REFERRING.match(sentence) else sentence
    try:
        return await assistant.search(query, PASSAGES_PER_CLAIM, filters)
    except QuestionInvalid:  # small talk
        return []


async def _judge(
    assistant: Assistant, chain: ModelChain, sentences: Sequence[str], hits: Sequence[Sequence[Hit]]
) -> tuple[dict[int, _Judged], list[str]]:
    """The model's verdicts by the place of their sentence, and the messages of the requests that failed."""
    places = [place for place, found in enumerate(hits) if found]
    groups = [places[at : at + CLAIMS_AT_ONCE] for at in range(0, len(places), CLAIMS_AT_ONCE)]
    judged: dict[int, _Judged] = {}
    failed: list[str] = []
    slots = asyncio.Semaphore(MAX_REQUESTS)

    async def check(group: Sequence[int]) -> None:
        given = _by_rank([hits[place] for place in group])
        before = [group[0] - 1] if group[0] else []  # says what "he" means
        shown = [*before, *group]
        asked = [CheckedSentence(sentences[place]) for place in shown]
        try:
            async with slots:
                found = await chain.check(QUESTION, given, asked, assistant.spent)
        except ModelFailed as error:
            failed.append(str(error))
            return
        verdicts = {shown[number]: verdict for number, verdict in found.items()}
        judged.update({place: _Judged(verdicts[place], given) for place in group if place in verdicts})

    await asyncio.gather(*map(check, groups))
    return judged, failed


def _by_rank(found: Sequence[Sequence[Hit]]) -> list[Hit]:
    """All hits, each once, the best ones of all lists first: a request has room for a part of them."""
    ranked = (hit for hits in zip_longest(*found) for hit in hits if hit is not None)
    return list({hit.passage.id: hit for hit in ranked}.values())


def _claim(sentence: str, hits: Sequence[Hit], judged: _Judged | None, english: bool) -> CheckedClaim:
    if not hits:
        return CheckedClaim(sentence, "unchecked" if is_claim(sentence) else "no claim")
    if judged is None:
        return _closest(sentence, hits, english)
    verdict = _VERDICTS[judged.verdict.finding]
    if verdict in ("not in the articles", "no claim"):
        return CheckedClaim(sentence, verdict)
    quotes = _quotes(sentence, judged)
    return CheckedClaim(sentence, verdict, quotes[0]) if quotes else _closest(sentence, hits, english)


def _quotes(sentence: str, judged: _Judged) -> list[Citation]:
    """The quotes with the words that decide; if they are in no passage, those closest to the sentence."""
    named = [judged.hits[place].passage for place in judged.verdict.passages if place < len(judged.hits)]
    places = [*deciding_places(judged.verdict, judged.hits)]
    places += [(passage, *best_span(sentence, passage)) for passage in named]
    return [quote_of(*place, number=0) for place in places]


def _closest(sentence: str, hits: Sequence[Hit], english: bool) -> CheckedClaim:
    """A sentence that no model judged, with the quote that shares most words, and where they differ."""
    stems = set(content_stems(sentence))
    spans = [best_span(sentence, hit.passage) for hit in hits]
    quotes = [quote_of(hit.passage, *span, number=0) for hit, span in zip(hits, spans, strict=True)]
    shares = [len(stems & set(content_stems(quote.quote))) / max(1, len(stems)) for quote in quotes]
    best = shares.index(max(shares))
    if shares[best] < MIN_OVERLAP:
        return CheckedClaim(sentence, "unchecked")
    passage = hits[best].passage
    english = english and detect_language(passage.text) in ("en", None)
    words = differing_words(sentence, passage, *spans[best], english=english)
    return CheckedClaim(sentence, "unchecked", quotes[best], words)


def _with_current_quotes(
    claims: Sequence[CheckedClaim], find: Callable[[ArticleInfo], Article | None]
) -> Iterator[CheckedClaim]:
    """The claims with their quotes as the articles are now; one whose quote is gone is unchecked."""
    cited = [replace(claim.citation, number=n) for n, claim in enumerate(claims) if claim.citation]
    current = without_lost_quotes(Answer("", "", "answered", citations=tuple(cited)), find).citations
    kept = {citation.number: citation for citation in current}
    for number, claim in enumerate(claims):
        if number in kept:
            yield replace(claim, citation=kept[number])
        else:
            yield CheckedClaim(claim.text, "unchecked") if claim.citation else claim


def _numbered(claims: Iterable[CheckedClaim]) -> list[CheckedClaim]:
    """The claims with their citations numbered from 1; the same quote has one number."""
    numbers: dict[tuple[str, int, int], int] = {}
    numbered = []
    for claim in claims:
        if claim.citation:
            key = (claim.citation.article.id, claim.citation.start, claim.citation.end)
            number = numbers.setdefault(key, len(numbers) + 1)
            claim = replace(claim, citation=replace(claim.citation, number=number))
        numbered.append(claim)
    return numbered
