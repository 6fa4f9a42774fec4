"""Writes hits as documents of Anthropic's API, a block per sentence, so that citations name exact sentences.

Passage text is treated as data, as in `passage_prompt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.prompting.escaping import escape_passage
from bot.prompting.passage_prompt import passage_head
from retrieval.hit import Hit

# Stands where the passages are in other prompts.
IN_DOCUMENTS = (
    "The numbered passages are the documents above: passage 1 is the first document, and so on. Cite the "
    "sentences that you use."
)


def cited_documents(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """A document for each hit, in order; block n of a document is sentence n of its passage."""
    return [
        {
            "type": "document",
            "title": f"Passage {number}",
            "context": passage_head(number, hit),
            "source": {
                "type": "content",
                "content": [{"type": "text", "text": text} for text in _sentence_texts(hit)],
            },
            "citations": {"enabled": True},
        }
        for number, hit in enumerate(hits, 1)
    ]


def _sentence_texts(hit: Hit) -> list[str]:
    """The sentences, escaped; none is left out or blank, which the API rejects."""
    passage = hit.passage
    spans = [(start - passage.start, end - passage.start) for start, end in passage.sentences]
    return [escape_passage(passage.text[start:end]).strip() or "…" for start, end in spans]
