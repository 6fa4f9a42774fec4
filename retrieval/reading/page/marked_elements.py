"""Extracts metadata that a page shows: microdata, links to authors, and marked bylines and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.reading.document.document import Metadata, tidy
from retrieval.reading.document.element_tree import MutableElement
from retrieval.reading.metadata.byline import author_line, author_names
from retrieval.reading.metadata.date_labels import label_kind
from retrieval.reading.metadata.date_line import DateLine, date_line, not_future
from retrieval.reading.metadata.date_parser import parse_date

_SKIPPED_TAGS = frozenset({"nav", "footer", "aside", "script", "style", "template"})
_OTHER_ARTICLES = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|recommend\w*|sidebar|teasers?|widget|popular|latest|trending|promo|footer"
    r"|more-?(?:stories|news|articles)|read-?more)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author|authors|author-?name|writer|contributors?)(?=$|[\s_-])", re.IGNORECASE
)
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|dateline|datetime|pub-?date|published|posted|updated|modified|time|timestamp|meta"
    r"|byline|fecha|datum|data)(?=$|[\s_-])",
    re.IGNORECASE,
)
_INLINE_TAGS = frozenset("span b strong em i a label small font".split())
_MAX_NAME_LENGTH = 80  # characters
_MAX_LINE_LENGTH = 160
_MAX_NAMES = 20
_MAX_NAME_WORDS = 6
_CREDIT_WORD = re.compile(
    r"^\s*(?:(?:by|written by|von|par|por|door)\b\s*:?\s+"
    r"|(?:author|text|texto|texte|testo|tekst|autor|autora|auteur|autore|di|автор|текст)\s*[:：|]\s*"
    r"|(?:作者|记者|記者|著者|文|筆者)\s*[:：/／|]?\s*)",
    re.IGNORECASE,
)
_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_EAST_ASIAN_NAME = re.compile(f"[{_EAST_ASIAN}][{_EAST_ASIAN} ・]{{1,11}}")
_PARTICLES = frozenset("de da del della der den di do dos du la le van von y e i und et".split())


def marked_metadata(tree: MutableElement, region: str | None, *, day_first: bool) -> Metadata:
    """The metadata in marked elements of the page's own article; *region* is the page's host."""
    elements = list(_own_elements(tree))
    return (
        _from_microdata(elements, region, day_first)
        .with_fallback(_from_times(elements, region, day_first))
        .with_fallback(Metadata(author=_linked_authors(elements)))
        .with_fallback(_from_classes(elements, day_first))
    )


def _own_elements(tree: MutableElement) -> Iterator[MutableElement]:
    """The elements in document order, without menus, comments and teasers of other articles."""
    pending = [tree]
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str) or element.tag in _SKIPPED_TAGS or _is_other(element):
            continue
        yield element
        pending.extend(reversed(list(element)))


def _is_other(element: MutableElement) -> bool:
    if element.tag in ("html", "body", "main", "article", "header"):
        return False
    names = f"{element.attrib.get('id', '')} {element.attrib.get('class', '')}"
    return bool(_OTHER_ARTICLES.search(names)) and next(iter(element.iter("h1")), None) is None


def _from_microdata(elements: Sequence[MutableElement], region: str | None, day_first: bool) -> Metadata:
    def marked(name: str) -> list[MutableElement]:
        return [e for e in elements if name in (e.attrib.get("itemprop") or "").lower().split()]

    def first_date(name: str) -> str | None:
        dates = (parse_date(_value(e), region, day_first=day_first) for e in marked(name))
        return next((day for found in dates if (day := not_future(found))), None)

    headline = next((tidy(_value(e)) for e in marked("headline")), None)
    return Metadata(
        title=headline,
        author=_joined(map(_person, _together([*marked("author"), *marked("creator")]))),
        published=first_date("datepublished"),
        updated=first_date("datemodified"),
    )


def _value(element: MutableElement) -> str:
    """What an element states: its attribute for machines, else its text."""
    for name in ("content", "datetime"):
        if element.attrib.get(name):
            return element.attrib[name]
    return " ".join(element.itertext())


def _person(element: MutableElement) -> str:
    names = (part for part in element.iter() if "name" in (part.attrib.get("itemprop") or "").lower().split())
    return _value(next(names, element))


def _together(elements: Sequence[MutableElement]) -> list[MutableElement]:
    """The first element and those beside it: further ones belong to other articles."""
    if not elements:
        return []
    scope = elements[0].getparent()
    outer = scope.getparent() if scope is not None else None
    around = outer if outer is not None else scope
    inside = {id(e) for e in around.iter()} if around is not None else set()
    return [e for e in elements if id(e) in inside or e is elements[0]][:_MAX_NAMES]


def _joined(names: Iterator[str]) -> str | None:
    found = dict.fromkeys(name for words in names if (name := _name(words)))
    return ", ".join(found) or None


def _name(words: str) -> str | None:
    """A person's name without "By"; None for a URL, a sentence or something with digits."""
    name = tidy(_CREDIT_WORD.sub("", words, count=1))
    if name is None or len(name) > _MAX_NAME_LENGTH or re.search(r"\d|://|^@", name):
        return None
    return name.strip(" ,|·•") or None


