"""Extracts an article's metadata from the JSON-LD of a page, as search engines read it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from retrieval.reading.document.document import Metadata, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.metadata.date_line import not_future
from retrieval.reading.metadata.date_parser import parse_date

_ARTICLE_TYPES = ("article", "posting", "newsarticle", "report")
_MAX_DEPTH = 8
_MAX_NAMES = 20
_MAX_WRAPPER = 100  # characters at the end of a script
# Wrappers that XHTML pages and templates put around a script.
_WRAPPER_START = re.compile(r"\s*(?:(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|<!--)")
_WRAPPER_END = re.compile(r"(?:(?://|/\*)?\s*\]\]>\s*(?:\*/)?|(?://)?\s*-->)\s*$")

_Node = Mapping[str, object]


def json_ld_metadata(tree: Element, region: str | None) -> Metadata:
    """The metadata of the page's articles, of the first one first; *region* is the page's host."""
    nodes = [node for block in _blocks(tree) for node in _nodes(block)]
    by_id = {node_id: node for node in nodes if isinstance(node_id := node.get("@id"), str) and len(node) > 1}
    metadata = Metadata()
    for node in nodes:
        if _is_article(node):
            metadata = metadata.with_fallback(_from_node(node, by_id, region))
    return metadata


def _blocks(tree: Element) -> Iterator[object]:
    for element in tree.iter("script"):
        if "ld+json" in (element.attrib.get("type") or "").lower() and element.text:
            yield _parse(element.text)


def _parse(text: str) -> object:
    start, end = _WRAPPER_START.match(text), _WRAPPER_END.search(text, max(0, len(text) - _MAX_WRAPPER))
    content = text[start.end() if start else 0 : end.start() if end else len(text)]
    try:
        return json.loads(content.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, depth: int = 0) -> Iterator[_Node]:
    """All objects of a JSON-LD block, including nested ones (@graph, lists)."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _nodes(value.get(name), depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)


def _is_article(node: _Node) -> bool:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.lower().endswith(_ARTICLE_TYPES) for name in names)


def _from_node(node: _Node, by_id: Mapping[str, _Node], region: str | None) -> Metadata:
    page = node.get("mainEntityOfPage")
    url = node.get("url") or (page.get("@id") if isinstance(page, dict) else page)
    return Metadata(
        title=_name(node.get("headline"), by_id) or _name(node.get("name"), by_id),
        publisher=_name(node.get("publisher"), by_id),
        author=_name(node.get("author") or node.get("creator"), by_id),
        published=not_future(parse_date(node.get("datePublished"), region)),
        updated=not_future(parse_date(node.get("dateModified"), region)),
        url=url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        language=_name(node.get("inLanguage"), by_id),
    )


def _name(value: object, by_id: Mapping[str, _Node], depth: int = 0) -> str | None:
    """The name of a person, organization or work: given as text, as an object, by reference, or as a list."""
    if depth > 3:
        return None
    if isinstance(value, str):
        return tidy(html.unescape(value))
    if isinstance(value, dict):
        target = by_id.get(str(value.get("@id")), {}) if "name" not in value else value
        parts: Sequence[object] = (target.get("givenName"), target.get("familyName"))
        full = " ".join(part for part in parts if isinstance(part, str))
        return _name(target.get("name"), by_id, depth + 1) or tidy(full)
    if isinstance(value, list):
        names = (_name(part, by_id, depth + 1) for part in value[:_MAX_NAMES])
        return ", ".join(dict.fromkeys(name for name in names if name)) or None
    return None
