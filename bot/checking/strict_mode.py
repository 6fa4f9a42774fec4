"""Removes the sentences that no article supports, with their citations and leads, for strict answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from bot.answer import Answer, Sentence
from bot.localization import localized_count

_ITEM = re.compile(r"\n\s*(?:(?:[-*+•]|\d{1,2}[.)])\s|\|)")  # before an item of a list or a table row
_TABLE_HEAD = re.compile(r"^[ \t:|-]*-[ \t:|-]*\n[ \t]*\|?[ \t]*\Z", re.MULTILINE)  # ends a lead
_MARKS = re.compile(r"\s*(?:(?:[-*+•>]|\d{1,2}[.)])\s*)*")


def without_unsupported(answer: Answer) -> Answer:
    """The answer without its unsupported sentences, and without citations and leads that only they had.

    The ``notice`` of a complete answer says how many were left out. With no sentence left it is not_found.
    """
    sentences = answer.sentences
    count = sum(sentence.is_marked for sentence in sentences)
    kept: list[Sentence] = []
    orphan: str | None = None  # the lead of what was left out since the last sentence that is kept
    for place, sentence in enumerate(sentences):
        lead = sentence.lead if orphan is None else _joined(orphan, sentence.lead)
        if sentence.is_marked or _leads_nowhere(sentence, sentences[place + 1 :]):
            orphan = lead
            continue
        kept.append(replace(sentence, lead=lead if kept else lead.lstrip("\n ")))
        orphan = None
    left = replace(answer, sentences=tuple(kept))
    if answer.complete and count:
        notice = " ".join(filter(None, (answer.notice, left_out(count))))
        left = replace(left, notice=notice, status=answer.status if kept else "not_found")
    return renumbered(left)


def _joined(orphan: str, lead: str) -> str:
    """The lead of the next sentence with the headings, table head or list mark that it inherits.

    >>> _joined("\\n\\n### Fees\\n\\n", "\\n\\n- ")
    '\\n\\n### Fees\\n\\n- '
    """
    if "\n" not in lead:
        return orphan  # it continues the paragraph, list item or quotation
    if lead.count("\n") == 1 and not lead.strip(" \n|") and _TABLE_HEAD.search(orphan):
        return orphan
    headings = _headings(orphan)
    return "\n\n".join(["", *headings, lead.lstrip("\n")]) if headings and not _headings(lead) else lead


def _headings(lead: str) -> list[str]:
    """The lines of a lead that are neither list marks nor parts of a table."""
    lines = (line for line in lead.splitlines() if "|" not in line)
    return [line for line in lines if not _MARKS.fullmatch(line)]


def _leads_nowhere(sentence: Sentence, following: Sequence[Sentence]) -> bool:
    """True if a line such as "The companies:" introduces only sentences that are left out."""
    if sentence.citations or not sentence.text.rstrip(" *_").endswith(":"):
        return False
    items = tuple(takewhile(lambda item: _ITEM.search(item.lead), following)) or following[:1]
    return all(item.is_marked for item in items)


def left_out(count: int) -> str:
    """The notice about *count* sentences that were left out."""
    one = "{count} sentence was left out because the articles do not support it."
    many = "{count} sentences were left out because the articles do not support them."
    return localized_count(one, many, count)


def renumbered(answer: Answer) -> Answer:
    """The answer with the citations that are used, renumbered from 1 in the order of their first use."""
    used = [number for sentence in answer.sentences for number in sentence.citations]
    used += [number for contradiction in answer.contradictions for number in contradiction.citations]
    numbers = {old: new for new, old in enumerate(dict.fromkeys(used), 1)}
    cited = {citation.number: citation for citation in answer.citations}

    def renumber(old: Sequence[int]) -> tuple[int, ...]:
        return tuple(numbers[number] for number in old)

    return replace(
        answer,
        sentences=tuple(
            replace(sentence, citations=renumber(sentence.citations)) for sentence in answer.sentences
        ),
        contradictions=tuple(
            replace(contradiction, citations=renumber(contradiction.citations))
            for contradiction in answer.contradictions
        ),
        citations=tuple(replace(cited[old], number=new) for old, new in numbers.items()),
    )
