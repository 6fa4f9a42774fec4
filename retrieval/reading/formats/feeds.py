"""RSS, Atom and RDF feeds -> Documents, one for each entry that has text."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.errors import ReadError
from retrieval.reading.document.blocks import fragment_blocks, joined
from retrieval.reading.document.document import Document, Facts, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.metadata.date_parser import parse_date

_ENTRIES = frozenset({"item", "entry"})
_CONTENT = ("encoded", "content", "description", "summary", "subtitle")


def read_feed(data: bytes) -> Iterator[tuple[Row, Document] | BadRow]:
    """The entries of a feed with their ids. Raises ReadError for XML that is broken or no feed."""
    root = _parse(data)
    entries = [element for element in root.iter() if _name(element) in _ENTRIES]
    if not entries:
        raise ReadError("This XML file is no feed: it has no entries.")
    channel = next((element for element in root.iter() if _name(element) in ("channel", "feed")), root)
    publisher = _text(channel, "title")
    for number, entry in enumerate(entries, start=1):
        document = _entry(entry, publisher, root)
        if document is None:
            yield BadRow(f"entry {number}", "it has no text")
        else:
            own = _text(entry, "guid") or _text(entry, "id") or document.facts.url
            yield Row(tidy(own), number, 0, 0), document


def _parse(data: bytes) -> Element:
    from lxml import etree  # heavy: only when a feed is read

    # No entity is resolved, no address is opened: a feed is data of strangers.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root: Element | None = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError("This file is not valid XML.") from error
    if root is None:
        raise ReadError("This file is not valid XML.")
    return root


def _entry(entry: Element, publisher: str | None, root: Element) -> Document | None:
    markups = [text for name in _CONTENT if (text := _markup(entry, name))]
    texts = [joined(fragment_blocks(markup)) for markup in markups[:3]]
    text, headings = max(texts, key=lambda each: len(each[0]), default=("", ()))
    if not any(map(str.isalnum, text)):
        return None
    facts = Facts(
        title=_plain(_text(entry, "title")),
        publisher=_plain(_text(_child(entry, "source"), "title") or publisher),
        author=_author(entry),
        published=parse_date(_text(entry, "pubdate") or _text(entry, "published") or _text(entry, "date")),
        updated=parse_date(_text(entry, "updated") or _text(entry, "modified")),
        url=_link(entry),
        language=_text(root, "language"),
    )
    return read_structured(text, headings, facts)


def _name(element: Element) -> str:
    """The tag in lower case without its namespace; "" for comments."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _child(element: Element | None, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None) if element is not None else None


def _text(element: Element | None, name: str) -> str | None:
    child = _child(element, name)
    return "".join(child.itertext()).strip() or None if child is not None else None


def _markup(entry: Element, name: str) -> str | None:
    """Content as markup: escaped, or (type xhtml) as elements of the feed itself."""
    child = _child(entry, name)
    if child is None:
        return None
    if any(isinstance(part.tag, str) for part in child):
        from lxml import etree

        inside: str = etree.tostring(child, encoding="unicode", method="html", with_tail=False)
        return inside
    return "".join(child.itertext())


def _plain(markup: str | None) -> str | None:
    """A title, which may hold markup and entities."""
    if not markup or not ("<" in markup or "&" in markup):
        return markup
    return " ".join(block.text for block in fragment_blocks(markup)) or None


def _author(entry: Element) -> str | None:
    creator = _text(entry, "creator")
    author = _child(entry, "author")
    name = _text(author, "name") or ("".join(author.itertext()).strip() if author is not None else None)
    words = creator or name
    if words and "@" in words:  # RSS: "jane@example.org (Jane Roe)"
        words = words.partition("(")[2].rstrip(") ")
    return words or None


def _link(entry: Element) -> str | None:
    for child in entry:
        if _name(child) == "link":
            address = (child.attrib.get("href") or child.text or "").strip()
            if child.attrib.get("rel", "alternate") == "alternate" and address.startswith(
                ("http:", "https:")
            ):
                return address
    return None
