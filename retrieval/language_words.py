"""The languages that are told apart: their stemmers, scripts and most common words, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping

ENGLISH = "en"
# ISO 639-1 code -> name of Tantivy's stemmer.
STEMMERS: Mapping[str, str] = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
WITHOUT_STOP_WORDS = frozenset("ar el ro ta tr".split())  # Tantivy has a stemmer, but no list
UNSPACED = frozenset("ja ko th zh".split())  # written without spaces (Korean: with long words)
_OTHERS = frozenset("bg cs he hi hy id ka pl uk vi".split())  # words are compared as they are
LANGUAGES = frozenset({*STEMMERS, *UNSPACED, *_OTHERS})
_SAME = {"nb": "no", "nn": "no", "in": "id", "iw": "he"}  # other codes of these languages

# The most common words of each language, also those that it shares with others listed here; of Chinese and
# Japanese, those that are seldom part of another word.
COMMON_WORDS: Mapping[str, str] = {
    "en": "the of and to in that is was for it with as on by at from have this are which would their been",
    "de": "der die und das nicht ist mit den von sich des auf für dem auch eine ein werden wird nach zu",
    "fr": "de la le les des et est une dans qui que en un pas pour sur du au ce sont avec plus "
    "par cette il elle nous",
    "es": "de la el los las del y en que un una no es por con para se su al lo como más pero "
    "sus este esta ha fue",
    "pt": "de os as do da dos um uma em para com não por mais se na no ao pelo foi são que é",
    "it": "il la lo gli di e che un una per non con del della dei alla sono nel anche più è si ha",
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
    "zh": "的 了 吗 呢 吧 着 是 被",
    "ja": "は が を の に へ で と も です ます した",
    "bg": "и на да се в за не от с е че по са като",
}

# Language -> its letters, if no other language here has them; Japanese comes before Chinese, as it has both.
SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(letters))
    for code, letters in (
        ("ja", r"[\u3040-\u30ff]"),
        ("ko", r"[\uac00-\ud7af]"),
        ("zh", r"[\u4e00-\u9fff]"),
        ("ar", r"[\u0621-\u064a]"),
        ("he", r"[\u05d0-\u05ea]"),
        ("el", r"[\u0391-\u03c9]"),
        ("hi", r"[\u0900-\u097f]"),
        ("ta", r"[\u0b80-\u0bff]"),
        ("th", r"[\u0e00-\u0e7f]"),
        ("ka", r"[\u10a0-\u10ff]"),
        ("hy", r"[\u0531-\u0587]"),
    )
)


def language_code(code: str | None) -> str:
    """The language as which a text is analyzed: English if its own is unknown or not listed here."""
    code = _SAME.get(code or "", code or "")
    return code if code in LANGUAGES else ENGLISH
