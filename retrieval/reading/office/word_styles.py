"""Styles of a Word file, and access to the properties of its elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.reading.document.element_tree import Element
from retrieval.reading.office.xml_archive import attribute, local_name

_MAX_INHERITANCE = 20  # styles that a style is based on
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph or character style: its English name, and what its runs look like."""

    name: str = ""
    is_heading: bool = False
    is_raised: bool = False
    is_hidden: bool = False


def find(element: Element | None, *path: str) -> Element | None:
    """The first descendant at a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local_name(child) == name), None)
    return element


def value(element: Element | None, name: str) -> str | None:
    """The value of a property, which is a child element with an attribute "val"."""
    child = find(element, name)
    return attribute(child, "val") if child is not None else None


def is_on(element: Element | None, name: str, default: bool) -> bool:
    """True if a switch is on; *default* if it is missing."""
    child = find(element, name)
    return default if child is None else (attribute(child, "val") or "1") not in _OFF


def read_styles(root: Element) -> dict[str, Style]:
    """The styles of a Word file by id, with what they inherit."""
    elements = {attribute(style, "styleId") or "": style for style in root if local_name(style) == "style"}
    return {style_id: _inherited(elements, style_id) for style_id in elements}


def _inherited(elements: Mapping[str, Element], style_id: str) -> Style:
    name = ""
    is_heading = is_raised = is_hidden = None
    seen: set[str] = set()
    while style_id in elements and style_id not in seen and len(seen) < _MAX_INHERITANCE:
        seen.add(style_id)
        style = elements[style_id]
        run = find(style, "rPr")
        own_name = (value(style, "name") or "").lower()
        name = name or own_name
        level = value(find(style, "pPr"), "outlineLvl")
        alignment = value(run, "vertAlign")
        if is_heading is None and (level is not None or own_name.startswith(("heading", "title"))):
            is_heading = level is None or (level.isdigit() and int(level) < 9)
        if is_raised is None and alignment is not None:
            is_raised = alignment == "superscript"
        if is_hidden is None and find(run, "vanish") is not None:
            is_hidden = is_on(run, "vanish", False)
        style_id = value(style, "basedOn") or ""
    return Style(name, bool(is_heading), bool(is_raised), bool(is_hidden))
