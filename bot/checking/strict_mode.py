"""What a strict answer leaves out: the sentences that no article supports, and what was theirs alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from bot.answer import Answer, Sentence

_ITEM = re.compile(r"\n\s*(?:[-*+•]|\d{1,2}[.)])\s")  # in the white space before an item of a list


def settled(answer: Answer) -> Answer:
    """A growing answer without its last sentence, which may still grow and get citations."""
    return answer if answer.complete else replace(answer, sentences=answer.sentences[:-1])


def without_unsupported(answer: Answer) -> Answer:
    """The answer without its unsupported sentences, and without citations and leads that were theirs alone.

    A complete answer says in ``notice`` how many were left out; without a sentence left it is not found.
    """
    said = answer.sentences
    count = sum(sentence.support == "unsupported" for sentence in said)
    kept = tuple(
        sentence
        for place, sentence in enumerate(said)
        if sentence.support != "unsupported" and not _leads_nowhere(sentence, said[place + 1 :])
    )
    left = replace(answer, sentences=kept)
    if answer.complete and count:
        notice = " ".join(filter(None, (answer.notice, left_out(count))))
        left = replace(left, notice=notice, status=answer.status if kept else "not_found")
    return renumbered(left)


def _leads_nowhere(sentence: Sentence, following: Sequence[Sentence]) -> bool:
    """Whether a line such as "The companies:" has lost all that it leads to."""
    if sentence.citations or not sentence.text.rstrip(" *_").endswith(":"):
        return False
    items = tuple(takewhile(lambda each: _ITEM.search(each.lead), following)) or following[:1]
    return all(each.support == "unsupported" for each in items)


def left_out(count: int) -> str:
    """What a person is told of sentences that were left out."""
    if count == 1:
        return "1 sentence was left out because the articles do not support it."
    return f"{count} sentences were left out because the articles do not support them."


def renumbered(answer: Answer) -> Answer:
    """The answer with the citations that are used, numbered anew from 1 in the order of their first use."""
    used = [number for sentence in answer.sentences for number in sentence.citations]
    used += [number for each in answer.contradictions for number in each.citations]
    numbers = {old: new for new, old in enumerate(dict.fromkeys(used), 1)}
    cited = {citation.number: citation for citation in answer.citations}
    return replace(
        answer,
        sentences=tuple(
            replace(each, citations=tuple(numbers[n] for n in each.citations)) for each in answer.sentences
        ),
        contradictions=tuple(
            replace(each, citations=tuple(numbers[n] for n in each.citations))
            for each in answer.contradictions
        ),
        citations=tuple(replace(cited[old], number=new) for old, new in numbers.items()),
    )
