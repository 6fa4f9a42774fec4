"""A follow-up question made readable without its conversation: by rules, and by a score of what was said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bot.question.conversation_mentions import Mention, content_words, mentions
from bot.question.ellipsis import beside, filled, fits_any, is_elliptic
from bot.question.pronouns import QuestionPronouns
from bot.question.subject import is_many, subject
from bot.question.topic import Said, begins, changed, current_topic, defines, in_full, points_back, stems
from bot.question.topic_request import names_topic
from retrieval.search.overview import asks_for_news

# How likely a person would add a word of what was said (`context_words`), by question and history.
WordProbabilities = Callable[[str, Sequence[Said]], Mapping[str, float]]

# Set by the best f1 of added words in cross-validation (tests/benchmarks/ablation.md).
MEANT = 0.28  # mean chance of its words from which a phrase is added
UNLIKELY = 0.15  # chance below which a word keeps a phrase, which is no name, from being added
ALONE = 0.4  # chance from which a word is added that no such phrase holds
MOST = 3  # phrases added
LONGEST = 500  # characters of a question that are read as a follow-up; a longer one stands alone
ENOUGH = 3  # words with which a follow-up may be about something new after all
SURE = 0.25  # score from which a name takes its pronoun's place, instead of standing behind in brackets

_SUBSTITUTED = (  # pronoun, whether it is possessive
    (re.compile(r"\b(?:his|their|its|thier)\b(?=\s+\w)", re.I), True),
    (
        re.compile(
            r"\bher\b(?=\s+(?!(?:in|on|at|to|from|with|by|for|about|and|or|as|when|after|before|that)\b)\w)",
            re.I,
        ),
        True,
    ),
    (re.compile(r"\b(?:he|him|she|her|they|them)\b", re.I), False),
    (re.compile(r"\bit\b", re.I), False),
)
_SAID = frozenset({"said", "says", "told", "wrote"})
_GOES_ON = re.compile(r"\b(?:its?|(?P<many>they|them|their))\b", re.I)
_NO_PERSON = re.compile(
    r"\b(?:group|inc|corp\w*|company|university|school|college|league|club|party|government|ministry|department|agency"
    r"|commission|court|authority|office|parliament|police|clinics?|bank|union|council|committee|association|institute|award\w*|prize|cup|states?|city|river|street"
    r"|stadium|festival|world|series|news|times|post|magazine|records|act|war|ipo|tv|administration|foundation|airport)\b",
    re.I,
)


def _unknown(question: str, history: Sequence[Said]) -> Mapping[str, float]:
    """Nothing is known of any word: only what was asked last is gone on about."""
    return {}


def standalone_question(question: str, history: Sequence[Said], chances: WordProbabilities = _unknown) -> str:
    """*question* with what it leans on from *history* (question, answer; the oldest first) said in it.

    A question that stands alone is returned as it is. Pronouns give way to the name they most likely mean,
    an ellipsis ("And in 2019?") is filled from the question before, further phrases follow in brackets.
    """
    asked = question.strip()
    if not history or not asked or len(asked) > LONGEST:
        return question
    if rest := changed(asked):
        return rest
    topic = current_topic(history)
    if is_elliptic(asked):
        return filled(asked, _before(topic, chances), topic[-1][1])
    about = QuestionPronouns.of(asked)
    if _stands_alone(asked, about, topic):
        return question
    said = chances(asked, topic)
    meant = _meant(asked, about, topic, said)
    likely = [
        word for word, chance in said.items() if chance >= ALONE and content_words(word) and word != "s"
    ]
    return _with_phrases(asked, about, meant, likely, topic[-1]) if meant or likely else question


def second_reading(
    question: str, history: Sequence[Said], chances: WordProbabilities = _unknown
) -> str | None:
    """Another way to read a follow-up that found nothing: by itself when it says enough, else beside the last
    question; None when it leans on nothing.
    """
    topic = current_topic(history)
    about = QuestionPronouns.of(question)
    if not topic or _stands_alone(question, about, topic):
        return None
    if len(about.content) >= ENOUGH:
        return question
    return beside(question, _before(topic, chances))


def _before(topic: Sequence[Said], chances: WordProbabilities) -> str:
    """The last question of a topic, as it reads alone."""
    return in_full(standalone_question(topic[-1][0], topic[:-1], chances))


def _stands_alone(question: str, about: QuestionPronouns, topic: Sequence[Said]) -> bool:
    """It says enough, no word of it points back, and it names something or is about something new."""
    if defines(question) or asks_for_news(question) or names_topic(question):
        return True
    if len(about.content) < 2 or about.asks_more or points_back(question, about):
        return False
    return about.has_name or begins(question, {stem for turn in topic for stem in stems(" ".join(turn))})


def _meant(
    question: str, about: QuestionPronouns, topic: Sequence[Said], said: Mapping[str, float]
) -> list[tuple[float, Mention]]:
    """The phrases that the question most likely means with their scores, the likeliest first.

    "It" and "they" go on about what was asked last: a phrase of that question is always among them, and
    all that there is when nothing was answered and nothing else is likely.
    """
    found = [each for each in mentions(topic) if each.words - about.words]
    scored = sorted(((_chance(each, about, said), each) for each in found), key=lambda pair: -pair[0])
    meant = [pair for pair in scored if pair[0] >= MEANT][:MOST]
    last = [pair for pair in scored if _was_asked_last(pair[1])]
    was_subject = [pair for pair in last if _subject(pair[1], question, topic[-1][0])]
    if was_subject and was_subject[0] not in meant:
        return [*meant, was_subject[0]]
    unanswered = not meant and not topic[-1][1]
    if unanswered or ("it" in about.pronouns and not any(pair in last for pair in meant)):
        return [*meant, *last[:1]]
    return meant


def _chance(mention: Mention, about: QuestionPronouns, said: Mapping[str, float]) -> float:
    """The mean of those of a phrase's new words; none when a word of it, which is no name, is unlikely."""
    new = [said.get(word, 0.0) for word in mention.words - about.words]
    return sum(new) / len(new) if mention.name or min(new) >= UNLIKELY else 0.0


