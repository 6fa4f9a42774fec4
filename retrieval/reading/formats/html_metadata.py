"""What a web page says about its article: JSON-LD first, then OpenGraph and its like, then <time>."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from retrieval.reading.document.document import Facts, tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.metadata.date_parser import parse_date

_ARTICLE_TYPES = ("article", "posting", "newsarticle", "report")
_META = {
    "title": ("og:title", "twitter:title", "dc.title", "parsely-title", "headline"),
    "publisher": ("og:site_name", "dc.publisher", "application-name", "publisher", "copyright"),
    "author": ("author", "article:author", "byl", "parsely-author", "dc.creator", "sailthru.author"),
    "published": (
        "article:published_time", "datepublished", "og:published_time", "publish-date", "pubdate",
        "parsely-pub-date", "dc.date.issued", "dc.date", "dcterms.date", "sailthru.date", "date",
        "article.published",
    ),
    "updated": (
        "article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified",
        "lastmod",
    ),
    "url": ("og:url", "twitter:url", "parsely-link"),
}  # fmt: skip


def page_facts(tree: Element) -> Facts:
    """The facts of a page from its own markup; what it does not say stays None."""
    meta = _metas(tree)
    place = _host(_url(tree, meta))
    found = _json_ld(tree, place).over(_from_metas(meta, place)).over(_from_times(tree, place))
    language = next((e.attrib.get("lang") or e.attrib.get("xml:lang") for e in tree.iter("html")), None)
    facts = found.over(Facts(title=_heading(tree), url=_url(tree, meta), language=language))
    return Facts(
        title=_without_site(facts.title, facts.publisher),
        publisher=_publisher(facts.publisher),
        author=_author(facts.author),
        published=facts.published,
        updated=facts.updated,
        url=facts.url.partition("#")[0] if facts.url and host_of(facts.url) else None,
        language=facts.language,
    )


def host_of(url: str) -> str:
    """The host of an http(s) address; "" when it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""


def _host(url: str | None) -> str | None:
    return host_of(url).rpartition("@")[2].partition(":")[0] or None if url else None


def _metas(tree: Element) -> dict[str, str]:
    """Names of <meta> in lower case -> content, the first of each."""
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.attrib.get("property") or element.attrib.get("name") or element.attrib.get("itemprop")
        content = tidy(element.attrib.get("content"))
        if name and content:
            metas.setdefault(name.lower(), content)
    return metas


def _from_metas(meta: Mapping[str, str], place: str | None) -> Facts:
    def first(fact: str) -> str | None:
        return next((meta[name] for name in _META[fact] if name in meta), None)

    def first_date(fact: str) -> str | None:
        return next((day for name in _META[fact] if (day := parse_date(meta.get(name), place))), None)

    return Facts(
        title=first("title"),
        publisher=first("publisher"),
        author=first("author"),
        published=first_date("published"),
        updated=first_date("updated"),
        url=first("url"),
    )


def _from_times(tree: Element, place: str | None) -> Facts:
    """<time> that is marked as the article's date, or the only one on the page."""
    times = list(tree.iter("time"))
    published = updated = None
    for element in times:
        stamp = parse_date(element.attrib.get("datetime") or "".join(element.itertext()), place)
        marks = " ".join((element.attrib.get("itemprop") or "", element.attrib.get("class") or "")).lower()
        if "modified" in marks or "updated" in marks:
            updated = updated or stamp
        elif "pub" in marks or "pubdate" in element.attrib or "entry-date" in marks or len(times) == 1:
            published = published or stamp
    return Facts(published=published, updated=updated)


def _json_ld(tree: Element, place: str | None) -> Facts:
    facts = Facts()
    for element in tree.iter("script"):
        if "ld+json" not in (element.attrib.get("type") or "").lower() or not element.text:
            continue
        for node in _nodes(_load(element.text)):
            if _is_article(node):
                facts = facts.over(_from_node(node, place))
    return facts


def _load(text: str) -> object:
    try:
        return json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    """All objects of a JSON-LD block, whatever they are nested in (@graph, lists)."""
    if depth > 8:
        return
    if isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _nodes(value.get(name), depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)


def _is_article(node: Mapping[str, object]) -> bool:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.lower().endswith(_ARTICLE_TYPES) for name in names)


def _from_node(node: Mapping[str, object], place: str | None) -> Facts:
    page = node.get("mainEntityOfPage")
    url = node.get("url") or (page.get("@id") if isinstance(page, dict) else page)
    return Facts(
        title=_name(node.get("headline")) or _name(node.get("name")),
        publisher=_name(node.get("publisher")),
        author=_name(node.get("author")),
        published=parse_date(node.get("datePublished"), place),
        updated=parse_date(node.get("dateModified"), place),
        url=url if isinstance(url, str) and host_of(url) else None,
        language=_name(node.get("inLanguage")),
    )


def _name(value: object, depth: int = 0) -> str | None:
    if depth > 3:
        return None
    if isinstance(value, str):
        return tidy(html.unescape(value))
    if isinstance(value, dict):
        return _name(value.get("name"), depth + 1)
    if isinstance(value, list):
        names = dict.fromkeys(name for part in value[:10] if (name := _name(part, depth + 1)))
        return ", ".join(names) or None
    return None


def _url(tree: Element, meta: Mapping[str, str]) -> str | None:
    for element in tree.iter("link"):
        href = tidy(element.attrib.get("href"))
        if "canonical" in (element.attrib.get("rel") or "").lower() and href and host_of(href):
            return href
    return meta.get("og:url")


def _heading(tree: Element) -> str | None:
    """The only <h1>, else <title>."""
    heads = [words for element in tree.iter("h1") if (words := tidy("".join(element.itertext())))]
    if len(set(heads)) == 1:
        return heads[0]
    return next((tidy("".join(element.itertext())) for element in tree.iter("title")), None)


def _without_site(title: str | None, publisher: str | None) -> str | None:
    """ "Title | The Example Times" -> "Title", when that is the publisher."""
    if not title or not publisher:
        return title
    for mark in (" | ", " - ", " – ", " — ", " :: ", " • ", " · "):
        head, _, tail = title.rpartition(mark)
        if head and tail.casefold() == publisher.casefold():
            return head
    return title


def _publisher(name: str | None) -> str | None:
    """A name; an address or a line of copyright is none."""
    if name is None or "://" in name or "copyright" in name.lower() or "©" in name:
        return None
    return name


def _author(name: str | None) -> str | None:
    """A name without "By "; an address (a profile's link) is no name."""
    if name is None or "://" in name or name.startswith(("@", "www.")):
        return None
    return name[3:].strip() or None if name[:3].lower() == "by " else name
