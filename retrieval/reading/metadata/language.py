"""Detects the language of a text by its script or its most common words."""

from __future__ import annotations

import re
from collections import Counter

_SAMPLE_LENGTH = 2_500  # characters
_MIN_WORDS = 20
_MIN_SHARE = 0.15  # of the text's words that are among the language's common words
_MIN_LEAD = 1.5  # times the runner-up's count: below it, the result is ambiguous

# The most common words of each language that few others share.
_COMMON_WORDS = {
    "en": "the of and to in that is was for it with as on by at from have this are which would their been",
    "de": "der die und das nicht ist mit den von sich des auf für dem auch eine ein werden wird nach zu",
    "fr": "le les des et est une dans qui pas pour sur du au ce sont avec plus par cette il elle nous",
    "es": "el los las del y una por con para se su al lo como más pero sus este esta ha fue son",
    "pt": "os as do da dos um uma em para com não por mais se na no ao pelo foi são que",
    "it": "il lo gli di e che un una per non con del della dei alla sono nel anche più è si ha",
    "nl": "de het een en van is dat niet op zijn voor met die te aan er ook als door naar maar",
    "sv": "och att det som en är på av för med den till inte har de ett om var jag",
    "da": "og i det at er en til på som de med den af ikke der har et om vi",
    "pl": "na nie się z do że jest to jak po ale co od przez dla są już",
    "cs": "se na je že do pro by ale jako za po byl jeho ve jsou",
    "ro": "și de în la cu pe nu o din că pentru mai este care sunt al ce",
    "hu": "az és hogy nem is egy ez volt meg csak már mint van azt ha",
    "tr": "ve bir bu için da de ile çok daha olarak olan gibi ne kadar sonra",
    "id": "yang dan di untuk dengan ini dari itu tidak dalam pada akan adalah ke oleh juga",
    "vi": "và của là có không được trong cho các người này đã với một những để",
    "fi": "ja on ei se että oli mutta hän ovat myös kun joka sen ole kuin",
    "ru": "и в не на что с по это как из он за к но от так для все",
    "uk": "і в не на що з до та як це він у за від але для",
    "bg": "и на да се в за не от с е че по са като",
}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0621-\u064a]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("el", re.compile(r"[\u0391-\u03c9]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0531-\u0587]")),
)
_NON_LATIN = re.compile(r"[\u0370-\uffff]")
_MIN_SCRIPT_SHARE = 0.3  # of all letters
_MIN_KANA_SHARE = 0.1  # of all letters: Japanese also uses many Chinese characters
_LANGUAGES_BY_WORD = {
    word: tuple(code for code, words in _COMMON_WORDS.items() if word in words.split())
    for words in _COMMON_WORDS.values()
    for word in words.split()
}


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of a text's language ("en"); None if the text is short, mixed or unsupported.

    >>> detect_language("The port of Elsmere opened its second quay on Sunday, and the ships that had been "
    ...             "at anchor for two days were the first to moor at it.")
    'en'
    """
    sample = text[:_SAMPLE_LENGTH]
    script_language = _detect_by_script(sample)
    if script_language:
        return script_language
    words = re.findall(r"[^\W\d_]+", sample.casefold())
    if len(words) < _MIN_WORDS:
        return None
    votes: Counter[str] = Counter()
    for word in words:
        for code in _LANGUAGES_BY_WORD.get(word, ()):
            votes[code] += 1
    ranked = votes.most_common(2)
    if not ranked or ranked[0][1] < _MIN_SHARE * len(words):
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= _MIN_LEAD * ranked[1][1] else None


def _detect_by_script(sample: str) -> str | None:
    if len(_NON_LATIN.findall(sample)) < _MIN_WORDS:
        return None
    letters = max(1, sum(map(str.isalpha, sample)))  # can be 0: direction marks are not letters
    for code, pattern in _SCRIPTS:
        if len(pattern.findall(sample)) / letters > (_MIN_KANA_SHARE if code == "ja" else _MIN_SCRIPT_SHARE):
            return code
    return None
