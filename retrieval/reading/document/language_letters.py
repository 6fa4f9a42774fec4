"""Detects a single-byte encoding by which letters beyond ASCII it gives: those of one language, in place.

Czech read as Windows-1252 has "ø" and "ì" in the same word, which no language has; "Ò" inside a word is a
quotation mark of MacRoman. Charset detectors need more text than a short article has.
"""

from __future__ import annotations

import re

_LANGUAGES = {  # letters beyond ASCII, in lower case
    "western": (
        "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíóúüñªº", "àáâãçéêíóôõúüºª", "àèéìíîòóùúº", "äåöæøé", "áðéíóúýþæö",
        "áàäèéëêïíóöü", "õäöüšž", "àáèéíïòóúüç·",
    ),
    "central": (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţșț", "čćđšž", "ëç",
        "äöüß",
    ),
    "turkish": ("âçğıîöşüû",),
    "baltic": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "cyrillic": (
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        "абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    ),
    "hebrew": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "arabic": ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ،؛؟ـًٌٍَُِّْ",),
    "greek": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
}  # fmt: skip
_ENCODINGS = (  # in order of preference
    ("cp1252", "western"), ("cp1250", "central"), ("iso8859-2", "central"), ("cp1254", "turkish"),
    ("cp1257", "baltic"), ("cp1255", "hebrew"), ("cp1256", "arabic"), ("cp1251", "cyrillic"),
    ("koi8-u", "cyrillic"), ("cp866", "cyrillic"),
    ("iso8859-5", "cyrillic"), ("mac_cyrillic", "cyrillic"), ("cp1253", "greek"), ("iso8859-7", "greek"),
    ("mac_roman", "western"), ("cp850", "western"), ("cp852", "central"),
)  # fmt: skip
_PUNCTUATION = frozenset("“”„‘’‚‹›«»–—…•·°§€£©®™¿¡\u00a0\u00ad№")
_BETWEEN_LETTERS = frozenset("’‘–—·\u00ad")  # can stand inside a word
_FIRST_GREEK = "\u0370"  # all letters before it are Latin
_MIN_SHARE = 0.95  # of the characters beyond ASCII
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def detect_by_letters(data: bytes) -> str | None:
    """The encoding in which nearly all characters beyond ASCII fit a single language; None if none does."""
    best, best_share = None, 0.0
    for name, script in _ENCODINGS:
        share = _share(data.decode(name, "replace"), _LANGUAGES[script])
        if share > best_share:
            best, best_share = name, share
    return best if best_share >= _MIN_SHARE else None


def _same_script(character: str, neighbours: str) -> bool:
    """False for a letter of another script that touches a Latin letter."""
    return character < _FIRST_GREEK or not any(map(_is_latin, neighbours))


def _is_latin(character: str) -> bool:
    return character < _FIRST_GREEK and character.isalpha()


def _share(text: str, languages: tuple[str, ...]) -> float:
    """The largest share of a language's letters, and of punctuation in its usual place."""
    letters: dict[str, int] = {}
    total = punctuation = 0
    for match in _NON_ASCII.finditer(text):
        character, position = match[0], match.start()
        total += 1
        before, after = text[position - 1 : position], text[position + 1 : position + 2]
        if character in _PUNCTUATION:
            inside = before.isalpha() and after.isalpha()
            punctuation += not inside or character in _BETWEEN_LETTERS
        elif not (character.isupper() and before.islower()) and _same_script(character, before + after):
            lower = character.lower()
            letters[lower] = letters.get(lower, 0) + 1
    counts = (sum(letters.get(letter, 0) for letter in language) for language in languages)
    return (max(counts) + punctuation) / total if total else 0.0