def _linked_authors(elements: Sequence[MutableElement]) -> str | None:
    links = [e for e in elements if e.tag == "a" and "author" in (e.attrib.get("rel") or "").lower().split()]
    return _joined("".join(link.itertext()) for link in _together(links))


def _from_classes(elements: Sequence[MutableElement], day_first: bool) -> Metadata:
    author: str | None = None
    dates: DateLine | None = None
    for element in elements:
        names = f"{element.attrib.get('class', '')} {element.attrib.get('id', '')}"
        is_byline, is_date = _BYLINE_CLASS.search(names), _DATE_CLASS.search(names)
        if not is_byline and not is_date:
            continue
        words = _short_text(element)
        if is_byline and author is None:
            author = author_line(words) or author_names(words) or _capitalized_name(words)
        if is_date and dates is None:
            dates = date_line(words, day_first=day_first)
    return Metadata(
        author=author,
        published=dates.published if dates else None,
        updated=dates.updated if dates else None,
    )


def _short_text(element: MutableElement) -> str:
    """The words of an element; "" if they are too long for a byline."""
    parts: list[str] = []
    length = 0
    for text in element.itertext():
        parts.append(text)
        length += len(text.strip())
        if length > _MAX_LINE_LENGTH:
            return ""
    return tidy(" ".join(parts)) or ""


def _capitalized_name(words: str) -> str | None:
    """A name in any script ("Par Élodie Dupont", "文 / 王小明"), if the line has no other words."""
    name = _name(words) or ""
    if _EAST_ASIAN_NAME.fullmatch(name):
        return name
    parts = name.split()
    if not 2 <= len(parts) <= _MAX_NAME_WORDS or not all(p[0].isupper() or p in _PARTICLES for p in parts):
        return None
    return name


def _from_times(elements: Sequence[MutableElement], region: str | None, day_first: bool) -> Metadata:
    """Dates of <time> elements marked as the article's date, or of the page's only <time>."""
    times = [element for element in elements if element.tag == "time"]
    published = updated = None
    for element in times:
        value = element.attrib.get("datetime") or "".join(element.itertext())
        day = not_future(parse_date(value, region, day_first=day_first))
        marks = f"{element.attrib.get('itemprop') or ''} {element.attrib.get('class') or ''}".lower()
        kind = label_kind(_text_before(element))
        if "modified" in marks or "updated" in marks or kind == "updated":
            updated = updated or day
        elif "pub" in marks or "pubdate" in element.attrib or "entry-date" in marks or kind == "published":
            published = published or day
        elif len(times) == 1 and kind == "none":
            published = day
    return Metadata(published=published, updated=updated)


def _text_before(element: MutableElement) -> str:
    """The words directly before an element on its line, or in the cell before it."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None and (previous.tail or "").strip():
        return (previous.tail or "")[-_MAX_LINE_LENGTH:]
    if previous is not None:
        return _short_text(previous) if previous.tag in _INLINE_TAGS else ""
    if parent is None or (parent.text or "").strip():
        return (parent.text or "")[-_MAX_LINE_LENGTH:] if parent is not None else ""
    label = parent.getprevious() if parent.tag in ("dd", "td") else None
    return _short_text(label) if label is not None else ""
