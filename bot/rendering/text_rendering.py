"""Plain-text rendering of answers, sources and passages, sanitized unless noted otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Sentence
from bot.checking.marked_spans import pieces, tokens
from bot.localization import localized
from bot.rendering.also_in import also_in_line
from bot.rendering.sanitize import sanitize, sanitize_line
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import place_of

if TYPE_CHECKING:
    from retrieval.index.generation_state import IndexStatus

_MARKDOWN_FILES = (".md", ".markdown")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
SUPPORT_MARKS = {"supported": "", "neutral": "", "unsupported": " [?]", "contradicted": " [!]"}
SUPPORT_NOTES = {
    "unsupported": "[?] not in the passages",
    "contradicted": "[!] the passages say otherwise",
}
CHECK_NOTES = {  # `Answer.checked` -> what an answer's legend says about the check
    "words": "Only figures, dates, names and quotations were checked.",
    "off": "The sentences were not checked.",
}
MAX_CALCULATIONS = 5  # listed in a legend
UNDERLINE_NOTE = "underlined: not found in the passages cited for the sentence"
QUOTE_STATE_TEXTS = {
    "unchanged": "unchanged: the quote is still in the article",
    "moved": "moved: the quote is still in the article, at a different place",
    "changed": "changed: the article no longer contains this quote",
    "deleted": "deleted: the article is no longer in the corpus",
}
NOT_FOUND_REASONS = {  # `Answer.reason` -> how it is shown
    "nothing near": "no passage is close enough to the question",
    "not said": "some passages are close to the question, but none seems to answer it",
    "words not in the corpus": "most of its words are in none of them; they may be in another language",
    "name not in the corpus": "a name in the question does not appear in any of them",
    "no article named": "the question does not say which article is meant",
    "asks for an opinion": "it asks for an opinion or for advice",
    "reported before the dates": "the closest was published before the time asked for",
    "outside the dates": "none of them is from the dates asked for",
    "only part answered": "they answer only part of the question",
}


def answer_text(answer: Answer, mark_missing: Callable[[str], str] | None = None) -> str:
    """The sentences of an answer with citation markers and support marks; a model's Markdown stays as it is.

    Quotes of Markdown articles are shown without emphasis marks and link targets. *mark_missing* receives
    each sanitized span that its sources lack and returns what to show instead.
    """
    if answer.mode == "extractive":
        answer = replace(answer, sentences=tuple(_without_markup(s, answer) for s in answer.sentences))
    text = "".join(
        sanitize(sentence.lead) + _sentence_text(sentence, mark_missing) + sanitize(_marks(sentence))
        for sentence in answer.sentences
    )
    return text.strip()


def _without_markup(sentence: Sentence, answer: Answer) -> Sentence:
    """A sentence without Markdown, if all that it cites are Markdown files."""
    cited = [c.article.path for c in answer.citations if c.number in sentence.citations]
    if sentence.missing or not cited or not all(path.endswith(_MARKDOWN_FILES) for path in cited):
        return sentence
    text = _LINK.sub(r"\1", sentence.text)
    return replace(sentence, text=_EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)))


def _sentence_text(sentence: Sentence, mark_missing: Callable[[str], str] | None) -> str:
    if mark_missing is None:
        return sanitize(sentence.text)
    parts = ((sanitize(part), missing) for part, missing in pieces(sentence))
    return "".join(mark_missing(part) if missing else part for part, missing in parts)


def _marks(sentence: Sentence) -> str:
    """What follows the text of a sentence: citation markers, support mark and tail."""
    return sentence.with_mark(SUPPORT_MARKS[sentence.support])[len(sentence.text) :]


def not_in_source(token: str) -> str:
    """The written-out mark of a missing token: "[not in source: $40 billion]"."""
    return f"[not in source: {token}]"


def contradiction_lines(answer: Answer) -> list[str]:
    """The contradictions of an answer, one line each, with citation markers."""
    return [sanitize_line(contradiction.marked) for contradiction in answer.contradictions]


def legend_lines(answer: Answer) -> list[str]:
    """What a reader needs to know below an answer: its marks, its calculations, and what was not checked."""
    verdicts = {sentence.support for sentence in answer.sentences}
    lines = [localized(note) for verdict, note in SUPPORT_NOTES.items() if verdict in verdicts]
    calculations = [
        sanitize_line(formula) for sentence in answer.sentences for formula in sentence.calculations
    ]
    if calculations:
        more = "; …" if len(calculations) > MAX_CALCULATIONS else ""
        formulas = "; ".join(calculations[:MAX_CALCULATIONS]) + more
        lines.append(localized("calculated: {formulas}", formulas=formulas))
    note = localized(CHECK_NOTES.get(answer.checked or "", ""))
    if answer.sentences and note and note not in (answer.notice or ""):
        lines.append(note)
    return lines


def why_lines(answer: Answer) -> list[str]:
    """What is wrong with each marked sentence, what the articles say instead, and every calculation."""
    lines = []
    for sentence in answer.sentences:
        if sentence.is_marked:
            mark, _, meaning = SUPPORT_NOTES[sentence.support].partition(" ")
            meaning = meaning if sentence.citations else f"no source; {meaning}"
            missing = ", ".join(sanitize_line(token) for token in tokens(sentence))
            lines.append(f"{mark} {excerpt(sentence.text)}")
            lines.append(f"    {meaning}" + (f"; missing: {missing}" if missing else ""))
            lines += [f"    {line}" for line in _contradictions_of(sentence, answer)]
        elif sentence.calculations:
            lines.append(excerpt(sentence.text))
        lines += [f"    calculated: {sanitize_line(formula)}" for formula in sentence.calculations]
    return lines


def _contradictions_of(sentence: Sentence, answer: Answer) -> list[str]:
    """The articles' own words against a contradicted sentence."""
    if sentence.support != "contradicted":
        return []
    return [
        sanitize_line(contradiction.marked)
        for contradiction in answer.contradictions
        if contradiction.kind == "quote" and set(contradiction.citations) & set(sentence.citations)
    ]


