"""Writes hits as the numbered passages of a prompt, by article, within a token budget, with escaped text.

Passage text is treated as data. It cannot close its own passage, open another, imitate a message of a chat
template or add bracketed numbers: all of these are escaped, in the prompt only. Quotes are taken from the
articles, never from a prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.prompting.escaping import ELLIPSIS, escape_attribute, escape_line, escape_passage
from bot.prompting.token_count import count_tokens
from retrieval.hit import Hit
from retrieval.passage import Passage

_MAX_CHARACTERS_PER_TOKEN = 12  # on average: a longer text cannot fit and is not counted
_MAX_SENTENCE = 2_000  # characters of a sentence to check
LATER_SHARE = 0.4  # of the budget, for what a model has asked for after the first search
_MIN_PASSAGE_TOKENS = 60  # a passage truncated to fewer is useless


@dataclass(frozen=True, slots=True)
class NumberedPassages:
    """The passages in a prompt: passage n is that of hit n - 1, for the indexes in ``shown``."""

    text: str
    shown: frozenset[int]


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence to check, with the 0-based numbers of the passages it cites."""

    text: str
    passages: tuple[int, ...] = ()


def numbered_passages(steps: Sequence[Sequence[Hit]], budget: int) -> NumberedPassages:
    """The passages of the hits of all *steps*, numbered from 1 in that order, as many as fit *budget* tokens.

    The passages of a step are shown by article, in the order of its text, the article of the best one first.
    Steps after the first get LATER_SHARE of the budget, in equal parts, and what is left by those before. In
    a step, the first passage that does not fit ends it; the first of all is truncated instead.
    """
    texts: list[str] = []
    shown: set[int] = set()
    left, first = 0, 0
    for step, hits in enumerate(steps):
        left += int(budget * _share(step, len(steps)))
        fitting, cost = _fitting(hits, left, first)
        left -= cost
        shown.update(number - 1 for number, _, _ in fitting)
        first += len(hits)
        if fitting:
            texts.append(_grouped(fitting))
    return NumberedPassages("\n\n".join(texts), frozenset(shown))


def tokens_of(hits: Sequence[Hit]) -> int:
    """The tokens of the hits' texts."""
    return sum(count_tokens(hit.passage.text) for hit in hits)


def _share(step: int, steps: int) -> float:
    if steps == 1:
        return 1.0
    return LATER_SHARE / (steps - 1) if step else 1 - LATER_SHARE


def _fitting(hits: Sequence[Hit], budget: int, first: int) -> tuple[list[tuple[int, Hit, str]], int]:
    """(number, hit, text) of the hits that fit, and their tokens; *first* hits precede them in the prompt."""
    fitting: list[tuple[int, Hit, str]] = []
    headers: set[str] = set()
    left = budget
    for number, hit in enumerate(hits, first + 1):
        if number > 1 and len(hit.passage.text) > left * _MAX_CHARACTERS_PER_TOKEN:
            break
        header = _header(hit)
        cost = 0 if header in headers else count_tokens(f"{header}\n</article>\n\n")
        text = _block(number, hit, left - cost if number == 1 else None)
        cost += count_tokens(text)
        if cost > left and number > 1:
            break
        fitting.append((number, hit, text))
        headers.add(header)
        left -= cost
    return fitting, budget - left


def _grouped(fitting: Sequence[tuple[int, Hit, str]]) -> str:
    """The passages below one header for each article."""
    by_header: dict[str, list[tuple[int, int, str]]] = {}
    for number, hit, text in fitting:
        by_header.setdefault(_header(hit), []).append((hit.passage.start, number, text))
    groups = []
    for header, passages in by_header.items():
        groups.append("\n".join([header, *(text for *_, text in sorted(passages)), "</article>"]))
    return "\n\n".join(groups)


def numbered_sentences(sentences: Sequence[CheckedSentence]) -> str:
    """The sentences as text for a check prompt, one per line: "2. It met 11 firms. [1][3]"."""
    return "\n".join(
        f"{number}. {escape_line(sentence.text, _MAX_SENTENCE)} "
        + "".join(f"[{passage + 1}]" for passage in sentence.passages)
        for number, sentence in enumerate(sentences, 1)
    )


def passage_head(number: int, hit: Hit) -> str:
    """The opening tag of a passage on its own: its number, and what else is in the header of its article."""
    return f'<passage number="{number}"{_attributes(hit, hit.passage.section)}>'


def _header(hit: Hit) -> str:
    """The opening tag of an article. Passages with other copies have a header of their own."""
    return f"<article{_attributes(hit)}>"


def _attributes(hit: Hit, section: str | None = None) -> str:
    info = hit.passage.article
    also_in = ", ".join(sorted({other.publisher for other in hit.also_in if other.publisher}))
    attributes = {
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "date": info.date,
        "weekday": f"{info.day:%A}" if info.day else None,
        "section": section,
        "also_in": also_in,
    }
    return "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items() if value)


def _block(number: int, hit: Hit, budget: int | None) -> str:
    section = f' section="{escape_attribute(hit.passage.section)}"' if hit.passage.section else ""
    head = f'<passage number="{number}"{section}>\n'
    text = _truncated(hit.passage, None if budget is None else budget - count_tokens(head) - 4)
    return f"{head}{text}\n</passage>"


def _truncated(passage: Passage, budget: int | None) -> str:
    """The passage's text, truncated at a sentence end if possible to fit *budget* tokens."""
    if budget is None or len(passage.text) <= budget * _MAX_CHARACTERS_PER_TOKEN:
        text = escape_passage(passage.text).strip()
        if budget is None or count_tokens(text) <= budget:
            return text
    limit = max(budget, _MIN_PASSAGE_TOKENS) * 3
    sentence_ends = [end - passage.start for _, end in passage.sentences if end - passage.start <= limit]
    cut = sentence_ends[-1] if sentence_ends else limit
    return escape_passage(passage.text[:cut]).strip() + " " + ELLIPSIS
