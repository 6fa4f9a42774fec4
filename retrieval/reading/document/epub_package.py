"""Reads the package document of an EPUB file: its metadata, and whether it is a newspaper or magazine."""

from __future__ import annotations

import re

from retrieval.reading.document.document import Metadata
from retrieval.reading.document.element_tree import Element
from retrieval.reading.metadata.date_parser import find_dates, parse_date

_PERIODICAL = re.compile(r"periodical|newspaper|magazine|journal", re.IGNORECASE)
_ISSUE_DATE = re.compile(r"\s*[\[(]?[^\[(]*\b(?:19|20)\d\d\b[^\[(]*[\])]?\s*$")
_PRODUCERS = frozenset({"calibre", "unknown"})  # programs that name themselves as the author


def package_metadata(package: Element) -> Metadata:
    """The main title, all authors and the date of publication, rather than of a later modification."""
    return Metadata(
        title=_title(package),
        publisher=next(iter(_texts(package, "publisher")), None),
        author=_authors(package),
        published=_published(package),
        language=next(iter(_texts(package, "language")), None),
    )


def is_periodical(package: Element) -> bool:
    """True for a newspaper or magazine, as calibre's news download and publishers mark it."""
    types = _texts(package, "type")
    for element in package.iter():
        if local_name(element) == "meta" and "publication_type" in _name_of(element):
            types.append(element.attrib.get("content") or "".join(element.itertext()))
    if any(_PERIODICAL.search(value) for value in types):
        return True
    by_calibre = any(name.strip().lower() == "calibre" for name in _texts(package, "creator"))
    return by_calibre and any(True for title in _texts(package, "title") for _ in find_dates(title))


def issue_name(metadata: Metadata) -> str | None:
    """The name of a newspaper from the title of an issue: "Ellim Post [Tue, 05 Mar 2024]" -> "Ellim Post"."""
    title = metadata.title or ""
    return _ISSUE_DATE.sub("", title) or title or metadata.publisher


def local_name(element: Element) -> str:
    """The tag in lower case, without its namespace; "" for comments."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _title(package: Element) -> str | None:
    """The title of type "main", else the one displayed first."""
    refined = _refinements(package)
    titles = [e for e in package.iter() if local_name(e) == "title" and "".join(e.itertext()).strip()]
    types = [refined.get((title.attrib.get("id", ""), "title-type")) for title in titles]
    main = [title for title, kind in zip(titles, types, strict=True) if kind == "main"]
    others = [title for title, kind in zip(titles, types, strict=True) if kind is None]
    ordered = sorted(main or others or titles, key=lambda title: _sequence(refined, title))
    return "".join(ordered[0].itertext()).strip() if ordered else None


def _authors(package: Element) -> str | None:
    """All creators; only those with the role of author if there are any."""
    creators = [e for e in package.iter() if local_name(e) == "creator"]
    refined = _refinements(package)
    roles = [_attribute(e, "role") or refined.get((e.attrib.get("id", ""), "role")) for e in creators]
    chosen = [e for e, role in zip(creators, roles, strict=True) if role == "aut"] or creators
    ordered = sorted(chosen, key=lambda creator: _sequence(refined, creator))
    names = dict.fromkeys("".join(e.itertext()).strip() for e in ordered)
    return ", ".join(name for name in names if name and name.lower() not in _PRODUCERS) or None


def _published(package: Element) -> str | None:
    dates = [e for e in package.iter() if local_name(e) == "date"]
    by_event = {(_attribute(e, "event") or "").lower(): "".join(e.itertext()) for e in reversed(dates)}
    for event in ("publication", "original-publication", "", "issued", "creation"):
        if day := parse_date(by_event.get(event)):
            return day
    return None


def _texts(package: Element, name: str) -> list[str]:
    return [text for e in package.iter() if local_name(e) == name and (text := "".join(e.itertext()).strip())]


def _name_of(element: Element) -> str:
    return (element.attrib.get("name") or element.attrib.get("property") or "").lower()


def _attribute(element: Element, name: str) -> str | None:
    """The attribute in any namespace ("opf:role")."""
    matching = (value for key, value in element.attrib.items() if re.split(r"[}:]", key)[-1] == name)
    return next(matching, None)


def _refinements(package: Element) -> dict[tuple[str, str], str]:
    """(id, property) -> value of each <meta refines="#id" property="…"> (EPUB 3)."""
    values: dict[tuple[str, str], str] = {}
    for meta in package.iter():
        if local_name(meta) == "meta" and (target := meta.attrib.get("refines", "").removeprefix("#")):
            values[target, meta.attrib.get("property", "")] = "".join(meta.itertext()).strip()
    return values


def _sequence(refined: dict[tuple[str, str], str], element: Element) -> int:
    value = refined.get((element.attrib.get("id", ""), "display-seq"), "")
    return int(value) if re.fullmatch(r"\d{1,6}", value) else 1_000_000
