"""An answer: sentences with numbered citations, each an exact span of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from retrieval.article import ArticleInfo
from retrieval.hit import Hit

Support = Literal["supported", "partly", "unsupported"]
Status = Literal["answered", "not_found"]
Mode = Literal["extractive", "model"]
ContradictionKind = Literal["articles", "quote"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact quote behind a marker: ``article_text[start:end] == quote``.

    ``passage_start`` and ``passage_end`` are the span of the passage that was retrieved, around the quote.
    """

    number: int
    article: ArticleInfo
    quote: str
    start: int
    end: int
    line: int
    section: str | None
    passage_start: int
    passage_end: int


@dataclass(frozen=True, slots=True)
class UnsupportedSpan:
    """A figure, date, name or quotation of a sentence that its sources lack: ``text[start:end]`` of it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, without markers; ``citations`` are numbers of ``Answer.citations``.

    ``lead`` is the white space before it, as it is to be shown ("", " ", or line breaks and list marks).
    ``missing`` are in order and do not overlap.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    lead: str = ""
    missing: tuple[UnsupportedSpan, ...] = ()

    @property
    def marked(self) -> str:
        """The sentence with its markers after it: "It met 11 companies. [1][2]"."""
        return self.text + markers(self.citations)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What speaks against an answer, in our words, with the quotes that say it.

    ``kind`` is "articles" when they give different figures, "quote" when a model's figure, date or name is
    not the one in the sentence that answers the question in the articles' own words.
    """

    kind: ContradictionKind
    text: str
    citations: tuple[int, ...]

    @property
    def marked(self) -> str:
        """The line with its markers after it."""
        return self.text + markers(self.citations)


def markers(numbers: Sequence[int]) -> str:
    """The markers of some citations with a blank before them: " [1][2]"; "" for none."""
    return " " + "".join(f"[{number}]" for number in numbers) if numbers else ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model counted for an answer."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Assistant streams: each is cleaned and true so far; the last one has ``complete``.

    ``read`` are the hits that were read for it, cited or not, the best first. ``nearest`` are the hits
    nearest to the question, shown when nothing answers it. ``notice`` is one
    line for the person about how the answer came to be ("The model did not answer in time; …"). ``cost``
    is that of ``usage`` by the person's table of prices, None without a price.
    """

    question: str
    standalone_question: str
    status: Status
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    mode: Mode = "extractive"
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    seconds: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    nearest: tuple[Hit, ...] = ()
    notice: str | None = None
    complete: bool = False
    id: str = ""
    read: tuple[Hit, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    cost: float | None = None

    @property
    def text(self) -> str:
        """The answer as one text, markers included; "" for not_found until a sentence says so."""
        return "".join(sentence.lead + sentence.marked for sentence in self.sentences).strip()


def article_json(info: ArticleInfo) -> dict[str, Any]:
    """The article as all JSON output shows it."""
    return {
        "id": info.id,
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "published": info.published,
        "updated": info.updated,
        "url": info.url,
        "path": info.path,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as `--json` and `--jsonl` print it; a key with "?" in DESIGN.md's contract may be absent."""
    row: dict[str, Any] = {
        "id": answer.id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "text": answer.text,
        "sentences": [_sentence_json(sentence) for sentence in answer.sentences],
        "citations": [citation_json(citation) for citation in answer.citations],
        "confidence": round(answer.confidence, 4),
        "mode": answer.mode,
        "model": answer.model,
        "usage": {
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
        },
        "seconds": {name: round(value, 4) for name, value in answer.seconds.items()},
    }
    if answer.cost is not None:
        row["cost"] = round(answer.cost, 8)
    if answer.contradictions:
        row["contradictions"] = [_contradiction_json(each) for each in answer.contradictions]
    if answer.reason:
        row["reason"] = answer.reason
    if answer.notice:
        row["notice"] = answer.notice
    if answer.nearest:
        row["nearest"] = [hit_json(hit) for hit in answer.nearest]
    return row


def _sentence_json(sentence: Sentence) -> dict[str, Any]:
    row = {"text": sentence.text, "citations": list(sentence.citations), "support": sentence.support}
    missing = [
        {"start": each.start, "end": each.end, "text": sentence.text[each.start : each.end]}
        for each in sentence.missing
    ]
    return {**row, "missing": missing} if missing else row


def _contradiction_json(contradiction: Contradiction) -> dict[str, Any]:
    numbers = list(contradiction.citations)
    return {"kind": contradiction.kind, "text": contradiction.text, "citations": numbers}


def citation_json(citation: Citation) -> dict[str, Any]:
    """One citation as JSON output shows it."""
    return {
        "number": citation.number,
        "article": article_json(citation.article),
        "section": citation.section,
        "start": citation.start,
        "end": citation.end,
        "line": citation.line,
        "quote": citation.quote,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """One hit as `footnote search --json` shows it."""
    passage = hit.passage
    return {
        "article": article_json(passage.article),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
        "section": passage.section,
        "score": round(hit.score, 6),
        "ranks": {"dense": hit.dense, "lexical": hit.lexical},
        "also_in": [
            {**article_json(info), "earlier_version": info.id in hit.earlier} for info in hit.also_in
        ],
    }
