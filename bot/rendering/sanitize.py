"""Sanitizing: removes from text whatever could control, confuse or break a terminal."""

from __future__ import annotations

import re

# Escape sequences (ECMA-48): control sequences, strings terminated by BEL or ST, and two-character escapes.
_ESCAPE_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[P\]X^_]|[\x90\x9d\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Characters that are invisible or reorder others: remaining controls, direction overrides and isolates,
# zero-width spaces, tag characters (invisible ASCII).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")  # cannot be encoded as UTF-8


def sanitize(text: str) -> str:
    """Remove escape sequences and invisible characters; the only control character kept is the line feed."""
    text = _LINE_ENDS.sub("\n", _ESCAPE_SEQUENCES.sub("", text)).replace("\t", "    ")
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _INVISIBLE.sub("", text))


def sanitize_line(text: str) -> str:
    """Sanitize *text* and join it into one line, with runs of white space collapsed."""
    return " ".join(sanitize(text).split())
