"""Finds the affiliations of people in a text, such as "Ada Brook of the harbour board", and wrong ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.facts.name_mentions import CAPITALIZED, key
from retrieval.splitting.sentences import sentence_spans
from retrieval.text_analysis import content_stems

_PERSON = rf"(?:{CAPITALIZED}\s)+(?:[A-Z]\.\s)?(?P<last>{CAPITALIZED})"
_AFFILIATION = re.compile(
    rf"(?<![Tt]he )\b{_PERSON}\s(?:of|from|at)\s(?:the\s)?"
    rf"(?P<place>(?:[\w-]+\s){{0,2}}?{CAPITALIZED}(?:\s(?:(?:of|for|and)\s)?(?:the\s)?{CAPITALIZED})*"
    rf"|[\w-]+\s[\w-]+)"
)


class KnownAffiliations:
    """Where the people of some texts belong to.

    >>> known = KnownAffiliations(["Ada Brook of the Pilots' League said so. The harbour board met."])
    >>> claim = "Ada Brook of the harbour board agreed."
    >>> [claim[start:end] for start, end in known.mistaken(claim)]
    ['harbour board']
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._sentences = [text[start:end] for text in texts for start, end in sentence_spans(text)]
        self._people = {key(found["last"]) for text in texts for found in _AFFILIATION.finditer(text)}

    def mistaken(self, claim: str) -> Iterator[tuple[int, int]]:
        """The places of affiliations of people to whom the texts give another one."""
        for found in _AFFILIATION.finditer(claim):
            stems = set(content_stems(found["place"]))
            if stems and key(found["last"]) in self._people and not stems & self._beside(found["last"]):
                yield found.span("place")

    def _beside(self, name: str) -> set[str]:
        """The stems of the sentences with a name, in which the affiliation can be written in another way."""
        named = re.compile(rf"\b{re.escape(name)}\b")
        return {
            stem for sentence in self._sentences if named.search(sentence) for stem in content_stems(sentence)
        }
