"""Output in encodings other than UTF-8: characters that cannot be encoded are replaced."""

from __future__ import annotations

import codecs
import sys
from typing import TextIO

# ASCII by another name: click prints UTF-8 to a stream whose encoding is "ascii".
_PLAIN_ASCII = "footnote-ascii"


def replace_unencodable(*streams: TextIO) -> None:
    """Make the streams (default: stdout and stderr) print "?" for characters that they cannot encode.

    Windows redirects in cp1252, for instance.
    """
    for stream in streams or (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # None if a program replaced the stream
        if reconfigure is None or encodes_everything(stream):
            continue
        if codecs.lookup(stream.encoding).name == "ascii":
            codecs.register(_find_plain_ascii)
            reconfigure(encoding=_PLAIN_ASCII)
        reconfigure(errors="replace")


def encodes_everything(stream: TextIO) -> bool:
    """True for UTF-8, UTF-16 and the like, and for streams of text without an encoding."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("_", "-").startswith("utf")


def _find_plain_ascii(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != _PLAIN_ASCII:
        return None
    ascii_codec = codecs.lookup("ascii")
    return codecs.CodecInfo(
        ascii_codec.encode,
        ascii_codec.decode,
        ascii_codec.streamreader,
        ascii_codec.streamwriter,
        ascii_codec.incrementalencoder,
        ascii_codec.incrementaldecoder,
        name=_PLAIN_ASCII,
    )
