"""Reads a reply whose text blocks have Anthropic's citations: markers for the parser, and exact sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.reply.answer_parser import Draft, DraftSentence
from retrieval.hit import Hit


@dataclass(frozen=True, slots=True)
class NativeCitation:
    """The span of an article's text, in the passage of the 0-based *hit*, that a *claim* was cited from."""

    claim: str
    hit: int
    start: int
    end: int


@dataclass(slots=True)
class CitedReply:
    """Turns the blocks of a stream into text with a marker after each cited claim.

    *hits* are those of the documents in the request, in that order. Citations of other documents or sentences
    are ignored: a quote is always a span of a passage that was sent.
    """

    hits: Sequence[Hit]
    citations: list[NativeCitation] = field(default_factory=list)
    _index: object = None  # of the open block
    _claim: str = ""  # text of the open block
    _spans: list[tuple[int, int, int]] = field(default_factory=list)  # (hit, start, end) of the open block
    _space: str = ""  # white space at the end so far: a marker stands before it

    def read(self, content: str | Sequence[Any]) -> str:
        """The text of a chunk's *content*, which is text or a list of blocks."""
        blocks = [{"text": content}] if isinstance(content, str) else content
        return "".join(self._read(block) for block in blocks if isinstance(block, Mapping))

    def close(self) -> str:
        """The rest of the text."""
        return self._close_block() + self._space

    def with_spans(self, draft: Draft) -> Draft:
        """*draft* with the cited spans of its sentences."""
        if not self.citations:
            return draft
        sentences = tuple(replace(sentence, spans=self._spans_of(sentence)) for sentence in draft.sentences)
        return replace(draft, sentences=sentences)

    def _read(self, block: Mapping[str, Any]) -> str:
        if block.get("type", "text") != "text":
            return ""  # hidden reasoning
        before = self._close_block() if block.get("index") != self._index else ""
        self._index = block.get("index")
        self._spans += filter(None, map(self._span, block.get("citations") or ()))
        text = self._space + str(block.get("text") or "")
        shown = text.rstrip()
        self._space = text[len(shown) :]
        self._claim += shown
        return before + shown

    def _close_block(self) -> str:
        """The markers of the open block."""
        spans, claim = dict.fromkeys(self._spans), self._claim.strip()
        self.citations += [NativeCitation(claim, *span) for span in spans]
        self._spans, self._claim = [], ""
        return "".join(f" [{hit + 1}]" for hit in dict.fromkeys(hit for hit, _, _ in spans))

    def _span(self, citation: Any) -> tuple[int, int, int] | None:
        if not isinstance(citation, Mapping) or citation.get("type") != "content_block_location":
            return None
        hit, first, end = (citation.get(f"{name}_index") for name in ("document", "start_block", "end_block"))
        if not (isinstance(hit, int) and isinstance(first, int) and isinstance(end, int)):
            return None
        if not 0 <= hit < len(self.hits):
            return None
        sentences = self.hits[hit].passage.sentences
        if not 0 <= first < end <= len(sentences):
            return None
        return hit, sentences[first][0], sentences[end - 1][1]

    def _spans_of(self, sentence: DraftSentence) -> tuple[tuple[int, int, int], ...]:
        """The spans cited for a claim that is in the sentence, or that the sentence is in."""
        text = _letters(sentence.text)
        spans = [
            (cited.hit, cited.start, cited.end)
            for cited in self.citations
            if cited.hit in sentence.hits and _share(text, _letters(cited.claim))
        ]
        return tuple(dict.fromkeys(spans))


def _share(first: str, second: str) -> bool:
    return bool(first and second) and (first in second or second in first)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
