"""Reads RSS, Atom and RDF feeds and WordPress exports: one Document for each published entry with text."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.article import Heading
from retrieval.errors import ReadError
from retrieval.reading.document.article_fields import unpublished_reason
from retrieval.reading.document.article_tags import field_tags
from retrieval.reading.document.blocks import join_blocks
from retrieval.reading.document.document import Document, Metadata, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.document.field_markup import is_markup, markup_blocks, plain_line
from retrieval.reading.formats.json_lines import BadRow, Row
from retrieval.reading.formats.plain_text import read_structured
from retrieval.reading.metadata.date_parser import parse_date

_ENTRY_TAGS = frozenset({"item", "entry"})
_NOT_POSTS = frozenset(  # other items of a WordPress export
    "attachment nav_menu_item revision custom_css wp_block wp_template wp_template_part wp_global_styles "
    "wp_navigation oembed_cache customize_changeset user_request acf-field acf-field-group".split()
)
_MAX_CONTENTS = 6  # of an entry: its content, a summary, descriptions of pictures
_CONTENT_TAGS = ("encoded", "content", "description", "summary", "subtitle")


def read_feed(data: bytes) -> Iterator[tuple[Row, Document] | BadRow]:
    """The entries of a feed with their ids. Raises ReadError for invalid XML or XML that is not a feed."""
    root = _parse(data)
    entries = [element for element in root.iter() if _local_name(element) in _ENTRY_TAGS]
    if not entries:
        raise ReadError("The XML file is not a feed: it has no entries.")
    channel = next((element for element in root.iter() if _local_name(element) in ("channel", "feed")), root)
    publisher = _text(channel, "title")
    for number, entry in enumerate(entries, start=1):
        if _text(entry, "post_type") in _NOT_POSTS:
            continue
        document = _unpublished_reason(entry) or _entry(entry, publisher, root)
        if document is None or isinstance(document, str):
            yield BadRow(f"entry {number}", document or "it has no text")
        else:
            entry_id = _text(entry, "guid") or _text(entry, "id") or document.metadata.url
            yield Row(tidy(entry_id), number), document


def feed_links(data: bytes) -> list[tuple[str, Document | None]]:
    """The links of a feed's entries, with what the feed has of their text. Raises ReadError."""
    root = _parse(data)
    entries = [element for element in root.iter() if _local_name(element) in _ENTRY_TAGS]
    channel = next((element for element in root.iter() if _local_name(element) in ("channel", "feed")), root)
    links = ((_link(entry), _entry(entry, _text(channel, "title"), root)) for entry in entries)
    found = [(link, document) for link, document in links if link]
    if not found:
        raise ReadError("It is not a feed with links to articles.")
    return found


def _unpublished_reason(entry: Element) -> str | None:
    """The reason why a post of a WordPress export was not public; None for entries of feeds."""
    if _text(entry, "post_password"):
        return "it is protected by a password"
    status = _text(entry, "status") if _child(entry, "post_type") is not None else None
    return unpublished_reason({"post_status": status})


def _parse(data: bytes) -> Element:
    from lxml import etree  # heavy: imported only when needed

    # Feeds are untrusted: resolve no entities and make no network requests.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root: Element | None = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError("The file is not valid XML.") from error
    if root is None:
        raise ReadError("The file is not valid XML.")
    return root


def _entry(entry: Element, publisher: str | None, root: Element) -> Document | None:
    contents = [child for name in _CONTENT_TAGS for child in entry if _local_name(child) == name]
    texts = [_content_text(content) for content in contents[:_MAX_CONTENTS]]
    text, headings = max(texts, key=lambda candidate: len(candidate[0]), default=("", ()))
    if not any(map(str.isalnum, text)):
        return None
    metadata = Metadata(
        title=_plain_text(_text(entry, "title")),
        publisher=_plain_text(_text(_child(entry, "source"), "title") or publisher),
        author=_author(entry),
        published=parse_date(_text(entry, "pubdate") or _text(entry, "published") or _text(entry, "date")),
        updated=parse_date(_text(entry, "updated") or _text(entry, "modified")),
        url=_link(entry),
        language=_text(root, "language"),
        tags=_categories(entry),
    )
    return read_structured(text, headings, metadata)


def _local_name(element: Element) -> str:
    """The tag in lower case, without its namespace; "" for comments."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _child(element: Element | None, name: str) -> Element | None:
    return (
        next((child for child in element if _local_name(child) == name), None)
        if element is not None
        else None
    )


def _text(element: Element | None, name: str) -> str | None:
    child = _child(element, name)
    return "".join(child.itertext()).strip() or None if child is not None else None


def _content_text(content: Element) -> tuple[str, tuple[Heading, ...]]:
    """The text of a content element: HTML, escaped or (type xhtml) as elements of the feed, or plain text."""
    if any(isinstance(part.tag, str) for part in content):
        from lxml import etree

        markup: str = etree.tostring(content, encoding="unicode", method="html", with_tail=False)
        return join_blocks(markup_blocks(markup))
    text = "".join(content.itertext())
    is_plain = content.attrib.get("type", "text") in ("text", "text/plain") and not is_markup(text)
    if is_plain and "\n" in text.strip() and "&" not in text:
        return text.strip(), ()
    return join_blocks(markup_blocks(text))


def _plain_text(markup: str | None) -> str | None:
    """The text of a title, which can contain markup and entities."""
    return " ".join(plain_line(markup).split()) or None if markup else None


def _author(entry: Element) -> str | None:
    """All creators, else all authors."""
    for tag in ("creator", "author"):
        elements = [child for child in entry if _local_name(child) == tag]
        texts = (_text(element, "name") or "".join(element.itertext()).strip() for element in elements)
        names = dict.fromkeys(name for text in texts if (name := _name(text)))
        if names:
            return ", ".join(names)
    return None


def _name(author: str) -> str:
    """The name in "jane@example.org (Jane Roe)", as RSS writes it."""
    return author.partition("(")[2].rstrip(") ") if "@" in author else author


def _categories(entry: Element) -> tuple[str, ...]:
    """The categories of an entry, which Atom has in an attribute."""
    elements = (child for child in entry if _local_name(child) == "category")
    return tuple(
        tag
        for child in elements
        for tag in field_tags(child.attrib.get("label") or child.attrib.get("term") or child.text)
    )


def _link(entry: Element) -> str | None:
    for child in entry:
        if _local_name(child) == "link":
            url = (child.attrib.get("href") or child.text or "").strip()
            if child.attrib.get("rel", "alternate") == "alternate" and url.startswith(("http:", "https:")):
                return url
    return None
