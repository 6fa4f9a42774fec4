"""Obsidian's additions to Markdown as plain text: links, highlights, callouts, comments and others."""

from __future__ import annotations

import re

_MARKS = re.compile(r"\[\[|%%|==|\[!|[ \t]\^|(?:```|~~~)\s*(?:dataview|tasks|query)")
_MEDIA = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif|mp[34]|m4a|wav|ogg|webm|mov|mkv|pdf|canvas)$", re.I
)
_MARKUP = re.compile(
    r"(?P<comment>(?<!\w)%%(?:(?!%%).)*%%)"
    r"|^(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[\w-]*)[^\n]*\n(?:.*?^(?P=fence)[`~]*[ \t]*$|.*\Z)"
    r"|`[^`\n]+`"
    r"|(?P<embed>!?)\[\[(?P<target>[^\[\]|\n]+)(?:\|(?P<alias>[^\[\]\n]*))?\]\](?!\()"
    r"|==(?=[^\s=])(?P<highlight>[^=\n]+)(?<=\S)=="
    r"|^(?P<quote>[ \t]*(?:>[ \t]*)+)\[!(?P<kind>[\w-]+)\][+-]?[ \t]*(?P<title>[^\n]*)"
    r"|[ \t]+\^[A-Za-z0-9-]+[ \t]*(?=$)",
    re.MULTILINE | re.DOTALL,
)
_QUERIES = frozenset("dataview dataviewjs tasks query".split())  # code that lists other notes


def plain_notes(text: str) -> str:
    r"""The text as a reader sees it, with the same number of lines; code is unchanged.

    >>> plain_notes("The [[Port|harbour]] cost ==2 crowns==. %% secret %%\n> [!note] Audit\n![[map.png]]")
    'The harbour cost 2 crowns. \n> Audit\n'
    """
    return _MARKUP.sub(_plain, text) if _MARKS.search(text) else text


def _plain(match: re.Match[str]) -> str:
    if match["comment"]:
        return "\n" * match["comment"].count("\n")
    if match["fence"]:
        return "\n" * match[0].count("\n") if match["language"] in _QUERIES else match[0]
    if match["target"]:
        return _link_text(match["target"], match["alias"], embedded=bool(match["embed"]))
    if match["highlight"]:
        return plain_notes(match["highlight"])
    if match["kind"]:
        return match["quote"] + plain_notes(match["title"] or match["kind"].capitalize())
    return match[0] if match[0].startswith("`") else ""


def _link_text(target: str, alias: str | None, *, embedded: bool) -> str:
    """The words of a link: its alias, else the note's name and heading; nothing for an embedded picture."""
    note, _, heading = target.strip().partition("#")
    if embedded and _MEDIA.search(note):
        return ""
    if alias and not embedded:
        return alias.strip()
    heading = "" if heading.startswith("^") else heading.rpartition("#")[2].strip()
    return " > ".join(part for part in (note.rpartition("/")[2].strip(), heading) if part)
