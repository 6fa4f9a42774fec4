"""The text of an answer in Discord's Markdown: its sentences, contradictions, notice and footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from bot.answer import Answer, Sentence, markers
from bot.checking.marked_spans import listed
from bot.discord.posts.discord_markdown import DAGGER, discord_markdown
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.discord.posts.split_markdown import shorten, split
from bot.localization import localized, localized_count, localized_decimal
from bot.rendering.answer_document import document
from bot.rendering.sanitize import sanitize_line
from bot.rendering.text_rendering import legend_lines

_MAX_ANSWER = 12_000  # characters of an answer that are posted: about four messages
MODEL_FAILED = "The language model is not available at the moment."
_TRUNCATED = "(The rest of this answer is too long to post here.)"
_MAX_NOTICE = 600  # characters
_CONSOLE_COMMAND = re.compile(r" (?:or|oder) `footnote [^`]*`")  # of no use to members
_LIST_MARK = re.compile(r"\s*(?:- )?")
_MIN_SECONDS = 0.05  # shortest time shown in the footer


def answer_text(answer: Answer) -> str:
    """The sentences with their markers in Markdown: a model's structure is kept, all words are escaped."""
    shown = replace(answer, sentences=_first_sentences(answer.sentences))
    is_model = answer.mode == "model"
    text = discord_markdown(document(shown)) if is_model else "".join(map(_quoted, shown.sentences))
    parts = split(text, _MAX_ANSWER)
    is_whole = len(parts) <= 1 and len(shown.sentences) == len(answer.sentences)
    return text.strip() if is_whole else f"{parts[0]}\n\n{localized(_TRUNCATED)}"


def _first_sentences(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences that begin within _MAX_ANSWER characters: a model that does not stop must not flood."""
    lengths = (len(sentence.lead + sentence.text + sentence.tail) for sentence in sentences)
    starts = accumulate(lengths, initial=0)
    return tuple(s for s, start in zip(sentences, starts, strict=False) if start <= _MAX_ANSWER)


def _quoted(sentence: Sentence) -> str:
    """A sentence of an article; its lead is white space, the mark of a list, and the date of its article."""
    mark = _LIST_MARK.match(sentence.lead)
    lead = (mark[0] if mark else "") + plain_for_discord("x" + sentence.lead[mark.end() if mark else 0 :])[1:]
    return lead + plain_for_discord(sentence.text) + markers(sentence.citations)


def contradiction_text(answer: Answer) -> str:
    """What contradicts the answer, each in its own paragraph."""
    return "".join(
        f"\n\n{plain_for_discord(sanitize_line(contradiction.text))}{markers(contradiction.citations)}"
        for contradiction in answer.contradictions
    )


def notice_line(answer: Answer) -> str:
    """The notice of an answer as small print above it, without errors for the operator; "" if none."""
    text = _CONSOLE_COMMAND.sub("", answer.notice or "")
    for failure in answer.failures:
        text = text.replace(failure, localized(MODEL_FAILED))
    return f"-# {plain_for_discord(shorten(escape_for_discord(text), _MAX_NOTICE))}\n\n" if text else ""


def footer(answer: Answer, searched: int = 0) -> str:
    """Who wrote the answer, seconds and the number of articles searched, then a legend of the marks used."""
    seconds = answer.seconds.get("total", sum(answer.seconds.values()))
    parts = [_origin(answer)] if answer.status == "answered" else []
    parts.append(localized("{seconds} s", seconds=localized_decimal(max(seconds, _MIN_SECONDS))))
    if searched:
        parts.append(localized_count("{count} article searched", "{count} articles searched", searched))
    lines = [" · ".join(parts), *legend_lines(answer)]
    missing = listed(answer)
    if missing:
        lines.append(
            localized("{mark} in no passage that is cited there: {words}", mark=DAGGER, words=missing)
        )
    return "\n".join(map(escape_for_discord, lines))


def _origin(answer: Answer) -> str:
    if answer.mode == "extractive":
        return localized("word for word from the articles")
    return (
        localized("written by {model}", model=answer.model)
        if answer.model
        else localized("written by a model")
    )
