"""Recognizes the publishers, authors and tags of a corpus in a question about its articles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval.search.publisher_scope import site_label
from retrieval.tags import folded_tag

_BY = r"\b(?P<by>from|by|in|of|on|at|according to)\s+(?:the\s+)?"
_TAGGED = re.compile(
    r"\b(?:(?:that|which)\s+)?(?:(?:are|is|have|has)\s+)?"
    r"(?:(?:been\s+)?tagged\s+(?:as|with)?|(?:with|under|having|have|has)\s+(?:the\s+)?(?:tag|keyword))\s*",
    re.I,
)
_QUOTES = "\"'“”‘’"


@dataclass(frozen=True)
class Sources:
    """The publishers, authors and tags of a corpus, to recognize them in questions."""

    publishers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @cached_property
    def _spellings(self) -> dict[str, dict[tuple[str, str], bool]]:
        """Folded spelling -> (kind, name), each with True if it is the whole name and not a part of it."""
        found: dict[str, dict[tuple[str, str], bool]] = defaultdict(dict)
        for publisher in self.publishers:
            first, *_, last = (publisher.removeprefix("The ").split() or [""]) * 2
            for part in (first, last, first + last):
                found[_folded(part)].setdefault(("publisher", publisher), False)
            for spelling in (publisher, site_label(publisher) or publisher):
                found[_folded(spelling)]["publisher", publisher] = True
        for author in self.authors:
            found[_folded(author.rpartition(" ")[2])].setdefault(("author", author), False)
            found[_folded(author)]["author", author] = True
        return found

    def named(self, text: str, *, short: bool = False) -> tuple[str, str] | None:
        """("publisher" or "author", its name in the corpus) if *text* is one, however it is typed.

        With *short*, part of the name is enough if no other has it.

        >>> Sources(publishers=("usatoday.com", "The Week")).named("USA Today")
        ('publisher', 'usatoday.com')
        >>> Sources(authors=("Ines Haldane",)).named("haldane", short=True)
        ('author', 'Ines Haldane')
        """
        found = self._spellings.get(_folded(text), {})
        whole = [name for name, is_whole in found.items() if is_whole]
        return whole[0] if whole else next(iter(found)) if short and len(found) == 1 else None

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest name."""
        return max((len(name.split()) for name in (*self.publishers, *self.authors)), default=1) + 1


def without_tag(question: str, tags: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The question without "tagged TAG", and the tag: a known one, or the last word of the question.

    >>> without_tag("which notes about ferries are tagged #harbour?", ("Harbour", "news"))
    ('which notes about ferries ?', ('Harbour',))
    """
    match = _TAGGED.search(question)
    if not match:
        return question, ()
    known = {folded_tag(tag): tag for tag in tags}
    words = list(re.finditer(rf"[^\s,?!{_QUOTES}]+", question[match.end() :]))
    ends = [word.end() for word in words[: 1 + max((tag.count(" ") for tag in known), default=0)]]
    for end in map(match.end().__add__, reversed(ends)):
        typed = folded_tag(question[match.end() : end].strip(_QUOTES + "."))
        if typed in known or len(words) == 1:
            rest = question[end:].lstrip(_QUOTES)
            return question[: match.start()] + rest, (known.get(typed, typed),)
    return question, ()


def without_names(question: str, sources: Sources) -> tuple[str, list[tuple[str, str]]]:
    """The question without "from PUBLISHER" and "by AUTHOR" at its end or before the subject, and these."""
    found: list[tuple[str, str]] = []
    for preposition in reversed(list(re.finditer(_BY, question, re.I))):
        words = list(re.finditer(r"[^\s,?!]+", question[preposition.end() :]))[: sources.longest]
        for count in range(len(words), 0, -1):
            end = preposition.end() + words[count - 1].end()
            text = question[preposition.end() : end]
            if named := sources.named(text.rstrip("."), short=preposition["by"].lower() in ("by", "from")):
                found.insert(0, named)
                question = (question[: preposition.start()] + question[end:]).strip()
                break
    return question, found


def _folded(name: str) -> str:
    """A name in lower case without "the", spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold()).removeprefix("the")


def names_of(authors: Iterable[str]) -> Iterator[str]:
    """The people in the author fields of articles: "A and B" are two."""
    for author in authors:
        yield author
        yield from (part.strip() for part in re.split(r",| and | & |;", author) if len(part.split()) > 1)
