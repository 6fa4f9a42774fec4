"""Detects the language of a question: a few words, in one of the languages of the articles or another."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from retrieval.language_words import ENGLISH, LANGUAGES, SCRIPTS, UNSPACED
from retrieval.question_words import QUESTION_WORDS, question_words
from retrieval.text_analysis import function_word_counts

_MIN_SCRIPT_SHARE = 0.3  # of a question's letters: names are often in Latin letters
# Of a language in which there are no articles: otherwise "De La Soul" would be Spanish.
_MIN_WORDS_WITHOUT_QUESTION_WORD = 3
_SPACED = LANGUAGES - UNSPACED


@lru_cache(maxsize=256)  # asked at each step of an answer
def question_language(question: str, languages: tuple[str, ...] = (ENGLISH,)) -> str:
    """The ISO 639-1 code of a question's language; *languages* are those of the articles.

    It is English unless there is evidence for another language, or there are no articles in English.

    >>> question_language("Wer leitet die Hafenbehörde?"), question_language("港口什么时候开放？")
    ('de', 'zh')
    >>> question_language("Puente de Marisol", ("es",)), question_language("Puente de Marisol")
    ('es', 'en')
    """
    if found := _by_script(question, languages):
        return found
    known = sorted(set(languages) & _SPACED - {ENGLISH})
    votes = function_word_counts(question, (ENGLISH, *known))
    best = max(known, key=votes.__getitem__, default=None)
    if best and votes[best] >= votes[ENGLISH] + (ENGLISH in languages):
        return best
    if _has_question_word(question, ENGLISH):
        return ENGLISH
    votes |= function_word_counts(question, _SPACED - votes.keys())
    best = max(sorted(votes), key=votes.__getitem__)
    if votes[best] <= votes[ENGLISH]:
        return ENGLISH
    is_question = _has_question_word(question, best)
    return best if is_question or votes[best] >= _MIN_WORDS_WITHOUT_QUESTION_WORD else ENGLISH


def _by_script(question: str, languages: Collection[str]) -> str | None:
    letters = max(1, sum(map(str.isalpha, question)))
    shares = {code: len(pattern.findall(question)) / letters for code, pattern in SCRIPTS}
    if shares["zh"] + shares["ja"] >= _MIN_SCRIPT_SHARE:
        is_japanese = shares["ja"] > 0 or ("ja" in languages and "zh" not in languages)
        return "ja" if is_japanese else "zh"
    return next(
        (code for code, share in shares.items() if share >= _MIN_SCRIPT_SHARE and code in LANGUAGES), None
    )


def _has_question_word(question: str, language: str) -> bool:
    if language not in QUESTION_WORDS:
        return False
    words = "|".join(map(re.escape, question_words(language)))
    return re.search(rf"\b(?:{words})\b", question, re.IGNORECASE) is not None
