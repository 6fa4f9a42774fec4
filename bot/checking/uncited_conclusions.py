"""Finds conclusions of an answer that cite nothing and that no passage states."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Sentence
from bot.facts.word_contexts import placed_words
from retrieval.text_analysis import content_stems

MIN_STEMS = 3  # of a conclusion that states something
MIN_KNOWN = 0.5  # share of its stems in one passage or the sentences before it, to be a summary of them


def uncited_conclusions(sentences: Sequence[Sentence], texts: Sequence[str], question: str) -> set[int]:
    """The places of the sentences after the last cited one that state more than *texts* do.

    A sentence before a cited one introduces it, and its words are those of the cited one. *texts* are the
    passages; words of the question are known.
    """
    cited = [place for place, sentence in enumerate(sentences) if sentence.citations]
    if not cited:
        return set()
    first = cited[-1] + 1
    said = " ".join(sentence.text for sentence in sentences[:first])
    asked = set(content_stems(question))
    known = [asked | set(content_stems(text)) for text in (*texts, said)]
    found = set()
    for place, sentence in enumerate(sentences[first:], first):
        stems = {word.stem for word in placed_words(sentence.text) if word.stem}
        shares = [len(stems & words) / max(1, len(stems)) for words in known]
        if len(stems) >= MIN_STEMS and max(shares) < MIN_KNOWN:
            found.add(place)
    return found