def _was_asked_last(mention: Mention) -> bool:
    return any(place.turn == 1 and not place.answer for place in mention.places)


def _subject(mention: Mention, question: str, asked_last: str) -> str | None:
    """What the first "it" or "they" stands for when the last question asked what it did or is."""
    pronoun = _GOES_ON.search(question)
    phrase = subject(mention, asked_last) if pronoun else None
    agrees = phrase and pronoun and (mention.name or is_many(phrase) == bool(pronoun["many"]))
    return phrase if agrees else None


def _with_phrases(
    question: str,
    about: QuestionPronouns,
    meant: Sequence[tuple[float, Mention]],
    likely: Sequence[str],
    last: Said,
) -> str:
    """The question with the likeliest name in place of its pronoun, the other phrases and words behind it."""
    subjects = (_subject(each, question, last[0]) for _, each in meant)
    replacing = next(filter(None, subjects), None) or _likeliest(about, meant)
    if replacing and points_back(question, about):
        question = _substituted(question, replacing) or question
    known = content_words(question)
    more: list[str] = []
    others: list[str] = []
    for _, each in meant:
        if each.words - known:
            known |= each.words
            (more if about.asks_more and each.text in last[1] else others).append(each.text)
    others += [word for word in likely if word not in known]
    if about.asks_more and not more:
        more, others = others[:1], others[1:]
    return _behind(question, more, others)


def _likeliest(about: QuestionPronouns, meant: Sequence[tuple[float, Mention]]) -> str | None:
    """The name that the pronoun stands for: "it" something asked last, "he" a speaker."""
    near = _was_asked_last if "it" in about.pronouns else _spoke if _is_person(about) else None
    for score, each in sorted(meant, key=lambda pair: near is not None and not near(pair[1])):
        if (score >= SURE or (near and near(each))) and _fits(each, about):
            return each.text
    return None


def _spoke(mention: Mention) -> bool:
    """Whether the last answer quotes this one: "said Maren Olsted"."""
    said = (place for place in mention.places if place.turn == 1 and place.answer)
    return any(_SAID & {place.before, place.after} for place in said)


def _is_person(about: QuestionPronouns) -> bool:
    return bool({"he", "she"} & set(about.pronouns))


def _fits(mention: Mention, about: QuestionPronouns) -> bool:
    """Whether a phrase can stand for the question's pronoun: a name, no date, and for "he" no institution."""
    return fits_any(mention) and not (_is_person(about) and _NO_PERSON.search(mention.text))


def _substituted(question: str, phrase: str) -> str | None:
    """The question with its first pronoun replaced; None when it has none that a phrase can stand for."""
    found = ((pattern.search(question), possessive) for pattern, possessive in _SUBSTITUTED)
    pronouns = [(match, possessive) for match, possessive in found if match]
    if not pronouns:
        return None
    match, possessive = min(pronouns, key=lambda each: (each[0].start(), not each[1]))
    ending = "" if not possessive else "'" if phrase.endswith("s") and phrase.islower() else "'s"
    return question[: match.start()] + phrase + ending + question[match.end() :]


def _behind(question: str, more: Sequence[str], others: Sequence[str]) -> str:
    """ "… besides A, B (C, D)?": what is asked beyond, and what the question is about."""
    body = question.rstrip(" ?!.")
    mark = question[len(body) :].strip()
    if more and re.search(r"\b(?:besides|than)\b", body, re.I):
        more, others = [], [*more, *others]
    body += " besides " + ", ".join(more) if more else ""
    body += f" ({', '.join(others)})" if others else ""
    return body + mark
