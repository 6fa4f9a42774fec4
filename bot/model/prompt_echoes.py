"""Sentences in which a model repeats its instructions, as an article may tell it to: they are not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.model.answer_parser import Draft, DraftSentence

_RUN = 8  # words in a row that two texts share only when one repeats the other
_SHORT = 4  # a sentence of at least so many words that stands whole in the instructions repeats them

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptInstructions:
    """The words of a prompt, but for those that the passages hold as well: an article may be quoted."""

    flat: str
    runs: frozenset[_Words]

    @classmethod
    def of(cls, prompt: str, passages: str) -> PromptInstructions:
        """Take the instructions of *prompt*; what stands in *passages* too does not count."""
        words = _words(prompt)
        return cls(f" {' '.join(words)} ", frozenset(_runs(words)) - frozenset(_runs(_words(passages))))

    def without_echoes(self, draft: Draft) -> Draft:
        """*draft* without what repeats the instructions; a sentence that grows waits until it differs."""
        kept = [sentence for sentence in draft.sentences if not self._is_echo(sentence)]
        if len(kept) < len(draft.sentences):  # what stood between echoes: numbers of rules, marks
            kept = [sentence for sentence in kept if re.search(r"[^\W\d]{3}", sentence.text)]
        if not draft.complete and kept and kept[-1] is draft.sentences[-1] and self._may_become(kept[-1]):
            kept.pop()
        return draft if len(kept) == len(draft.sentences) else replace(draft, sentences=tuple(kept))

    def _is_echo(self, sentence: DraftSentence) -> bool:
        words = _words(sentence.text)
        if len(words) >= _SHORT and len(words) < _RUN:
            return f" {' '.join(words)} " in self.flat and not sentence.hits
        return any(run in self.runs for run in _runs(words))

    def _may_become(self, sentence: DraftSentence) -> bool:
        words = _words(sentence.text)
        return len(words) > 1 and f" {' '.join(words)}" in self.flat


def _words(text: str) -> _Words:
    return tuple(re.findall(r"\w+", text.casefold()))


def _runs(words: _Words) -> Iterator[_Words]:
    return (words[at : at + _RUN] for at in range(len(words) - _RUN + 1))
