"""Reading of feeds: WordPress exports, plain text, several authors."""

from __future__ import annotations

from format_samples import PROSE

from retrieval.reading.document.document import Document
from retrieval.reading.formats.feeds import read_feed
from retrieval.reading.formats.json_lines import BadRow

_NAMESPACES = (
    'xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
)


def _post(content: str, status: str = "publish", kind: str = "post", more: str = "") -> str:
    return (
        f"<item><title>Quay</title><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"
    )


def _read(*items: str) -> list[Document | BadRow]:
    data = f"<rss {_NAMESPACES}><channel><title>Courier</title>{''.join(items)}</channel></rss>".encode()
    return [result if isinstance(result, BadRow) else result[1] for result in read_feed(data)]


def test_only_published_posts_of_a_wordpress_export_are_read() -> None:
    """Drafts and protected posts are reported; menus and pictures are not articles at all."""
    first, page, *bad = _read(
        _post(PROSE),
        _post(PROSE, kind="page"),
        _post("x", kind="attachment"),
        _post("x", kind="nav_menu_item"),
        _post("Not yet.", "draft"),
        _post("Secret.", more="<wp:post_password>1</wp:post_password>"),
    )
    assert isinstance(first, Document)
    assert isinstance(page, Document)
    assert bad == [
        BadRow("entry 5", "it is not published (status: draft)"),
        BadRow("entry 6", "it is protected by a password"),
    ]


def test_blank_lines_of_wordpress_are_paragraphs() -> None:
    """Its editor stores text without <p>; shortcodes are left out."""
    (document,) = _read(
        _post(f"{PROSE}\n\nIt took <b>14</b> months.\n\n[gallery ids=1]\n<h2>Wall</h2>\n\nIt fell.")
    )
    assert isinstance(document, Document)
    assert document.text == f"{PROSE}\n\nIt took 14 months.\n\nWall\n\nIt fell."
    assert [document.text[h.start : h.end] for h in document.headings] == ["Wall"]


def test_all_authors_are_read() -> None:
    """Of an RSS item and of an Atom entry."""
    creators = "<dc:creator>Jane Roe</dc:creator><dc:creator>A. Poe</dc:creator>"
    (document,) = _read(f"<item><title>Quay</title><description>{PROSE}</description>{creators}</item>")
    assert isinstance(document, Document)
    assert document.metadata.author == "Jane Roe, A. Poe"
    authors = "".join(f"<author><name>{name}</name></author>" for name in ("Jane Roe", "A. Poe"))
    (atom,) = read_feed(f"<feed><entry><content>{PROSE}</content>{authors}</entry></feed>".encode())
    assert not isinstance(atom, BadRow)
    assert atom[1].metadata.author == "Jane Roe, A. Poe"


def test_the_content_is_found_beside_a_picture_of_the_same_name() -> None:
    """<media:content> comes first in many feeds and has no text."""
    data = f'<feed {_NAMESPACES}><entry><media:content url="x"/><content>{PROSE}</content></entry></feed>'
    (result,) = read_feed(data.encode())
    assert not isinstance(result, BadRow)
    assert result[1].text == PROSE


def test_plain_text_keeps_its_lines() -> None:
    """Atom content of type "text" is not HTML."""
    (result,) = read_feed(f"<feed><entry><content>{PROSE}\n\nIf 1 &lt; 2.</content></entry></feed>".encode())
    assert not isinstance(result, BadRow)
    assert result[1].text == f"{PROSE}\n\nIf 1 < 2."
