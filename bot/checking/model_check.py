"""The model check: turns a language model's verdicts into the support and quotes of an answer's sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from bot.answer import Answer, Citation, Contradiction, Sentence, Support
from bot.checking.strict_mode import renumbered
from bot.checking.word_alignment import align, keys_of, span_of
from bot.citations import quote_of
from bot.localization import localized
from bot.prompting.passage_prompt import CheckedSentence
from bot.reply.verdicts import Finding, Verdict
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.text_analysis import content_stems

MIN_SIMILARITY = 0.8  # of words that the model copied inexactly to the passage
MIN_SHARED = 0.2  # share of a sentence's content stems in a citation, to be kept beside the deciding one
SUPPORT: Mapping[Finding, Support] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not said": "unsupported",
    "no claim": "neutral",
}

Place = tuple[Passage, int, int]  # a passage and a span in its article's text


def sentences_to_check(answer: Answer, hits: Sequence[Hit]) -> list[CheckedSentence]:
    """The sentences of an answer with the indexes in *hits* of the passages that they cite."""
    cited = {citation.number: citation for citation in answer.citations}
    return [
        CheckedSentence(sentence.text, tuple(_places_of([cited[n] for n in sentence.citations], hits)))
        for sentence in answer.sentences
    ]


def hits_to_check(answer: Answer, hits: Sequence[Hit], around: Iterable[Passage]) -> list[Hit]:
    """The passages for a check request: those cited, the ones *around* them, then the rest of the hits."""
    cited = set(_places_of(answer.citations, hits))
    first = [hit for place, hit in enumerate(hits) if place in cited]
    known = {hit.passage.id for hit in hits}
    neighbours = [Hit(passage, 0.0) for passage in around if passage.id not in known]
    return [*first, *neighbours, *(hit for place, hit in enumerate(hits) if place not in cited)]


def apply_verdicts(answer: Answer, hits: Sequence[Hit], verdicts: Mapping[int, Verdict]) -> Answer:
    """The answer with the model's verdicts; *hits* are the passages that it was shown.

    The deciding words become the quotes of their sentence, extended to whole sentences of the article. A
    sentence without a verdict is unchanged. A contradicted sentence adds a note with the article's own words.
    """
    cited = {citation.number: citation for citation in answer.citations}
    numbers = count(max(cited, default=0) + 1)
    citations: list[Citation] = list(answer.citations)
    sentences: list[Sentence] = []
    contradictions = list(answer.contradictions)
    for index, sentence in enumerate(answer.sentences):
        verdict = verdicts.get(index)
        if verdict is None:
            sentences.append(sentence)
            continue
        own = [cited[number] for number in sentence.citations]
        deciding = list(deciding_places(verdict, hits))
        new = [quote_of(*place, next(numbers)) for place in dict.fromkeys(deciding)]
        citations += new
        kept = [citation for citation in own if not new or _adds(citation, sentence, deciding)]
        used = tuple(citation.number for citation in (*new, *kept))
        missing = sentence.missing if verdict.finding in ("contradicted", "not said") else ()
        sentences.append(replace(sentence, citations=used, support=SUPPORT[verdict.finding], missing=missing))
        if verdict.finding == "contradicted" and deciding:
            contradictions.append(_contradiction(deciding[0], new))
    merged = replace(
        answer,
        sentences=tuple(sentences),
        citations=tuple(citations),
        contradictions=tuple(contradictions),
        checked="model",
    )
    return renumbered(_with_equal_quotes_merged(merged))


def _contradiction(place: Place, quotes: Sequence[Citation]) -> Contradiction:
    passage, start, end = place
    same = [quote for quote in quotes if quote.article.id == passage.article.id and quote.start == start]
    words = " ".join(passage.text[start - passage.start : end - passage.start].split())
    return Contradiction(
        "quote",
        localized("The article says: “{words}”", words=words),
        tuple(quote.number for quote in same[:1]),
    )


def _places_of(citations: Iterable[Citation], hits: Sequence[Hit]) -> Iterator[int]:
    """The indexes of the hits that contain the quotes, in the order of the citations, each once."""
    seen = set()
    for citation in citations:
        for place, hit in enumerate(hits):
            if _is_within(citation, hit.passage):
                if place not in seen:
                    seen.add(place)
                    yield place
                break


def _is_within(citation: Citation, passage: Passage) -> bool:
    same = passage.article.id == citation.article.id
    return same and passage.start <= citation.start and citation.end <= passage.end


def deciding_places(verdict: Verdict, hits: Sequence[Hit]) -> Iterator[Place]:
    """The spans of whole sentences that contain the deciding words, as far as they are found."""
    named = [hits[number].passage for number in verdict.passages if number < len(hits)]
    others = [hit.passage for hit in hits if hit.passage not in named]
    for words in verdict.words:
        found = _exact(words, named) or _exact(words, others) or _similar(words, named or others)
        if found is not None:
            yield _whole_sentences(*found)


def _exact(words: str, passages: Sequence[Passage]) -> Place | None:
    """The first place with the same words, ignoring white space and punctuation."""
    tokens = [re.escape(token) for token in re.findall(r"[^\W_]+", words)]
    if not tokens:
        return None
    # ASCII words are whole words; Chinese, for example, has no spaces between words.
    start, end = (r"(?<![^\W_])" if words.isascii() else "", r"(?![^\W_])" if words.isascii() else "")
    pattern = re.compile(start + r"[\W_]*".join(tokens) + end, re.IGNORECASE)
    for passage in passages:
        match = pattern.search(passage.text)
        if match:
            return passage, passage.start + match.start(), passage.start + match.end()
    return None


def _similar(words: str, passages: Sequence[Passage]) -> Place | None:
    excerpt = keys_of(words)
    if len(excerpt) < 3:
        return None
    best: tuple[float, Place] | None = None
    for passage in passages:
        keys = keys_of(passage.text)
        alignment = align(excerpt, keys)
        if alignment.similarity >= MIN_SIMILARITY and (best is None or alignment.similarity > best[0]):
            # Words at the edges that only stand in for others would widen the quote by whole sentences.
            same = [at for at in range(alignment.first, alignment.last) if keys[at] in excerpt]
            start, end = span_of(passage.text, same[0], same[-1] + 1)
            best = alignment.similarity, (passage, passage.start + start, passage.start + end)
    return best[1] if best else None


def _whole_sentences(passage: Passage, start: int, end: int) -> Place:
    touched = [span for span in passage.sentences if span[0] < end and start < span[1]]
    return (passage, touched[0][0], touched[-1][1]) if touched else (passage, start, end)


def _adds(citation: Citation, sentence: Sentence, deciding: Sequence[Place]) -> bool:
    """True if a citation is not from a deciding passage, and shares words with its sentence."""
    if any(_is_within(citation, passage) for passage, _, _ in deciding):
        return False
    stems = set(content_stems(sentence.text))
    return len(stems & set(content_stems(citation.quote))) >= MIN_SHARED * len(stems)


def _with_equal_quotes_merged(answer: Answer) -> Answer:
    """The answer with equal quotes merged under their lowest number."""
    first: dict[tuple[str, int, int], int] = {}
    same: dict[int, int] = {}
    for citation in answer.citations:
        key = (citation.article.id, citation.start, citation.end)
        same[citation.number] = first.setdefault(key, citation.number)

    def merged(numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(same[number] for number in numbers))

    return replace(
        answer,
        sentences=tuple(replace(s, citations=merged(s.citations)) for s in answer.sentences),
        contradictions=tuple(
            dict.fromkeys(replace(c, citations=merged(c.citations)) for c in answer.contradictions)
        ),
    )
