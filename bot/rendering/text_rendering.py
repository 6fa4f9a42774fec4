"""Answers, sources and passages as lines of text for a terminal, harmless whatever an article holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Sentence
from bot.checking.attribution import states_as_fact
from bot.checking.unsupported_spans import pieces, tokens
from bot.rendering.also_in import also_in_text
from retrieval.article import ArticleInfo
from retrieval.hit import Hit

if TYPE_CHECKING:
    from retrieval.index.index_reader import IndexStatus

# Escape sequences (ECMA-48): a control sequence; a string ended by BEL or ST; those of two characters.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[P\]X^_]|[\x90\x9d\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What is shown as nothing or reorders what is: other controls, direction overrides and isolates, zero-width
# spaces, tag characters (invisible ASCII); and halves of surrogate pairs, which cannot be encoded.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")

SUPPORT_MARKS = {"supported": "", "partly": " [~]", "unsupported": " [?]"}
SUPPORT_NOTES = {
    "partly": "[~] only partly said by the passages it cites",
    "unsupported": "[?] not said by any passage it cites",
}
UNDERLINED = "underlined: in no passage that the sentence cites"
STATES = {
    "unchanged": "unchanged: the article says this now as it did when it was cited",
    "moved": "moved: the article still says this, at another place",
    "changed": "changed since: the article no longer says this in these words",
    "deleted": "deleted: the article is no longer in the corpus",
}
REASONS = {  # of an answer that was not found, as a person reads them
    "nothing near": "none of them is near enough to the question",
    "not said": "some are near to the question, but none seems to answer it",
    "name not in the corpus": "a name in the question stands in none of them",
    "outside the dates": "none of them is of the days asked for",
    "only part answered": "they answer only a part of it",
}


def sanitize(text: str) -> str:
    """*text* without escape sequences and invisible characters; the only control left is the line end."""
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).replace("\t", "    ")
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _UNSEEN.sub("", text))


def sanitize_line(text: str) -> str:
    """*text* cleaned, on one line."""
    return " ".join(sanitize(text).split())


def marked(sentence: Sentence) -> str:
    """A sentence with its markers, and the sign of a verdict below "supported"."""
    return sentence.marked + SUPPORT_MARKS[sentence.support]


def answer_text(answer: Answer, mark: Callable[[str], str] | None = None) -> str:
    """The sentences of an answer so far, cleaned, with markers and signs.

    *mark* is given each stretch that its sources lack, cleaned, and gives what is shown for it.
    """
    shown = "".join(
        sanitize(each.lead) + _text(each, mark) + sanitize(_tail(each)) for each in answer.sentences
    )
    return shown.strip()


def _text(sentence: Sentence, mark: Callable[[str], str] | None) -> str:
    if mark is None:
        return sanitize(sentence.text)
    parts = ((sanitize(part), lacking) for part, lacking in pieces(sentence))
    return "".join(mark(part) if lacking else part for part, lacking in parts)


def _tail(sentence: Sentence) -> str:
    """What follows a sentence: its markers, and the sign of a verdict below "supported"."""
    return marked(sentence)[len(sentence.text) :]


def spelled(token: str) -> str:
    """A token that no source has, marked in words: "[not in source: $40 billion]"."""
    return f"[not in source: {token}]"


def unsigned(answer: Answer) -> Answer:
    """A growing answer whose last sentence bears no sign yet: its citations may still come."""
    if answer.complete or not answer.sentences:
        return answer
    last = replace(answer.sentences[-1], support="supported", missing=())
    return replace(answer, sentences=(*answer.sentences[:-1], last))


def contradiction_lines(answer: Answer) -> list[str]:
    """What speaks against an answer, a line each with its markers, cleaned."""
    return [sanitize_line(each.marked) for each in answer.contradictions]


def answer_notes(answer: Answer) -> list[str]:
    """The lines below an answer: what its signs mean."""
    verdicts = {sentence.support for sentence in answer.sentences}
    return [note for verdict, note in SUPPORT_NOTES.items() if verdict in verdicts]


def why_lines(answer: Answer) -> list[str]:
    """For each sentence with a sign, what it means there, and which of its words no source has."""
    lines = []
    for sentence in answer.sentences:
        if sentence.support != "supported":
            mark, _, meaning = SUPPORT_NOTES[sentence.support].partition(" ")
            meaning = _meaning(sentence, answer) or meaning
            lacking = ", ".join(sanitize_line(token) for token in tokens(sentence))
            lines.append(f"{mark} {excerpt(sentence.text)}")
            lines.append(f"    {meaning}" + (f"; not there: {lacking}" if lacking else ""))
    return lines


def _meaning(sentence: Sentence, answer: Answer) -> str | None:
    """What a sign means on this sentence, where more is known than the sign tells."""
    if not sentence.citations:
        return "cites nothing, and no passage that was read says it"
    quotes = [each.quote for each in answer.citations if each.number in sentence.citations]
    if sentence.support == "partly" and states_as_fact(sentence.text, quotes):
        return "told as a fact; the article reports it as somebody's words"
    return None


def not_found_text(answer: Answer) -> str:
    """The one sentence that says that nothing answers, and why."""
    if not answer.reason:
        return "The articles do not answer this."
    reason = REASONS.get(answer.reason, sanitize_line(answer.reason).rstrip("."))
    return f"The articles do not answer this: {reason}."


def article_line(info: ArticleInfo) -> str:
    """Title, publisher and day of an article, as far as known, on one line."""
    return " · ".join(
        sanitize_line(part) for part in (info.title or info.id, info.publisher, info.date) if part
    )


def knowledge_line(status: IndexStatus) -> str:
    """What an index holds, in one line: articles, publishers, days."""
    plural = "article" if status.articles == 1 else "articles"
    publishers = f" of {len(status.publishers)} publishers" if len(status.publishers) > 1 else ""
    dates = f", {status.first_date} to {status.last_date}" if status.first_date and status.last_date else ""
    return f"{status.articles:,} {plural}{publishers}{dates}"


def mode_line(model: str | None) -> str:
    """Who writes the answers, in one sentence."""
    if model:
        return f"Answers are written by {sanitize_line(model)} from these articles."
    return "No model is set: answers are sentences of these articles, word for word."


def source_line(citation: Citation) -> str:
    """Where a citation stands: title, publisher, day, path:line."""
    return f"{article_line(citation.article)} · {sanitize_line(citation.article.path)}:{citation.line}"


def hit_as_citation(number: int, hit: Hit) -> Citation:
    """A hit as a citation of its whole passage, so that it can be shown and opened like one."""
    passage = hit.passage
    span = passage.start, passage.end
    return Citation(number, passage.article, passage.text, *span, passage.line, passage.section, *span)


def excerpt(text: str, limit: int = 240) -> str:
    """The beginning of *text* on one line, cut at a word, at most *limit* characters."""
    line = sanitize_line(text)
    if len(line) <= limit:
        return line
    return line[: limit - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def plain_answer(answer: Answer, spell_missing: bool = False) -> str:
    """A whole answer as plain text: for pipes, files and dumb terminals."""
    if answer.status == "not_found":
        blocks = [not_found_text(answer), plain_nearest(answer.nearest)]
    else:
        sources = "\n".join(f"[{each.number}] {source_line(each)}" for each in answer.citations)
        mark = spelled if spell_missing else None
        blocks = [answer_text(answer, mark), *contradiction_lines(answer), sources]
    blocks = [sanitize_line(answer.notice or ""), *blocks, "\n".join(answer_notes(answer))]
    return "\n\n".join(block for block in blocks if block)


def plain_nearest(hits: Sequence[Hit]) -> str:
    """The nearest passages as plain text, numbered from 1; "" when there are none."""
    if not hits:
        return ""
    return "Nearest passages:\n" + plain_hits(hits)


def plain_hits(hits: Sequence[Hit]) -> str:
    """Hits as plain text, numbered from 1: where each stands, and its beginning."""
    lines = []
    for number, hit in enumerate(hits, 1):
        also = sanitize_line(also_in_text(hit))
        lines.append(
            f"[{number}] {source_line(hit_as_citation(number, hit))}" + (f"\n    {also}" if also else "")
        )
        lines.append(f"    {excerpt(hit.passage.text)}")
    return "\n".join(lines)
