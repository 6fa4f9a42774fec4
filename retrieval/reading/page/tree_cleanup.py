"""Changes a page's tree so that an extractor of main content keeps the article and drops the comments.

Layout tables become divisions, lists in the cells of a data table become text, and sections of comments are
removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.reading.document.element_tree import MutableElement
from retrieval.text_lines import is_prose

_CELL_TAGS = ("td", "th")
_TABLE_TAGS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "center")
_MIN_LAYOUT_CELL = 250  # characters in one cell: longer cells hold an article, not data
_COMMENT_SECTION = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|comment-?section|disqus(?:-thread)?|respond|discussion|replies)(?=$|[\s_-])",
    re.IGNORECASE,
)
_SECTION_TAGS = ("div", "section", "aside", "ol", "ul", "form")
_MIN_ARTICLE_SHARE = 0.8  # of the prose in paragraphs
_MIN_PROSE = 200  # characters of paragraphs outside the comments: fewer, and they could be the article


def clean_page(tree: MutableElement) -> None:
    """Prepare *tree* for the extraction of its main content."""
    remove_comments(tree)
    unfold_layout_tables(tree)
    flatten_lists_in_cells(tree)
    mark_article(tree)


def remove_comments(tree: MutableElement) -> None:
    """Remove sections of comments, and the rules for commenting in them, if there is prose elsewhere."""
    sections = [section for section in tree.iter(*_SECTION_TAGS) if _is_comment_section(section)]
    if not sections:
        return
    inside = {id(part) for section in sections for part in section.iter("p")}
    outside = (part for part in tree.iter("p") if id(part) not in inside)
    if sum(len("".join(part.itertext())) for part in outside) < _MIN_PROSE:
        return
    for section in sections:
        _remove(section)


def _is_comment_section(element: MutableElement) -> bool:
    names = f"{element.attrib.get('id', '')} {element.attrib.get('class', '')}"
    return bool(_COMMENT_SECTION.search(names)) and not any(
        True for _ in element.iter("h1", "article", "main")
    )


def unfold_layout_tables(tree: MutableElement) -> None:
    """Turn tables that lay out a page into divisions; tables of data stay."""
    for table in list(tree.iter("table")):
        if _is_layout(table):
            for part in _parts(table):
                part.tag = "div"


def _is_layout(table: MutableElement) -> bool:
    """True if a table contains a heading of the page, another table, or cells as long as an article."""
    if table.attrib.get("role") in ("presentation", "none") or any(True for _ in table.iter("h1", "h2")):
        return True
    cells = (part for part in _parts(table) if part.tag in _CELL_TAGS)
    return any(len("".join(cell.itertext())) >= _MIN_LAYOUT_CELL and _has_blocks(cell) for cell in cells)


def _has_blocks(cell: MutableElement) -> bool:
    return sum(1 for _ in cell.iter("p", "br", "div", "table")) >= 2


def _parts(table: MutableElement) -> Iterator[MutableElement]:
    """The table and its rows and cells, without those of tables inside it."""
    pending = [table]
    while pending:
        element = pending.pop()
        yield element
        if element is table or element.tag not in _CELL_TAGS:
            pending.extend(child for child in element if child.tag in _TABLE_TAGS and child.tag != "table")


def flatten_lists_in_cells(tree: MutableElement) -> None:
    """Turn the lists in the cells of tables into text, since the extractor loses them."""
    for items in list(tree.iter("ul", "ol")):
        if _is_in_cell(items):
            entries = [child for child in items if child.tag == "li"]
            for entry in entries:
                entry.tag = "span"
                entry.tail = "; " if entry is not entries[-1] else " "
            items.tag = "span"


def mark_article(tree: MutableElement) -> None:
    """Make the division with most of the prose an <article>, if a page does not mark its article.

    In a page without marks the extractor only finds paragraphs, and loses lists and headings between them.
    """
    if any(True for _ in tree.iter("article", "main")):
        return
    lengths: dict[int, int] = {}
    parents: dict[int, MutableElement] = {}
    for paragraph in tree.iter("p"):
        parent, words = paragraph.getparent(), " ".join("".join(paragraph.itertext()).split())
        if parent is not None and is_prose(words):
            lengths[id(parent)] = lengths.get(id(parent), 0) + len(words)
            parents[id(parent)] = parent
    if not lengths:
        return
    best = max(lengths, key=lambda key: lengths[key])
    if lengths[best] < _MIN_ARTICLE_SHARE * sum(lengths.values()):
        return
    if parents[best].tag == "body":
        _wrap(parents[best])
    elif parents[best].tag in ("div", "section", "center", "td"):
        parents[best].tag = "article"


def _wrap(body: MutableElement) -> None:
    """Move the contents of the body into an <article>."""
    article = body.makeelement("article")
    article.text, body.text = body.text, None
    for child in list(body):
        article.append(child)
    body.append(article)


def _is_in_cell(element: MutableElement) -> bool:
    parent = element.getparent()
    while parent is not None and parent.tag not in ("table", "body", "article"):
        if parent.tag in _CELL_TAGS:
            return True
        parent = parent.getparent()
    return False


def _remove(element: MutableElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    previous, tail = element.getprevious(), element.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
