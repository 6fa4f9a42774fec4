"""Leaves out the footnote marks of a page or chapter, which would become part of the word before them."""

from __future__ import annotations

import re

from retrieval.reading.document.element_tree import Element, MutableElement
from retrieval.reading.document.raised_text import join_raised

_MARK = re.compile(r"[\[(]?(?:(?:note |n\. ?)?\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3})[\])]?", re.IGNORECASE)
_NOTE_NAME = re.compile(
    r"\b(?:doc-)?(?:noteref|footnote-?ref\w*|fn-?ref|footnote-(?:mark|anchor|link|reference)|easy-footnote"
    r"|reference|cite-?ref|superscript-note)\b",
    re.IGNORECASE,
)
_NOTE_TARGET = re.compile(r"[^#\s]*#[\w-]*?(?:fn|foot|note|cite|ftn|ref|endn?)[\w:.-]*$", re.IGNORECASE)
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(?:super|top|[1-9])", re.IGNORECASE)
_RAISED_TAGS = frozenset({"span", "small", "a", "font"})
_BLOCK_TAGS = frozenset("p li td div body dd blockquote h1 h2 h3 h4 section article".split())
_MAX_STEPS = 6  # to elements before a mark and around it: <b><i><sup>
_CONTEXT = 40  # characters of text before and after a mark


def leave_out_footnote_marks(tree: MutableElement) -> None:
    """Remove references to footnotes and other raised marks from *tree*; "km2" and "21st" stay.

    The mark at the start of the footnote itself stays too.
    """
    for element in list(tree.iter("sup", *_RAISED_TAGS)):
        if element.getparent() is None or not _is_raised(element):
            continue
        raised = "".join(element.itertext())
        before = _text_before(element)
        if _is_reference(element) and _MARK.fullmatch(raised.strip()) and before.strip():
            _replace(element, "")
            continue
        if element.tag == "sup" or not _is_reference(element):
            after = (element.tail or "")[:_CONTEXT]
            joined = join_raised([(before, False), (raised, True), (after, False)])
            kept = joined[len(before) : len(joined) - len(after)]
            if kept != raised:
                _replace(element, kept)


def _is_raised(element: Element) -> bool:
    if element.tag == "sup":
        return True
    if _RAISED_STYLE.search(element.attrib.get("style", "")):
        return True
    return element.tag == "a" and _is_reference(element)


def _is_reference(element: Element) -> bool:
    """True if an element, or the link in it, is marked as a reference to a footnote."""
    for part in element.iter("sup", "a", "span"):
        names = (part.attrib.get(name, "") for name in ("class", "role", "epub:type", "rel"))
        if any(map(_NOTE_NAME.search, names)):
            return True
        if part.tag == "a" and _NOTE_TARGET.match(part.attrib.get("href", "")):
            return True
    return False


def _text_before(element: MutableElement) -> str:
    """The text directly before an element within its paragraph: at most the last characters."""
    for _ in range(_MAX_STEPS):
        previous, parent = element.getprevious(), element.getparent()
        if previous is not None:
            text = previous.tail or "".join(previous.itertext())
            if text.strip():
                return text[-_CONTEXT:]
            element = previous
            continue
        if parent is None or (parent.text or "").strip():
            return (parent.text or "")[-_CONTEXT:] if parent is not None else ""
        if parent.tag in _BLOCK_TAGS:
            return ""
        element = parent
    return ""


def _replace(element: MutableElement, text: str) -> None:
    """Replace the content of an element by text.

    The element itself stays: to move what follows it to the element before would take quadratic time.
    """
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "span", text
