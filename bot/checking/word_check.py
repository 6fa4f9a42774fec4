"""The word check: finds hard facts of a model's sentences that are in none of the passages they cite.

It compares only figures, dates, names, quotations, units and negations. A sentence without such a difference
is not marked as supported: comparing words cannot tell a paraphrase from a false statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Answer, Sentence, Support
from bot.checking.marked_spans import merge_spans
from bot.checking.passage_evidence import Evidence, evidence_of
from bot.checking.uncited_conclusions import uncited_conclusions
from bot.checking.unsupported_facts import MissingFact, next_word
from bot.facts import date_mentions, figures
from bot.facts.arithmetic import asks_for_calculation, calculation
from bot.facts.unit_mentions import units_not_named
from retrieval.hit import Hit
from retrieval.language_words import ENGLISH
from retrieval.question_language import question_language
from retrieval.reading.metadata.language import detect_language
from retrieval.text_analysis import STOP_WORDS, content_stems
from retrieval.text_normalization import normalize_with_offsets, normalized

MIN_FUNCTION_WORDS = 0.15  # share of the words of an English text
MIN_KNOWN_WORDS = 0.4  # share of the words of an English answer that are function words or in its passages
MIN_WORDS = 4  # of an answer whose language its words can tell, and of a sentence that can be confirmed
MAX_LEAD_STEMS = 6  # content stems of a line that only introduces a list
_DATA_BLOCK = re.compile(r"```(?:json|ya?ml|toml|[ct]sv)\b", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|`")
_ANSWER_WORD = re.compile(r"\W*(?:yes|no|not quite|partly|correct|true|false|neither|both)\W*", re.IGNORECASE)
_SOURCES = r"(?:articles?|passages?|sources?|texts?|reports?|excerpts?|documents?)"
_HALF = re.compile(r"\b(?:half|quarter of) an? \Z", re.IGNORECASE)
_NOT_STATED = re.compile(
    rf"\b{_SOURCES}\b[^.]{{0,60}}\b(?:not|no|nothing|n[’']t|nowhere)\b"
    rf"|\b(?:not|nowhere|never|no|none)\b[^.]{{0,60}}\b(?:in|by|from)\s+(?:the|these|those|any)\s[^.]{{0,40}}{_SOURCES}\b"
    rf"|\b(?:neither|none|no)\b[^.]{{0,20}}\b{_SOURCES}\s+(?:say|state|name|mention|tell|give|specif|report|explain)"
    r"|\b(?:is|are|was|were|does|do|did)(?:\s+not|n[’']t)\s+(?:say|state|name|mention|tell|give|specif|report|explain)",
    re.IGNORECASE,
)


def check_words(answer: Answer, hits: Sequence[Hit]) -> Answer:
    """The answer with the verdict of the word check on each of its sentences.

    The evidence of a sentence is the passages of the articles it cites, or of all articles if it cites none.
    A conclusion without a citation is unsupported if the passages say nothing like it.
    Only English answers from English passages are checked, since facts are compared in their English forms.
    """
    if not is_english(answer, hits):
        return replace(answer, sentences=tuple(replace(s, support="neutral") for s in answer.sentences))
    cited = {citation.number: citation.article.id for citation in answer.citations}
    checked: list[Sentence] = []
    for sentence in answer.sentences:
        before = [answer.standalone_question, *(known.text for known in checked)]
        ids = {cited[number] for number in sentence.citations if number in cited}
        own = tuple(hit for hit in hits if not ids or hit.passage.article.id in ids)
        checked.append(_checked(sentence, own, before))
    texts = evidence_of(tuple(hits)).passages
    for place in uncited_conclusions(checked, texts, answer.standalone_question):
        conclusion = checked[place]
        if conclusion.support == "neutral" and not conclusion.calculations and _is_checkable(conclusion.text):
            checked[place] = replace(conclusion, support="unsupported")
    return replace(answer, sentences=tuple(checked))


def is_english(answer: Answer, hits: Sequence[Hit]) -> bool:
    """True if the answer and the passages of the articles it cites are in English."""
    cited = {citation.article.id for citation in answer.citations}
    passages = " ".join(hit.passage.text for hit in hits if not cited or hit.passage.article.id in cited)
    said = " ".join(sentence.text for sentence in answer.sentences)
    if not _has_english_words(passages) or not _shares_words(said, answer.standalone_question, hits):
        return False
    return question_language(said) == ENGLISH and detect_language(passages) in (ENGLISH, None)


def _has_english_words(text: str) -> bool:
    """True if enough of the words are English function words; a text in Spanish has next to none."""
    words = _words(text)
    return sum(word in STOP_WORDS for word in words) >= MIN_FUNCTION_WORDS * len(words)


def _shares_words(said: str, question: str, hits: Sequence[Hit]) -> bool:
    """False for an answer that translates its passages; its question decides for a very short one."""
    words = _words(said)
    if len(words) < MIN_WORDS:
        return _has_english_words(f"{question} {said}")
    known = STOP_WORDS.union(*(_words(hit.passage.text) for hit in hits))
    return sum(word in known for word in words) >= MIN_KNOWN_WORDS * len(words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def has_claim(text: str) -> bool:
    """False for "Yes.", for a lead such as "The companies:", and for "the articles do not say"."""
    plain = _EMPHASIS.sub("", text).strip()
    if _ANSWER_WORD.fullmatch(plain) or not content_stems(plain) or _NOT_STATED.search(plain):
        return False
    return not (plain.endswith(":") and len(set(content_stems(plain))) <= MAX_LEAD_STEMS)


def _is_checkable(text: str) -> bool:
    return has_claim(text) and ("```" not in text or _DATA_BLOCK.match(text) is not None)


def _checked(sentence: Sentence, hits: tuple[Hit, ...], before: Sequence[str]) -> Sentence:
    """The sentence with its verdict; *before* are the question and the sentences before it."""
    if not _is_checkable(sentence.text):
        return replace(sentence, support="neutral", missing=())
    plain = normalize_with_offsets(_EMPHASIS.sub(lambda mark: " " * len(mark[0]), sentence.text))
    claim = plain.text
    evidence = evidence_of(hits)
    found, calculations = lacking_facts(claim, evidence, before[0])
    if "```" in sentence.text:  # keys are neither names, nor quotations, nor the words of a sentence
        scaled = evidence.facts.numbers_without_scale(claim)
        found = [fact for fact in found if fact[2] in ("number", "date") and fact[:2] not in scaled]
    else:
        found += differing_facts(claim, evidence, calculations, before)
    lacks = [(*plain.span(start, end), kind) for start, end, kind in found]
    support: Support = "unsupported" if lacks else "neutral"
    if not lacks and _is_verbatim(claim, hits):
        support = "supported"
    spans = merge_spans(sentence.text, lacks)
    return replace(sentence, support=support, missing=spans, calculations=tuple(calculations))


def lacking_facts(claim: str, evidence: Evidence, question: str) -> tuple[list[MissingFact], list[str]]:
    """The facts of a claim that its evidence neither states nor implies, and the calculations it contains."""
    mentions = date_mentions.date_mentions(claim)
    numbers = figures.figures(claim)
    lacks, calculations = [], []
    for start, end, kind in evidence.facts.missing(claim):
        if kind == "date":
            mention = next(mention for mention in mentions if mention.start == start)
            if date_mentions.is_supported_by(mention, evidence.dates):
                continue
        elif kind == "number":
            figure = next(number for number in numbers if number.start == start)
            if _HALF.search(claim[:start]):
                continue  # "half a million" is not a million
            dates = [(mention.start, mention.end) for mention in mentions]
            others = [number for number in figures.outside(numbers, dates) if number.start != start]
            noun, days = next_word(claim, figure), mentions
            if asks_for_calculation(f"{question} {claim}"):
                others += evidence.facts.operands(noun)
                days = [*mentions, *evidence.dates]
            if noun == "point" and figures.is_supported_by(
                replace(figure, unit="%"), [other for other, _ in evidence.facts.figures]
            ):
                continue  # "0.1 points" of percentage points
            formula = calculation(figure, noun, figures.figures(question), ())
            formula = formula or calculation(figure, noun, others, days)
            if formula:
                calculations.append(formula)
                continue
        elif kind == "name" and claim[start:end].casefold() in question.casefold():
            continue
        lacks.append((start, end, kind))
    texts = (*evidence.passages, *evidence.heads)
    lacks += [(*span, "number") for span in units_not_named(claim, numbers, texts)]
    return lacks, calculations


def differing_facts(
    claim: str, evidence: Evidence, calculations: Sequence[str] = (), before: Sequence[str] = ()
) -> list[MissingFact]:
    """Values, negations and speakers of a claim in place of which its evidence has others.

    *before* are the sentences before the claim, which say whom "he" means.
    """
    numbers = figures.figures(claim) if calculations else ()
    calculated = {(figure.start, figure.end) for figure in numbers}
    found = [fact for fact in evidence.aligned.differing_facts(claim) if fact[:2] not in calculated]
    found += [(*span, "name") for span in evidence.speakers.mistaken(claim, before)]
    return found + [(*span, "name") for span in evidence.affiliations.mistaken(claim)]


def _is_verbatim(claim: str, hits: Sequence[Hit]) -> bool:
    """True if a passage contains the claim word for word; a name or figure alone states nothing."""
    words = _plain(claim)
    return len(words.split()) >= MIN_WORDS and any(words in _plain(hit.passage.text) for hit in hits)


def _plain(text: str) -> str:
    words = re.findall(r"[^\W_]+", normalized(text).casefold())
    return f" {' '.join(words)} "
