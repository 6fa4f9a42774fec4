"""Answers, citations, hits and articles as JSON output shows them."""

from __future__ import annotations

from typing import Any

from bot.answer import Answer, Citation, Sentence
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import page_of


def article_json(info: ArticleInfo) -> dict[str, Any]:
    """An article in JSON output."""
    return {
        "id": info.id,
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "published": info.published,
        "updated": info.updated,
        "url": info.url,
        "path": info.path,
        "tags": list(info.tags),
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer for `--json` and `--jsonl`; keys after "seconds" are omitted when empty."""
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
    if answer.usage.cost is not None:
        row["cost"] = round(answer.usage.cost, 8)
    if answer.checked is not None:
        row["checked"] = answer.checked
    if answer.contradictions:
        row["contradictions"] = [
            {
                "kind": contradiction.kind,
                "text": contradiction.text,
                "citations": list(contradiction.citations),
            }
            for contradiction in answer.contradictions
        ]
    if answer.reason:
        row["reason"] = answer.reason
    if answer.notice:
        row["notice"] = answer.notice
    if answer.nearest:
        row["nearest"] = [hit_json(hit) for hit in answer.nearest]
    return row


def _sentence_json(sentence: Sentence) -> dict[str, Any]:
    row: dict[str, Any] = {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "support": sentence.support,
    }
    if sentence.calculations:
        row["calculations"] = list(sentence.calculations)
    missing = [
        {"start": span.start, "end": span.end, "text": sentence.text[span.start : span.end]}
        for span in sentence.missing
    ]
    return {**row, "missing": missing} if missing else row


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation in JSON output."""
    return {
        "number": citation.number,
        "article": article_json(citation.article),
        "section": citation.section,
        **page_json(citation.article.path, citation.section),
        "start": citation.start,
        "end": citation.end,
        "line": citation.line,
        "quote": citation.quote,
    }


def page_json(path: str, section: str | None) -> dict[str, int]:
    """The page of a PDF file; other files have none."""
    page = page_of(path, section)
    return {} if page is None else {"page": page}


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit in JSON output."""
    passage = hit.passage
    return {
        "article": article_json(passage.article),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
        "section": passage.section,
        **page_json(passage.article.path, passage.section),
        "score": round(hit.score, 6),
        "ranks": {"dense": hit.dense, "lexical": hit.lexical},
        "also_in": [
            {**article_json(info), "earlier_version": info.id in hit.earlier} for info in hit.also_in
        ],
    }
