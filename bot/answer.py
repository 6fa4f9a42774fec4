"""An answer: sentences with numbered citations, each an exact span of an article."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from retrieval.article import ArticleInfo
from retrieval.hit import Hit

Support = Literal["supported", "partly", "unsupported"]
Status = Literal["answered", "not_found"]
Mode = Literal["extractive", "model"]


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
class Sentence:
    """One sentence of an answer, without markers; ``citations`` are numbers of ``Answer.citations``.

    ``lead`` is the white space before it, as it is to be shown ("", " ", or line breaks and list marks).
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    lead: str = ""

    @property
    def marked(self) -> str:
        """The sentence with its markers after it: "It met 11 companies. [1][2]"."""
        if not self.citations:
            return self.text
        return self.text + " " + "".join(f"[{number}]" for number in self.citations)


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
    line for the person about how the answer came to be ("The model did not answer in time; …").
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
        "sentences": [
            {"text": s.text, "citations": list(s.citations), "support": s.support} for s in answer.sentences
        ],
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
    if answer.reason:
        row["reason"] = answer.reason
    if answer.notice:
        row["notice"] = answer.notice
    if answer.nearest:
        row["nearest"] = [hit_json(hit) for hit in answer.nearest]
    return row


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
        "also_in": [article_json(info) for info in hit.also_in],
    }
