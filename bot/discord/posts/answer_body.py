"""The words of an answer in Discord's Markdown: its sentences, what speaks against it, how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Answer, Sentence, markers
from bot.checking.unsupported_spans import listed, pieces
from bot.discord.posts.escape_markdown import defuse_mentions, escape_for_discord, plain_for_discord
from bot.discord.posts.split_markdown import shorten
from bot.rendering.text_rendering import answer_notes, marked, sanitize_line

DAGGER = "†"
_LONGEST = 12_000  # characters of an answer that are posted: some four messages
_CUT = "(The answer goes on, but is too long to be posted here.)"
_NOTICE = 600  # characters of a notice
_SECONDS = 0.05  # an answer faster than this is shown as that


def answer_text(answer: Answer) -> str:
    """The sentences with their markers, in Markdown: a model's own is kept, the words of articles escaped."""
    sentences = _not_too_many(answer.sentences)
    if answer.mode == "model":
        return defuse_mentions("".join(each.lead + _daggered(each) for each in sentences)).strip()
    shown = [each.lead + plain_for_discord(each.text) + marked(each)[len(each.text) :] for each in sentences]
    return "".join(shown).strip()


def _daggered(sentence: Sentence) -> str:
    """A sentence with its markers, and a dagger after each of its words that no source has."""
    text = "".join(part + DAGGER * missing for part, missing in pieces(sentence))
    return text + marked(sentence)[len(sentence.text) :]


def contradictions(answer: Answer) -> str:
    """What speaks against the answer, each as a paragraph of its own."""
    return "".join(
        f"\n\n{plain_for_discord(sanitize_line(each.text))}{markers(each.citations)}"
        for each in answer.contradictions
    )


def _notes(answer: Answer) -> list[str]:
    """What the signs of the answer mean, and the words that bear a dagger."""
    words = listed(answer)
    return answer_notes(answer) + ([f"{DAGGER} in no passage that is cited there: {words}"] if words else [])


def notice_line(answer: Answer) -> str:
    """What a person must know of how the answer came to be, as a line of small print above it; or ""."""
    return (
        f"-# {plain_for_discord(shorten(escape_for_discord(answer.notice), _NOTICE))}\n\n"
        if answer.notice
        else ""
    )


def _not_too_many(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that may be posted: a model that does not stop must not flood a channel."""
    kept: list[Sentence] = []
    left = _LONGEST
    for sentence in sentences:
        if left <= 0:
            return [*kept, Sentence(_CUT, (), "supported", "\n\n")]
        text = sentence.text if len(sentence.text) <= left else shorten(sentence.text, left)
        kept.append(sentence if text == sentence.text else replace(sentence, text=text))
        left -= len(text)
    return kept


def footer(answer: Answer, searched: int = 0) -> str:
    """How the answer came to be: mode, seconds, tokens, articles searched, and what its signs mean."""
    mode = f"model {answer.model}" if answer.mode == "model" and answer.model else answer.mode
    seconds = answer.seconds.get("total", sum(answer.seconds.values()))
    parts = [mode, f"{max(seconds, _SECONDS):.1f} s"]
    tokens = answer.usage.input_tokens + answer.usage.output_tokens
    if tokens:
        parts.append(f"{tokens:,} tokens")
    if searched:
        parts.append(f"{searched:,} articles searched")
    return "\n".join([escape_for_discord(" · ".join(parts)), *map(escape_for_discord, _notes(answer))])
