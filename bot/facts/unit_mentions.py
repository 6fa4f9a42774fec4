"""The units of figures: currencies, lengths, weights and areas, in the forms in which texts write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.facts.figures import Figure

# (words, sign) of each unit; forms of one unit are never told apart.
_FORMS = (
    ("dollars?|usd|bucks", r"\$"),
    ("pounds?|gbp|sterling|quid", "£"),
    ("euros?|eur", "€"),
    ("yen|jpy", "¥"),
    ("yuan|renminbi|rmb|cny", "¥"),
    ("rupees?|inr|rs", "₹"),
    ("crowns?|kron(?:e|er|a|or)", None),
    ("francs?|chf", None),
    ("marks", None),
    ("pesos?", None),
    ("dinars?", None),
    ("dirhams?", None),
    ("roubles?|rubles?", "₽"),
    ("zlotys?", None),
    ("forints?", None),
    ("lir[ae]s?", "₺"),
    ("rials?|riyals?", None),
    ("shekels?", "₪"),
    ("kilomet(?:re|er)s?|kms?", None),
    ("miles?|mi", None),
    ("met(?:re|er)s?|m", None),
    ("feet|foot|ft", None),
    ("yards?", None),
    ("tonnes?|tons?|t", None),
    ("kilogram(?:me)?s?|kilos?|kgs?", None),
    ("lit(?:re|er)s?", None),
    ("gallons?", None),
    ("hectares?|ha", None),
    ("acres?", None),
)
# Digits can precede a word: "40km".
_UNITS = tuple(
    re.compile(rf"(?<![^\W\d_])(?:{words})(?![^\W_])" + (f"|{sign}" if sign else ""), re.IGNORECASE)
    for words, sign in _FORMS
)


def units_not_named(
    claim: str, numbers: Iterable[Figure], evidence: Iterable[str]
) -> Iterator[tuple[int, int]]:
    """The spans of the figures of a claim, each with its unit, whose unit no text of the evidence names.

    >>> from bot.facts.figures import figures
    >>> claim = "It paid 40 dollars for 3 miles."
    >>> list(units_not_named(claim, figures(claim), ["It paid 40 crowns for three miles."]))
    [(8, 18)]
    """
    texts = tuple(evidence)
    for number in numbers:
        for unit in _UNITS:
            found = unit.search(claim[number.start : number.end]) is not None
            following = None if found else unit.match(claim, _next_word(claim, number.end))
            if (found or following) and not any(unit.search(text) for text in texts):
                yield number.start, following.end() if following else number.end


def _next_word(text: str, start: int) -> int:
    match = re.compile(r"[\s-]?").match(text, start)
    return match.end() if match else start
