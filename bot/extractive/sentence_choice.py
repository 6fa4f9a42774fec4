"""Which of the ranked sentences make the answer: the best, and what goes with it or adds to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.extractive.sentence_ranking import Scored
from bot.question.question_profile import QuestionProfile

MOST_SENTENCES = 3
NEARLY_AS_GOOD = 1.8  # a further sentence may score this much less than the best …
NEW_WORDS = 0.15  # … or twice as much, if it brings this share of the question's words that the answer lacks
BESIDE = 3.0  # a sentence beside the best may score this much less: they are quoted as one
AS_GOOD = 1.0  # one before the best, which does not lean on it, may score this much less
REPEATS = 0.7  # share of a sentence's words already said, above which it adds nothing


def choose_sentences(
    asked: QuestionProfile, ranked: Sequence[Scored], parts: Sequence[Scored] = ()
) -> list[Scored]:
    """The best sentence, the best for each further part of the question, the best with the number or date
    that is asked for, the best with the question's verb, and up to MOST_SENTENCES in all of those that stand
    beside the best, are nearly as good, or bring words that the others lack."""
    if not ranked:
        return []
    best = ranked[0]
    chosen = [best]

    def add(scored: Scored) -> None:
        if all(scored.candidate != each.candidate for each in chosen):
            chosen.append(scored)

    for scored in (*parts, *_giving(asked, ranked), *_saying(asked, ranked), *_either(ranked)):
        add(scored)
    beside = next((each for each in ranked[1:] if _goes_with(each, best)), None)
    if beside and best.score - beside.score <= BESIDE and len(chosen) < MOST_SENTENCES:
        add(beside)
    for scored in ranked[1:]:
        if len(chosen) >= MOST_SENTENCES or best.score - scored.score > 2 * NEARLY_AS_GOOD:
            break
        if _adds(asked, chosen, scored, best.score):
            add(scored)
    return chosen


def _goes_with(scored: Scored, best: Scored) -> bool:
    """Whether a sentence follows the best one; or stands before it, and is pointed back to or as good."""
    if not scored.candidate.adjoins(best.candidate):
        return False
    follows = scored.candidate.at > best.candidate.at
    return follows or best.values["leans_on"] > 0 or best.score - scored.score <= AS_GOOD


def _giving(asked: QuestionProfile, ranked: Sequence[Scored]) -> list[Scored]:
    """The first sentence with the kind of thing that is asked for, when that can be told for sure."""
    kind = f"gives_{asked.asks}"
    sure = asked.asks in ("number", "date")
    return [each for each in ranked if sure and each.values[kind] > 0][:1]


def _saying(asked: QuestionProfile, ranked: Sequence[Scored]) -> list[Scored]:
    """The first sentence with the words that are no names ("heads"), when the best has none of them."""
    words = asked.weights.keys() - asked.names
    if not words or words & ranked[0].candidate.words:
        return []
    near = (each for each in ranked if ranked[0].score - each.score <= 2 * NEARLY_AS_GOOD)
    return [each for each in near if words <= each.candidate.words][:1]


def _either(ranked: Sequence[Scored]) -> list[Scored]:
    """The sentence that leads by words and meaning and the one that most likely says the answer, which may be
    two."""
    read = [each for each in ranked if "says" in each.values]
    return [max(read, key=lambda each: each.values[name]) for name in ("led", "says")] if read else []


def _adds(asked: QuestionProfile, chosen: Sequence[Scored], scored: Scored, best: float) -> bool:
    said = frozenset().union(*(each.candidate.words for each in chosen))
    words = scored.candidate.words
    if len(words & said) > REPEATS * len(words):
        return False
    brings = asked.coverage(said | words) - asked.coverage(said)
    return best - scored.score <= NEARLY_AS_GOOD or brings >= NEW_WORDS
