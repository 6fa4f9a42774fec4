"""What a question in another language than English asks for, and whether a sentence gives it.

Only what the words and the figures of any language show: no grammar is parsed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.language_words import UNSPACED
from retrieval.question_words import QUESTION_WORDS, REASON_WORDS
from retrieval.text_analysis import count_function_words

UNKNOWN = 0.5  # the score of a sentence that does not show whether it gives what is asked for
_NUMERALS = "〇零一二三四五六七八九十百千万亿億两兩"
_FIGURE = re.compile(rf"\d|[{_NUMERALS}]{{2}}|[{_NUMERALS}](?=[个個名只隻台家人年月日天小公元項项所座条條])")
_DATE = re.compile(
    r"\b(?:1\d|20)\d\d\b|\b\d{1,2}[./]\s?\d{1,2}|\b\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,}|\d\s?[年月日년월일]"
)
_UPPER, _LETTERS = r"[^\W\d_a-zß-öø-ÿ]", r"[\w’'&-]+"
# German capitalizes nouns: a single capitalized word is no sign of a name, two in a row are.
_NAME = re.compile(rf"\b{_UPPER}{_LETTERS}")
_TWO_NAMES = re.compile(rf"\b{_UPPER}{_LETTERS} (?:von |van |zu )?{_UPPER}{_LETTERS}")
_NOT_A_NOUN = re.compile(r"\b[^\W\d_a-z]{2,}\b|\b\w+[^\W\d_a-z]\w*")  # "EZB", "iPhone"
_INNER_NAME = re.compile(rf"(?<![.!?¿¡] )(?<!^)(?<![¿¡])\b{_UPPER}{_LETTERS}")


def kind_asked(question: str, language: str) -> str | None:
    """ "number", "date", "reason", "name", or None if the question words do not say.

    >>> kind_asked("Wie hoch war die Strafe?", "de"), kind_asked("¿Qué pasó?", "es")
    ('number', None)
    """
    found = [
        (len(match[0]), kind)
        for kind, pattern in _kind_patterns(language)
        if (match := pattern.search(question))
    ]
    kind = max(found, default=(0, "other"))[1]
    return None if kind == "other" else kind


@lru_cache(maxsize=32)
def _kind_patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    edge = "" if language in UNSPACED else r"\b"
    return tuple(
        (
            kind,
            re.compile(f"{edge}(?:{'|'.join(sorted(words.split('|'), key=len, reverse=True))}){edge}", re.I),
        )
        for kind, words in QUESTION_WORDS.get(language, {}).items()
    )


def names_in(question: str, language: str) -> list[str]:
    """The words of a question that are names by their capitals."""
    pattern = _NOT_A_NOUN if language == "de" else _INNER_NAME
    return pattern.findall(question)


def kind_score(kind: str | None, question: str, sentence: str, language: str) -> float:
    """1 if a sentence shows the *kind* of answer that the question asks for, beyond the question's own words;
    else UNKNOWN.

    >>> kind_score("name", "Wer leitet den Hafen?", "Den Hafen leitet Ida Brandt.", "de")
    1.0
    """
    patterns = {"number": _FIGURE, "date": _DATE, "name": _TWO_NAMES if language == "de" else _INNER_NAME}
    pattern = _reason_pattern(language) if kind == "reason" else patterns.get(kind or "")
    if pattern is None:
        return UNKNOWN
    found = (match[0] for match in pattern.finditer(sentence))
    if kind == "name":  # a sentence or a noun phrase starts with a capital article: "Die Brücke"
        found = (name for name in found if not count_function_words(name.split()[0], language))
    return 1.0 if any(given not in question for given in found) else UNKNOWN


@lru_cache(maxsize=32)
def _reason_pattern(language: str) -> re.Pattern[str] | None:
    words = REASON_WORDS.get(language)
    edge = "" if language in UNSPACED else r"\b"
    return re.compile(f"{edge}(?:{words}){edge}", re.IGNORECASE) if words else None