def not_found_text(answer: Answer) -> str:
    """The sentence shown when no answer was found, with the reason if known."""
    if not answer.reason:
        return "The articles do not answer this."
    reason = NOT_FOUND_REASONS.get(answer.reason, sanitize_line(answer.reason).rstrip("."))
    return f"The articles do not answer this: {reason}."


def article_line(info: ArticleInfo) -> str:
    """Title, publisher and date of an article, as far as known, on one line."""
    return " · ".join(
        sanitize_line(part) for part in (info.title or info.id, info.publisher, info.date) if part
    )


def index_summary(status: IndexStatus) -> str:
    """One-line summary of an index: number of articles and publishers, date range."""
    total = status.articles + status.pending
    noun = "article" if total == 1 else "articles"
    count = f"{status.articles:,} of {total:,}" if status.pending else f"{total:,}"
    noun += " so far" if status.pending else ""
    publishers = f" from {len(status.publishers)} publishers" if len(status.publishers) > 1 else ""
    dates = f", {status.first_date} to {status.last_date}" if status.first_date and status.last_date else ""
    return f"{count} {noun}{publishers}{dates}"


def mode_line(model: str | None) -> str:
    """One sentence saying who writes the answers."""
    if model:
        return f"Answers are written by {sanitize_line(model)}, based on these articles."
    return "No model is configured: answers quote these articles word for word."


def source_line(citation: Citation) -> str:
    """The source of a citation: title, publisher, date, path:line or page."""
    place = place_of(citation.article.path, citation.line, citation.section)
    return f"{article_line(citation.article)} · {sanitize_line(place)}"


def hit_as_citation(number: int, hit: Hit) -> Citation:
    """Make a citation of the whole passage, so that a hit can be shown and opened like a source."""
    passage = hit.passage
    span = passage.start, passage.end
    return Citation(number, passage.article, passage.text, *span, passage.line, passage.section, *span)


def excerpt(text: str, limit: int = 240) -> str:
    """*text* on one line, truncated at a word boundary to at most *limit* characters."""
    line = sanitize_line(text)
    if len(line) <= limit:
        return line
    return line[: limit - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def plain_answer(answer: Answer, mark_missing: bool = False) -> str:
    """A complete answer as plain text, for pipes, files and dumb terminals."""
    if answer.status == "not_found":
        blocks = [not_found_text(answer), plain_hits(answer.nearest, "Nearest in the articles:")]
    else:
        sources = "\n".join(f"[{citation.number}] {source_line(citation)}" for citation in answer.citations)
        text = answer_text(answer, not_in_source if mark_missing else None)
        blocks = [text, *contradiction_lines(answer), sources]
    blocks = [sanitize_line(answer.notice or ""), *blocks, "\n".join(legend_lines(answer))]
    return "\n\n".join(block for block in blocks if block)


def plain_hits(hits: Sequence[Hit], title: str = "") -> str:
    """Hits as plain text, numbered from 1, with source and excerpt; "" when there are none."""
    lines = [title] if title and hits else []
    for number, hit in enumerate(hits, 1):
        lines.append(f"[{number}] {source_line(hit_as_citation(number, hit))}")
        if also := sanitize_line(also_in_line(hit)):
            lines.append(f"    {also}")
        lines.append(f"    {excerpt(hit.passage.text)}")
    return "\n".join(lines)
