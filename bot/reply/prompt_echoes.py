"""Removes sentences that repeat the model's instructions, as an injected article can make it do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.reply.answer_parser import Draft, DraftSentence

_ECHO_WORDS = 8  # consecutive words that two texts share only if one repeats the other
_MIN_ECHO_WORDS = 4  # a shorter sentence is never an echo, even if the instructions contain it

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptInstructions:
    """The words of a prompt: all of them in ``text``, and in ``runs`` those that no passage repeats.

    Words that an article contains too can be quoted from it.
    """

    text: str
    runs: frozenset[_Words]

    @classmethod
    def of(cls, prompt: str, passages: str) -> PromptInstructions:
        """The instructions of *prompt*, without the word runs that *passages* contain too."""
        words = _words(prompt)
        return cls(f" {' '.join(words)} ", frozenset(_runs(words)) - frozenset(_runs(_words(passages))))

    def without_echoes(self, draft: Draft) -> Draft:
        """*draft* without echoes; a growing sentence is held back until it differs from the prompt."""
        kept = [sentence for sentence in draft.sentences if not self._is_echo(sentence)]
        if len(kept) < len(draft.sentences):  # also drop the numbers and marks between echoed rules
            kept = [sentence for sentence in kept if re.search(r"[^\W\d]{3}", sentence.text)]
        if not draft.complete and kept and kept[-1] is draft.sentences[-1] and self._can_be_echo(kept[-1]):
            kept.pop()
        return draft if len(kept) == len(draft.sentences) else replace(draft, sentences=tuple(kept))

    def _is_echo(self, sentence: DraftSentence) -> bool:
        words = _words(sentence.text)
        if _MIN_ECHO_WORDS <= len(words) < _ECHO_WORDS:
            return f" {' '.join(words)} " in self.text and not sentence.hits
        return any(run in self.runs for run in _runs(words))

    def _can_be_echo(self, sentence: DraftSentence) -> bool:
        words = _words(sentence.text)
        return len(words) > 1 and f" {' '.join(words)}" in self.text


def _words(text: str) -> _Words:
    return tuple(re.findall(r"\w+", text.casefold()))


def _runs(words: _Words) -> Iterator[_Words]:
    return (words[start : start + _ECHO_WORDS] for start in range(len(words) - _ECHO_WORDS + 1))
