"""Writes hits as the numbered passages of a prompt, within a token budget, with their text escaped.

Passage text is treated as data. It cannot close its own passage, open another, imitate a message of a chat
template or add bracketed numbers: all of these are escaped, in the prompt only. Quotes are taken from the
articles, never from a prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.prompting.escaping import ELLIPSIS, escape_attribute, escape_line, escape_passage
from bot.prompting.token_count import count_tokens
from bot.question.conversation import Turn
from retrieval.hit import Hit
from retrieval.passage import Passage

_MAX_CHARACTERS_PER_TOKEN = 12  # on average: a longer text cannot fit and is not counted
_MAX_SENTENCE = 2_000  # characters of a sentence to check
_MIN_PASSAGE_TOKENS = 60  # a passage truncated to fewer is useless


@dataclass(frozen=True, slots=True)
class NumberedPassages:
    """The passages in a prompt: passage n is that of hit n - 1, for the first ``count`` hits."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence to check, with the 0-based numbers of the passages it cites."""

    text: str
    passages: tuple[int, ...] = ()


def numbered_passages(hits: Sequence[Hit], budget: int) -> NumberedPassages:
    """The passages of *hits*, numbered from 1 in that order, as many as fit *budget* tokens.

    The passages of one article are shown together, the article of the best passage first.

    The first is truncated if it does not fit; a later one that does not fit ends the list, so that passage
    numbers match the hits.
    """
    blocks: list[str] = []
    left = budget
    for number, hit in enumerate(hits, 1):
        if number > 1 and len(hit.passage.text) > left * _MAX_CHARACTERS_PER_TOKEN:
            break
        block = _block(number, hit, left if number == 1 else None)
        cost = count_tokens(block)
        if cost > left and blocks:
            break
        blocks.append(block)
        left -= cost
    by_article: dict[str, list[str]] = {}
    for hit, block in zip(hits, blocks, strict=False):
        by_article.setdefault(hit.passage.article.id, []).append(block)
    grouped = [block for article_blocks in by_article.values() for block in article_blocks]
    return NumberedPassages("\n\n".join(grouped), len(blocks))


def conversation(turns: Sequence[Turn], turn_characters: int = 800) -> str:
    """The turns as text for a prompt, oldest first; long questions and answers are truncated."""
    lines = []
    for turn in turns:
        lines.append(f"Question: {escape_line(turn.question, turn_characters)}")
        lines.append(f"Answer: {escape_line(turn.answer, turn_characters)}")
    return "\n".join(lines)


def numbered_sentences(sentences: Sequence[CheckedSentence]) -> str:
    """The sentences as text for a check prompt, one per line: "2. It met 11 firms. [1][3]"."""
    return "\n".join(
        f"{number}. {escape_line(sentence.text, _MAX_SENTENCE)} "
        + "".join(f"[{passage + 1}]" for passage in sentence.passages)
        for number, sentence in enumerate(sentences, 1)
    )


def passage_head(number: int, hit: Hit) -> str:
    """The opening tag of a passage: its number, title, publisher, author, date and section."""
    info = hit.passage.article
    also_in = ", ".join(sorted({other.publisher for other in hit.also_in if other.publisher}))
    attributes = {
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "date": info.date,
        "weekday": f"{info.day:%A}" if info.day else None,
        "section": hit.passage.section,
        "also_in": also_in,
    }
    written = "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items() if value)
    return f'<passage number="{number}"{written}>'


def _block(number: int, hit: Hit, budget: int | None) -> str:
    head = f"{passage_head(number, hit)}\n"
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
