"""Extracts a web page's metadata: from JSON-LD first, then <meta> tags, then marked elements of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from retrieval.reading.document.document import Metadata, tidy
from retrieval.reading.document.element_tree import Element, MutableElement
from retrieval.reading.metadata.date_line import not_future
from retrieval.reading.metadata.date_parser import parse_date, writes_day_first
from retrieval.reading.page.json_ld import json_ld_metadata
from retrieval.reading.page.marked_elements import marked_metadata
from retrieval.reading.page.piece_title import piece_title

_MetaTags = Mapping[str, Sequence[str]]
_META_NAMES = {
    "title": ("citation_title", "og:title", "twitter:title", "dc.title", "parsely-title", "headline"),
    "publisher": (
        "citation_journal_title", "og:site_name", "dc.publisher", "prism.publicationname",
        "application-name", "publisher", "copyright",
    ),
    "author": (
        "citation_author", "citation_authors", "author", "article:author", "byl", "parsely-author",
        "dc.creator", "dcterms.creator", "dc.contributor.author", "creator", "sailthru.author",
    ),
    "published": (
        "article:published_time", "datepublished", "og:published_time", "publish-date", "pubdate",
        "parsely-pub-date", "dc.date.issued", "dc.date", "dcterms.date", "sailthru.date", "date",
        "article.published", "citation_publication_date", "citation_online_date", "citation_date",
        "prism.publicationdate", "dcterms.issued", "dcterms.created", "dc.date.created",
    ),
    "updated": (
        "article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified",
        "lastmod",
    ),
    "url": ("og:url", "twitter:url", "parsely-link", "citation_public_url", "citation_abstract_html_url"),
}  # fmt: skip
# Names whose authors are given as "Roe, Jane".
_FAMILY_NAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator", "dc.contributor.author"})


def page_metadata(tree: MutableElement) -> Metadata:
    """The metadata of a page from its own markup; None for what it does not state."""
    tags = _meta_tags(tree)
    url = _canonical_url(tree, tags)
    host = _host(url).rpartition("@")[2].partition(":")[0] or None if url else None
    language = next((e.attrib.get("lang") or e.attrib.get("xml:lang") for e in tree.iter("html")), None)
    day_first = writes_day_first(language)
    stated = json_ld_metadata(tree, host)
    marked = marked_metadata(tree, host, day_first=day_first)
    metadata = stated.with_fallback(_from_meta_tags(tags, host, day_first=day_first)).with_fallback(marked)
    publisher = _clean_publisher(metadata.publisher)
    titles = (stated.title, *(v for name in _META_NAMES["title"] for v in tags.get(name, ())), marked.title)
    url = metadata.url or url
    return Metadata(
        title=piece_title(tree, titles, publisher, host),
        publisher=publisher,
        author=_clean_author(metadata.author),
        published=metadata.published,
        updated=metadata.updated,
        url=url.partition("#")[0] if url and _host(url) else None,
        language=metadata.language or language,
        tags=tuple(tags.get("article:tag", ())),
    )


def _host(url: str) -> str:
    """The host, with user and port, of an http(s) URL; "" for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""


def _meta_tags(tree: Element) -> dict[str, list[str]]:
    """Lower-case name -> contents of the <meta> tags with that name."""
    tags: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.attrib.get("property") or element.attrib.get("name") or element.attrib.get("itemprop")
        content = tidy(element.attrib.get("content"))
        if name and content:
            tags.setdefault(name.lower(), []).append(content)
    return tags


def _from_meta_tags(tags: _MetaTags, host: str | None, *, day_first: bool) -> Metadata:
    def all_values(field: str) -> Iterator[str]:
        return (value for name in _META_NAMES[field] for value in tags.get(name, ()))

    def first_date(field: str) -> str | None:
        days = (parse_date(value, host, day_first=day_first) for value in all_values(field))
        return next((day for found in days if (day := not_future(found))), None)

    return Metadata(
        publisher=next(all_values("publisher"), None),
        author=_meta_author(tags),
        published=first_date("published"),
        updated=first_date("updated"),
        url=next(all_values("url"), None),
    )


def _meta_author(tags: _MetaTags) -> str | None:
    """The authors under the first name that has any."""
    for name in _META_NAMES["author"]:
        authors = _joined_authors(tags.get(name, ()), family_name_first=name in _FAMILY_NAME_FIRST)
        if authors:
            return authors
    return None


def _canonical_url(tree: Element, tags: _MetaTags) -> str | None:
    for element in tree.iter("link"):
        href = tidy(element.attrib.get("href"))
        if "canonical" in (element.attrib.get("rel") or "").lower() and href and _host(href):
            return href
    return next(iter(tags.get("og:url", ())), None)


def _clean_publisher(name: str | None) -> str | None:
    """The publisher's name; None for a URL or a copyright notice."""
    if name is None or "://" in name or "copyright" in name.lower() or "©" in name:
        return None
    return name


def _clean_author(name: str | None) -> str | None:
    """The name without "By "; None for a URL (a link to a profile)."""
    if name is None or "://" in name or name.startswith(("@", "www.")):
        return None
    return name[3:].strip() or None if name[:3].lower() == "by " else name


def _joined_authors(names: Iterable[str], *, family_name_first: bool) -> str | None:
    """Several authors as one text; "Roe, Jane" of a citation is "Jane Roe"."""
    cleaned = (_clean_author(name) for name in names)
    turned = (_turned(name) if family_name_first else name for name in cleaned if name)
    return ", ".join(dict.fromkeys(turned)) or None


def _turned(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and "," not in given and ";" not in name else name
